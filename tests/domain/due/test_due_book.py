"""The due book computes again only whom time or facts touched, and keeps the others' results."""

from dataclasses import replace
from datetime import timedelta

from field_app.domain.due.due_book import DueBook
from field_app.domain.due.facts import ContactFacts, Facts
from field_app.domain.due.obligations import obligations
from field_app.domain.due.scenario import read_scenario
from field_app.domain.vocabulary import Channel, Outcome, Service
from field_app.programs import default_program
from tests.domain.due.scenarios import advocacy, extended, moment, scenario, survivor

PROGRAM = default_program()


def facts(participant_id: str) -> Facts:
    parts = scenario(services=[advocacy("stabilization", "2026-03-02"), survivor("2026-03-02")])
    return read_scenario({**parts, "participant": {"id": participant_id}}, PROGRAM)


def a_book(*ids: str) -> DueBook:
    book = DueBook(PROGRAM)
    for participant_id in ids:
        book.put(facts(participant_id))
    return book


def with_phone_call(before: Facts, at: str) -> Facts:
    call = ContactFacts(moment(at), Channel.PHONE, Outcome.REACHED, (Service.ADVOCACY,))
    return replace(before, contacts=(*before.contacts, call))


def test_everybody_is_computed_once_and_then_kept() -> None:
    book = a_book("A", "B", "C")

    assert book.refresh(moment("2026-03-10T09:00")) == {"A", "B", "C"}
    kept = book.entry("A")
    assert book.refresh(moment("2026-03-10T17:00")) == frozenset()
    assert book.entry("A") is kept


def test_one_new_contact_computes_one_participant() -> None:
    book = a_book("A", "B", "C")
    book.refresh(moment("2026-03-10T09:00"))

    book.put(with_phone_call(facts("B"), "2026-03-10T08:00"))

    assert book.refresh(moment("2026-03-10T09:05")) == {"B"}
    changed = book.entry("B")
    assert changed is not None
    scratch = obligations(changed.facts, PROGRAM, moment("2026-03-10T09:05"))
    assert [(one.key, one.done) for one in changed.obligations] == [
        (one.key, one.done) for one in scratch
    ]
    assert sum(one.done for one in changed.obligations) == 1


def test_facts_that_are_the_same_compute_nobody() -> None:
    book = a_book("A")
    book.refresh(moment("2026-03-10T09:00"))

    book.put(facts("A"))

    assert book.refresh(moment("2026-03-10T09:05")) == frozenset()


def test_the_next_day_computes_everybody_again() -> None:
    book = a_book("A", "B")
    book.refresh(moment("2026-03-10"))

    assert book.refresh(moment("2026-03-11T00:00")) == {"A", "B"}
    assert book.refresh(moment("2026-03-10T12:00")) == {"A", "B"}  # and back


def test_a_contact_of_later_today_is_taken_in_when_its_time_comes() -> None:
    book = DueBook(PROGRAM)
    book.put(with_phone_call(facts("A"), "2026-03-10T12:00"))
    book.refresh(moment("2026-03-10T09:00"))

    assert book.refresh(moment("2026-03-10T11:59:59")) == frozenset()
    assert book.refresh(moment("2026-03-10T12:00")) == {"A"}


def test_a_talk_of_later_today_is_taken_in_when_its_time_comes() -> None:
    referral = {"assigned_at": "2026-03-09T10:00", "csw_contacted_at": "2026-03-10T12:00"}
    book = DueBook(PROGRAM)
    book.put(read_scenario(scenario(referral=referral), PROGRAM))
    book.refresh(moment("2026-03-10T09:00"))

    assert book.refresh(moment("2026-03-10T11:59:59")) == frozenset()
    assert book.refresh(moment("2026-03-10T12:00")) == {"Y1"}
    entry = book.entry("Y1")
    assert entry is not None
    assert entry.obligations[0].state == "met"


def test_an_elapsed_limit_computes_its_participant_the_second_it_has_passed() -> None:
    book = DueBook(PROGRAM)
    book.put(read_scenario(scenario(first_response={"called_at": "2026-03-10T14:00"}), PROGRAM))
    book.refresh(moment("2026-03-10T14:30"))

    assert book.refresh(moment("2026-03-10T15:30:00")) == frozenset()
    assert book.refresh(moment("2026-03-10T15:30:01")) == {"Y1"}


def test_a_warning_computes_its_participant_when_it_is_reached() -> None:
    book = DueBook(PROGRAM)
    parts = scenario(first_response={"called_at": "2026-03-10T14:00"})
    book.put(read_scenario(parts, PROGRAM))
    book.refresh(moment("2026-03-12T13:00"))

    assert book.refresh(moment("2026-03-12T13:59:59")) == frozenset()
    assert book.refresh(moment("2026-03-12T14:00")) == {"Y1"}


def test_facts_that_cannot_be_leave_the_others_their_dates() -> None:
    book = a_book("A")
    parts = scenario(
        services=[survivor("2026-03-02", decisions=[extended("2026-03-05", "2026-03-09")])]
    )
    book.put(read_scenario({**parts, "participant": {"id": "B"}}, PROGRAM))

    book.refresh(moment("2026-03-10"))

    wrong, right = book.entry("B"), book.entry("A")
    assert wrong is not None
    assert wrong.problem is not None
    assert wrong.problem.field == "services[0].decisions[0].until"
    assert right is not None
    assert right.obligations


def test_a_participant_taken_out_is_gone() -> None:
    book = a_book("A", "B")
    book.refresh(moment("2026-03-10"))

    book.remove("A")

    assert [entry.facts.participant.id for entry in book.entries()] == ["B"]
    assert {one.participant_id for one in book.obligations()} == {"B"}


def test_a_refreshed_book_equals_a_computation_from_scratch() -> None:
    book = a_book("A")
    now = moment("2026-03-02T11:00")

    for _ in range(40):
        book.refresh(now)
        entry = book.entry("A")
        assert entry is not None
        scratch = obligations(facts("A"), PROGRAM, now)
        assert [(one.key, one.state, one.warning) for one in entry.obligations] == [
            (one.key, one.state, one.warning) for one in scratch
        ]
        now += timedelta(hours=7, minutes=13)
