"""What comes in the next days besides duties of the policy: meetings, hearings, second looks."""

from dataclasses import dataclass
from datetime import date, timedelta

import flet as ft

from field_app.domain.records.gatherings import CourtSupport, Meeting
from field_app.domain.records.plans import Linkage
from field_app.domain.records.safety_plan import SafetyPlanKind
from field_app.services.caseload import CaseloadEntry
from field_app.services.safety_plans import ReviewDue
from field_app.ui.components.basics import section_header
from field_app.ui.components.field_words import day_words
from field_app.ui.components.lists import contact_row
from field_app.ui.components.shown_in_pages import shown_in_pages
from field_app.ui.components.states import Tone
from field_app.ui.controller import Controller
from field_app.ui.guard import Handler
from field_app.ui.i18n import t, translator

AHEAD = timedelta(days=7)
PAGE_LINES = 5


@dataclass(frozen=True)
class ComingUp:
    """One line: whose, on which local day, what, and where a tap leads."""

    identifier: str
    case_id: str
    on: date
    words: str
    icon: ft.IconData
    open: Handler


def read_coming_up(app: Controller) -> list[ComingUp]:
    """Return what comes about people whose case is open, by day; second looks also when late."""
    workspace, today = app.workspace, app.workspace.notebook.today()
    through = today + AHEAD
    found = [_meeting(app, one) for one in workspace.meetings.coming_up(today, through)]
    found += [_hearing(app, one, day) for one, day in workspace.court.coming_up(today, through)]
    found += [
        _review(app, one)
        for one in workspace.safety_plans.reviews_due(through)
        if one.plan_kind is not SafetyPlanKind.HOURS_72  # what follows it is a duty of its own
    ]
    found += [_linkage(app, one) for one in workspace.linkages.due(through)]
    if not found:
        return []
    entries: list[CaseloadEntry] = workspace.caseload.entries()
    still_open = {entry.case_id for entry in entries if entry.participant.is_open}
    return sorted(
        (line for line in found if line.case_id in still_open),
        key=lambda line: (line.on, line.identifier),
    )


def coming_up(app: Controller, lines: list[ComingUp], aliases: dict[str, str]) -> list[ft.Control]:
    """Return the part of Today about the next days; nothing when nothing comes."""
    if not lines:
        return []
    today = app.workspace.notebook.today()
    return [
        section_header(t("coming_up.title")),
        shown_in_pages(
            key="coming-up",
            identifier="more-coming-up",
            page=PAGE_LINES,
            controls=[
                contact_row(
                    identifier=line.identifier,
                    icon=line.icon,
                    title=f"{aliases.get(line.case_id, '')} · {line.words}",
                    when=day_words(line.on, today),
                    state=(Tone.LATE, t("due.days_late", count=(today - line.on).days))
                    if line.on < today
                    else None,
                    on_open=line.open,
                )
                for line in lines
            ],
        ),
    ]


def _meeting(app: Controller, one: Meeting) -> ComingUp:
    return ComingUp(
        f"coming-meeting-{one.record_id}",
        one.case_id,
        one.next_on or date.max,  # only those with a next date are asked for
        t("coming_up.meeting", meeting=translator().word(one.meeting_kind)),
        ft.Icons.GROUPS_OUTLINED,
        lambda: app.open_panel("meeting-open", case_id=one.case_id, record_id=one.record_id),
    )


def _hearing(app: Controller, one: CourtSupport, day: date) -> ComingUp:
    return ComingUp(
        f"coming-court-{one.record_id}",
        one.case_id,
        day,
        t("court.row", hearing=translator().word(one.hearing)),
        ft.Icons.GAVEL,
        lambda: app.open_panel("court", case_id=one.case_id, record_id=one.record_id),
    )


def _review(app: Controller, one: ReviewDue) -> ComingUp:
    return ComingUp(
        f"coming-review-{one.plan_id}",
        one.case_id,
        one.due_on,
        t("coming_up.review", plan=translator().word(one.plan_kind)),
        ft.Icons.SHIELD_OUTLINED,
        lambda: app.navigate(f"/caseload/{one.case_id}/safety/{one.plan_id}"),
    )


def _linkage(app: Controller, one: Linkage) -> ComingUp:
    return ComingUp(
        f"coming-link-{one.record_id}",
        one.case_id,
        one.follow_up_on or date.max,
        t("coming_up.linkage", service=one.provider or translator().word(one.need)),
        ft.Icons.HUB_OUTLINED,
        lambda: app.open_panel("follow-up", case_id=one.case_id, linkage_id=one.record_id),
    )
