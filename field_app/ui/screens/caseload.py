"""Caseload: who is on it, what each one is owed this month, and who is quiet.

Youths and parents never share a list: a caregiver may be part of the harm.
"""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from field_app.domain.vocabulary import ParticipantKind, Phase, Service
from field_app.services.caseload import CaseloadEntry, CaseloadFilter, SearchResult
from field_app.ui import tokens
from field_app.ui.components.basics import labelled, quiet
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.field_words import PERSON_ICONS, moment_words, quiet_words
from field_app.ui.components.fields import text_field
from field_app.ui.components.folds import fold
from field_app.ui.components.frame import Tab, tab_page
from field_app.ui.components.lists import empty_state
from field_app.ui.components.people import person_line
from field_app.ui.components.record_words import kind_words
from field_app.ui.components.segments import segments
from field_app.ui.components.shown_in_pages import shown_in_pages
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import guard, part, screen
from field_app.ui.i18n import t, translator

STATES = ("overdue", "missing", "closed")


@dataclass(frozen=True)
class _Filters:
    """What is chosen of the filters; empty words choose nothing."""

    service: str = ""
    phase: str = ""
    state: str = ""

    @property
    def count(self) -> int:
        return sum(1 for chosen in (self.service, self.phase, self.state) if chosen)


@screen
def caseload_screen() -> ft.View:
    """Draw the list with its search and filters."""
    app = use_app()
    kind, set_kind = ft.use_state(ParticipantKind.YOUTH.value)
    query, set_query = ft.use_state("")
    filters, set_filters = ft.use_state(_Filters())
    beside = ft.use_route_params().get("case_id", "") if app.state.is_wide else ""
    ft.use_effect(guard(lambda: app.run(app.workspace.caseload.prepare_search)), dependencies=[])
    return tab_page(
        tab=Tab.CASELOAD,
        title=t("caseload.title"),
        body=[
            text_field(
                identifier="caseload-search",
                label=t("caseload.search"),
                value=query,
                on_change=set_query,
            ),
            _found(key="found", query=query.strip(), revision=app.state.revision)
            if query.strip()
            else _everyone(
                key=f"everyone-{kind}",
                kind=kind,
                filters=filters,
                revision=app.state.revision,
                beside=beside,
                on_kind=set_kind,
                on_filters=set_filters,
            ),
        ],
    )


@part
def _everyone(
    *,
    kind: str,
    filters: _Filters,
    revision: int,
    beside: str,
    on_kind: Callable[[str], None],
    on_filters: Callable[[_Filters], None],
) -> ft.Control:
    """Draw the lines; `beside` is the case whose page stands beside them, empty for none."""
    app = use_app()
    is_open, set_open = ft.use_state(False)
    wanted = ParticipantKind(kind)
    people = ft.use_memo(lambda: _people(app, wanted, filters), [kind, filters, revision])
    owed = ft.use_memo(app.workspace.due_list.owed_this_month, [revision])
    today = app.workspace.notebook.today()
    total = sum(owed.get(entry.case_id, 0) for entry in people)
    lines: list[ft.Control] = [
        person_line(
            key=entry.case_id,
            app=app,
            case_id=entry.case_id,
            alias=entry.participant.alias,
            icon=PERSON_ICONS[wanted],
            where=_where(entry),
            quiet_for=quiet_words(entry.days_since_reached(today)),
            owed=owed.get(entry.case_id, 0),
            is_missing=entry.is_missing,
            is_chosen=entry.case_id == beside,
        )
        for entry in people
    ]
    filtering = fold(
        identifier="filters",
        title=t("caseload.filters"),
        words=_filter_words(filters),
        is_open=is_open,
        on_toggle=lambda: set_open(not is_open),
        controls=_filter_chips(wanted, filters, on_filters),
    )
    if lines:
        shown: list[ft.Control] = [
            ft.Container(
                padding=ft.Padding.only(top=tokens.SPACE_S if is_open else 0),  # below the chips
                content=quiet(
                    f"{t('caseload.people', count=len(people))} · {t('caseload.owed', count=total)}"
                ),
            ),
            shown_in_pages(key=f"{kind}-{filters}", controls=lines),
        ]
    else:
        shown = [_nobody(app, wanted, is_filtered=bool(filters.count))]
    return ft.Column(
        spacing=tokens.SPACE_S,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=[
            segments(
                identifier="kind",
                choices=[Choice(k.value, t(f"caseload.{k}")) for k in ParticipantKind],
                chosen=kind,
                on_choose=on_kind,
            ),
            *([filtering] if lines or filters.count else []),
            *shown,
        ],
    )


def _people(app: Controller, kind: ParticipantKind, filters: _Filters) -> list[CaseloadEntry]:
    entries: list[CaseloadEntry] = app.workspace.caseload.entries(
        CaseloadFilter(
            kind=kind,
            service=Service(filters.service) if filters.service else None,
            phase=Phase(filters.phase) if filters.phase else None,
            missing_only=filters.state == "missing",
            closed=filters.state == "closed",
        )
    )
    if filters.state != "overdue":
        return entries
    late = {item.case_id for item in app.workspace.due_list.today().overdue}
    return [entry for entry in entries if entry.case_id in late]


