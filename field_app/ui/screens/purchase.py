"""A purchase for a youth: how much, what for, which aim; a receipt now or later.

Nothing blocks in the field: what lies above a limit waits for an approval, also when it is bought.
"""

from typing import Any

import flet as ft

from field_app.domain.records.attachment import Attachment
from field_app.domain.records.fund import Aim, Fund, Purchase, PurchaseCategory
from field_app.domain.records.fund_balance import parse_amount
from field_app.domain.vocabulary import ParticipantKind
from field_app.services.fund import PurchaseEntry
from field_app.ui import tokens
from field_app.ui.components.basics import (
    icon_action,
    primary_button,
    quiet,
    section_header,
)
from field_app.ui.components.choices import Choice, choice_chips, toggled
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.managers import may_decide
from field_app.ui.components.panels import panel_page
from field_app.ui.components.receipts import receipt_source
from field_app.ui.components.submitting import finish
from field_app.ui.components.whom import whom
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator

HOW = ("bought", "asked", "planned")
"""What stands about the money: spent already, asked for, or a wish that asks nobody yet."""

BLANK: dict[str, Any] = {
    "case_id": "",
    "fund_id": "",
    "amount_cents": "",
    "category": "",
    "justification": "",
    "aims": [],
    "how": "bought",
    "vendor": "",
    "what": "",
    "receipt_id": "",
}


@part
def purchase_panel(*, case_id: str = "") -> ft.Control:
    """Draw a new purchase."""
    app = use_app()
    draft = use_draft(f"purchase:{case_id or 'new'}", BLANK, case_id=case_id or None)
    funds = ft.use_memo(app.workspace.fund.funds, [app.state.revision])
    if not funds:
        return _no_fund(app)
    fund = next((f for f in funds if f.record_id == draft["fund_id"]), funds[0])
    who = case_id or str(draft["case_id"])

    async def save() -> None:
        await _save(app, draft, who, fund)

    return panel_page(
        title=t("fund.new_purchase"),
        body=[
            _about(app, draft, case_id),
            *_fund_choice(draft, funds, fund),
            text_field(
                identifier="amount",
                label=t("fund.amount", currency=fund.currency),
                value=draft["amount_cents"],
                on_change=draft.setter("amount_cents"),
                error=draft.error_of("amount_cents"),
                keyboard=ft.KeyboardType.NUMBER,
            ),
            *category_fields(draft),
            choice_chips(
                identifier="aim",
                label=t("fund.aims"),
                choices=[Choice(aim.value, translator().word(aim)) for aim in Aim],
                chosen=draft["aims"],
                on_choose=lambda aim: draft.set(aims=toggled(draft["aims"], aim)),
            ),
            field_error(draft.error_of("aims")),
            *_receipt(app, draft, who),
            choice_chips(
                identifier="how",
                label=t("fund.how"),
                choices=[Choice(how, t(f"fund.how_{how}")) for how in HOW],
                chosen=draft["how"],
                on_choose=draft.setter("how"),
            ),
            text_field(
                identifier="vendor",
                label=t("fund.vendor"),
                value=draft["vendor"],
                on_change=draft.setter("vendor"),
            ),
            text_field(
                identifier="what",
                label=t("fund.what"),
                value=draft["what"],
                on_change=draft.setter("what"),
            ),
            field_error(draft.other_error),
        ],
        primary=primary_button("purchase-save", t("fund.save"), save, icon=ft.Icons.CHECK),
    )


def category_fields(draft: FormDraft, *, standing: str = "") -> list[ft.Control]:
    """Return the ten categories, and the reason that other needs; `standing` holds until chosen."""
    chosen = draft["category"] or standing
    controls: list[ft.Control] = [
        choice_chips(
            identifier="category",
            label=t("fund.category"),
            choices=[Choice(c.value, translator().word(c)) for c in PurchaseCategory],
            chosen=chosen,
            on_choose=draft.setter("category"),
        ),
        field_error(draft.error_of("category")),
    ]
    if chosen == PurchaseCategory.OTHER.value:
        controls.append(
            text_field(
                identifier="justification",
                label=t("fund.justification"),
                value=draft["justification"],
                on_change=draft.setter("justification"),
                error=draft.error_of("justification"),
            )
        )
    return controls


