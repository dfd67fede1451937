"""The fictional agency: the same for the same seed, sound, and clearly nobody."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from field_app.bootstrap import open_workspace
from field_app.demo import words
from field_app.demo.caseload import Caseload, demo_caseload, large_caseload
from field_app.demo.filling import fill
from field_app.domain.records.contact import Contact
from field_app.domain.records.participant import Participant, TeamMember
from field_app.domain.records.record import AGENCY_CASE_ID, Record, new_id
from field_app.domain.records.record_limits import check_limits
from field_app.domain.records.service import MissingEpisode
from field_app.domain.records.staff import StaffMember
from field_app.domain.vocabulary import Outcome, ParticipantKind, Phase
from field_app.services.due_list import DueListService
from field_app.services.notebook import Notebook
from field_app.services.workspace import Workspace
from field_app.store.app_schema import SCHEMA
from field_app.store.database import Database
from tests.services.notebooks import ADVOCATE_ID, DEVICE_ID

MOMENTS = (
    datetime(2026, 11, 22, 15, tzinfo=UTC),  # a Sunday morning
    datetime(2026, 3, 9, 6, 30, tzinfo=UTC),  # the night after clocks skipped an hour
    datetime(2028, 2, 29, 23, tzinfo=UTC),
)


def caseload_at(now: datetime, seed: int = 1) -> Caseload:
    return demo_caseload(now, advocate_id=ADVOCATE_ID, device_id=DEVICE_ID, seed=seed)


@pytest.fixture(name="workspace", scope="module", params=MOMENTS, ids=str)
def _workspace(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workspace]:
    folder: Path = tmp_path_factory.mktemp("demo")
    with Database.create(folder / "store", bytes(32), SCHEMA) as database:
        notebook = Notebook(database, ADVOCATE_ID, DEVICE_ID, lambda: request.param)
        fill(notebook, caseload_at(request.param))
        me = StaffMember(record_id=ADVOCATE_ID, case_id=AGENCY_CASE_ID, display_name="Demo")
        yield open_workspace(notebook, me)


def of_kind(caseload: Caseload, kind: type[Record]) -> list[Record]:
    return [record for record in caseload.records if isinstance(record, kind)]


def test_the_same_seed_tells_the_same_story_and_another_seed_another() -> None:
    now = MOMENTS[0]

    assert caseload_at(now) == caseload_at(now)
    assert caseload_at(now, seed=2) != caseload_at(now)


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_no_record_is_from_the_future_or_could_not_be(now: datetime) -> None:
    caseload = caseload_at(now)

    for record in caseload.records:
        check_limits(record)
        assert record.created_at <= record.updated_at <= now
        assert record.author_id
    for change in caseload.changes:
        assert change.at <= now
    assert all(contact.at <= now for contact in caseload.records if isinstance(contact, Contact))


def test_every_record_has_its_history_and_some_were_corrected() -> None:
    caseload = caseload_at(MOMENTS[0])

    with_history = {change.record_id for change in caseload.changes}
    assert with_history == {record.record_id for record in caseload.records}
    assert any(change.before for change in caseload.changes)


def test_everybody_says_that_they_are_invented() -> None:
    caseload = caseload_at(MOMENTS[0])

    for record in caseload.records:
        if isinstance(record, Participant):
            assert record.full_name.startswith("Demo ")
            assert record.phone == "" or re.fullmatch(r"\(213\) 555-01\d\d", record.phone)
        elif isinstance(record, TeamMember):
            assert record.name.startswith("Demo ")
            assert re.search(r"Fictional|Example|Sample", record.organisation)
            assert record.email.endswith("@example.org")
        elif isinstance(record, StaffMember):
            assert record.display_name.startswith("Demo ")


def test_no_word_blames_anybody() -> None:
    said = Path(words.__file__).read_text("utf-8").casefold()

    for blame in ("prostitut", "offender", "compliant", "failed", "runaway", "refus"):
        assert blame not in said


def test_there_are_fifteen_youths_in_every_phase_with_some_parents(workspace: Workspace) -> None:
    entries = workspace.caseload.entries()
    youths = [e for e in entries if e.participant.participant_kind is ParticipantKind.YOUTH]
    parents = [e for e in entries if e.participant.participant_kind is ParticipantKind.PARENT]

    assert len(youths) == 15
    assert len(parents) >= 3
    assert {entry.phase for entry in youths} == set(Phase)
    assert {parent.participant.contact_safe for parent in parents} == {True, False, None}
    assert {entry.participant.language for entry in youths} == {"en", "es"}
    assert any(entry.is_missing for entry in youths)
    assert any(entry.participant.safe_contact.code_word for entry in youths)


def test_today_has_something_in_every_group_and_no_contradiction(workspace: Workspace) -> None:
    due_list: DueListService = workspace.due_list
    due = due_list.today()

    assert due.problems == ()
    assert min(map(len, (due.overdue, due.today, due.this_week, due.later))) > 0
    assert len(due_list.daily()) == 1


def test_there_are_attempts_late_entries_and_months_of_work() -> None:
    now = MOMENTS[0]
    contacts = [c for c in caseload_at(now).records if isinstance(c, Contact)]

    assert len(contacts) > 500
    assert min(contact.at for contact in contacts) < now - timedelta(days=180)
    assert any(contact.outcome is not Outcome.REACHED for contact in contacts)
    assert any(contact.entry_lag > timedelta(hours=20) for contact in contacts)
    assert of_kind(caseload_at(now), MissingEpisode)


def test_a_caseload_of_any_size_can_be_made_case_by_case() -> None:
    cases = list(
        large_caseload(
            MOMENTS[0], participants=12, months=3, advocate_id=new_id(), device_id=new_id()
        )
    )

    youths = [of_kind(case, Participant) for case in cases]
    assert [len(found) for found in youths] == [1] * 12
    assert len({found[0].record_id for found in youths}) == 12
    assert all(20 < len(of_kind(case, Contact)) < 60 for case in cases)
