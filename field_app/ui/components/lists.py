"""Lines of lists: a due line, a contact, an empty list.

A due line reads like a sentence: the alias on top, what is owed under it, the log button at its
right edge. Wrap lines of long lists in `ft.memo` and give them keys.
"""

import flet as ft

from field_app.ui import tokens
from field_app.ui.components.basics import labelled, named, primary_button, quiet
from field_app.ui.components.states import Tone, state_chip
from field_app.ui.guard import Handler, guard


def due_line(
    *,
    identifier: str,
    alias: str,
    sentence: str,
    whom: tuple[ft.IconData, str] | None = None,
    state: tuple[Tone, str] | None = None,
    on_open: Handler,
    on_log: Handler | None = None,
    log_name: str = "",
    log_icon: ft.IconData = ft.Icons.EDIT_NOTE,
) -> ft.Control:
    """Return one thing that is due to one person.

    Args:
        identifier: Stable name of the line; its log button is `<identifier>-log`.
        alias: Who, as the advocate calls them.
        sentence: What is owed, with its progress: "2 of 4 visits this month, 9 days left".
        whom: Icon and word for whom it concerns where that is not the youth.
        state: Tone and word, such as (LATE, "3 days late"); None while all is well.
        on_open: Opens the reason or the person.
        on_log: Logs what is due; the button is left out when there is nothing to log.
        log_name: The button's spoken name, with the alias in it.
        log_icon: The button's icon.
    """
    head: list[ft.Control] = [ft.Text(alias, theme_style=ft.TextThemeStyle.TITLE_MEDIUM)]
    if whom is not None:
        head.append(_whom(*whom))
    if state is not None:
        head.append(state_chip(*state))
    words: list[ft.Control] = [
        ft.Row(
            wrap=True,
            spacing=tokens.SPACE_S,
            run_spacing=tokens.SPACE_XS,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
            controls=head,
        )
    ]
    if sentence:
        words.append(quiet(sentence))
    row: list[ft.Control] = [
        labelled(
            identifier,
            ft.Container(
                padding=ft.Padding.symmetric(vertical=tokens.SPACE_S),
                border_radius=tokens.CORNER,
                ink=True,
                on_click=guard(on_open),
                content=ft.Column(spacing=tokens.SPACE_XS, controls=words),
            ),
        )
    ]
    row[0].expand = True
    if on_log is not None:
        row.append(
            named(
                f"{identifier}-log",
                log_name,
                ft.FilledTonalIconButton(
                    log_icon,
                    tooltip=log_name,
                    width=tokens.TOUCH + tokens.SPACE_S,
                    height=tokens.TOUCH + tokens.SPACE_S,
                    on_click=guard(on_log),
                ),
            )
        )
    return ft.Container(
        padding=ft.Padding.symmetric(vertical=tokens.SPACE_XS),
        border=ft.Border.only(bottom=ft.BorderSide(1, ft.Colors.OUTLINE_VARIANT)),
        content=ft.Row(spacing=tokens.SPACE_M, controls=row),
    )


def _whom(icon: ft.IconData, words: str) -> ft.Control:
    """Return whom a line concerns: quieter than a state, which is what is urgent."""
    return ft.Row(
        tight=True,
        spacing=tokens.SPACE_XS,
        controls=[
            ft.Icon(icon, size=tokens.LEAD, color=ft.Colors.ON_SURFACE_VARIANT),
            quiet(words, size=tokens.CAPTION),
        ],
    )


def contact_row(
    *,
    identifier: str,
    icon: ft.IconData,
    title: str,
    when: str,
    sentence: str = "",
    state: tuple[Tone, str] | None = None,
    on_open: Handler | None = None,
) -> ft.Control:
    """Return one contact of a timeline: how and with what outcome, when, a note's first words."""
    words: list[ft.Control] = [
        ft.Text(title, size=tokens.BODY, weight=ft.FontWeight.W_600),
        quiet(when, size=tokens.CAPTION),
    ]
    if sentence:
        words.append(
            ft.Text(sentence, size=tokens.BODY, max_lines=2, overflow=ft.TextOverflow.ELLIPSIS)
        )
    if state is not None:
        words.append(ft.Row(wrap=True, controls=[state_chip(*state)]))
    return labelled(
        identifier,
        ft.Container(
            padding=ft.Padding.symmetric(vertical=tokens.SPACE_M),
            ink=on_open is not None,
            on_click=guard(on_open) if on_open else None,
            content=ft.Row(
                spacing=tokens.SPACE_M,
                vertical_alignment=ft.CrossAxisAlignment.START,
                controls=[
                    ft.Icon(icon, color=ft.Colors.PRIMARY),
                    ft.Column(expand=True, spacing=tokens.SPACE_XS, controls=words),
                ],
            ),
        ),
    )


def empty_state(
    *,
    icon: ft.IconData,
    title: str,
    words: str,
    action: str | None = None,
    identifier: str = "empty-action",
    on_click: Handler | None = None,
) -> ft.Control:
    """Return what stands in an empty list: what will be there, and the first step towards it."""
    controls: list[ft.Control] = [
        ft.Icon(icon, size=40, color=ft.Colors.PRIMARY),
        ft.Text(title, theme_style=ft.TextThemeStyle.TITLE_LARGE, text_align=ft.TextAlign.CENTER),
        ft.Text(
            words,
            color=ft.Colors.ON_SURFACE_VARIANT,
            text_align=ft.TextAlign.CENTER,
            size=tokens.LEAD,
        ),
    ]
    if action is not None and on_click is not None:
        controls.append(
            ft.Container(
                padding=ft.Padding.only(top=tokens.SPACE_S),
                content=primary_button(identifier, action, on_click),
            )
        )
    return ft.Container(
        padding=ft.Padding.symmetric(horizontal=tokens.SPACE_XL, vertical=tokens.SPACE_XL * 2),
        alignment=ft.Alignment.CENTER,
        content=ft.Column(
            tight=True,
            width=360,
            spacing=tokens.SPACE_M,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            controls=controls,
        ),
    )


def menu_line(
    *, identifier: str, icon: ft.IconData, title: str, words: str = "", on_click: Handler
) -> ft.Control:
    """Return a line of a menu: leads to a screen."""
    return labelled(
        identifier,
        ft.ListTile(
            leading=ft.Icon(icon, color=ft.Colors.PRIMARY),
            title=ft.Text(title, size=tokens.LEAD),
            subtitle=quiet(words) if words else None,
            trailing=ft.Icon(ft.Icons.CHEVRON_RIGHT, color=ft.Colors.ON_SURFACE_VARIANT),
            min_height=tokens.TOUCH + tokens.SPACE_S,
            content_padding=ft.Padding.symmetric(horizontal=tokens.SPACE_S),
            shape=ft.RoundedRectangleBorder(radius=tokens.CORNER),
            on_click=guard(on_click),
        ),
    )
