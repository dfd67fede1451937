"""The restoration fund: one youth's part of it, and the whole of it for the agency.

What waits and which receipts are missing stand first; every purchase says its state in a word.
"""

from collections.abc import Iterable, Sequence

import flet as ft

from field_app.domain.records.fund import (
    SENSITIVE_CATEGORIES,
    Fund,
    Purchase,
    PurchaseCategory,
    PurchaseState,
)
from field_app.domain.records.fund_balance import Balance
from field_app.reports.fund_ledger import ledger_csv
from field_app.services.caseload import ParticipantPage
from field_app.ui import tokens
from field_app.ui.components.basics import (
    card,
    primary_button,
    quiet,
    secondary_button,
    section_header,
)
from field_app.ui.components.field_words import day_words
from field_app.ui.components.file_saving import save_file
from field_app.ui.components.frame import detail_page
from field_app.ui.components.lists import contact_row, empty_state, menu_line
from field_app.ui.components.managers import may_decide
from field_app.ui.components.money import money_words
from field_app.ui.components.shown_in_pages import shown_in_pages
from field_app.ui.components.states import Tone, progress_line
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import pane
from field_app.ui.i18n import t, translator

TONES = {
    PurchaseState.PLANNED: Tone.PLAIN,
    PurchaseState.NEEDS_APPROVAL: Tone.SOON,
    PurchaseState.APPROVED: Tone.DONE,
    PurchaseState.REFUSED: Tone.PLAIN,
    PurchaseState.BOUGHT: Tone.DONE,
    PurchaseState.REIMBURSED: Tone.DONE,
}


@pane
def youth_fund_screen() -> ft.Control:
    """Draw the fund of the youth of the route."""
    case_id = ft.use_route_params().get("case_id", "")
    shown: ft.Control = _youth_fund(key=case_id, case_id=case_id)
    return shown


@pane
def _youth_fund(*, case_id: str) -> ft.Control:
    app = use_app()
    fund = app.workspace.fund
    purchases = ft.use_memo(lambda: fund.of_case(case_id), [case_id, app.state.revision])
    person = app.workspace.caseload.find(case_id)
    body: list[ft.Control] = []
    if person is not None:
        body.append(quiet(person.alias))
    for one in fund.funds(all_of_them=True):
        standing = fund.balance(one.record_id, case_id=case_id)
        if standing.spent or standing.committed or standing.planned:
            body.append(_youth_card(one, standing))
    body += _purchases(app, purchases, is_shared=False)
    if not purchases:
        body.append(
            empty_state(
                icon=ft.Icons.SHOPPING_BAG_OUTLINED,
                title=t("fund.empty_title"),
                words=t("fund.empty"),
            )
        )
    return detail_page(
        title=t("fund.title"),
        back_to=f"/caseload/{case_id}",
        body=body,
        primary=primary_button(
            "new-purchase",
            t("fund.new_purchase"),
            lambda: app.open_panel("purchase", case_id=case_id),
            icon=ft.Icons.ADD_SHOPPING_CART,
        )
        if person is not None and person.is_open
        else None,
    )


@pane
def agency_fund_screen() -> ft.Control:
    """Draw every fund of the agency, as far as this device knows its cases."""
    app = use_app()
    fund = app.workspace.fund
    funds = ft.use_memo(lambda: fund.funds(all_of_them=True), [app.state.revision])
    is_manager = may_decide(app)
    body: list[ft.Control] = []
    for one in funds:
        body.append(_agency_card(app, one, fund.balance(one.record_id), is_manager=is_manager))
        body += _purchases(app, fund.of_fund(one.record_id), is_shared=True)
    if not funds:
        body.append(
            empty_state(
                icon=ft.Icons.SAVINGS_OUTLINED,
                title=t("fund.none_title"),
                words=t("fund.no_fund_yet") if is_manager else t("fund.no_fund"),
            )
        )
    return detail_page(
        title=t("fund.agency_title"),
        back_to="/more",
        is_root_pane=True,
        body=body,
        primary=primary_button("make-fund", t("fund.make"), lambda: app.open_panel("fund-setup"))
        if is_manager and not funds
        else None,
    )


def fund_line(app: Controller, page: ParticipantPage) -> list[ft.Control]:
    """Return the line of a youth's page that leads to the fund, with what it holds."""
    case_id = page.participant.case_id
    purchases = app.workspace.fund.of_case(case_id)
    missing = sum(1 for purchase in purchases if purchase.lacks_receipt)
    waiting = sum(1 for p in purchases if p.state is PurchaseState.NEEDS_APPROVAL)
    parts = [t("fund.count", count=len(purchases))] if purchases else [t("fund.empty_title")]
    if waiting:
        parts.append(t("fund.waiting_count", count=waiting))
    if missing:
        parts.append(t("fund.missing_count", count=missing))
    return [
        section_header(t("fund.title")),
        menu_line(
            identifier="open-fund",
            icon=ft.Icons.SHOPPING_BAG_OUTLINED,
            title=t("fund.open"),
            words=" · ".join(parts),
            on_click=lambda: app.navigate(f"/caseload/{case_id}/fund"),
        ),
    ]


def category_words(purchase: Purchase, *, is_shared: bool) -> str:
    """Return the category; in lists of many people what tells of a youth stands as other."""
    hidden = is_shared and purchase.category in SENSITIVE_CATEGORIES
    return translator().word(PurchaseCategory.OTHER if hidden else purchase.category)


