"""The open notebook: the one door through which services read and write records.

Every write is one store transaction, stamped with the person, the device and the time. When it is
committed, the listeners hear which cases changed, so that screens and due dates can catch up.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Protocol

from sqlmodel import Session

from field_app.domain.records.contact import COUNTY_ZONE
from field_app.domain.records.record import Record
from field_app.store.database import Database
from field_app.store.repositories.records import Records, SavedListener, Stamp


class Clock(Protocol):
    """Where the time comes from; tests hand in a clock that stands still."""

    def __call__(self) -> datetime:
        """Return the present instant, aware."""


def system_clock() -> datetime:
    """Return the present instant of this machine, in UTC."""
    return datetime.now(UTC)


ChangedListener = Callable[[frozenset[str]], None]
"""Called after a commit with the ids of the cases that changed, on the thread that wrote."""


@dataclass
class Notebook:
    """An open store, with who writes in it.

    Attributes:
        database: The unlocked store.
        author_id: Staff id of the person at the device.
        device_id: This device.
        clock: Where the time comes from.
        in_transaction: Called for every saved record inside its transaction (sync's outbox).
        after_commit: Called after every commit that changed a case.
    """

    database: Database
    author_id: str
    device_id: str
    clock: Clock = system_clock
    in_transaction: list[SavedListener] = field(default_factory=list)
    after_commit: list[ChangedListener] = field(default_factory=list)

    def now(self) -> datetime:
        """Return the present instant."""
        return self.clock()

    def today(self) -> date:
        """Return the county's calendar day of now."""
        return self.now().astimezone(COUNTY_ZONE).date()

    @contextmanager
    def read(self) -> Iterator[Records]:
        """Read records; nothing can be written."""
        with self.database.session() as session:
            yield Records(session)

    @contextmanager
    def write(self) -> Iterator[Records]:
        """Write records in one transaction: all of it is on disk afterwards, or none of it."""
        touched: set[str] = set()

        def note_case(_session: Session, _before: Record | None, after: Record) -> None:
            touched.add(after.case_id)

        with self.database.transaction() as session:
            stamp = Stamp(self.author_id, self.device_id, self.now())
            yield Records(session, stamp, (note_case, *self.in_transaction))
        if touched:
            self.announce(frozenset(touched))

    def announce(self, case_ids: frozenset[str]) -> None:
        """Tell the listeners which cases changed (also after sync applied a page)."""
        for listener in self.after_commit:
            listener(case_ids)
