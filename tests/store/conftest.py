"""What the store's tests share."""

import os

import pytest


@pytest.fixture(name="no_fsync")
def _no_fsync(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the waiting for the medium, where a test saves thousands of times."""
    for name in ("fsync", "fdatasync"):
        monkeypatch.setattr(os, name, lambda fd: None, raising=False)
