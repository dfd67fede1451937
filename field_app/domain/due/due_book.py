"""The due book: a caseload's obligations, computed again only where they can have changed.

A participant is computed again when new facts were put in, or when the time has passed the moment
until which their result holds (a due time, a warning, the next local midnight). One participant
whose facts cannot be understood does not take the others' dates away: the entry says the problem.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from field_app.domain.due.facts import Facts
from field_app.domain.due.obligation import Obligation
from field_app.domain.due.obligations import Assessment, assess
from field_app.domain.policy.calendar import second_of
from field_app.domain.policy.program import Program
from field_app.errors import InputError


@dataclass(frozen=True, slots=True)
class DueEntry:
    """One participant's obligations. `problem` says which field of their facts is wrong, if any."""

    facts: Facts
    obligations: tuple[Obligation, ...]
    problem: InputError | None = None


class DueBook:
    """Keeps a caseload's facts and their obligations as of the last refresh."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._facts: dict[str, Facts] = {}
        self._entries: dict[str, DueEntry] = {}
        self._valid: dict[str, tuple[int, int]] = {}

    def put(self, facts: Facts) -> None:
        """Take in a participant's facts. Those that are kept already change nothing."""
        participant_id = facts.participant.id
        if self._facts.get(participant_id) != facts:
            self._facts[participant_id] = facts
            self._valid.pop(participant_id, None)

    def remove(self, participant_id: str) -> None:
        """Take a participant out of the caseload."""
        for kept in (self._facts, self._entries, self._valid):
            kept.pop(participant_id, None)

    def refresh(self, now: datetime) -> frozenset[str]:
        """Bring every entry to a moment. Returns the participants that were computed again."""
        second = second_of(now)
        stale = [
            participant_id
            for participant_id in self._facts
            if not self._holds_at(participant_id, second)
        ]
        with _collecting_later():
            for participant_id in stale:
                self._compute(participant_id, now)
        return frozenset(stale)

    def _holds_at(self, participant_id: str, second: int) -> bool:
        valid = self._valid.get(participant_id)
        return valid is not None and valid[0] <= second < valid[1]

    def _compute(self, participant_id: str, now: datetime) -> None:
        facts = self._facts[participant_id]
        try:
            assessment = assess(facts, self.program, now)
        except InputError as problem:
            second = second_of(now)
            assessment = Assessment((), second, second + 1)
            self._entries[participant_id] = DueEntry(facts, (), problem)
        else:
            self._entries[participant_id] = DueEntry(facts, assessment.obligations)
        self._valid[participant_id] = (assessment.valid_from, assessment.valid_until)

    def entry(self, participant_id: str) -> DueEntry | None:
        """A participant's entry as of the last refresh."""
        return self._entries.get(participant_id)

    def entries(self) -> Iterator[DueEntry]:
        """All entries as of the last refresh, in the order in which they were put in."""
        return (self._entries[key] for key in self._facts if key in self._entries)

    def obligations(self) -> Iterator[Obligation]:
        """All obligations as of the last refresh, participant by participant."""
        for entry in self.entries():
            yield from entry.obligations


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Hold the garbage collector back while results are made, all of which stay.

    A caseload's results are tens of thousands of objects: making them sets off full collections
    that search the whole store for garbage and find none (half of the time for 500 participants,
    measured 2026-11).
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
