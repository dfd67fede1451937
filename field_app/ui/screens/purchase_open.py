"""One purchase: where it stands, its receipt, how it got there, and what can be done with it."""

from collections.abc import Callable
from typing import Any

import flet as ft

from field_app.domain.records.attachment import Attachment
from field_app.domain.records.fund import Purchase, PurchaseCategory, PurchaseMove, PurchaseState
from field_app.domain.records.fund_balance import parse_amount
from field_app.errors import InputError
from field_app.ui.components.basics import (
    primary_button,
    quiet,
    secondary_button,
    section_header,
)
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.field_words import day_words, moment_words
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.folds import fold
from field_app.ui.components.kept_picture import kept_picture
from field_app.ui.components.managers import may_decide
from field_app.ui.components.money import money_words
from field_app.ui.components.panels import panel_page
from field_app.ui.components.receipts import receipt_source
from field_app.ui.components.states import Tone, state_chip
from field_app.ui.components.writing import confirm, write
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import error_words, t, translator
from field_app.ui.screens.fund import TONES
from field_app.ui.screens.purchase import category_fields

BLANK = {
    "reason": "",
    "no_receipt_reason": "",
    "amount_cents": "",
    "category": "",
    "justification": "",
    "receipt_id": "",
}
"""What can be typed here; an amount or category left alone stays as it was."""
UNSPENT = (PurchaseState.PLANNED, PurchaseState.APPROVED, PurchaseState.NEEDS_APPROVAL)


@part
def purchase_open_panel(*, purchase_id: str) -> ft.Control:
    """Draw one purchase."""
    app = use_app()
    purchase = ft.use_memo(
        lambda: app.workspace.fund.find(purchase_id), [purchase_id, app.state.revision]
    )
    draft = use_draft(f"purchase-open:{purchase_id}", BLANK)
    opened, open_fold = ft.use_state("")
    if purchase is None:
        return panel_page(title=t("fund.purchase"), body=[quiet(t("fund.not_here"))])
    folds = _folds(app, purchase, draft)
    body: list[ft.Control] = [
        *_facts(app, purchase),
        *_receipt(app, purchase, draft),
        *_steps(app, purchase),
    ]
    body += [_fold(name, controls, opened, open_fold) for name, controls in folds]
    body.append(field_error(draft.other_error))
    return panel_page(title=t("fund.purchase"), body=body, primary=_next_step(app, purchase, draft))


def _fold(
    name: str, controls: list[ft.Control], opened: str, open_fold: Callable[[str], Any]
) -> ft.Control:
    return fold(
        identifier=f"fold-{name}",
        title=t(f"fund.fold.{name}"),
        is_open=opened == name,
        on_toggle=lambda: open_fold("" if opened == name else name),
        controls=controls,
    )


def _facts(app: Controller, purchase: Purchase) -> list[ft.Control]:
    speak = translator()
    day = purchase.bought_on or purchase.needed_on
    facts = [
        app.workspace.caseload.aliases().get(purchase.case_id, ""),
        day_words(day, app.workspace.notebook.today()) if day else "",
        purchase.vendor,
    ]
    lines: list[ft.Control] = [
        ft.Row(
            wrap=True,
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            controls=[
                ft.Text(
                    money_words(purchase.amount_cents, purchase.currency),
                    theme_style=ft.TextThemeStyle.HEADLINE_MEDIUM,
                ),
                state_chip(TONES[purchase.state], speak.word(purchase.state)),
            ],
        ),
        quiet(" · ".join(fact for fact in facts if fact)),
        ft.Text(speak.word(purchase.category)),
    ]
    lines += [ft.Text(words) for words in (purchase.what, purchase.justification) if words]
    lines.append(quiet(", ".join(speak.word(aim) for aim in purchase.aims)))
    if purchase.state is PurchaseState.NEEDS_APPROVAL and app.workspace.fund.asks_approval():
        if purchase.requested_by == app.workspace.me.record_id:
            lines.append(quiet(t("fund.somebody_else")))
        elif not may_decide(app):
            lines.append(quiet(t("fund.manager_decides")))
    return lines