def _youth_card(fund: Fund, standing: Balance) -> ft.Control:
    sums = [("spent", standing.spent), ("promised", standing.committed)]
    if standing.planned:
        sums.append(("wished", standing.planned))
    return card(
        ft.Text(fund.name, theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
        _sums(sums, fund.currency),
        identifier=f"balance-{fund.record_id}",
    )


def _agency_card(app: Controller, fund: Fund, standing: Balance, *, is_manager: bool) -> ft.Control:
    gone = standing.spent + standing.committed
    left = money_words(standing.left, fund.currency)
    controls: list[ft.Control] = [
        ft.Text(fund.name, theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
        progress_line(
            max(gone, 0),
            max(standing.allocated, 0),
            t("fund.left", amount=left),
            Tone.LATE if standing.left < 0 else Tone.DONE,
        ),
        _sums(
            [
                ("allocated", standing.allocated),
                ("spent", standing.spent),
                ("promised", standing.committed),
            ],
            fund.currency,
        ),
    ]
    if is_manager:
        controls += [
            ft.Row(
                wrap=True,
                controls=[
                    secondary_button(
                        f"edit-fund-{fund.record_id}",
                        t("fund.edit"),
                        lambda: app.open_panel("fund-setup", fund_id=fund.record_id),
                        icon=ft.Icons.TUNE,
                    ),
                    secondary_button(
                        f"ledger-{fund.record_id}",
                        t("fund.ledger"),
                        lambda: _save_ledger(app, fund),
                        icon=ft.Icons.DOWNLOAD,
                    ),
                ],
            ),
            quiet(t("fund.ledger_help"), size=tokens.CAPTION),
        ]
    return card(*controls, identifier=f"balance-{fund.record_id}")


def _sums(sums: Iterable[tuple[str, int]], currency: str) -> ft.Control:
    return ft.Row(
        wrap=True,
        spacing=tokens.SPACE_XL,
        run_spacing=tokens.SPACE_S,
        controls=[
            ft.Column(
                spacing=0,
                tight=True,
                controls=[
                    quiet(t(f"fund.sum.{name}"), size=tokens.CAPTION),
                    ft.Text(
                        money_words(cents, currency), size=tokens.TITLE, weight=ft.FontWeight.W_600
                    ),
                ],
            )
            for name, cents in sums
        ],
    )


def _purchases(
    app: Controller, purchases: Sequence[Purchase], *, is_shared: bool
) -> list[ft.Control]:
    """Return what waits, what lacks a receipt, and the rest; each purchase stands once."""
    waiting = [p for p in purchases if p.state is PurchaseState.NEEDS_APPROVAL]
    missing = [p for p in purchases if p.lacks_receipt and p not in waiting]
    rest = [p for p in purchases if p not in waiting and p not in missing]
    aliases = app.workspace.caseload.aliases() if is_shared else {}
    body: list[ft.Control] = []
    for name, group in (("waiting", waiting), ("missing", missing), ("all", rest)):
        if not group:
            continue
        body.append(section_header(t(f"fund.group.{name}"), quiet(str(len(group)))))
        lines = [_line(app, p, aliases.get(p.case_id, ""), is_shared) for p in group]
        fund_id = group[0].fund_id if is_shared else ""
        body.append(
            shown_in_pages(
                key=f"{name}-{fund_id}", controls=lines, identifier=f"more-{name}{fund_id}"
            )
        )
    return body


def _line(app: Controller, purchase: Purchase, alias: str, is_shared: bool) -> ft.Control:
    amount = money_words(purchase.amount_cents, purchase.currency)
    day = purchase.bought_on or purchase.needed_on
    when = [day_words(day, app.workspace.notebook.today())] if day else []
    if purchase.vendor and not (is_shared and purchase.category in SENSITIVE_CATEGORIES):
        when.append(purchase.vendor)
    state = translator().word(purchase.state)
    if purchase.lacks_receipt:
        state += " · " + t("fund.no_receipt_yet")
    return contact_row(
        identifier=f"purchase-{purchase.record_id}",
        icon=ft.Icons.RECEIPT_LONG if purchase.receipt_id else ft.Icons.SHOPPING_BAG_OUTLINED,
        title=" · ".join(part for part in (alias, amount) if part),
        when=" · ".join(when),
        sentence=category_words(purchase, is_shared=is_shared),
        state=(Tone.SOON if purchase.lacks_receipt else TONES[purchase.state], state),
        on_open=lambda: app.open_panel("purchase-open", purchase_id=purchase.record_id),
    )


async def _save_ledger(app: Controller, fund: Fund) -> None:
    """Hand the fund's ledger over as CSV. Its file name tells nothing of anybody."""

    language = app.state.language

    def make() -> bytes:
        workspace = app.workspace
        aliases = workspace.caseload.aliases()
        return ledger_csv(
            fund,
            workspace.fund.of_fund(fund.record_id),
            alias_of=lambda case_id: aliases.get(case_id, "?"),
            language=language,
        ).encode()

    content = await app.run(make)
    name = f"ledger-{app.workspace.notebook.today().isoformat()}.csv"
    if await save_file(app, name, content, kind="csv"):
        app.tell(t("fund.ledger_done"))
