"""The ways to the data key: each opens with its own secret, and with nothing else."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from field_app.errors import (
    FieldAppError,
    InputError,
    KeystoreError,
    LockedError,
    StoreDamagedError,
    StoreError,
    StoreMissingError,
    StoreNewerError,
    TryLaterError,
    WrongPassphraseError,
)
from field_app.platform.keystore import NoKeystore
from field_app.store import Anchor, Keyring
from field_app.store.keyfile import KeyFile
from field_app.store.keystore import Keystore
from tests.store.memory_keystore import MemoryKeystore
from tests.store.notebook import CHEAP, PASSPHRASE

NEW_PASSPHRASE = "seven quiet lanterns beside the harbor"
AGENCY_PRIVATE = bytes(range(1, 33))
AGENCY_PUBLIC = X25519PrivateKey.from_private_bytes(AGENCY_PRIVATE).public_key().public_bytes_raw()


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def a_keyring(
    folder: Path, keystore: Keystore | None = None, clock: Clock | None = None, **options: object
) -> tuple[Keyring, bytes, tuple[str, ...]]:
    return Keyring.create(
        folder,
        PASSPHRASE,
        keystore=keystore or NoKeystore(),
        kdf=CHEAP,
        clock=clock or Clock(),
        **options,  # type: ignore[arg-type]
    )


def reopened(
    folder: Path, keystore: Keystore | None = None, clock: Clock | None = None, **options: object
) -> Keyring:
    return Keyring.open(
        folder,
        keystore=keystore or NoKeystore(),
        clock=clock or Clock(),
        **options,  # type: ignore[arg-type]
    )


def edit(folder: Path, change: object) -> None:
    """Change the slots as a person would who knows the format, checksum included."""
    path = folder / "keyfile.json"
    file = KeyFile.from_bytes(path.read_bytes())
    change(file)  # type: ignore[operator]
    path.write_bytes(file.to_bytes())


@pytest.mark.parametrize("keystore", [NoKeystore(), MemoryKeystore()])
def test_every_secret_opens_to_the_same_key(tmp_path: Path, keystore: Keystore) -> None:
    keyring, data_key, words = a_keyring(tmp_path, keystore)
    keyring.add_agency_slot(data_key, AGENCY_PUBLIC)

    again = reopened(tmp_path, keystore)

    assert again.unlock(PASSPHRASE) == data_key
    assert again.recover(" ".join(words)) == data_key
    assert again.open_agency_slot(AGENCY_PRIVATE) == data_key
    assert again.slot_kinds == {"user", "recovery", "agency"}


def test_a_wrong_secret_opens_nothing(tmp_path: Path) -> None:
    keyring, data_key, _ = a_keyring(tmp_path / "one")
    keyring.add_agency_slot(data_key, AGENCY_PUBLIC)
    _, _, other_words = a_keyring(tmp_path / "other")

    with pytest.raises(WrongPassphraseError):
        keyring.unlock("lemon harbor tuesday violet")
    with pytest.raises(WrongPassphraseError, match="recovery words"):
        keyring.recover(" ".join(other_words))
    with pytest.raises(LockedError):
        keyring.open_agency_slot(bytes(range(2, 34)))


def test_changing_the_passphrase_keeps_the_data_key_and_closes_the_old_way(tmp_path: Path) -> None:
    keystore = MemoryKeystore()
    keyring, data_key, words = a_keyring(tmp_path, keystore)

    keyring.change_passphrase(PASSPHRASE, NEW_PASSPHRASE)

    again = reopened(tmp_path, keystore)
    assert again.unlock(NEW_PASSPHRASE) == data_key
    assert again.recover(" ".join(words)) == data_key
    with pytest.raises(WrongPassphraseError):
        again.unlock(PASSPHRASE)
    assert sum("device-secret" in name for name in keystore.entries) == 1


def test_new_recovery_words_close_the_old_ones(tmp_path: Path) -> None:
    keyring, data_key, words = a_keyring(tmp_path)

    new_words = keyring.new_recovery_words(data_key)

    assert reopened(tmp_path).recover(" ".join(new_words)) == data_key
    with pytest.raises(WrongPassphraseError):
        reopened(tmp_path).recover(" ".join(words))


def test_a_copied_folder_does_not_open_without_the_device_secret(tmp_path: Path) -> None:
    _, data_key, words = a_keyring(tmp_path, MemoryKeystore())

    for elsewhere, code in (
        (NoKeystore(), "keystore_silent"),
        (MemoryKeystore(), "device_secret_missing"),
    ):
        keyring = reopened(tmp_path, elsewhere)
        for _ in range(2):  # nothing could be tried, so no wait is due
            with pytest.raises(FieldAppError) as refused:
                keyring.unlock(PASSPHRASE)
            assert refused.value.code == code
        assert keyring.recover(" ".join(words)) == data_key


class LeakyKeystore(MemoryKeystore):
    """A keystore that cannot forget."""

    def delete(self, name: str) -> None:
        raise KeystoreError("silent")


def test_a_keystore_that_cannot_forget_does_not_keep_an_old_slot_alive(tmp_path: Path) -> None:
    keystore = LeakyKeystore()
    keyring, _, _ = a_keyring(tmp_path, keystore)

    keyring.change_passphrase(PASSPHRASE, NEW_PASSPHRASE)
    with pytest.raises(WrongPassphraseError):
        reopened(tmp_path, keystore).unlock(PASSPHRASE)
    keyring.destroy()

    assert reopened(tmp_path, keystore).slot_kinds == frozenset()


def test_a_pin_needs_a_keystore(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="keystore"):
        Keyring.create(tmp_path, "482913", keystore=NoKeystore(), kdf=CHEAP)
    assert not (tmp_path / "keyfile.json").exists()

    keystore = MemoryKeystore()
    keyring, data_key, _ = Keyring.create(tmp_path, "482913", keystore=keystore, kdf=CHEAP)
    assert keyring.unlock("482913") == data_key


def test_creating_replaces_no_key_file(tmp_path: Path) -> None:
    a_keyring(tmp_path)
    before = (tmp_path / "keyfile.json").read_bytes()

    with pytest.raises(StoreError, match="already"):
        a_keyring(tmp_path)

    assert (tmp_path / "keyfile.json").read_bytes() == before


# Guesses


def test_the_sixth_try_waits_ever_longer_and_across_restarts(tmp_path: Path) -> None:
    clock = Clock()
    _, data_key, _ = a_keyring(tmp_path, clock=clock)
    for _ in range(5):
        with pytest.raises(WrongPassphraseError):
            reopened(tmp_path, clock=clock).unlock("wrong")

    for wait in (30, 60, 300, 900, 3600, 3600):
        clock.now += wait - 1
        with pytest.raises(TryLaterError) as told:
            reopened(tmp_path, clock=clock).unlock(PASSPHRASE)
        assert 0 < told.value.seconds <= 2
        clock.now += 2
        with pytest.raises(WrongPassphraseError):
            reopened(tmp_path, clock=clock).unlock("wrong")

    clock.now += 3601
    assert reopened(tmp_path, clock=clock).unlock(PASSPHRASE) == data_key
    with pytest.raises(WrongPassphraseError):
        reopened(tmp_path, clock=clock).unlock("wrong")


def test_a_clock_that_is_set_back_starts_the_wait_again(tmp_path: Path) -> None:
    clock = Clock()
    a_keyring(tmp_path, clock=clock)
    for _ in range(5):
        with pytest.raises(WrongPassphraseError):
            reopened(tmp_path, clock=clock).unlock("wrong")

    clock.now -= 100_000
    with pytest.raises(TryLaterError) as told:
        reopened(tmp_path, clock=clock).unlock(PASSPHRASE)
    assert told.value.seconds == 30
    clock.now += 31
    reopened(tmp_path, clock=clock).unlock(PASSPHRASE)


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"wrong": 0, "last_at": 0}\n00\n'])
def test_a_count_that_was_removed_or_changed_counts_as_five_wrong_tries(
    tmp_path: Path, content: bytes | None
) -> None:
    clock = Clock()
    a_keyring(tmp_path, clock=clock)
    path = tmp_path / "guesses.json"
    path.unlink()
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(TryLaterError):
        reopened(tmp_path, clock=clock).unlock(PASSPHRASE)
    clock.now += 31
    reopened(tmp_path, clock=clock).unlock(PASSPHRASE)


def test_putting_files_back_does_not_reset_a_count_in_the_keystore(tmp_path: Path) -> None:
    clock, keystore = Clock(), MemoryKeystore()
    a_keyring(tmp_path, keystore, clock)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for _ in range(5):
        with pytest.raises(WrongPassphraseError):
            reopened(tmp_path, keystore, clock).unlock("wrong")

    for path, data in before.items():
        path.write_bytes(data)

    with pytest.raises(TryLaterError):
        reopened(tmp_path, keystore, clock).unlock(PASSPHRASE)


def test_after_the_limit_the_passphrase_is_gone_and_the_other_ways_stay(tmp_path: Path) -> None:
    clock, keystore = Clock(), MemoryKeystore()
    keyring, data_key, words = a_keyring(tmp_path, keystore, clock)
    keyring.add_agency_slot(data_key, AGENCY_PUBLIC)
    file_before = (tmp_path / "keyfile.json").read_bytes()
    for left in range(9, 0, -1):
        with pytest.raises(WrongPassphraseError) as told:
            reopened(tmp_path, keystore, clock).unlock("wrong")
        assert told.value.details["tries_left"] == str(left)
        clock.now += 3601

    with pytest.raises(LockedError) as gone:
        reopened(tmp_path, keystore, clock).unlock("wrong")

    assert gone.value.code == "passphrase_gone"
    again = reopened(tmp_path, keystore, clock)
    assert again.slot_kinds == {"recovery", "agency"}
    assert again.recover(" ".join(words)) == data_key
    assert again.open_agency_slot(AGENCY_PRIVATE) == data_key
    with pytest.raises(LockedError):
        again.unlock(PASSPHRASE)

    (tmp_path / "keyfile.json").write_bytes(file_before)  # the slot put back is worth nothing
    clock.now += 3601
    with pytest.raises(LockedError):
        reopened(tmp_path, keystore, clock).unlock(PASSPHRASE)

    again.reset_passphrase(data_key, NEW_PASSPHRASE, kdf=CHEAP)
    assert reopened(tmp_path, keystore, clock).unlock(NEW_PASSPHRASE) == data_key


def test_an_agency_may_switch_the_limit_off(tmp_path: Path) -> None:
    clock, keystore = Clock(), MemoryKeystore()
    _, data_key, _ = a_keyring(tmp_path, keystore, clock)
    for _ in range(12):
        with pytest.raises(WrongPassphraseError):
            reopened(tmp_path, keystore, clock, guess_limit=None).unlock("wrong")
        clock.now += 3601

    assert reopened(tmp_path, keystore, clock, guess_limit=None).unlock(PASSPHRASE) == data_key


def test_a_wiped_keyring_opens_for_nobody_and_says_that_it_was_destroyed(tmp_path: Path) -> None:
    keystore = MemoryKeystore()
    keyring, data_key, words = a_keyring(tmp_path, keystore)
    keyring.add_agency_slot(data_key, AGENCY_PUBLIC)

    keyring.destroy()

    for each in (keyring, reopened(tmp_path, keystore)):
        for way in (
            lambda ring: ring.unlock(PASSPHRASE),
            lambda ring: ring.recover(" ".join(words)),
            lambda ring: ring.recover("not even words"),
            lambda ring: ring.open_agency_slot(AGENCY_PRIVATE),
        ):
            with pytest.raises(StoreError) as told:
                way(each)
            assert told.value.code == "store_destroyed"
    assert not any("device-secret" in name for name in keystore.entries)


def test_a_store_that_only_its_recovery_words_open_is_not_called_destroyed(tmp_path: Path) -> None:
    clock, keystore = Clock(), MemoryKeystore()
    _, data_key, words = a_keyring(tmp_path, keystore, clock)
    for _ in range(10):
        with pytest.raises(LockedError):
            reopened(tmp_path, keystore, clock).unlock("wrong")
        clock.now += 3601

    again = reopened(tmp_path, keystore, clock)

    assert again.slot_kinds == {"recovery"}
    with pytest.raises(LockedError) as told:
        again.unlock(PASSPHRASE)
    assert told.value.code == "passphrase_gone"
    assert again.recover(" ".join(words)) == data_key


# Damage


def test_a_missing_a_foreign_and_a_newer_key_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(StoreMissingError):
        reopened(tmp_path)
    (tmp_path / "data.log").write_bytes(b"FNLOG001")
    with pytest.raises(StoreDamagedError, match="missing"):
        reopened(tmp_path)
    path = tmp_path / "keyfile.json"
    for content in (b"", b"[]", b"null", b"\xff\xfe", b'{"magic": "other"}', b"[" * 100_000):
        path.write_bytes(content)
        with pytest.raises(StoreDamagedError, match="Nothing was deleted"):
            reopened(tmp_path)
    path.unlink()
    (tmp_path / "data.log").unlink()
    a_keyring(tmp_path)
    content = json.loads(path.read_bytes()) | {"version": 2}
    path.write_text(json.dumps(content))
    with pytest.raises(StoreNewerError, match="Update the app"):
        reopened(tmp_path)


@pytest.mark.parametrize("kind", ["recovery", "agency"])
def test_a_slot_that_was_taken_away_is_noticed_at_unlocking(tmp_path: Path, kind: str) -> None:
    keyring, data_key, _ = a_keyring(tmp_path)
    keyring.add_agency_slot(data_key, AGENCY_PUBLIC)

    edit(tmp_path, lambda file: file.slots.pop(kind))

    with pytest.raises(StoreDamagedError, match="taken away"):
        reopened(tmp_path).unlock(PASSPHRASE)


def test_slots_of_another_store_are_noticed(tmp_path: Path) -> None:
    a_keyring(tmp_path / "one")
    a_keyring(tmp_path / "other")
    other = KeyFile.from_bytes((tmp_path / "other" / "keyfile.json").read_bytes())

    edit(tmp_path / "one", lambda file: file.slots.update(recovery=other.slots["recovery"]))

    with pytest.raises(StoreDamagedError):
        reopened(tmp_path / "one").unlock(PASSPHRASE)


@pytest.mark.parametrize(
    "change",
    [
        {"memory_kib": 1 << 30},
        {"memory_kib": 8},
        {"passes": 0},
        {"passes": 10**9},
        {"lanes": 10**6},
        {"lanes": True},
        {"algorithm": "sha1"},
        {"salt": "AAAA"},
        {"salt": 5},
    ],
)
def test_costs_out_of_bounds_are_refused_before_anything_is_computed(
    tmp_path: Path, change: dict[str, object]
) -> None:
    a_keyring(tmp_path)
    edit(tmp_path, lambda file: file.slots["user"]["kdf"].update(change))

    with pytest.raises(StoreDamagedError, match=r"key derivation|salt"):
        reopened(tmp_path).unlock(PASSPHRASE)


def test_weaker_costs_in_the_file_open_nothing(tmp_path: Path) -> None:
    a_keyring(tmp_path)
    edit(tmp_path, lambda file: file.slots["user"]["kdf"].update(passes=2))

    with pytest.raises(WrongPassphraseError):
        reopened(tmp_path).unlock(PASSPHRASE)


def test_the_anchor_is_kept_in_the_keystore(tmp_path: Path) -> None:
    keystore = MemoryKeystore()
    anchor = Anchor(bytes(16), 7, bytes(16))
    keyring, _, _ = a_keyring(tmp_path / "phone", keystore)
    assert keyring.anchor is None

    keyring.keep_anchor(anchor)

    assert reopened(tmp_path / "phone", keystore).anchor == anchor
    laptop, _, _ = a_keyring(tmp_path / "laptop")
    laptop.keep_anchor(anchor)
    assert laptop.anchor is None
