"""The due book: a caseload's obligations, computed again only where they can have changed.

A participant is computed again when new facts were put in, or when the time has passed the moment
until which their result holds (a due time, a warning, the next local midnight). One participant
whose facts cannot be understood does not take the others' dates away: the entry says the problem.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from field_app.domain.calendar import second_of
from field_app.domain.facts import Facts
from field_app.domain.obligation import Obligation
from field_app.domain.obligations import Assessment, assess
from field_app.domain.program import Program
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
        computed: set[str] = set()
        for participant_id, facts in self._facts.items():
            valid = self._valid.get(participant_id)
            if valid is not None and valid[0] <= second < valid[1]:
                continue
            computed.add(participant_id)
            try:
                assessment = assess(facts, self.program, now)
            except InputError as problem:
                assessment = Assessment((), second, second + 1)
                self._entries[participant_id] = DueEntry(facts, (), problem)
            else:
                self._entries[participant_id] = DueEntry(facts, assessment.obligations)
            self._valid[participant_id] = (assessment.valid_from, assessment.valid_until)
        return frozenset(computed)

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
