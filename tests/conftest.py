"""In which order the suite runs: what takes long comes first."""

import pytest

FIRST = ("journeys", "faults", "commands", "sync/client", "sync/server", "build", "store")
"""Folders of a few slow tests. Two workers share the files; begun last, one would keep one worker
busy for minutes while the other had nothing left to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the slow folders first; within each the order stays."""
    items.sort(
        key=lambda item: next(
            (place for place, name in enumerate(FIRST) if f"tests/{name}/" in item.path.as_posix()),
            len(FIRST),
        )
    )