def _receipt(app: Controller, purchase: Purchase, draft: FormDraft) -> list[ft.Control]:
    lines: list[ft.Control] = [section_header(t("fund.receipt"))]
    if purchase.receipt_id is not None:
        shown = kept_picture(
            key=purchase.receipt_id, attachment_id=purchase.receipt_id, name=t("fund.receipt")
        )
        return [*lines, shown]
    if purchase.no_receipt_reason:
        lines.append(quiet(t("fund.no_receipt_because", reason=purchase.no_receipt_reason)))
    elif purchase.is_spent:
        lines.append(ft.Row(controls=[state_chip(Tone.SOON, t("fund.no_receipt_yet"))]))

    async def keep(kept: Attachment) -> None:
        await write(
            app, lambda: app.workspace.fund.attach_receipt(purchase.record_id, kept.record_id)
        )

    source = receipt_source(key="receipt", case_id=purchase.case_id, on_kept=keep)
    return [*lines, source, field_error(draft.error_of("receipt_id"))]


def _steps(app: Controller, purchase: Purchase) -> list[ft.Control]:
    """Return how it got there, the latest first, corrections among it."""
    names = app.workspace.caseload.staff_names()
    today = app.workspace.notebook.today()
    lines: list[ft.Control] = [section_header(t("fund.history"))]
    for move in reversed(purchase.moves):
        lines.append(quiet(_move_words(app, move, names)))
    for correction in reversed(purchase.corrections):
        lines.append(
            quiet(
                t(
                    "fund.was",
                    amount=money_words(correction.was_cents, purchase.currency),
                    when=moment_words(correction.at, today) if correction.at else "",
                    reason=correction.reason,
                )
            )
        )
    return lines


def _move_words(app: Controller, move: PurchaseMove, names: dict[str, str]) -> str:
    today = app.workspace.notebook.today()
    parts = [
        translator().word(move.state),
        moment_words(move.at, today) if move.at else "",
        names.get(move.by, ""),
        move.reason,
    ]
    return " · ".join(part for part in parts if part)


def _may_approve(app: Controller, purchase: Purchase) -> bool:
    workspace = app.workspace
    is_own = purchase.requested_by == workspace.me.record_id and workspace.fund.asks_approval()
    return purchase.state is PurchaseState.NEEDS_APPROVAL and not is_own and may_decide(app)


def _next_step(app: Controller, purchase: Purchase, draft: FormDraft) -> ft.Control | None:
    """Return the one thing that comes next."""
    fund, record_id = app.workspace.fund, purchase.record_id
    if _may_approve(app, purchase):
        return _step(app, draft, "approve", lambda: fund.approve(record_id), ft.Icons.CHECK)
    if purchase.state is PurchaseState.PLANNED:
        return _step(app, draft, "ask", lambda: fund.ask(record_id), ft.Icons.SEND_OUTLINED)
    if purchase.state is PurchaseState.REFUSED:
        return _step(app, draft, "ask", lambda: fund.ask(record_id), ft.Icons.REPLAY)
    if purchase.state is PurchaseState.APPROVED:
        return _step(app, draft, "buy", lambda: fund.bought(record_id), ft.Icons.SHOPPING_BAG)
    if purchase.state is PurchaseState.BOUGHT and may_decide(app):
        return _step(
            app, draft, "reimburse", lambda: fund.reimbursed(record_id), ft.Icons.PAYMENTS_OUTLINED
        )
    return None


def _step(
    app: Controller,
    draft: FormDraft,
    name: str,
    work: Callable[[], Purchase],
    icon: ft.IconData,
) -> ft.Control:
    return primary_button(
        f"purchase-{name}", t(f"fund.step.{name}"), _doing(app, draft, work), icon=icon
    )


