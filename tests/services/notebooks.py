"""A real store in a folder of the test, with a clock that stands still until it is moved."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from field_app.domain.records.participant import Participant
from field_app.domain.records.record import AGENCY_CASE_ID
from field_app.domain.records.staff import StaffMember, StaffRole
from field_app.domain.vocabulary import ParticipantKind
from field_app.services.intake import new_participant
from field_app.services.notebook import Notebook
from field_app.store.app_schema import SCHEMA
from field_app.store.database import Database

ADVOCATE_ID = "a0000000-0000-4000-8000-000000000001"
SUPERVISOR_ID = "a0000000-0000-4000-8000-000000000002"
DEVICE_ID = "d0000000-0000-4000-8000-000000000001"
NOON = datetime(2026, 3, 10, 19, tzinfo=UTC)
"""Tuesday 10 March 2026, noon in Los Angeles."""


class StandingClock:
    """A clock that moves only when it is told to."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> datetime:
        """Move on by a time span, and return the new time."""
        self.now += timedelta(**span)
        return self.now


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def notebook(tmp_path: Path, clock: StandingClock) -> Iterator[Notebook]:
    """An open notebook of an advocate; a supervisor is on the staff list too."""
    database = Database.create(tmp_path / "store", bytes(32), SCHEMA)
    book = Notebook(database, ADVOCATE_ID, DEVICE_ID, clock)
    with book.write() as records:
        for staff_id, role in (
            (ADVOCATE_ID, StaffRole.FIELD_ADVOCATE),
            (SUPERVISOR_ID, StaffRole.SUPERVISOR),
        ):
            records.save(
                StaffMember(
                    record_id=staff_id, case_id=AGENCY_CASE_ID, display_name=role.value, role=role
                )
            )
    yield book
    database.close()


@pytest.fixture
def supervisor(notebook: Notebook) -> Notebook:
    """The same store in the hands of the supervisor."""
    return Notebook(notebook.database, SUPERVISOR_ID, DEVICE_ID, notebook.clock)


def a_youth(notebook: Notebook, alias: str = "A.") -> Participant:
    """Return a youth who is in the store."""
    with notebook.write() as records:
        return records.save(new_participant(alias=alias))


def a_parent(notebook: Notebook, youth: Participant) -> Participant:
    """Return a parent of a youth who is in the store; contact is safe."""
    with notebook.write() as records:
        return records.save(
            new_participant(
                alias="P.",
                participant_kind=ParticipantKind.PARENT,
                linked_youth_id=youth.case_id,
                contact_safe=True,
            )
        )
