"""A conflict: both values of one field side by side; keep one, or both where they are texts."""

from dataclasses import dataclass
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

SHORT = 36  # letters that fit on two lines of half a phone


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
    field = field_words(view.conflict.field)
    mine, theirs = (_version(app, view, choice) for choice in (Choice.MINE, Choice.THEIRS))
    keep_mine, keep_theirs = (
        secondary_button(f"keep-{side.choice}", side.keep, partial(choose, side.choice))
        for side in (mine, theirs)
    )
    body: list[ft.Control] = [
        ft.Column(
            spacing=0,
            controls=[
                ft.Text(
                    f"{alias} · {field}" if alias else field,
                    theme_style=ft.TextThemeStyle.TITLE_MEDIUM,
                ),
                quiet(kind_words(view.conflict.subject_kind)),
            ],
        ),
        quiet(t("conflict.lead")),
    ]
    if mine.is_short and theirs.is_short:
        body += [
            ft.Row(
                spacing=tokens.SPACE_M,
                intrinsic_height=True,  # both are as high as the higher one
                vertical_alignment=ft.CrossAxisAlignment.STRETCH,
                controls=[_card(side, expand=True) for side in (mine, theirs)],
            ),
            ft.Row(
                spacing=tokens.SPACE_M,
                controls=[ft.Container(expand=True, content=k) for k in (keep_mine, keep_theirs)],
            ),
        ]
    else:  # half a phone is too narrow to compare sentences in
        body += [_card(mine, keep_mine), _card(theirs, keep_theirs)]
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


@dataclass(frozen=True)
class _Version:
    """One version in words: whose, what it says, whether it is what stands now, how to keep it."""

    choice: Choice
    whose: str
    words: str
    stands: bool
    keep: str

    @property
    def is_short(self) -> bool:
        return len(self.words) <= SHORT and "\n" not in self.words


def _version(app: Controller, view: ConflictView, choice: Choice) -> _Version:
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
    stands = view.subject is not None and view.present == value
    return _Version(choice, whose, words, stands, keep)


def _card(version: _Version, keep: ft.Control | None = None, *, expand: bool = False) -> ft.Control:
    controls: list[ft.Control] = [
        ft.Text(version.whose, size=tokens.BODY, weight=ft.FontWeight.W_600),
        ft.Text(version.words, size=tokens.LEAD, selectable=True),
    ]
    if version.stands:
        controls.append(ft.Row(wrap=True, controls=[state_chip(Tone.PLAIN, t("conflict.stands"))]))
    if keep is not None:
        controls.append(keep)
    return ft.Container(
        expand=expand,
        padding=tokens.SPACE_M,
        border_radius=tokens.CORNER,
        border=ft.Border.all(1, ft.Colors.OUTLINE_VARIANT),
        bgcolor=ft.Colors.SURFACE_CONTAINER,
        content=ft.Column(
            spacing=tokens.SPACE_S,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            controls=controls,
        ),
    )