def _no_fund(app: Controller) -> ft.Control:
    """Return what stands there before the agency has a fund."""
    if not may_decide(app):
        return panel_page(title=t("fund.new_purchase"), body=[quiet(t("fund.no_fund"))])
    return panel_page(
        title=t("fund.new_purchase"),
        body=[quiet(t("fund.no_fund_yet"))],
        primary=primary_button("make-fund", t("fund.make"), lambda: app.open_panel("fund-setup")),
    )


def _about(app: Controller, draft: FormDraft, case_id: str) -> ft.Control:
    if case_id:
        return quiet(app.workspace.caseload.aliases().get(case_id, ""))

    async def choose(value: str) -> None:
        # A picture belongs to one participant's record: it does not follow to somebody else's.
        if draft["receipt_id"] and value != draft["case_id"]:
            await _drop_receipt(app, draft)
        draft.set(case_id=value)

    chips: ft.Control = whom(
        key="who",
        identifier="who",
        label=t("fund.who"),
        kind=ParticipantKind.YOUTH,
        chosen=draft["case_id"],
        on_choose=choose,
        error=draft.error_of("case_id"),
    )
    return chips


def _fund_choice(draft: FormDraft, funds: list[Fund], fund: Fund) -> list[ft.Control]:
    if len(funds) == 1:
        return []
    return [
        choice_chips(
            identifier="fund",
            label=t("fund.title"),
            choices=[Choice(one.record_id, one.name) for one in funds],
            chosen=fund.record_id,
            on_choose=draft.setter("fund_id"),
        )
    ]


async def _save(app: Controller, draft: FormDraft, who: str, fund: Fund) -> None:
    if not who:
        draft.refuse("case_id", t("fund.who_needed"))
        return
    if not draft["category"]:
        draft.refuse("category", t("fund.category_needed"))
        return
    values = dict(draft.values)
    today = app.workspace.notebook.today()

    def write() -> Purchase:
        entry = PurchaseEntry(
            case_id=who,
            fund_id=fund.record_id,
            category=PurchaseCategory(values["category"]),
            aims=tuple(Aim(aim) for aim in values["aims"]),
            amount_cents=parse_amount(values["amount_cents"]),
            justification=values["justification"],
            vendor=values["vendor"],
            what=values["what"],
            bought_on=today if values["how"] == "bought" else None,
            receipt_id=values["receipt_id"] or None,
        )
        put = app.workspace.fund.plan if values["how"] == "planned" else app.workspace.fund.request
        purchase: Purchase = put(entry, form=draft.form)
        return purchase

    await finish(
        app,
        draft,
        write,
        undo=lambda purchase: app.workspace.fund.take_back(purchase.record_id),
    )


def _receipt(app: Controller, draft: FormDraft, case_id: str) -> list[ft.Control]:
    """Return the receipt: a button that takes its picture in, or the picture that is kept."""
    lines: list[ft.Control] = [section_header(t("fund.receipt"))]
    if not case_id:
        return [*lines, quiet(t("fund.receipt_after_who"))]
    if draft["receipt_id"]:
        lines.append(
            ft.Row(
                spacing=tokens.SPACE_S,
                controls=[
                    ft.Icon(ft.Icons.RECEIPT_LONG, color=ft.Colors.PRIMARY),
                    ft.Text(t("fund.receipt_kept"), expand=True),
                    icon_action(
                        "receipt-remove",
                        ft.Icons.CLOSE,
                        t("fund.receipt_remove"),
                        lambda: _drop_receipt(app, draft),
                    ),
                ],
            )
        )
        return lines

    async def keep(kept: Attachment) -> None:
        draft.set(receipt_id=kept.record_id)

    source = receipt_source(key=f"receipt-{case_id}", case_id=case_id, on_kept=keep)
    return [*lines, source, field_error(draft.error_of("receipt_id"))]


async def _drop_receipt(app: Controller, draft: FormDraft) -> None:
    kept = draft["receipt_id"]
    draft.set(receipt_id="")
    await app.run(lambda: app.workspace.attachments.remove(kept))
