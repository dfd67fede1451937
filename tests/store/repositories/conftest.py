"""An open store and a way to write in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from field_app.store.app_schema import SCHEMA
from field_app.store.database import Database
from field_app.store.repositories.records import Records, SavedListener, Stamp

NOW = datetime(2026, 3, 10, 19, tzinfo=UTC)


class Writing:
    """Opens transactions with a stamp of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.listeners: list[SavedListener] = []

    @contextmanager
    def __call__(
        self, *, author: str = "ana", device: str = "phone", now: datetime = NOW
    ) -> Iterator[Records]:
        with self.database.transaction() as session:
            yield Records(session, Stamp(author, device, now), self.listeners)

    @contextmanager
    def reading(self) -> Iterator[Records]:
        """Read only."""
        with self.database.session() as session:
            yield Records(session)


@pytest.fixture(name="database")
def _database(tmp_path: Path) -> Iterator[Database]:
    with Database.create(tmp_path / "store", bytes(32), SCHEMA) as database:
        yield database


@pytest.fixture
def writing(database: Database) -> Writing:
    """Transactions by Ana on her phone at NOW, unless told otherwise."""
    return Writing(database)
