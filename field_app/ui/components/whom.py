"""Whom a form is about: one tap on a name; a search where there are many."""

from collections.abc import Callable, Sequence
from typing import Any

import flet as ft

from field_app.domain.vocabulary import ParticipantKind
from field_app.services.caseload import CaseloadEntry, CaseloadFilter
from field_app.ui import tokens
from field_app.ui.components.basics import quiet
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.parent_safety import is_unanswered
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t

SHOWN = 12  # names offered at once: three rows of a phone
SEARCH_FROM = 13  # below, looking is quicker than typing


@part
def whom(
    *,
    identifier: str,
    label: str,
    kind: ParticipantKind | None = None,
    chosen: str,
    on_choose: Callable[[str], Any],
    error: str | None = None,
) -> ft.Control:
    """Return open participants as chips `<identifier>-<case id>`.

    Parents whose safety question is not answered are left out: it comes first, on their page.
    """
    app = use_app()
    typed, set_typed = ft.use_state("")
    people = ft.use_memo(lambda: open_people(app, kind), [kind, app.state.revision])
    wanted = typed.strip().casefold()
    found = [entry for entry in people if wanted in entry.participant.alias.casefold()]
    shown = found[:SHOWN]
    if chosen and all(entry.case_id != chosen for entry in shown):
        shown = [*(entry for entry in people if entry.case_id == chosen), *shown]
    controls: list[ft.Control] = []
    if len(people) >= SEARCH_FROM:
        controls.append(
            text_field(
                identifier=f"{identifier}-search",
                label=t("add.find"),
                value=typed,
                on_change=set_typed,
            )
        )
    controls.append(
        choice_chips(
            identifier=identifier,
            label=label,
            choices=[Choice(entry.case_id, entry.participant.alias) for entry in shown],
            chosen=chosen,
            on_choose=on_choose,
        )
    )
    controls += nobody_lines(app, kind)
    if error:
        controls.append(field_error(error))
    return ft.Column(
        spacing=tokens.SPACE_XS,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=controls,
    )


def nobody_lines(app: Controller, kind: ParticipantKind | None = None) -> list[ft.Control]:
    """Return why nobody, or not everybody, is offered; nothing when all are."""
    entries: list[CaseloadEntry] = app.workspace.caseload.entries(CaseloadFilter(kind=kind))
    unanswered = sum(is_unanswered(entry.participant) for entry in entries)
    if unanswered:
        return [quiet(t("whom.unanswered", count=unanswered))]
    return [] if entries else [quiet(t("whom.nobody"))]


def open_people(app: Controller, kind: ParticipantKind | None = None) -> Sequence[CaseloadEntry]:
    """Return the open participants (of a kind) who may be worked with, by alias."""
    entries: list[CaseloadEntry] = app.workspace.caseload.entries(CaseloadFilter(kind=kind))
    ready = [entry for entry in entries if not is_unanswered(entry.participant)]
    return sorted(ready, key=lambda entry: entry.participant.alias.casefold())
