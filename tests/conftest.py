"""What all tests share: in which order they run, and that logs are heard in each."""

import logging

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


@pytest.fixture(autouse=True)
def _logs_are_heard() -> None:
    """Switch on again what a tool that another test ran has switched off (import-linter does)."""
    for logger in logging.Logger.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.disabled = False
