"""A participant's services and phases, papers, missing episodes, and the referral."""

import flet as ft

from field_app.domain.records.service import DocumentDone, MissingEpisode, Referral, ServicePeriod
from field_app.domain.vocabulary import DocumentKind, ParticipantKind, Service
from field_app.services.caseload import ParticipantPage
from field_app.services.due_list import DueItem
from field_app.ui import tokens
from field_app.ui.components.basics import (
    icon_action,
    quiet,
    secondary_button,
    section_header,
    text_action,
)
from field_app.ui.components.due_actions import note_csw_talk
from field_app.ui.components.field_words import local
from field_app.ui.components.lists import menu_line
from field_app.ui.components.parent_safety import is_unanswered
from field_app.ui.components.states import Tone, state_chip
from field_app.ui.controller import Controller
from field_app.ui.i18n import t, translator
from field_app.ui.screens.empowerment import empowerment_part
from field_app.ui.screens.fund import fund_line
from field_app.ui.screens.gatherings import gatherings_part
from field_app.ui.screens.missing_told import open_told, told_summary
from field_app.ui.screens.service import startable
from field_app.ui.screens.welcome_back import welcome_lines

YOUTH_PAPERS = (
    DocumentKind.INTRODUCTORY_PACKET_PARTICIPANT,
    DocumentKind.INTRODUCTORY_PACKET_PARENT,
    DocumentKind.STRENGTHS_NEEDS_ASSESSMENT,
    DocumentKind.SAFETY_PLAN,
    DocumentKind.ADVOCACY_PLAN,
    DocumentKind.TRANSITION_ADVOCACY_PLAN,
)


def services_part(
    app: Controller, page: ParticipantPage, due: tuple[DueItem, ...]
) -> list[ft.Control]:
    """Return the part of the page about services."""
    parts = [*_services(app, page)]
    if page.participant.participant_kind is ParticipantKind.YOUTH:
        parts += [
            *fund_line(app, page),
            *gatherings_part(app, page),
            *_papers(app, page, due),
            *_missing(app, page),
            *_referral(app, page),
        ]
    elif not is_unanswered(page.participant):
        parts += [*empowerment_part(app, page), *gatherings_part(app, page)]
    return parts


def _services(app: Controller, page: ParticipantPage) -> list[ft.Control]:
    case_id = page.participant.case_id
    is_active = page.participant.is_open and not is_unanswered(page.participant)
    lines: list[ft.Control] = [section_header(t("services.title"))]
    lines += [_service(app, page, period) for period in page.records.services]
    if len(lines) == 1:
        lines.append(quiet(t("person.no_service_yet")))
    if is_active and startable(page.participant.participant_kind, page.entry.services):
        lines.append(
            secondary_button(
                "start-service",
                t("services.start"),
                lambda: app.open_panel("start-service", case_id=case_id),
                icon=ft.Icons.PLAYLIST_ADD,
            )
        )
    return lines


