"""Centres to test against: SQLite and a real PostgreSQL, served over HTTP on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.serving import LocalCentre, postgres_database


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Give the address of a fresh database of a real PostgreSQL."""
    with postgres_database() as url:
        yield url


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def centre(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalCentre]:
    """Give a served centre. Tests share it and keep apart by agencies of their own."""
    folder: Path = tmp_path_factory.mktemp(f"centre-{request.param}")
    url = request.getfixturevalue("postgres") if request.param == "postgres" else None
    with LocalCentre.serving(folder, url) as local:
        yield local


@pytest.fixture
def sqlite_centre(tmp_path: Path) -> Iterator[LocalCentre]:
    """Give a served centre on SQLite that no other test touches."""
    with LocalCentre.serving(tmp_path / "centre", None) as local:
        yield local
