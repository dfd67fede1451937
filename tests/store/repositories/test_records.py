"""Any kind of record: what goes in comes out, stamped, with its history."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import Phase as HypothesisPhase
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from field_app.domain.records.change import ChangeAction
from field_app.domain.records.contact import Goal
from field_app.domain.records.kinds import KINDS
from field_app.domain.records.participant import Participant
from field_app.domain.records.record import Record, new_id
from field_app.store.app_schema import SCHEMA
from field_app.store.database import Database
from field_app.store.repositories.records import Records
from tests.record_strategies import records as any_records
from tests.store.repositories.conftest import NOW, Writing


@pytest.fixture(name="shared", scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder: Path = tmp_path_factory.mktemp("records")
    with Database.create(folder / "store", bytes(32), SCHEMA) as database:
        yield database


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=5, deadline=None, phases=[HypothesisPhase.generate])
@given(data=st.data())
def test_a_record_of_any_kind_comes_back_from_its_table_as_it_was(
    shared: Database, kind: str, data: st.DataObject
) -> None:
    record = data.draw(any_records(KINDS[kind]))

    with shared.session() as session:  # rolled back at its end
        records = Records(session)
        records.write(record)
        session.flush()
        session.expunge_all()

        assert records.find_even_deleted(KINDS[kind], record.record_id) == record


def test_saving_stamps_who_where_and_when(writing: Writing) -> None:
    goal = Goal(case_id="c", words="my own room", author_id="somebody else")

    with writing(author="ana", device="phone") as records:
        saved = records.save(goal)

    assert (saved.author_id, saved.device_id) == ("ana", "phone")
    assert saved.created_at == saved.updated_at == NOW


def test_a_later_state_keeps_when_the_record_began(writing: Writing) -> None:
    with writing() as records:
        first = records.save(Goal(case_id="c", words="my own room"))

    later = NOW + timedelta(days=1)
    with writing(author="bea", now=later) as records:
        second = records.save(replace(first, words="my own flat", created_at=later))

    assert second.created_at == NOW
    assert second.updated_at == later
    assert second.author_id == "bea"


def test_a_state_that_changes_nothing_is_not_written_again(writing: Writing) -> None:
    with writing() as records:
        first = records.save(Goal(case_id="c", words="my own room"))

    with writing(author="bea", now=NOW + timedelta(days=1)) as records:
        records.save(first)

    with writing.reading() as records:
        assert records.find(Goal, first.record_id) == first
        assert len(records.history(first.record_id)) == 1


def test_the_history_says_what_changed_who_did_it_and_why(writing: Writing) -> None:
    with writing() as records:
        first = records.save(Goal(case_id="c", words="my own room"))
    later = NOW + timedelta(days=1)
    with writing(author="bea", device="laptop", now=later) as records:
        records.save(replace(first, words="my own flat"), reason="her words")

    with writing.reading() as records:
        edited, created = records.history(first.record_id)

    assert (created.action, created.author_id, created.at) == (ChangeAction.CREATED, "ana", NOW)
    assert (created.before, created.after) == ({}, {})
    assert edited.action is ChangeAction.EDITED
    assert (edited.author_id, edited.device_id, edited.at) == ("bea", "laptop", later)
    assert edited.reason == "her words"
    assert (edited.before, edited.after) == ({"words": "my own room"}, {"words": "my own flat"})


def test_a_deleted_record_is_gone_from_every_list_and_its_tombstone_stays(
    writing: Writing,
) -> None:
    with writing() as records:
        goal = records.save(Goal(case_id="c", words="my own room"))
    with writing() as records:
        records.delete(goal, reason="typed in the wrong case")

    with writing.reading() as records:
        assert records.find(Goal, goal.record_id) is None
        assert records.all_of(Goal) == records.of_case(Goal, "c") == []
        tombstone = records.find_even_deleted(Goal, goal.record_id)
        assert tombstone is not None
        assert tombstone.deleted
        actions = {change.action for change in records.history(goal.record_id)}
    assert actions == {ChangeAction.CREATED, ChangeAction.DELETED}


def test_a_restored_record_is_said_to_be_restored(writing: Writing) -> None:
    with writing() as records:
        goal = records.save(Goal(case_id="c", words="my own room"))
    with writing(now=NOW + timedelta(hours=1)) as records:
        gone = records.delete(goal, reason="by mistake")
    with writing(now=NOW + timedelta(hours=2)) as records:
        records.save(replace(gone, deleted=False))

    with writing.reading() as records:
        assert records.history(goal.record_id)[0].action is ChangeAction.RESTORED
        assert records.find(Goal, goal.record_id) is not None


def test_a_record_never_changes_its_case(writing: Writing) -> None:
    with writing() as records:
        goal = records.save(Goal(case_id="c", words="my own room"))

    with pytest.raises(ValueError, match="never changes its case"), writing() as records:
        records.save(replace(goal, case_id="another", words="new"))


def test_without_a_stamp_nothing_is_written(writing: Writing) -> None:
    with writing.reading() as records, pytest.raises(RuntimeError, match="stamp"):
        records.save(Goal(case_id="c"))


def test_an_error_in_the_transaction_leaves_neither_record_nor_history(writing: Writing) -> None:
    goal = Goal(case_id="c", words="my own room")
    with pytest.raises(ZeroDivisionError), writing() as records:  # noqa: PT012 - after the save
        records.save(goal)
        raise ZeroDivisionError

    with writing.reading() as records:
        assert records.find_even_deleted(Goal, goal.record_id) is None
        assert records.history(goal.record_id) == []


def test_listeners_hear_the_state_before_and_after_inside_the_transaction(
    writing: Writing,
) -> None:
    heard: list[tuple[Record | None, Record]] = []

    def listen(session: Session, before: Record | None, after: Record) -> None:
        assert session.in_transaction()
        heard.append((before, after))

    writing.listeners.append(listen)
    with writing() as records:
        first = records.save(Goal(case_id="c", words="my own room"))
    with writing(now=NOW + timedelta(hours=1)) as records:
        second = records.save(replace(first, words="my own flat"))

    assert heard == [(None, first), (first, second)]


def test_a_listener_that_fails_undoes_the_save(writing: Writing) -> None:
    def fail(_session: Session, _before: Record | None, _after: Record) -> None:
        raise OSError("the outbox is full")

    writing.listeners.append(fail)
    goal = Goal(case_id="c", words="my own room")
    with pytest.raises(OSError, match="outbox"), writing() as records:
        records.save(goal)

    with writing.reading() as records:
        assert records.find_even_deleted(Goal, goal.record_id) is None


def test_unknown_fields_stay_with_a_record_that_this_version_edits(writing: Writing) -> None:
    with writing() as records:
        case_id = new_id()
        records.write(
            Participant(
                record_id=case_id,
                case_id=case_id,
                alias="A.",
                created_at=NOW,
                updated_at=NOW,
                schema=7,
                extra={"newer_field": ["kept"]},
            )
        )
    with writing() as records:
        participant = records.find(Participant, case_id)
        assert participant is not None
        records.save(replace(participant, alias="B."))

    with writing.reading() as records:
        edited = records.find(Participant, case_id)
        assert edited is not None
        assert edited.alias == "B."
        assert edited.extra == {"newer_field": ["kept"]}


def test_records_of_a_case_come_oldest_first(writing: Writing) -> None:
    for hours, words in ((2, "third"), (0, "first"), (1, "second")):
        with writing(now=NOW + timedelta(hours=hours)) as records:
            records.save(Goal(case_id="c", words=words))

    with writing.reading() as records:
        assert [goal.words for goal in records.of_case(Goal, "c")] == ["first", "second", "third"]


def test_everything_saved_is_there_after_opening_the_store_again(
    writing: Writing, tmp_path: Path
) -> None:
    with writing() as records:
        goal = records.save(Goal(case_id="c", words="my own room"))
    writing.database.close()

    with Database.open(tmp_path / "store", bytes(32), SCHEMA) as again, again.session() as session:
        assert Records(session).find(Goal, goal.record_id) == goal
        assert len(Records(session).history(goal.record_id)) == 1
