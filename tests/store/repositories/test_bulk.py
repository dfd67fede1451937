"""Whole stores at once: as they are, tombstones too."""

from datetime import timedelta

from field_app.domain.records.contact import Goal
from field_app.domain.records.participant import Participant
from field_app.store.repositories import bulk
from tests.store.repositories.conftest import NOW, Writing


def test_what_is_inserted_is_read_back_as_it_was_kind_by_kind(writing: Writing) -> None:
    goals = [
        Goal(
            case_id="c",
            words=f"goal {number}",
            author_id="bea",
            created_at=NOW + timedelta(minutes=number),
            updated_at=NOW + timedelta(minutes=number),
            deleted=number == 1,
            extra={"newer": number},
        )
        for number in range(3)
    ]
    youth = Participant(record_id="c", case_id="c", alias="A.", created_at=NOW, updated_at=NOW)

    with writing() as records:
        bulk.insert_records(records.session, Goal, goals)
        bulk.insert_records(records.session, Participant, [youth])
        bulk.insert_records(records.session, Goal, [])

    with writing.reading() as records:
        assert list(bulk.every_record(records.session)) == [youth, *goals]
        assert bulk.count_records(records.session) == 4
        assert bulk.kind_by_record_id(records.session) == {
            "c": "participant",
            **{goal.record_id: "goal" for goal in goals},
        }


def test_bulk_writes_no_history_and_reads_all_of_it(writing: Writing) -> None:
    with writing() as records:
        goal = records.save(Goal(case_id="c", words="my own room"))
        bulk.insert_records(
            records.session, Goal, [Goal(case_id="c", created_at=NOW, updated_at=NOW)]
        )

    with writing.reading() as records:
        session = records.session
        (change,) = bulk.every_change(session)
        assert change.record_id == goal.record_id
        assert bulk.count_changes(session) == 1
        assert bulk.change_ids(session) == {change.change_id}
        assert bulk.change_by_id(session, change.change_id) == change
        assert bulk.change_by_id(session, "another") is None


def test_what_is_inserted_in_bulk_is_found_by_search(writing: Writing) -> None:
    with writing() as records:
        goal = Goal(case_id="c", words="a bicycle", created_at=NOW, updated_at=NOW)
        bulk.insert_records(records.session, Goal, [goal])

    assert [hit.record_id for hit in writing.database.search("bicy")] == [goal.record_id]
