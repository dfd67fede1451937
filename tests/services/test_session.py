"""The session: who gets in, and who does not get in on another's unlocking."""

from pathlib import Path

import pytest

from field_app.bootstrap import build_app
from field_app.errors import LockedError, WrongPassphraseError
from field_app.services.session import SessionService, SessionStatus
from field_app.settings import load_settings
from field_app.store.kdf import KdfCost
from sync.protocol import sealing

PASSPHRASE = "river lantern orange window"
CHEAP = KdfCost(memory_kib=8 * 1024, passes=1, lanes=1)


@pytest.fixture
def session(tmp_path: Path) -> SessionService:
    """An open session."""
    session = build_app(load_settings(tmp_path), kdf=CHEAP).session
    session.start_alone(display_name="Ana", passphrase=PASSPHRASE, language="en")
    return session


def test_an_open_session_does_not_let_a_second_window_in_with_a_wrong_passphrase(
    session: SessionService,
) -> None:
    with pytest.raises(WrongPassphraseError):
        session.unlock("anything at all")

    # The window asks whether the session is open, so it must not be.
    assert session.status is SessionStatus.LOCKED


def test_the_right_passphrase_in_a_second_window_leaves_the_session_as_it_is(
    session: SessionService,
) -> None:
    workspace = session.workspace

    session.unlock(PASSPHRASE)

    assert session.workspace is workspace
    session.lock()


def test_locking_forgets_the_keys_of_cases_that_were_kept_for_speed(
    session: SessionService,
) -> None:
    sealing.seal_record(b"{}", bytes(32), b"")
    assert sealing._record_cipher.cache_info().currsize > 0

    session.lock()

    assert sealing._record_cipher.cache_info().currsize == 0


def test_the_lock_holds_when_sync_cannot_be_asked(
    session: SessionService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> bool:
        raise OSError

    assert session.workspace is not None
    monkeypatch.setattr(session.workspace.sync, "is_over", fail)

    session.lock()

    assert session.status is SessionStatus.LOCKED
    with pytest.raises(LockedError):
        session.database()
