"""A fund of the agency: its name, the money put in, and above what a purchase waits."""

from dataclasses import replace
from typing import Any

import flet as ft

from field_app.domain.records.fund import Fund
from field_app.domain.records.fund_balance import money_text, parse_amount
from field_app.domain.records.record import AGENCY_CASE_ID
from field_app.ui.components.basics import primary_button, quiet
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.panels import panel_page
from field_app.ui.components.submitting import finish
from field_app.ui.context import use_app
from field_app.ui.guard import part
from field_app.ui.i18n import t

LIMITS = ("approval_above_cents", "purchase_cap_cents", "youth_quarter_cap_cents")


@part
def fund_setup_panel(*, fund_id: str = "") -> ft.Control:
    """Draw a new fund, or the settings of one."""
    app = use_app()
    service = app.workspace.fund
    found = [one for one in service.funds(all_of_them=True) if one.record_id == fund_id]
    fund = found[0] if found else Fund(case_id=AGENCY_CASE_ID, name=t("fund.default_name"))
    limits = {name: _words(getattr(fund, name)) for name in LIMITS}
    draft = use_draft(f"fund-setup:{fund_id}", {"name": fund.name, "amount_cents": "", **limits})

    async def save() -> None:
        values = dict(draft.values)

        def write() -> Fund:
            changed: dict[str, Any] = {
                name: parse_amount(values[name]) if values[name].strip() else None
                for name in LIMITS
            }
            put_in = parse_amount(values["amount_cents"]) if values["amount_cents"].strip() else 0
            saved: Fund = service.save_fund(replace(fund, name=values["name"], **changed))
            if put_in:
                saved = service.allocate(saved.record_id, put_in)
            return saved

        await finish(app, draft, write)

    return panel_page(
        title=t("fund.edit") if found else t("fund.make"),
        body=[
            text_field(
                identifier="fund-name",
                label=t("fund.name"),
                value=draft["name"],
                on_change=draft.setter("name"),
                error=draft.error_of("name"),
            ),
            text_field(
                identifier="fund-amount",
                label=t("fund.put_in", currency=fund.currency),
                value=draft["amount_cents"],
                on_change=draft.setter("amount_cents"),
                error=draft.error_of("amount_cents"),
                keyboard=ft.KeyboardType.NUMBER,
            ),
            *(_limits(draft) if service.asks_approval() else [quiet(t("fund.limits_alone"))]),
            field_error(draft.other_error),
        ],
        primary=primary_button("fund-save", t("common.save"), save, icon=ft.Icons.CHECK),
    )


def _limits(draft: FormDraft) -> list[ft.Control]:
    return [
        quiet(t("fund.limits_help")),
        *(
            text_field(
                identifier=f"fund-{name}",
                label=t(f"fund.limit.{name}"),
                value=draft[name],
                on_change=draft.setter(name),
                keyboard=ft.KeyboardType.NUMBER,
            )
            for name in LIMITS
        ),
    ]


def _words(cents: int | None) -> str:
    return "" if cents is None else money_text(cents)
