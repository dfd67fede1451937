"""What a youth sees with the phone in hand: one sheet, large letters, and the way to give it back.

Leaving means the locked door: the advocate's passphrase leads back.
"""

from collections.abc import Sequence

import flet as ft

from field_app.ui import tokens
from field_app.ui.components.basics import icon_action, primary_button, secondary_button
from field_app.ui.components.drafting import FormDraft
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.notice import notice_line
from field_app.ui.components.top_bar import quick_exit_button
from field_app.ui.controller import Controller
from field_app.ui.guard import Handler
from field_app.ui.i18n import t


def youth_view(app: Controller, title: str, lead: str, body: Sequence[ft.Control]) -> ft.View:
    """Return the whole screen: no back, no tabs, no name of anybody."""
    sheet = ft.Column(
        spacing=tokens.SPACE_XL,
        width=tokens.READING_WIDTH,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=[
            ft.Text(lead, size=tokens.TITLE),
            *body,
            primary_button(
                "give-back", t("youth_mode.give_back"), app.lock, icon=ft.Icons.LOCK_OUTLINE
            ),
            ft.Text(t("youth_mode.give_back_help"), size=tokens.LEAD),
        ],
    )
    return ft.View(
        route="/",
        padding=0,
        spacing=0,
        can_pop=False,
        appbar=ft.AppBar(
            automatically_imply_leading=False,
            title=ft.Text(t("app.name") if app.state.is_curtained else title),
            title_spacing=tokens.SPACE_L,
            actions=[
                icon_action("lock", ft.Icons.LOCK_OUTLINE, t("youth_mode.give_back"), app.lock),
                quick_exit_button(app),
            ],
            actions_padding=ft.Padding.only(right=tokens.SPACE_XS),
        ),
        controls=[
            ft.SafeArea(
                expand=True,
                content=ft.Column(
                    expand=True,
                    spacing=0,
                    controls=[
                        ft.ListView(
                            expand=True,
                            padding=ft.Padding.all(tokens.SPACE_XL),
                            controls=[
                                ft.Container(alignment=ft.Alignment.TOP_CENTER, content=sheet)
                            ],
                        ),
                        notice_line(),
                    ],
                ),
            )
        ],
    )


def large_line(words: str, *actions: ft.Control, under: Sequence[ft.Control] = ()) -> ft.Control:
    """Return one line in large letters, what can be done with it, and what stands under it."""
    head = ft.Row(controls=[ft.Text(words, size=tokens.TITLE, expand=True), *actions])
    return ft.Container(
        padding=ft.Padding.only(
            left=tokens.SPACE_L,
            top=tokens.SPACE_S,
            bottom=tokens.SPACE_L if under else tokens.SPACE_S,
        ),
        border_radius=tokens.CORNER,
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        content=ft.Column(spacing=tokens.SPACE_XS, controls=[head, *under]) if under else head,
    )


def writing_place(
    name: str,
    draft: FormDraft,
    *,
    is_open: bool,
    label: str,
    helper: str | None,
    on_open: Handler,
    on_keep: Handler,
) -> list[ft.Control]:
    """Return the field `mine-<name>` of a draft with its button, or the button that opens it."""
    typed = str(draft[name])
    if not (is_open or typed):
        return [
            ft.Row(
                controls=[
                    secondary_button(
                        f"mine-{name}-add",
                        t("youth_mode.write"),
                        on_open,
                        icon=ft.Icons.EDIT_OUTLINED,
                    )
                ]
            )
        ]
    return [
        text_field(
            identifier=f"mine-{name}",
            label=label,
            helper=helper,
            value=typed,
            on_change=draft.setter(name),
            lines=2,
            is_autofocused=is_open,
        ),
        field_error(draft.problem or None),
        secondary_button(f"mine-{name}-save", t("youth_mode.keep"), on_keep, icon=ft.Icons.CHECK),
    ]