def _where(entry: CaseloadEntry) -> str:
    """Return where somebody stands: phase, else services."""
    speak = translator()
    parts = [speak.word(service) for service in entry.services]
    if entry.phase is not None:
        parts = [
            f"{words} ({speak.word(entry.phase)})" if service is Service.ADVOCACY else words
            for service, words in zip(entry.services, parts, strict=True)
        ]
    return ", ".join(parts) or t("caseload.no_service")


def _filter_words(filters: _Filters) -> str:
    speak = translator()
    parts = []
    if filters.service:
        parts.append(speak.word(Service(filters.service)))
    if filters.phase:
        parts.append(speak.word(Phase(filters.phase)))
    if filters.state:
        parts.append(t(f"caseload.state.{filters.state}"))
    return ", ".join(parts)


def _filter_chips(
    kind: ParticipantKind, filters: _Filters, on_filters: Callable[[_Filters], None]
) -> list[ft.Control]:
    speak = translator()

    def choose(name: str, value: str) -> None:
        chosen = "" if getattr(filters, name) == value else value
        values = {"service": filters.service, "phase": filters.phase, "state": filters.state}
        on_filters(_Filters(**{**values, name: chosen}))

    rows = [
        choice_chips(
            identifier="filter-state",
            label=t("caseload.by_state"),
            choices=[Choice(state, t(f"caseload.state.{state}")) for state in STATES],
            chosen=filters.state,
            on_choose=lambda value: choose("state", value),
        )
    ]
    if kind is ParticipantKind.YOUTH:
        rows += [
            choice_chips(
                identifier="filter-service",
                label=t("caseload.by_service"),
                choices=[
                    Choice(service.value, speak.word(service))
                    for service in (Service.ADVOCACY, Service.SURVIVOR_ADVOCACY)
                ],
                chosen=filters.service,
                on_choose=lambda value: choose("service", value),
            ),
            choice_chips(
                identifier="filter-phase",
                label=t("caseload.by_phase"),
                choices=[Choice(phase.value, speak.word(phase)) for phase in Phase],
                chosen=filters.phase,
                on_choose=lambda value: choose("phase", value),
            ),
        ]
    return rows


def _nobody(app: Controller, kind: ParticipantKind, *, is_filtered: bool) -> ft.Control:
    if is_filtered:
        return empty_state(
            icon=ft.Icons.FILTER_ALT_OUTLINED,
            title=t("caseload.none_fits_title"),
            words=t("caseload.none_fits"),
        )
    return empty_state(
        icon=PERSON_ICONS[kind],
        title=t("caseload.empty_title"),
        words=t("caseload.empty"),
        action=t(f"caseload.add_{kind}"),
        on_click=lambda: app.navigate(f"/caseload/new/{kind}"),
    )


@part
def _found(*, query: str, revision: int) -> ft.Control:
    """Draw what a search found: youths and parents under headings of their own."""
    app = use_app()
    results: list[SearchResult] = ft.use_memo(
        lambda: app.workspace.caseload.search(query), [query, revision]
    )
    if not results:
        return empty_state(
            icon=ft.Icons.SEARCH_OFF,
            title=t("caseload.nothing_found"),
            words=t("caseload.search_help"),
        )
    today = app.workspace.notebook.today()
    groups: list[ft.Control] = []
    for kind in ParticipantKind:
        hits = [hit for hit in results if hit.participant.participant_kind is kind]
        if hits:
            groups.append(quiet(t(f"caseload.{kind}")))
            groups += [
                _hit(app, hit, moment_words(hit.at, today) if hit.at else "") for hit in hits
            ]
    return ft.Column(
        spacing=tokens.SPACE_XS,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=groups,
    )


def _hit(app: Controller, hit: SearchResult, when: str) -> ft.Control:
    words: list[ft.Control] = [
        ft.Text(hit.participant.alias, theme_style=ft.TextThemeStyle.TITLE_MEDIUM)
    ]
    if hit.excerpt:
        words.append(quiet(when, size=tokens.CAPTION))
        words.append(ft.Text(hit.excerpt, max_lines=2, overflow=ft.TextOverflow.ELLIPSIS))
    elif hit.kind != "participant":
        words.append(quiet(kind_words(hit.kind), size=tokens.CAPTION))

    def open_hit() -> None:
        app.navigate(f"/caseload/{hit.participant.case_id}")
        if hit.kind == "contact":
            app.open_panel("contact", record_id=hit.record_id)

    return labelled(
        f"hit-{hit.record_id}",
        ft.Container(
            ink=True,
            border_radius=tokens.CORNER,
            padding=ft.Padding.symmetric(vertical=tokens.SPACE_S),
            on_click=guard(open_hit),
            content=ft.Column(spacing=tokens.SPACE_XS, controls=words),
        ),
    )
