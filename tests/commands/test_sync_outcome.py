"""What `field-app sync` prints and returns, by where the work is."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from field_app.commands import opening, sync
from field_app.services.sync_state import SyncState
from sync.client.replica import Standing

AT = datetime(2026, 3, 10, 9, 12, tzinfo=UTC)
DONE, NOT_SYNCED = 0, 3


class Opened:
    """An open workspace whose sync ends in a given state."""

    def __init__(self, state: SyncState) -> None:
        self.sync = SimpleNamespace(sync_now=lambda: state)

    def __enter__(self) -> "Opened":
        return self

    def __exit__(self, *error: object) -> None:
        pass


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Return a function from a state to the exit code and the printed text."""

    def end(**values: Any) -> tuple[int, str]:
        state = SyncState(**{"is_enrolled": True, "reached_at": AT, **values})
        monkeypatch.setattr(opening, "open_workspace", lambda _args: Opened(state))
        code = sync.run(SimpleNamespace())  # type: ignore[arg-type]
        return code, capsys.readouterr().out

    return end


@pytest.mark.parametrize(
    "left",
    [
        {"waiting": 1},
        {"attention": 1},
        {"files_waiting": 1},
        {"files_refused": 1},
        {"held": 1},
        {"trouble": "offline"},
        {"standing": Standing.REVOKED},
        {"standing": Standing.REPLACED},
    ],
    ids=str,
)
def test_what_was_not_received_or_opened_is_told_to_scripts(ended: Any, left: dict[str, Any]):
    assert ended(received=14, **left)[0] == NOT_SYNCED


@pytest.mark.parametrize(
    "state",
    [{}, {"conflicts": 1}, {"inbox_open": 2}, {"is_enrolled": False, "reached_at": None}],
    ids=str,
)
def test_what_was_received_is_success_whoever_has_to_decide_next(ended: Any, state: dict[str, Any]):
    assert ended(received=14, **state)[0] == DONE


def test_all_is_received_only_when_nothing_waits_and_nothing_was_refused(ended: Any):
    assert "All 14 received, 2026-03-1" in ended(received=14)[1]
    for left in ("waiting", "attention", "files_waiting", "files_refused"):
        text = ended(received=14, **{left: 1})[1]
        assert "All" not in text
        assert "Received so far: 14" in text


def test_a_device_without_receipts_says_nothing_of_all(ended: Any):
    never = ended(reached_at=None, trouble="offline")[1]
    nothing = ended()[1]

    assert "The centre has not been reached yet." in never
    assert "Nothing waits, 2026-03-1" in nothing
    assert "All" not in never + nothing


def test_pictures_are_counted_in_words(ended: Any):
    assert "Needs you: 1 picture that" in ended(files_refused=1)[1]
    assert "Needs you: 2 pictures that" in ended(files_refused=2)[1]


def test_a_trouble_is_told_with_what_to_do(ended: Any):
    assert "Not synced (disk_full): This device has no room left" in ended(trouble="disk_full")[1]
    assert "tell your data manager this word: of_tomorrow" in ended(trouble="of_tomorrow")[1]