def _service(app: Controller, page: ParticipantPage, period: ServicePeriod) -> ft.Control:
    speak = translator()
    name = speak.word(period.service)
    since = speak.date(local(period.received_at).date()) if period.received_at else "?"
    if period.ended_on is not None:
        until = speak.date(period.ended_on)
        words: list[ft.Control] = [
            ft.Text(name, theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
            quiet(t("services.from_to", since=since, until=until)),
            *([quiet(period.end_reason)] if period.end_reason else []),
        ]
        return ft.Column(spacing=2, controls=words)
    details = [t("services.received_on", day=since)]
    phases = [p for p in page.records.phases if p.service_period_id == period.record_id]
    details += [
        t(
            "services.phase_line",
            phase=speak.word(phase.phase),
            since=speak.date(phase.starts_on) if phase.starts_on else "?",
            until=speak.date(phase.ends_on) if phase.ends_on else t("services.until_now"),
        )
        for phase in sorted(phases, key=lambda p: (p.starts_on is None, p.starts_on))
    ]
    own = {period.record_id, *(phase.record_id for phase in phases)}
    details += [
        t(
            f"services.decided.{decision.decision}",
            day=speak.date(decision.decided_on) if decision.decided_on else "?",
            until=speak.date(decision.until) if decision.until else "",
        )
        for decision in page.records.decisions
        if decision.period_id in own
    ]
    case_id = page.participant.case_id
    buttons: list[ft.Control] = [
        secondary_button(
            f"service-{period.service}",
            t("services.decide"),
            lambda: app.open_panel("service", case_id=case_id, service=period.service.value),
            icon=ft.Icons.ALT_ROUTE,
        )
    ]
    if period.service is Service.PARENT_ADVOCACY:
        buttons.append(_offer(app, case_id, period))
    return ft.Column(
        spacing=tokens.SPACE_XS,
        controls=[
            ft.Text(name, theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
            *(quiet(words) for words in details),
            ft.Row(wrap=True, controls=buttons),
        ],
    )


def _offer(app: Controller, case_id: str, period: ServicePeriod) -> ft.Control:
    if period.empowerment_answer:
        return state_chip(Tone.DONE, t(f"offer.was_{period.empowerment_answer}"))
    return secondary_button(
        "offer", t("offer.title"), lambda: app.open_panel("offer", case_id=case_id)
    )


def _papers(app: Controller, page: ParticipantPage, due: tuple[DueItem, ...]) -> list[ft.Control]:
    wanted = {item.document for item in due if item.document and item.obligation.state.is_open}
    rows = [_paper(app, page, kind, is_due=kind in wanted) for kind in YOUTH_PAPERS]
    return [section_header(t("paper.papers")), *rows]


def _paper(
    app: Controller, page: ParticipantPage, kind: DocumentKind, *, is_due: bool
) -> ft.Control:
    speak = translator()
    done = [paper for paper in page.records.documents if paper.document is kind]
    done.sort(key=lambda paper: (paper.done_on is None, paper.done_on))
    case_id = page.participant.case_id
    words = _paper_words(done[-1]) if done else t("paper.not_yet")
    row: list[ft.Control] = [
        ft.Icon(
            ft.Icons.TASK_ALT if done else ft.Icons.DESCRIPTION_OUTLINED, color=ft.Colors.PRIMARY
        ),
        ft.Column(
            expand=True,
            spacing=2,
            controls=[
                ft.Text(speak.word(kind), size=tokens.BODY),
                quiet(words, size=tokens.CAPTION),
            ],
        ),
    ]
    if is_due:
        row.append(state_chip(Tone.SOON, t("paper.is_due")))
    if page.participant.is_open:
        row.append(
            icon_action(
                f"paper-{kind}",
                ft.Icons.ADD_TASK,
                t("paper.mark", paper=speak.word(kind)),
                lambda: app.open_panel("paper", case_id=case_id, document=kind.value),
            )
        )
    return ft.Row(spacing=tokens.SPACE_M, controls=row)


def _paper_words(paper: DocumentDone) -> str:
    day = translator().date(paper.done_on) if paper.done_on else "?"
    return t("paper.was", outcome=t(f"paper.outcome.{paper.outcome}"), day=day)


def _missing(app: Controller, page: ParticipantPage) -> list[ft.Control]:
    lines: list[ft.Control] = [section_header(t("missing.episodes"))]
    lines += [_episode(app, episode) for episode in reversed(page.records.missing)]
    if not page.records.missing:
        lines.append(quiet(t("missing.none")))
    lines += welcome_lines(app, page.participant.case_id, list(page.records.missing))
    if page.participant.is_open and not page.entry.is_missing:
        case_id = page.participant.case_id
        lines.append(
            secondary_button(
                "missing",
                t("missing.title"),
                lambda: app.open_panel("missing", case_id=case_id),
                icon=ft.Icons.PERSON_SEARCH_OUTLINED,
            )
        )
    return lines


def _episode(app: Controller, episode: MissingEpisode) -> ft.Control:
    return menu_line(
        identifier=f"episode-{episode.record_id}",
        icon=ft.Icons.PERSON_SEARCH_OUTLINED,
        title=_episode_words(episode),
        words=told_summary(episode),
        on_click=lambda: open_told(app, episode),
    )


def _episode_words(episode: MissingEpisode) -> str:
    speak = translator()
    since = speak.date(episode.missing_from) if episode.missing_from else "?"
    if episode.returned_on is None:
        return t("missing.since_day", day=since)
    return t("services.from_to", since=since, until=speak.date(episode.returned_on))


def _referral(app: Controller, page: ParticipantPage) -> list[ft.Control]:
    if not page.records.referrals:
        return []
    referral = page.records.referrals[-1]
    case_id = page.participant.case_id
    lines: list[ft.Control] = [section_header(t("referral.title"))]
    lines += [quiet(words) for words in _referral_words(referral)]
    if referral.csw_contacted_at is None and page.participant.is_open:
        lines.append(
            menu_line(
                identifier="csw-talk",
                icon=ft.Icons.RECORD_VOICE_OVER_OUTLINED,
                title=t("referral.csw_talk"),
                words=t("referral.csw_talk_help"),
                on_click=lambda: note_csw_talk(app, case_id),
            )
        )
    else:
        lines.append(
            text_action(
                "csw-talk-undo",
                t("referral.csw_talk_wrong"),
                lambda: _withdraw_talk(app, case_id),
            )
        )
    return lines


async def _withdraw_talk(app: Controller, case_id: str) -> None:
    await app.run(app.workspace.caseload.take_back_csw_talk, case_id)
    app.saved()


def _referral_words(referral: Referral) -> list[str]:
    speak = translator()
    moments = {
        "submitted": referral.submitted_at,
        "assigned": referral.assigned_at,
        "csw_contacted": referral.csw_contacted_at,
    }
    words = [
        t(
            f"referral.{name}",
            moment=f"{speak.date(local(at).date())}, {speak.time(local(at))}",
        )
        for name, at in moments.items()
        if at is not None
    ]
    if referral.override_reason:
        words.append(
            t("referral.override", who=referral.override_by, reason=referral.override_reason)
        )
    return words
