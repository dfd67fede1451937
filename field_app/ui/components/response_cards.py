"""First responses that are running, on top of Today: their clock, and "I am here" in one tap."""

import flet as ft

from field_app.domain.records.service import FirstResponse
from field_app.ui import tokens
from field_app.ui.components.basics import card, primary_button, text_action
from field_app.ui.components.live_clock import live_clock
from field_app.ui.components.writing import write
from field_app.ui.controller import Controller
from field_app.ui.i18n import t


def response_cards(app: Controller, aliases: dict[str, str]) -> list[ft.Control]:
    """Return a card for each response that waits for an arrival or for its 72-hour plan."""
    cards: list[ft.Control] = []
    for response in app.workspace.responses.running():
        if response.arrived_at is None or response.safety_plan_at is None:
            cards.append(_card(app, response, aliases.get(response.case_id, "")))
    return cards


def _card(app: Controller, response: FirstResponse, alias: str) -> ft.Control:
    name = f"response-{response.record_id}"
    standing = app.workspace.responses.clocks(response)
    controls: list[ft.Control] = [
        ft.Row(
            spacing=tokens.SPACE_S,
            controls=[
                ft.Icon(ft.Icons.EMERGENCY_OUTLINED, color=ft.Colors.TERTIARY),
                ft.Text(
                    t("response.running", alias=alias),
                    expand=True,
                    theme_style=ft.TextThemeStyle.TITLE_MEDIUM,
                ),
                text_action(
                    f"{name}-open",
                    t("response.open"),
                    lambda: app.open_panel("response", response_id=response.record_id),
                ),
            ],
        )
    ]
    if standing is not None:
        has_arrived = response.arrived_at is not None
        controls.append(
            live_clock(
                key=f"{name}-{has_arrived}",
                title=t("response.plan_by") if has_arrived else t("response.arrive_by"),
                due_at=standing.plan_due_at if has_arrived else standing.arrival_due_at,
                now=app.workspace.notebook.now,
            )
        )
    if response.arrived_at is None:
        controls.append(
            primary_button(
                f"{name}-arrive",
                t("response.arrive"),
                lambda: write(app, lambda: app.workspace.responses.arrive(response.record_id)),
                icon=ft.Icons.LOCATION_ON_OUTLINED,
            )
        )
    return card(*controls, identifier=name)