def _doing(app: Controller, draft: FormDraft, work: Callable[[], Purchase]) -> Callable[[], Any]:
    """Return a handler that does a step; a refusal stands in the panel, beside its field."""

    async def do() -> None:
        try:
            done = await app.run(work)
        except InputError as refusal:
            draft.refuse(refusal.field or "", error_words(refusal))
            return
        await draft.start_over()
        confirm(app, done)

    return do


def _folds(
    app: Controller, purchase: Purchase, draft: FormDraft
) -> list[tuple[str, list[ft.Control]]]:
    fund, record_id = app.workspace.fund, purchase.record_id
    folds: list[tuple[str, list[ft.Control]]] = []
    if _may_approve(app, purchase):
        folds.append(
            (
                "refuse",
                [
                    _reason(draft),
                    _button(
                        app, draft, "refuse", lambda: fund.refuse(record_id, reason=draft["reason"])
                    ),
                ],
            )
        )
    if not purchase.is_spent and purchase.state in UNSPENT:
        folds.append(("buy", _buying(app, purchase, draft)))
    if purchase.lacks_receipt:
        folds.append(
            (
                "no_receipt",
                [
                    text_field(
                        identifier="no-receipt-reason",
                        label=t("fund.reason"),
                        value=draft["no_receipt_reason"],
                        on_change=draft.setter("no_receipt_reason"),
                        error=draft.error_of("no_receipt_reason"),
                    ),
                    _button(
                        app,
                        draft,
                        "no_receipt",
                        lambda: fund.no_receipt(record_id, reason=draft["no_receipt_reason"]),
                    ),
                ],
            )
        )
    folds.append(("correct", _correcting(app, purchase, draft)))
    return folds


def _buying(app: Controller, purchase: Purchase, draft: FormDraft) -> list[ft.Control]:
    def bought() -> Purchase:
        done: Purchase = app.workspace.fund.bought(
            purchase.record_id, amount_cents=_typed_amount(draft)
        )
        return done

    return [_amount(draft, "bought-amount", purchase), _button(app, draft, "bought", bought)]


def _correcting(app: Controller, purchase: Purchase, draft: FormDraft) -> list[ft.Control]:
    def correct() -> Purchase:
        done: Purchase = app.workspace.fund.correct(
            purchase.record_id,
            reason=draft["reason"],
            amount_cents=_typed_amount(draft),
            category=PurchaseCategory(draft["category"]) if draft["category"] else None,
            justification=draft["justification"] or None,
        )
        return done

    return [
        _amount(draft, "correct-amount", purchase),
        *category_fields(draft, standing=purchase.category.value),
        _reason(draft),
        _button(app, draft, "correct", correct),
    ]


def _amount(draft: FormDraft, identifier: str, purchase: Purchase) -> ft.Control:
    return text_field(
        identifier=identifier,
        label=t("fund.amount", currency=purchase.currency),
        value=draft["amount_cents"],
        helper=t("fund.amount_stays", amount=money_words(purchase.amount_cents, purchase.currency)),
        on_change=draft.setter("amount_cents"),
        error=draft.error_of("amount_cents"),
        keyboard=ft.KeyboardType.NUMBER,
    )


def _typed_amount(draft: FormDraft) -> int | None:
    return parse_amount(draft["amount_cents"]) if draft["amount_cents"].strip() else None


def _reason(draft: FormDraft) -> ft.Control:
    return text_field(
        identifier="reason",
        label=t("fund.reason"),
        value=draft["reason"],
        on_change=draft.setter("reason"),
        error=draft.error_of("reason"),
    )


def _button(
    app: Controller, draft: FormDraft, name: str, work: Callable[[], Purchase]
) -> ft.Control:
    return secondary_button(f"do-{name}", t(f"fund.do.{name}"), _doing(app, draft, work))
