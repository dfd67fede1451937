"""Releases, duties of the law, hand-over, staff safety and profiles on a real store."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from field_app.domain.records.agency_setting import SettingName
from field_app.domain.records.duties import DemandKind
from field_app.domain.records.first_response import BackpackItem, PlacementType
from field_app.domain.records.hand_over import HandOverLine, HandOverSection
from field_app.domain.records.profile import PlacementPeriod
from field_app.domain.records.release import DataClass, LegalBasis
from field_app.domain.records.response_clocks import ResponseLimits
from field_app.domain.records.staff import ReporterStatus, TrainingTopic
from field_app.errors import InputError
from field_app.services.agency import AgencyService
from field_app.services.duties import DemandService, ReportingService
from field_app.services.hand_over import HandOverService
from field_app.services.notebook import Notebook
from field_app.services.profiles import ProfileService
from field_app.services.releases import ReleaseEntry, ReleaseService
from field_app.services.responses import ResponseService
from field_app.services.visit_checks import VisitCheckService
from tests.services.notebooks import ADVOCATE_ID, NOON, SUPERVISOR_ID, StandingClock, a_youth

TODAY = date(2026, 3, 10)


def an_entry(notebook: Notebook) -> ReleaseEntry:
    return ReleaseEntry(
        case_id=a_youth(notebook).case_id,
        recipient="Ms. Ruiz, Lincoln High",
        purpose="a quiet room",
        data_classes=(DataClass.SAFETY_PLAN,),
        signer_is_not_abuser=True,
        youth_agrees=True,
        initials="A.",
    )


@pytest.mark.requirement("X-02", "DAT-04", "DAT-32", "PRA-03")
def test_a_release_is_for_one_recipient_and_ends_after_thirty_days(
    notebook: Notebook, clock: StandingClock
) -> None:
    releases = ReleaseService(notebook)
    release = releases.sign(an_entry(notebook))

    def live(data_class: DataClass, recipient: str | None = None) -> bool:
        return releases.live_release(release.case_id, data_class, recipient=recipient) is not None

    assert release.expires_on == date(2026, 4, 9)
    assert live(DataClass.SAFETY_PLAN)
    assert live(DataClass.SAFETY_PLAN, "ms. ruiz, lincoln high ")
    assert not live(DataClass.SAFETY_PLAN, "somebody else")
    assert not live(DataClass.ASSESSMENT)
    clock.forward(days=30)
    assert live(DataClass.SAFETY_PLAN)
    clock.forward(days=1)
    assert not live(DataClass.SAFETY_PLAN)


@pytest.mark.requirement("X-02", "X-04")
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"recipient": " "}, "words_needed"),
        ({"recipient": "School; Probation"}, "one_recipient"),
        ({"purpose": ""}, "words_needed"),
        ({"data_classes": ()}, "no_data_class"),
        ({"signer_is_not_abuser": False}, "signer_unsafe"),
        ({"youth_agrees": False}, "youth_agrees"),
        ({"initials": ""}, "no_mark"),
        ({"expires_on": TODAY - timedelta(days=1)}, "release_dates"),
        ({"expires_on": TODAY + timedelta(days=400)}, "release_dates"),
    ],
)
def test_a_release_that_would_not_hold_is_refused(
    notebook: Notebook, wrong: dict[str, object], code: str
) -> None:
    with pytest.raises(InputError) as caught:
        ReleaseService(notebook).sign(replace(an_entry(notebook), **wrong))  # type: ignore[arg-type]

    assert caught.value.code == code


def test_a_release_taken_back_holds_no_longer(notebook: Notebook) -> None:
    releases = ReleaseService(notebook)
    release = releases.sign(an_entry(notebook))

    releases.revoke(release.record_id)

    assert releases.live_release(release.case_id, DataClass.SAFETY_PLAN) is None


@pytest.mark.requirement("DAT-33")
def test_a_disclosure_needs_a_live_release_or_a_basis_in_words(notebook: Notebook) -> None:
    releases = ReleaseService(notebook)
    release = releases.sign(an_entry(notebook))
    told = {"case_id": release.case_id, "recipient": "County"}

    with pytest.raises(InputError) as nothing:
        releases.disclose(**told, data_classes=[])
    with pytest.raises(InputError) as no_release:
        releases.disclose(**told, data_classes=[DataClass.ATTENDANCE])
    with pytest.raises(InputError):
        releases.disclose(**told, data_classes=[DataClass.ATTENDANCE], basis=LegalBasis.COURT_ORDER)
    logged = releases.disclose(
        **told,
        data_classes=[DataClass.ATTENDANCE],
        basis=LegalBasis.CONTRACT_REPORTING,
        basis_note="contract of 2019",
    )

    assert nothing.value.code == "no_data_class"
    assert no_release.value.code == "no_live_release"
    assert releases.disclosures(release.case_id) == logged


@pytest.mark.requirement("DAT-33")
def test_what_is_told_under_two_releases_names_both(notebook: Notebook) -> None:
    releases = ReleaseService(notebook)
    entry = an_entry(notebook)
    plan = releases.sign(replace(entry, data_classes=(DataClass.SAFETY_PLAN,)))
    school = releases.sign(replace(entry, data_classes=(DataClass.ATTENDANCE,)))

    logged = releases.disclose(
        entry.case_id,
        recipient=entry.recipient,
        data_classes=[DataClass.SAFETY_PLAN, DataClass.ATTENDANCE],
    )

    assert [(told.release_id, told.data_classes) for told in logged] == [
        (plan.record_id, (DataClass.SAFETY_PLAN,)),
        (school.record_id, (DataClass.ATTENDANCE,)),
    ]


@pytest.mark.requirement("X-01", "DAT-24")
def test_the_talk_about_the_limits_of_confidentiality_is_dated(notebook: Notebook) -> None:
    releases = ReleaseService(notebook)
    youth = a_youth(notebook)

    talk = releases.log_confidentiality_talk(youth.case_id, language="es", understood=True)

    assert releases.confidentiality_talks(youth.case_id) == [talk]
    assert talk.held_on == TODAY


@pytest.mark.requirement("X-03", "DAT-23")
@pytest.mark.parametrize(
    ("status", "due"),
    [
        (ReporterStatus.YES, NOON + timedelta(hours=36)),
        (ReporterStatus.NO, None),
        (ReporterStatus.UNKNOWN, None),
    ],
)
def test_the_thirty_six_hours_run_only_for_a_mandated_reporter(
    notebook: Notebook, supervisor: Notebook, status: ReporterStatus, due: object
) -> None:
    AgencyService(supervisor).set_reporter_status(ADVOCATE_ID, status, basis="licence")
    reporting = ReportingService(notebook)

    follow_up = reporting.learned(a_youth(notebook).case_id)

    assert follow_up.written_due_at == due
    assert reporting.open() == [follow_up]


def test_a_report_is_finished_when_it_was_called_in_and_written(
    notebook: Notebook, supervisor: Notebook
) -> None:
    AgencyService(supervisor).set_reporter_status(ADVOCATE_ID, ReporterStatus.YES, basis="licence")
    reporting = ReportingService(notebook)
    follow_up = reporting.learned(a_youth(notebook).case_id)

    reporting.called(follow_up.record_id)
    assert len(reporting.open()) == 1
    reporting.written(follow_up.record_id)
    assert reporting.open() == []


def test_the_status_needs_a_basis_and_a_manager(notebook: Notebook, supervisor: Notebook) -> None:
    with pytest.raises(InputError):
        AgencyService(supervisor).set_reporter_status(ADVOCATE_ID, ReporterStatus.NO, basis=" ")
    with pytest.raises(InputError) as caught:
        AgencyService(notebook).set_reporter_status(ADVOCATE_ID, ReporterStatus.NO, basis="law")

    assert caught.value.code == "managers_only"


@pytest.mark.requirement("PRA-24", "X-01")
def test_trainings_are_kept_by_person(notebook: Notebook, supervisor: Notebook) -> None:
    agency = AgencyService(notebook)
    agency.log_training(ADVOCATE_ID, TrainingTopic.CASEWORKER_QUALIFICATION, hours=40)

    with pytest.raises(InputError):
        agency.log_training(SUPERVISOR_ID, TrainingTopic.OTHER, hours=1)

    assert [t.hours for t in agency.trainings(ADVOCATE_ID)] == [40]


@pytest.mark.requirement("X-05")
def test_a_demand_for_records_holds_the_case_until_a_manager_releases_it(
    notebook: Notebook, supervisor: Notebook
) -> None:
    demands = DemandService(notebook)
    youth = a_youth(notebook)
    demand = demands.log(youth.case_id, DemandKind.SUBPOENA, from_whom="a law firm")
    demands.note(demand.record_id, participant_told_on=TODAY, counsel_told_on=TODAY)

    assert demands.is_held(youth.case_id)
    with pytest.raises(InputError):
        demands.release_hold(demand.record_id, reason="withdrawn")
    DemandService(supervisor).release_hold(demand.record_id, reason="withdrawn")
    assert not demands.is_held(youth.case_id)


@pytest.mark.requirement("DAT-02")
def test_what_was_told_already_is_a_list_of_topics(notebook: Notebook) -> None:
    hand_over = HandOverService(notebook)
    youth = a_youth(notebook)

    told = hand_over.add_told(youth.case_id, "how I came here " + "x" * 500, told_to="CSW")

    assert len(told.topic) == 120
    assert told.do_not_ask
    hand_over.remove_told(told.record_id)
    assert hand_over.already_told(youth.case_id) == []


@pytest.mark.requirement("DAT-02", "PRA-04", "SUR-07")
def test_the_youth_may_change_and_take_out_lines_of_the_hand_over_page(
    notebook: Notebook,
) -> None:
    hand_over = HandOverService(notebook)
    case_id = a_youth(notebook).case_id
    line = HandOverLine(section=HandOverSection.WHAT_HELPS, words="walks")
    hand_over.put_line(case_id, line)

    hand_over.put_line(case_id, replace(line, words="walks by the sea", by_youth=True))
    page = hand_over.youth_saw(case_id)

    assert [(one.words, one.by_youth) for one in page.lines] == [("walks by the sea", True)]
    assert page.youth_saw_on == TODAY
    assert hand_over.remove_line(case_id, line.item_id).lines == ()


@pytest.mark.requirement("X-15", "PRA-02")
def test_a_missed_check_out_is_seen_until_somebody_looks_after_it(
    notebook: Notebook, supervisor: Notebook, clock: StandingClock
) -> None:
    visits = VisitCheckService(notebook)
    check = visits.check_in(a_youth(notebook).case_id, minutes=60)
    clock.forward(minutes=60)
    assert visits.missed() == []

    clock.forward(seconds=1)
    seen = VisitCheckService(supervisor).missed()

    assert seen == [check]
    VisitCheckService(supervisor).handle_alert(check.record_id)
    assert visits.missed() == []


def test_a_check_out_in_time_raises_no_alert(notebook: Notebook, clock: StandingClock) -> None:
    visits = VisitCheckService(notebook)
    check = visits.check_in(a_youth(notebook).case_id)
    assert check.expected_out_at == NOON + timedelta(minutes=120)

    visits.longer(check.record_id, minutes=300)
    clock.forward(minutes=200)
    assert visits.running() is not None
    visits.check_out(check.record_id)

    assert (visits.missed(), visits.running()) == ([], None)


def test_checking_in_somewhere_else_checks_out_of_the_visit_before(notebook: Notebook) -> None:
    visits = VisitCheckService(notebook)
    first = visits.check_in(a_youth(notebook).case_id)

    second = visits.check_in(a_youth(notebook).case_id)

    assert visits.running() == second
    assert first.record_id != second.record_id


@pytest.mark.requirement("FRP-07")
def test_backpacks_are_counted_down_from_the_last_count(
    notebook: Notebook, supervisor: Notebook, clock: StandingClock
) -> None:
    agency = AgencyService(notebook)
    assert agency.backpack_stock() is None
    AgencyService(supervisor).set_number(SettingName.BACKPACKS_IN_STOCK, 4)
    clock.forward(hours=1)
    responses = ResponseService(notebook, lambda day: ResponseLimits(90, 72))

    responses.set_backpack(responses.start().record_id, [BackpackItem.BLANKET])

    stock = agency.backpack_stock()
    assert stock is not None
    assert (stock.left, stock.is_low) == (3, True)


@pytest.mark.requirement("DAT-11", "DAT-43", "REF-06", "DAT-31")
def test_placements_follow_each_other_without_an_address(notebook: Notebook) -> None:
    profiles = ProfileService(notebook)
    case_id = a_youth(notebook).case_id
    profiles.add_placement(
        PlacementPeriod(case_id=case_id, starts_on=date(2026, 1, 1), county="Los Angeles")
    )

    profiles.add_placement(
        PlacementPeriod(
            case_id=case_id, placement=PlacementType.SHELTER, starts_on=date(2026, 3, 1), state="NV"
        )
    )

    spans = [(p.starts_on, p.ends_on) for p in profiles.placements(case_id)]
    assert spans == [(date(2026, 1, 1), date(2026, 2, 28)), (date(2026, 3, 1), None)]
    with pytest.raises(InputError):
        profiles.save(replace(profiles.of_case(case_id), service_planning_area=9))
    saved = profiles.save(replace(profiles.of_case(case_id), service_planning_area=6))
    assert profiles.of_case(case_id) == saved
