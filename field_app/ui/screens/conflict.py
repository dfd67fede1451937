"""A conflict: both values of one field side by side; keep one, or both where they are texts."""

from functools import partial

import flet as ft

from field_app.services.conflicts import Choice, ConflictView
from field_app.ui import tokens
from field_app.ui.components.basics import quiet, secondary_button
from field_app.ui.components.panels import panel_page
from field_app.ui.components.record_words import field_words, kind_words, value_words
from field_app.ui.components.states import Tone, state_chip
from field_app.ui.components.writing import write
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t


@part
def conflict_panel(*, conflict_id: str) -> ft.Control:
    """Draw the two versions and the choices."""
    app = use_app()
    view = ft.use_memo(lambda: _find(app, conflict_id), [app.state.revision, conflict_id])
    if view is None:
        return panel_page(title=t("conflict.title"), body=[quiet(t("conflict.gone"))])

    async def choose(choice: Choice) -> None:
        await write(app, lambda: app.workspace.conflicts.resolve(conflict_id, choice))
        app.close_panel()

    alias = app.workspace.caseload.aliases().get(view.conflict.case_id, "")
    title = t(
        "conflict.field",
        kind=kind_words(view.conflict.subject_kind),
        field=field_words(view.conflict.field),
    )
    body: list[ft.Control] = [
        ft.Text(f"{alias} · {title}" if alias else title, size=tokens.LEAD),
        ft.Row(
            spacing=tokens.SPACE_M,
            vertical_alignment=ft.CrossAxisAlignment.START,
            controls=[
                _side(app, view, Choice.MINE, choose=partial(choose, Choice.MINE)),
                _side(app, view, Choice.THEIRS, choose=partial(choose, Choice.THEIRS)),
            ],
        ),
    ]
    if view.can_keep_both:
        body.append(
            secondary_button(
                "keep-both",
                t("conflict.keep_both"),
                partial(choose, Choice.BOTH),
                icon=ft.Icons.UNFOLD_MORE,
            )
        )
    if view.subject is None:
        body.append(quiet(t("conflict.subject_gone")))
    body.append(quiet(t("conflict.saved_help")))
    return panel_page(title=t("conflict.title"), body=body)


def _find(app: Controller, conflict_id: str) -> ConflictView | None:
    open_ones = app.workspace.conflicts.open()
    return next((view for view in open_ones if view.conflict.record_id == conflict_id), None)


def _side(app: Controller, view: ConflictView, choice: Choice, *, choose: object) -> ft.Control:
    """Return one version: whose it is, what it says, and the button that keeps it."""
    conflict = view.conflict
    is_mine = choice is Choice.MINE
    writer_id = conflict.mine_by if is_mine else conflict.theirs_by
    other_id = conflict.theirs_by if is_mine else conflict.mine_by
    name = view.mine_by if is_mine else view.theirs_by
    value = conflict.mine if is_mine else conflict.theirs
    me = app.workspace.me.record_id
    if conflict.reason == ("deleted_by_me" if is_mine else "deleted_by_them"):
        words = t("conflict.deleted")
    else:
        words = value_words(conflict.subject_kind, conflict.field, value)
    if writer_id == me:
        whose, keep = t("conflict.yours"), t("conflict.keep_mine")
    else:
        whose = t("conflict.by", name=name) if name else t("conflict.unknown_writer")
        keep = t("conflict.keep_theirs") if other_id == me else t("conflict.keep_first")
    controls: list[ft.Control] = [
        ft.Text(whose, size=tokens.BODY, weight=ft.FontWeight.W_600),
        ft.Text(words, size=tokens.LEAD, selectable=True),
    ]
    if view.subject is not None and view.present == value:
        controls.append(ft.Row(controls=[state_chip(Tone.PLAIN, t("conflict.stands"))]))
    controls.append(secondary_button(f"keep-{choice}", keep, choose))  # type: ignore[arg-type]
    return ft.Container(
        expand=True,
        padding=tokens.SPACE_M,
        border_radius=tokens.CORNER,
        bgcolor=ft.Colors.SURFACE_CONTAINER,
        content=ft.Column(
            spacing=tokens.SPACE_S,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            controls=controls,
        ),
    )
