"""A participant's page and the panels that it opens."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from field_app.domain.records.participant import Participant, SafeContact
from field_app.domain.vocabulary import (
    Channel,
    DecisionKind,
    Outcome,
    ParticipantKind,
    Phase,
    Service,
    TeamRole,
)
from field_app.services.caseload import ParticipantPage
from field_app.services.contacts import ContactEntry
from field_app.services.workspace import Workspace
from tests.ui.conftest import Windows
from tests.ui.work import Desk, add_contact, add_parent, add_youth, days, open_desk


async def open_page(desk: Desk, case_id: str, part: str = "overview") -> None:
    desk.window.controller.navigate(f"/caseload/{case_id}")
    await desk.window.until(lambda: desk.window.has("part-overview"))
    await desk.window.tap(f"part-{part}")


async def open_panel(desk: Desk, name: str, **arguments: Any) -> None:
    desk.window.controller.open_panel(name, **arguments)
    await desk.window.settle()


def page_of(desk: Desk, case_id: str) -> ParticipantPage:
    page = desk.workspace.caseload.page(case_id)
    assert page is not None
    return page


async def test_the_rule_of_contact_is_on_the_dial_button_and_read_before_dialling(
    opened: Windows, tmp_path: Path
):
    people: list[Participant] = []
    rule = SafeContact(
        channels=(Channel.TEXT,), hours="after 4", code_word="library", voicemail_ok=False
    )
    desk = await open_desk(
        opened,
        tmp_path,
        lambda w: people.append(add_youth(w, safe_contact=rule, phone="(213) 555-0100")),
    )
    await open_page(desk, people[0].case_id)
    assert desk.window.shows("Safe: Text · When: after 4 · Code word: library · No voicemail")
    assert not desk.window.has("dial-call")

    await desk.window.tap("dial")
    await desk.window.tap("dial-call")

    urls = [args.get("url") for name, args in desk.window.connection.calls if name == "launch_url"]
    assert [url.url if hasattr(url, "url") else url for url in urls] == ["tel:2135550100"]


async def test_every_part_of_the_page_can_be_shown(opened: Windows, tmp_path: Path):
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        people.append(add_youth(workspace))
        add_contact(workspace, people[0], channel=Channel.FACE_TO_FACE)
        add_contact(workspace, people[0], ago=days(2), outcome=Outcome.NO_ANSWER)

    desk = await open_desk(opened, tmp_path, fill)
    await open_page(desk, people[0].case_id)
    assert desk.window.shows("^1 visit$")
    assert desk.window.shows("^1 attempt$")
    assert desk.window.shows("Stabilization since Oct 11, 2026")
    await desk.window.tap("ended")
    assert desk.window.shows("^done")

    await desk.window.tap("part-contacts")
    assert desk.window.shows("Face to face · Reached")
    assert desk.window.shows("^attempt$")
    await desk.window.tap("part-services")
    assert desk.window.shows("Received Oct 11, 2026")
    assert desk.window.shows("Strengths and needs assessment")
    await desk.window.tap("part-people")
    assert desk.window.shows("County of residence: Los Angeles")


async def test_a_timeline_of_many_contacts_is_drawn_fifty_at_a_time(
    opened: Windows, tmp_path: Path
):
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        people.append(add_youth(workspace))
        now = workspace.notebook.now()
        workspace.contacts.log_many(
            [
                ContactEntry(
                    case_id=people[0].case_id,
                    channel=Channel.TEXT,
                    outcome=Outcome.REACHED,
                    at=now - timedelta(minutes=number),
                )
                for number in range(120)
            ]
        )

    desk = await open_desk(opened, tmp_path, fill)
    await open_page(desk, people[0].case_id, "contacts")

    def shown() -> int:
        return len({i for i in desk.window.ids() if i.startswith("contact-")})

    assert shown() == 50
    await desk.window.tap("older")
    assert shown() == 100
    await desk.window.tap("older")
    assert shown() == 120
    assert not desk.window.has("older")


async def test_a_correction_needs_a_reason_and_stands_in_the_history(
    opened: Windows, tmp_path: Path
):
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        people.append(add_youth(workspace))
        add_contact(workspace, people[0], note="at school")

    desk = await open_desk(opened, tmp_path, fill)
    (before,) = desk.contacts(people[0].case_id)
    await open_panel(desk, "contact", record_id=before.record_id)
    await desk.window.tap("contact-correct")
    await desk.window.tap("channel-video")
    await desk.window.enter("minutes-typed", "20")
    await desk.window.tap("correction-save")
    await desk.window.until(lambda: desk.window.shows("Say in a few words why"))
    await desk.window.enter("reason", "it was a video call")
    await desk.window.tap("correction-save")
    await desk.saved()

    (after,) = desk.contacts(people[0].case_id)
    assert (after.channel, after.minutes, after.note) == (Channel.VIDEO, 20, "at school")
    assert after.at == before.at
    assert desk.forms() == []
    await open_panel(desk, "contact", record_id=before.record_id)
    assert desk.window.shows("Rosa Delgado corrected it")
    assert desk.window.shows("How: Phone → Video")
    assert desk.window.shows("Minutes: empty → 20")


async def test_a_phase_moves_on_when_somebody_decides_so(opened: Windows, tmp_path: Path):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    case_id = people[0].case_id
    await open_page(desk, case_id, "services")
    await desk.window.tap("service-advocacy")
    await desk.window.tap("service-save")
    assert desk.window.shows("Choose what is decided")

    await desk.window.tap("decision-move_on")
    await desk.window.tap("service-save")
    await desk.saved()

    assert page_of(desk, case_id).entry.phase is Phase.MAINTENANCE
    assert desk.window.shows("Stabilization: Oct 11, 2026 to Nov 19, 2026")


async def test_an_extension_needs_its_day_and_reason_and_has_to_extend(
    opened: Windows, tmp_path: Path
):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    case_id = people[0].case_id
    await open_panel(desk, "service", case_id=case_id, service="advocacy")
    await desk.window.tap("decision-extend")
    await desk.window.tap("service-save")
    assert desk.window.shows("Choose the new last day")

    async def until_day(day: date) -> None:
        await desk.window.tap("until")
        picker = desk.window.on_top(ft.DatePicker)[-1]
        noon = f"{day.isoformat()}T12:00:00"
        desk.window.session.apply_patch(picker._i, {"value": datetime.fromisoformat(noon)})
        await desk.window.fire(picker, "change")

    await until_day(date(2026, 12, 1))
    await desk.window.tap("service-save")
    await desk.window.until(lambda: desk.window.shows("Say in a few words why"))
    await desk.window.enter("reason", "new placement")
    await desk.window.tap("service-save")
    await desk.window.until(lambda: desk.window.shows("last day in force is as late already"))
    assert page_of(desk, case_id).records.decisions == []

    await until_day(date(2027, 3, 31))
    await desk.window.tap("service-save")
    await desk.saved()
    (decision,) = page_of(desk, case_id).records.decisions
    assert (decision.decision, decision.until) == (DecisionKind.EXTENDED, date(2027, 3, 31))


async def test_a_first_month_ends_when_the_youth_is_noted_as_stabilized(
    opened: Windows, tmp_path: Path
):
    people: list[Participant] = []
    services = (Service.SURVIVOR_ADVOCACY,)
    desk = await open_desk(
        opened, tmp_path, lambda w: people.append(add_youth(w, services=services, received=days(9)))
    )
    assert desk.window.has("open-daily")

    await open_panel(desk, "service", case_id=people[0].case_id, service="survivor_advocacy")
    await desk.window.tap("decision-stabilized")
    await desk.window.tap("service-save")
    await desk.saved()

    page = page_of(desk, people[0].case_id)
    assert [d.decision for d in page.records.decisions] == [DecisionKind.STABILIZED]
    desk.clock.moment += days(1)
    assert desk.workspace.due_list.daily() == ()


async def test_a_service_is_started_and_ended_with_a_reason(opened: Windows, tmp_path: Path):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    case_id = people[0].case_id
    await open_page(desk, case_id, "services")
    await desk.window.tap("start-service")
    await desk.window.tap("service-start")
    assert desk.window.shows("Choose a service")
    await desk.window.tap("service-survivor_advocacy")
    await desk.window.tap("service-start")
    await desk.saved()
    assert Service.SURVIVOR_ADVOCACY in page_of(desk, case_id).entry.services

    for service in ("advocacy", "survivor_advocacy"):
        await open_panel(desk, "service", case_id=case_id, service=service)
        await desk.window.tap("decision-end")
        await desk.window.enter("reason", "moved away")
        await desk.window.tap("service-save")
        await desk.window.until(lambda: not desk.window.has("service-save"))
    assert page_of(desk, case_id).entry.services == ()


async def test_a_case_is_closed_after_its_services_and_the_closing_can_be_undone(
    opened: Windows, tmp_path: Path
):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    case_id = people[0].case_id
    await open_page(desk, case_id, "people")
    await desk.window.tap("close-case")
    await desk.window.enter("reason", "goals reached")
    await desk.window.tap("close-save")
    await desk.window.until(lambda: desk.window.shows("A service is still running"))

    period = page_of(desk, case_id).records.services[0]
    today = desk.workspace.notebook.today()
    desk.workspace.phases.end_service(period.record_id, ended_on=today, reason="done")
    await desk.window.tap("close-save")
    await desk.saved()
    assert not page_of(desk, case_id).participant.is_open
    assert desk.window.shows("closed on Nov 20, 2026")

    await desk.window.tap("notice-undo")
    await desk.window.until(lambda: page_of(desk, case_id).participant.is_open)


async def test_a_missing_youth_is_back_with_one_tap(opened: Windows, tmp_path: Path):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    case_id = people[0].case_id
    await open_page(desk, case_id, "services")
    await desk.window.tap("missing")
    await desk.window.enter("missing-note", "left the placement")
    await desk.window.tap("missing-save")
    await desk.saved()
    assert desk.window.shows("Missing since Nov 20, 2026")

    desk.clock.moment += days(2)
    await desk.window.tap("came-back")
    await desk.window.until(lambda: not page_of(desk, case_id).entry.is_missing)
    (episode,) = page_of(desk, case_id).records.missing
    assert episode.returned_on == date(2026, 11, 21)

    await desk.window.tap("notice-undo")
    await desk.window.until(lambda: page_of(desk, case_id).entry.is_missing)


async def test_the_team_is_written_changed_and_taken_off(opened: Windows, tmp_path: Path):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    case_id = people[0].case_id
    await open_page(desk, case_id, "people")
    await desk.window.tap("add-member")
    await desk.window.tap("member-save")
    await desk.window.until(lambda: desk.window.shows("Type a name or an organization"))
    await desk.window.tap("role-attorney")
    await desk.window.enter("member-name", "Ms. Lee")
    await desk.window.tap("member-save")
    await desk.saved()
    (member,) = page_of(desk, case_id).team
    assert (member.role, member.name) == (TeamRole.ATTORNEY, "Ms. Lee")

    await desk.window.tap(f"member-{member.record_id}")
    await desk.window.enter("member-phone", "213 555 0111")
    await desk.window.tap("member-save")
    await desk.window.until(lambda: page_of(desk, case_id).team[0].phone == "213 555 0111")

    await desk.window.tap(f"member-{member.record_id}")
    await desk.window.tap("member-remove")
    await desk.window.tap("confirm-yes")
    await desk.window.until(lambda: page_of(desk, case_id).team == ())


async def test_safe_contact_and_details_are_changed_and_can_be_undone(
    opened: Windows, tmp_path: Path
):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    case_id = people[0].case_id
    await open_page(desk, case_id, "people")
    await desk.window.tap("edit-safe")
    await desk.window.tap("safe-channel-text")
    await desk.window.tap("voicemail-no")
    await desk.window.enter("safe-code", "library")
    await desk.window.tap("safe-save")
    await desk.saved()
    rule = page_of(desk, case_id).participant.safe_contact
    assert rule == SafeContact(channels=(Channel.TEXT,), code_word="library", voicemail_ok=False)

    await desk.window.tap("notice-undo")
    await desk.window.until(
        lambda: page_of(desk, case_id).participant.safe_contact == SafeContact()
    )
    await desk.window.tap("edit-person")
    await desk.window.enter("alias", " ")
    await desk.window.tap("person-save")
    await desk.window.until(lambda: desk.window.shows("Type an alias"))
    await desk.window.enter("alias", "Mai")
    await desk.window.tap("person-save")
    await desk.window.until(lambda: page_of(desk, case_id).participant.alias == "Mai")


async def test_parent_and_youth_are_linked_by_a_line_only(opened: Windows, tmp_path: Path):
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        people.append(add_youth(workspace))
        people.append(add_parent(workspace, people[0]))
        add_contact(workspace, people[0], note="about her mother")

    desk = await open_desk(opened, tmp_path, fill)
    youth, parent = people
    await open_page(desk, parent.case_id, "contacts")
    assert not desk.window.shows("about her mother")
    assert not desk.window.has("log-contact"), "the safety question comes first"
    assert desk.window.has("parent-not-safe")

    await desk.window.tap("parent-not-safe")
    await desk.saved()
    assert desk.window.shows("was judged not safe")
    await desk.window.tap("notice-undo")
    await desk.window.until(lambda: desk.window.has("parent-safe"))

    await desk.window.tap("part-people")
    await desk.window.tap(f"linked-{youth.case_id}")
    assert desk.window.page.route == f"/caseload/{youth.case_id}"


async def test_the_program_is_offered_to_a_parent(opened: Windows, tmp_path: Path):
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        people.append(add_parent(workspace, add_youth(workspace)))
        workspace.caseload.answer_contact_safe(people[0].case_id, is_safe=True)
        workspace.phases.start_service(people[0].case_id, Service.PARENT_ADVOCACY)

    desk = await open_desk(opened, tmp_path, fill)
    await open_page(desk, people[0].case_id, "services")
    await desk.window.tap("offer")
    await desk.window.tap("offer-save")
    assert desk.window.shows("Choose the answer")
    await desk.window.tap("answer-later")
    await desk.window.tap("offer-save")
    await desk.saved()

    (period,) = page_of(desk, people[0].case_id).records.services
    assert period.empowerment_answer == "later"
    assert desk.window.shows("Program: later")


# --- intake --------------------------------------------------------------------------------


async def test_intake_opens_a_case_with_its_first_service(opened: Windows, tmp_path: Path):
    desk = await open_desk(opened, tmp_path)
    desk.window.controller.navigate("/caseload/new/youth")
    await desk.window.until(lambda: desk.window.has("intake-save"))
    await desk.window.tap("intake-save")
    await desk.window.until(lambda: desk.window.shows("Type an alias"))
    assert desk.window.shows("county of residence is not written down")

    await desk.window.enter("alias", "L.")
    await desk.window.tap("assigned-yes")
    await desk.window.tap("service-survivor_advocacy")
    await desk.window.tap("intake-more")
    await desk.window.enter("county", "Orange")
    assert desk.window.shows("lives outside Los Angeles County")
    await desk.window.tap("intake-save")
    await desk.saved()

    (entry,) = desk.workspace.caseload.entries()
    page = page_of(desk, entry.case_id)
    assert entry.participant.alias == "L."
    assert entry.services == (Service.ADVOCACY, Service.SURVIVOR_ADVOCACY)
    assert page.records.referrals[0].assigned_at is not None
    assert desk.window.page.route == f"/caseload/{entry.case_id}"
    assert desk.forms() == []


async def test_the_gate_refuses_a_missing_youth_unless_a_supervisor_decides(
    opened: Windows, tmp_path: Path
):
    desk = await open_desk(opened, tmp_path)
    desk.window.controller.navigate("/caseload/new/youth")
    await desk.window.until(lambda: desk.window.has("intake-save"))
    await desk.window.enter("alias", "L.")
    await desk.window.tap("is-missing-yes")
    await desk.window.tap("intake-save")
    await desk.window.until(lambda: desk.window.has("override-by"))
    assert desk.workspace.caseload.entries() == []

    await desk.window.enter("override-by", "Ms. Ortiz")
    await desk.window.enter("override-reason", "she asked for us by name")
    await desk.window.tap("intake-save")
    await desk.saved()

    (entry,) = desk.workspace.caseload.entries()
    referral = page_of(desk, entry.case_id).records.referrals[0]
    assert (referral.was_missing, referral.override_by) == (True, "Ms. Ortiz")


async def test_a_half_written_intake_is_kept_and_found_on_today(opened: Windows, tmp_path: Path):
    desk = await open_desk(opened, tmp_path)
    desk.window.controller.navigate("/caseload/new/youth")
    await desk.window.until(lambda: desk.window.has("intake-save"))
    await desk.window.enter("alias", "Half")
    await desk.window.until(lambda: desk.forms() == ["intake:youth"])
    desk.window.controller.navigate("/")
    await desk.window.until(lambda: desk.window.has("draft-intake:youth"))

    await desk.window.tap("draft-intake:youth")

    assert desk.window.by_id("alias").value == "Half"


async def test_a_parent_is_added_from_the_page_of_the_youth(opened: Windows, tmp_path: Path):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    await open_page(desk, people[0].case_id, "people")
    await desk.window.tap("add-parent")
    await desk.window.enter("alias", "Mrs. M.")
    await desk.window.tap("intake-save")
    await desk.saved()

    parent = next(
        e.participant
        for e in desk.workspace.caseload.entries()
        if e.participant.participant_kind is ParticipantKind.PARENT
    )
    assert parent.linked_youth_id == people[0].case_id
    assert parent.contact_safe is None


@pytest.mark.parametrize("panel", ["dial", "paper", "start-service"])
async def test_a_parent_task_asks_the_safety_question_first(
    opened: Windows, tmp_path: Path, panel: str
):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_parent(w, add_youth(w))))
    arguments = {"document": "safety_plan"} if panel == "paper" else {}

    await open_panel(desk, panel, case_id=people[0].case_id, **arguments)

    assert desk.window.has("parent-safe")
