"""The session: who gets in, and who does not get in on another's unlocking."""

from pathlib import Path

import pytest

from field_app.bootstrap import build_app
from field_app.errors import (
    KeystoreError,
    LockedError,
    StoreError,
    TryLaterError,
    WrongPassphraseError,
)
from field_app.services.session import SessionService, SessionStatus
from field_app.settings import load_settings
from field_app.store.kdf import KdfCost
from sync.protocol import sealing
from tests.store.memory_keystore import MemoryKeystore

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


def test_a_backup_is_made_only_for_whoever_knows_the_passphrase(
    session: SessionService, tmp_path: Path
) -> None:
    for _ in range(5):
        with pytest.raises(WrongPassphraseError):
            session.make_backup(tmp_path / "b", current="a thief's guess", passphrase=PASSPHRASE)
    with pytest.raises(TryLaterError):  # even the right one: the tries are the door's own
        session.make_backup(tmp_path / "b", current=PASSPHRASE, passphrase=PASSPHRASE)

    assert not (tmp_path / "b").exists()
    assert session.status is SessionStatus.OPEN  # whoever it is, what is being written is not lost


def test_new_recovery_words_and_a_new_passphrase_ask_for_the_current_one(
    session: SessionService,
) -> None:
    with pytest.raises(WrongPassphraseError):
        session.new_recovery_words("a thief's guess")
    with pytest.raises(WrongPassphraseError):
        session.change_passphrase("a thief's guess", "seven candles under the bridge")


class DyingKeystore(MemoryKeystore):
    """A keystore that stops to answer."""

    is_dead = False

    def set(self, name: str, value: bytes) -> None:
        if self.is_dead:
            raise KeystoreError("silent")
        super().set(name, value)


def test_a_keystore_that_stops_to_answer_does_not_hold_the_lock_open(tmp_path: Path) -> None:
    keystore = DyingKeystore()
    session = build_app(load_settings(tmp_path), kdf=CHEAP, keystore=keystore).session
    session.start_alone(display_name="Ana", passphrase=PASSPHRASE, language="en")
    keystore.is_dead = True

    session.lock()

    assert session.status is SessionStatus.LOCKED
    with pytest.raises(LockedError):
        session.database()


def test_the_place_of_the_record_can_be_kept_while_it_is_open(tmp_path: Path) -> None:
    keystore = MemoryKeystore()
    session = build_app(load_settings(tmp_path), kdf=CHEAP, keystore=keystore).session
    session.start_alone(display_name="Ana", passphrase=PASSPHRASE, language="en")
    assert not any(name.endswith(".anchor") for name in keystore.entries)

    session.keep_anchor()

    (anchor,) = [value for name, value in keystore.entries.items() if name.endswith(".anchor")]
    assert anchor == session.database().position.to_bytes()
    session.lock()


def test_a_pin_is_offered_where_a_keystore_is_and_never_for_a_backup(tmp_path: Path) -> None:
    pin = "482913"
    for keystore, is_phone in ((None, False), (MemoryKeystore(), True)):
        session = build_app(load_settings(tmp_path), kdf=CHEAP, keystore=keystore).session
        assert session.may_be_pin is is_phone
        assert session.strength(pin).accepted is is_phone
        assert not session.backup_strength(pin).accepted


def test_after_its_end_a_store_says_to_passphrase_and_words_that_it_was_destroyed(
    tmp_path: Path,
) -> None:
    session = build_app(load_settings(tmp_path), kdf=CHEAP).session
    words = session.start_alone(display_name="Ana", passphrase=PASSPHRASE, language="en")

    session.destroy()

    with pytest.raises(StoreError) as told:
        session.unlock(PASSPHRASE)
    assert told.value.code == "store_destroyed"
    with pytest.raises(StoreError) as told:
        session.recover(" ".join(words), PASSPHRASE)
    assert told.value.code == "store_destroyed"
