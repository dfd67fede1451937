"""The keyring: every way to the data key, and the count of wrong tries.

The data key is random and never changes with a passphrase: changing that rewrites one small file.
Where the platform has a keystore, a random device secret from there is mixed into the passphrase's
key, so that a copied folder cannot be guessed at, however short the PIN. Recovery words and the
agency's slot do without it: they are for the day when the device or the passphrase is gone.
"""

import logging
import os
import time
from pathlib import Path

from field_app.errors import KeystoreError, LockedError, StoreError, WrongPassphraseError
from field_app.store import recovery_words, slots
from field_app.store.files import disk_errors, make_private_folder
from field_app.store.frames import Anchor
from field_app.store.guesses import DEFAULT_LIMIT, Clock, GuessCounter
from field_app.store.kdf import KdfCost, calibrate
from field_app.store.keyfile import KEYFILE_NAME, STORE_ID_BYTES, KeyFile, Slot, read_keyfile
from field_app.store.keystore import Keystore
from field_app.store.passphrase import require_strong
from field_app.store.sealing import SealBrokenError, new_key

log = logging.getLogger(__name__)

DEVICE_SECRET_BYTES = 32


class Keyring:
    """The key file of one store, open for use. Made by `create` or `open`.

    Every method may raise DiskError or KeystoreError; those that read also StoreDamagedError.
    """

    def __init__(
        self, folder: Path, file: KeyFile, keystore: Keystore, guess_limit: int | None, clock: Clock
    ) -> None:
        """Used by `create` and `open` only."""
        self._folder = folder
        self._file = file
        self._keystore = keystore
        self._guess_limit = guess_limit
        self._clock = clock
        self._guesses = GuessCounter(folder, file.store_id, keystore, clock)

    @classmethod
    def create(
        cls,
        folder: Path,
        passphrase: str,
        *,
        keystore: Keystore,
        kdf: KdfCost | None = None,
        guess_limit: int | None = DEFAULT_LIMIT,
        clock: Clock = time.time,
    ) -> tuple["Keyring", bytes, tuple[str, ...]]:
        """Make a key file with a new data key. Return it with the key and the recovery words.

        `kdf` is calibrated to this device when not given. `guess_limit` is the agency's limit of
        wrong tries, None for none; it holds only with a keystore, since without one a copy of the
        folder knows no limit. Raises InputError when the passphrase is
        too weak, StoreError when there is a key file already.
        """
        require_strong(passphrase, has_keystore=keystore.available)
        with disk_errors("the data folder"):
            make_private_folder(folder)
            exists = (folder / KEYFILE_NAME).exists()
        if exists:
            raise StoreError(
                "There is a key file in this folder already. Nothing was changed. "
                "Open it, or choose another folder.",
                code="store_exists",
            )
        file = KeyFile(os.urandom(STORE_ID_BYTES))
        keyring = cls(folder, file, keystore, guess_limit, clock)
        data_key, entropy = new_key(), recovery_words.new_entropy()
        file.slots[slots.RECOVERY] = slots.make_recovery_slot(file, data_key, entropy)
        keyring._guesses.reset()
        keyring._set_user_slot(data_key, passphrase, kdf or calibrate())
        return keyring, data_key, recovery_words.words_of(entropy)

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        keystore: Keystore,
        guess_limit: int | None = DEFAULT_LIMIT,
        clock: Clock = time.time,
    ) -> "Keyring":
        """Read the key file of the folder.

        Raises StoreMissingError, StoreDamagedError or StoreNewerError.
        """
        return cls(folder, read_keyfile(folder), keystore, guess_limit, clock)

    def moved_to(self, folder: Path) -> "Keyring":
        """Return the keyring after its folder was given another place."""
        return Keyring(folder, self._file, self._keystore, self._guess_limit, self._clock)

    @property
    def store_id(self) -> bytes:
        """The store's random identity."""
        return self._file.store_id

    @property
    def slot_kinds(self) -> frozenset[str]:
        """The ways to open the store that the key file holds."""
        return frozenset(self._file.slots)

    # Opening

    def unlock(self, passphrase: str) -> bytes:
        """Return the data key.

        Raises WrongPassphraseError (its `details["tries_left"]` is empty without a limit),
        TryLaterError, LockedError when the passphrase cannot open this store any more, or
        StoreError when nothing can: it was destroyed.
        """
        self._require_a_way_in()
        slot = self._file.slots.get(slots.USER)
        if slot is None:
            raise _no_passphrase()
        slots.user_cost(slot)
        if self._limit_is_reached(self._guesses.read().wrong):
            self._drop_user_slot()
            raise _no_passphrase()
        # First: where the passphrase cannot open anything, no try is counted and no wait is due.
        device_secret = self._device_secret(slot)
        self._guesses.require_turn()
        wrong = self._guesses.count()
        try:
            data_key = slots.open_user_slot(self._file, slot, passphrase, device_secret)
        except SealBrokenError as error:
            if self._limit_is_reached(wrong):
                self._drop_user_slot()
                raise _no_passphrase() from error
            raise WrongPassphraseError(
                "This is not the passphrase. Check the spelling and the keyboard's language.",
                tries_left=self._tries_left(wrong),
            ) from error
        self._guesses.reset()
        self._file.check_seal(data_key)
        return data_key

    def recover(self, words: str) -> bytes:
        """Return the data key. Call `reset_passphrase` next.

        Raises InputError when the words cannot be right, WrongPassphraseError when they belong to
        another store or were replaced by newer ones, StoreError when the store was destroyed.
        """
        self._require_a_way_in()
        slot = self._file.slots.get(slots.RECOVERY)
        entropy = recovery_words.parse(words)
        if slot is None:
            raise LockedError(
                "This store has no recovery words. Ask your agency to open it.",
                code="no_recovery_slot",
            )
        try:
            data_key = slots.open_recovery_slot(self._file, slot, entropy)
        except SealBrokenError as error:
            raise WrongPassphraseError(
                "These are not the recovery words of this store, or newer ones replaced them. "
                "Look for the sheet printed last.",
                code="wrong_recovery_words",
            ) from error
        self._file.check_seal(data_key)
        return data_key

    def open_agency_slot(self, private_key: bytes) -> bytes:
        """Return the data key to the holder of the agency's X25519 recovery key (32 bytes).

        Raises LockedError when there is no such slot, or it is another agency's; StoreError when
        the store was destroyed.
        """
        self._require_a_way_in()
        slot = self._file.slots.get(slots.AGENCY)
        try:
            if slot is None:
                raise SealBrokenError("no slot")
            data_key = slots.open_agency_slot(self._file, slot, private_key)
        except SealBrokenError as error:
            raise LockedError(
                "The agency's recovery key does not open this store. "
                "Use the key of the agency that enrolled this device.",
                code="wrong_agency_key",
            ) from error
        self._file.check_seal(data_key)
        return data_key

    # Changing

    def change_passphrase(self, old: str, new: str) -> None:
        """Replace the passphrase. The data is not touched. Raises as `unlock` and `create` do."""
        require_strong(new, has_keystore=self._keystore.available, field="new_passphrase")
        self.reset_passphrase(self.unlock(old), new)

    def reset_passphrase(self, data_key: bytes, new: str, *, kdf: KdfCost | None = None) -> None:
        """Set a passphrase with the data key at hand, also after the slot was taken away.

        Keeps the costs of the slot before, or calibrates. Raises InputError when it is too weak.
        """
        require_strong(new, has_keystore=self._keystore.available, field="new_passphrase")
        self._file.check_seal(data_key)
        before = self._file.slots.get(slots.USER)
        cost = kdf or (slots.user_cost(before) if before else calibrate())
        self._set_user_slot(data_key, new, cost)
        self._guesses.reset()

    def new_recovery_words(self, data_key: bytes) -> tuple[str, ...]:
        """Return new recovery words; the ones before open nothing any more."""
        self._file.check_seal(data_key)
        entropy = recovery_words.new_entropy()
        slot = slots.make_recovery_slot(self._file, data_key, entropy)
        self._set_slot(slots.RECOVERY, slot, data_key)
        return recovery_words.words_of(entropy)

    def add_agency_slot(self, data_key: bytes, agency_public_key: bytes) -> None:
        """Let the agency's X25519 recovery key (32 bytes) open the store."""
        self._file.check_seal(data_key)
        slot = slots.make_agency_slot(self._file, data_key, agency_public_key)
        self._set_slot(slots.AGENCY, slot, data_key)

    def set_guess_limit(self, limit: int | None) -> None:
        """Apply the agency's limit of wrong tries; None is no limit."""
        self._guess_limit = limit

    def destroy(self) -> None:
        """Take away every way to open the store on this device, for good: the remote wipe.

        No other act leaves a key file without slots: a limit of guesses takes the passphrase only.
        """
        user = self._file.slots.get(slots.USER)
        self._file.slots = {}
        self._file.write(self._folder)
        self._forget_device_secret(user)

    # The anchor

    @property
    def anchor(self) -> Anchor | None:
        """The place in the log kept in the keystore, or None: for `Database.open`."""
        data = self._keystore.get(self._name("anchor")) if self._keystore.available else None
        try:
            return Anchor.from_bytes(data) if data is not None else None
        except ValueError:  # not what the app wrote: it proves nothing, and must lock nobody out
            return None

    def keep_anchor(self, anchor: Anchor) -> None:
        """Keep `Database.position` in the keystore, where there is one: at lock, pause and sync."""
        if self._keystore.available:
            self._keystore.set(self._name("anchor"), anchor.to_bytes())

    # Inside

    def _require_a_way_in(self) -> None:
        if not self._file.slots:
            raise store_destroyed()

    def _set_user_slot(self, data_key: bytes, passphrase: str, cost: KdfCost) -> None:
        before = self._file.slots.get(slots.USER)
        secret, secret_id = b"", ""
        if self._keystore.available:
            # A new one each time, under a name of its own: until the file is written, the slot
            # before opens with the secret before.
            secret, secret_id = os.urandom(DEVICE_SECRET_BYTES), os.urandom(8).hex()
            self._keystore.set(self._name(f"device-secret.{secret_id}"), secret)
        slot = slots.make_user_slot(self._file, data_key, passphrase, cost, secret, secret_id)
        self._set_slot(slots.USER, slot, data_key)
        self._forget_device_secret(before)

    def _set_slot(self, kind: str, slot: Slot, data_key: bytes) -> None:
        changed = KeyFile(self._file.store_id, {**self._file.slots, kind: slot})
        changed.set_seal(data_key)
        changed.write(self._folder)
        self._file = changed

    def _device_secret(self, slot: Slot) -> bytes:
        secret_id = slot.get("device_secret_id")
        if not secret_id:
            return b""
        if not self._keystore.available:
            raise KeystoreError(
                "The keystore of this device holds a part of the key and cannot be reached now. "
                "Nothing was lost. Restart the device and try again. If it stays so, use the "
                "recovery words.",
            )
        secret = self._keystore.get(self._name(f"device-secret.{secret_id}"))
        if secret is None:
            raise LockedError(
                "This device no longer has its own part of the key, so the passphrase cannot open "
                "the record here. Use the recovery words, or ask your agency.",
                code="device_secret_missing",
            )
        return secret

    def _limit_is_reached(self, wrong: int) -> bool:
        return (
            self._keystore.available
            and self._guess_limit is not None
            and wrong >= self._guess_limit
        )

    def _tries_left(self, wrong: int) -> str:
        if self._guess_limit is None or not self._keystore.available:
            return ""
        return str(self._guess_limit - wrong)

    def _drop_user_slot(self) -> None:
        slot = self._file.slots[slots.USER]
        others = {kind: other for kind, other in self._file.slots.items() if kind != slots.USER}
        changed = KeyFile(self._file.store_id, others, self._file.seal)
        # The secret goes first: without it the slot is worthless, wherever a copy of it lies.
        self._forget_device_secret(slot)
        changed.write(self._folder)
        self._file = changed

    def _forget_device_secret(self, slot: Slot | None) -> None:
        """Forget the secret of a slot that goes. One that stays opens nothing without the slot."""
        if slot is None or not slot.get("device_secret_id") or not self._keystore.available:
            return
        try:
            self._keystore.delete(self._name(f"device-secret.{slot['device_secret_id']}"))
        except KeystoreError:
            log.error("the device secret of a slot that is gone was not forgotten")

    def _name(self, what: str) -> str:
        return f"field-notes.{self._file.store_id.hex()}.{what}"


def store_destroyed() -> StoreError:
    """Return the error of a store that was destroyed: it ended as it should, and is gone."""
    return StoreError(
        "This device no longer belongs to your agency. Its work was handed in, or the time for "
        "that is over, and the record on this device was destroyed.",
        code="store_destroyed",
    )


def _no_passphrase() -> LockedError:
    return LockedError(
        "The passphrase no longer opens this record, because of too many wrong tries. Nothing was "
        "deleted. Use the recovery words, or ask your agency.",
        code="passphrase_gone",
    )
