"""The case shelf: every case's records but its contacts, read again only when the case changed.

Screens ask for the whole caseload after each save, and reading a dozen tables for everyone takes
longer than the save did.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from field_app.domain.records.participant import Participant
from field_app.domain.records.record import AGENCY_CASE_ID
from field_app.services.notebook import Notebook
from field_app.services.stale_cases import Stale, StaleCases
from field_app.store.repositories import caseloads
from field_app.store.repositories import contacts as contact_queries
from field_app.store.repositories.caseloads import CaseRecords


@dataclass(frozen=True)
class Shelf:
    """The caseload at one moment.

    Attributes:
        cases: The records of each case on this device, by case.
        last_reached_at: When each participant was last reached; nobody reached is not listed.
    """

    cases: Mapping[str, CaseRecords] = field(default_factory=dict)
    last_reached_at: Mapping[str, datetime] = field(default_factory=dict)

    def participants(self) -> list[Participant]:
        """Return everybody on this device, closed cases too."""
        return [case.participant for case in self.cases.values()]


class CaseShelf:
    """Keeps the shelf of an open notebook."""

    def __init__(self, notebook: Notebook) -> None:
        """Listen to the notebook; nothing is read before somebody asks."""
        self._notebook = notebook
        self._shelf = Shelf()
        self._stale = StaleCases()
        notebook.after_commit.append(self._on_commit)

    def now(self) -> Shelf:
        """Return the caseload as it is now."""
        with self._stale.taken() as stale:
            if stale:
                self._shelf = self._read(stale)
            return self._shelf

    def _read(self, stale: Stale) -> Shelf:
        with self._notebook.read() as records:
            last_reached_at = contact_queries.last_reached_by_case(records.session)
            if stale.everything:
                return Shelf(caseloads.case_records(records), last_reached_at)
            cases = {
                case_id: case
                for case_id, case in self._shelf.cases.items()
                if case_id not in stale.cases
            }
            for case_id in stale.cases:
                cases.update(caseloads.case_records(records, case_id))
        return Shelf(cases, last_reached_at)

    def _on_commit(self, case_ids: frozenset[str]) -> None:
        self._stale.mark(case_ids - {AGENCY_CASE_ID})
