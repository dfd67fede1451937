"""The session: from no store to an open one, and back to a locked one.

It holds the data key only while the store is open, and hands out the workspace. Everything here
that derives a key takes a second on purpose: call it from a worker thread.
"""

import logging
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from field_app.domain.records.record import AGENCY_CASE_ID, new_id
from field_app.domain.records.staff import StaffMember, StaffRole
from field_app.errors import (
    FieldAppError,
    InputError,
    KeystoreError,
    LockedError,
    StoreDamagedError,
    StoreError,
)
from field_app.services.agency_keys import agency_keys
from field_app.services.enrolment_keys import forget_traces
from field_app.services.notebook import Clock, Notebook, system_clock
from field_app.services.workspace import Workspace
from field_app.store import backup as backups
from field_app.store import recovery_words
from field_app.store.app_schema import SCHEMA
from field_app.store.backup import BackupReport
from field_app.store.database import Database
from field_app.store.files import disk_errors, sync_folder
from field_app.store.folder import has_store
from field_app.store.kdf import KdfCost
from field_app.store.keyfile import KEYFILE_NAME
from field_app.store.keyring import Keyring, store_destroyed
from field_app.store.keystore import Keystore
from field_app.store.passphrase import Strength, rate
from field_app.store.repositories import device
from field_app.store.repositories.records import Records, Stamp
from field_app.store.verify import VerifyReport
from sync.protocol.sealing import forget_keys

log = logging.getLogger(__name__)

IDENTITY = "identity"
"""Name of the preference that says who writes on this device."""

Progress = Callable[[int, int], None]


class SessionStatus(StrEnum):
    """Whether there is a store, and whether it is open."""

    NEW = "new"
    LOCKED = "locked"
    OPEN = "open"


@dataclass(frozen=True)
class Identity:
    """Who writes on this device: kept inside the store, made when the store is."""

    staff_id: str
    device_id: str


class SessionService:
    """Opens and closes one store."""

    def __init__(
        self,
        folder: Path,
        *,
        keystore: Keystore,
        open_workspace: Callable[[Notebook, StaffMember], Workspace],
        clock: Clock = system_clock,
        kdf: KdfCost | None = None,
    ) -> None:
        """Serve the store of a folder.

        Args:
            folder: Where the sealed store lies, or will lie.
            keystore: The operating system's keystore, or none.
            open_workspace: Joins the services over an open notebook.
            clock: Where the time comes from.
            kdf: Cost of the passphrase derivation; None calibrates it on this machine.
        """
        self.folder = folder
        self._keystore = keystore
        self._open_workspace = open_workspace
        self.clock = self._clock = clock
        self._kdf = kdf
        self._database: Database | None = None
        self._keyring: Keyring | None = None
        self._data_key: bytes | None = None
        self._busy = threading.Lock()
        self.workspace: Workspace | None = None

    @property
    def status(self) -> SessionStatus:
        """Whether there is a store, and whether it is open."""
        if self.workspace is not None:
            return SessionStatus.OPEN
        return SessionStatus.LOCKED if self._is_there() else SessionStatus.NEW

    @property
    def display_name(self) -> str | None:
        """The person's name, only while open."""
        return None if self.workspace is None else self.workspace.me.display_name

    def strength(self, passphrase: str) -> Strength:
        """Judge a passphrase: how long it would hold, and what would help most."""
        return rate(passphrase, has_keystore=self._keystore.available)

    def backup_strength(self, passphrase: str) -> Strength:
        """Judge the passphrase of a backup: anybody who has the file can guess at it."""
        return rate(passphrase, has_keystore=False)

    @property
    def may_be_pin(self) -> bool:
        """Whether a PIN can be the passphrase here: only where the platform has a keystore."""
        return self._keystore.available

    def start_alone(
        self,
        *,
        display_name: str,
        passphrase: str,
        language: str,
        role: StaffRole = StaffRole.FIELD_ADVOCATE,
    ) -> tuple[str, ...]:
        """Make a store for this device alone, open it, and return its recovery words.

        The words are shown once and kept nowhere.

        Raises:
            InputError: The name is empty or the passphrase too weak.
            StoreError: There is a store already, or the folder cannot be written.
        """
        if not display_name.strip():
            raise InputError("Say how you want to be called.", field="display_name")
        with self._busy:
            if self._is_there():
                raise StoreError(
                    "There is a record on this device already. Unlock it instead.",
                    code="store_exists",
                )
            data_key, words = self._make_store(display_name.strip(), passphrase, role)
            self._open(Keyring.open(self.folder, keystore=self._keystore), data_key, None)
        assert self.workspace is not None  # noqa: S101 - _enter has set it
        self.workspace.preferences.set("language", language)
        return words

    def unlock(self, passphrase: str, progress: Progress | None = None) -> None:
        """Open the store with the passphrase. `progress` hears (bytes read, bytes in all).

        The passphrase is asked for even when the store is open, as it may be in another window; a
        wrong one then locks it.

        Raises:
            WrongPassphraseError: It does not fit; `tries_left` says how many free tries are left.
            TryLaterError: Too many wrong tries; `seconds` says how long to wait.
            StoreError: The store is in use, damaged, newer than the app, unreadable, or destroyed.
        """
        with self._busy:
            keyring = self._keys()
            try:
                data_key = keyring.unlock(passphrase)
            except FieldAppError:
                # It may be open in another window. Nobody gets in on another's unlocking, and
                # whoever does not know the passphrase closes it for all.
                self._close()
                raise
            if self.workspace is None:
                self._open(keyring, data_key, progress)

    def recover(self, words: str, new_passphrase: str, progress: Progress | None = None) -> None:
        """Open the store with its recovery words, or with the agency's, and set a new passphrase.

        The agency's words open the record of every device that the agency enrolled.
        """
        with self._busy:
            keyring = self._keys()
            try:
                data_key = keyring.recover(words)
            except LockedError:
                opened = _opened_by_agency(keyring, words)
                if opened is None:
                    raise
                data_key = opened
            keyring.reset_passphrase(data_key, new_passphrase)
            if self.workspace is None:
                self._open(keyring, data_key, progress)

    def lock(self) -> None:
        """Close the store and forget the key and everything that was read.

        The store of a revoked device is destroyed here, once its work is handed in or the time
        for that is over (`SyncService.is_over`).
        """
        with self._busy:
            self._close()

    def keep_anchor(self) -> None:
        """Let the platform's keystore know where the record ends, while it is open.

        Raises:
            KeystoreError: It does not answer.
        """
        with self._busy:
            if self._database is not None and self._keyring is not None:
                self._keyring.keep_anchor(self._database.position)

    def change_passphrase(self, old: str, new: str) -> None:
        """Set a new passphrase; the data is not touched."""
        with self._busy:
            self._keys().change_passphrase(old, new)

    def new_recovery_words(self, passphrase: str) -> tuple[str, ...]:
        """Make new recovery words; the old ones no longer open the store."""
        with self._busy:
            keyring = self._keys()
            return keyring.new_recovery_words(keyring.unlock(passphrase))

    def database(self) -> Database:
        """Return the open store, for backup and verification."""
        if self._database is None:
            raise LockedError("The store is locked. Unlock it first.")
        return self._database

    def add_agency_slot(self, agency_recovery_key: bytes) -> None:
        """Let the agency's recovery words open this store too: written at enrolment."""
        with self._busy:
            if self._data_key is None:
                raise LockedError("The store is locked. Unlock it first.")
            self._keys().add_agency_slot(self._data_key, agency_recovery_key)

    def enter_again(self) -> None:
        """Open the workspace anew after the store's person or device changed: after enrolment."""
        with self._busy:
            database = self.database()
            if self.workspace is not None:
                self.workspace.sync.close()
            with database.session() as session:
                kept = device.preference(session, IDENTITY) or {}
            self._enter(database, Identity(**kept))

    def destroy(self) -> None:
        """Take away every way to open this store, for good, and lock: after a revocation."""
        with self._busy:
            keyring = self._keys()
        self.lock()
        keyring.destroy()

    def make_backup(
        self, path: Path, *, current: str, passphrase: str | None = None, words: str | None = None
    ) -> BackupReport:
        """Write the open store into a new sealed file, for a backup passphrase or recovery words.

        `current` is the passphrase of this device: whoever finds it open takes nothing along. A
        wrong one counts as a wrong try.

        Raises:
            LockedError: The store is locked.
            InputError: The passphrase is too weak, or the file exists.
            WrongPassphraseError: `current` is wrong, or the words are not this store's.
            TryLaterError: Too many wrong tries.
        """
        with self._busy:
            keyring = self._keys()
            database = self.database()
            keyring.unlock(current)
            return backups.make_backup(
                database,
                keyring,
                path,
                passphrase=passphrase,
                words=words,
                kdf=self._kdf,
            )

    def restore(self, path: Path, secret: str, new_passphrase: str) -> tuple[str, ...]:
        """Make this store from a backup; return its new recovery words. It stays locked.

        Raises:
            InputError: The new passphrase is too weak, or the file is no backup.
            WrongPassphraseError: `secret` is not what the backup was made for.
            StoreError: There is a store already; or the backup is damaged or newer.
        """
        with self._busy:
            _, _, words = backups.restore_backup(
                path,
                secret,
                self.folder,
                new_passphrase,
                schema=SCHEMA,
                keystore=self._keystore,
                kdf=self._kdf,
            )
            return words

    def verify(self, passphrase: str, progress: Progress | None = None) -> VerifyReport:
        """Check everything in the folder of a locked store, and change nothing.

        Raises:
            WrongPassphraseError, TryLaterError, StoreError: As `unlock` does; damage of the log
                is a finding of the report.
        """
        with self._busy:
            keyring = self._keys()
            return Database.verify(
                self.folder,
                keyring.unlock(passphrase),
                SCHEMA,
                anchor=keyring.anchor,
                progress=progress,
            )

    def _is_there(self) -> bool:
        return (self.folder / KEYFILE_NAME).exists() or has_store(self.folder)

    def _keys(self) -> Keyring:
        """Return the keyring in use, or read it from disk: one object counts the wrong tries."""
        return self._keyring or Keyring.open(self.folder, keystore=self._keystore)

    def _make_store(
        self, display_name: str, passphrase: str, role: StaffRole
    ) -> tuple[bytes, tuple[str, ...]]:
        """Make a whole store beside its place and put it there in one step.

        A crash in between leaves no half store whose recovery words nobody has seen.
        """
        making = self.folder.with_name(self.folder.name + ".new")
        with disk_errors("the data folder"):
            if making.exists():
                shutil.rmtree(making)
        _, data_key, words = Keyring.create(
            making, passphrase, keystore=self._keystore, kdf=self._kdf
        )
        with Database.create(making, data_key, SCHEMA) as database:
            self._introduce(database, Identity(new_id(), new_id()), display_name, role)
        with disk_errors("the data folder"):
            if self.folder.exists():
                self.folder.rmdir()  # an empty one is in the way of nobody
            making.rename(self.folder)
            sync_folder(self.folder.parent)
        return data_key, words

    def _open(self, keyring: Keyring, data_key: bytes, progress: Progress | None) -> None:
        database = Database.open(
            self.folder, data_key, SCHEMA, progress=progress, anchor=keyring.anchor
        )
        try:
            with database.session() as session:
                kept = device.preference(session, IDENTITY)
            if kept is None:
                raise StoreDamagedError(
                    "The store does not say whose it is. Restore your latest backup."
                )
            forget_traces(database)  # of an enrolment that was cut off
            self._enter(database, Identity(**kept))
        except BaseException:
            database.close()
            raise
        self._keyring, self._data_key = keyring, data_key
        if self.workspace is not None and self.workspace.sync.is_over():
            self._close()  # which destroys it
            raise store_destroyed()

    def _close(self) -> None:
        is_over = False
        workspace, self.workspace = self.workspace, None
        if workspace is not None:
            try:
                workspace.sync.close()
                is_over = workspace.sync.is_over()
            except Exception as error:  # whatever else goes wrong, the lock holds
                log.error("sync was not asked at the lock: %s", type(error).__name__)
        keyring = self._keyring
        forget_keys()
        if self._database is not None:
            try:
                self._tidy(self._database)
            finally:
                self._database.close()
                self._database = self._keyring = self._data_key = None
        if is_over and keyring is not None:
            keyring.destroy()

    def _tidy(self, database: Database) -> None:
        """Do what nobody waits for: shorten a log that has doubled, keep the anchor outside."""
        database.compact_if_worthwhile()
        if self._keyring is not None:
            try:
                self._keyring.keep_anchor(database.position)
            except KeystoreError:  # said by the keystore; an older anchor proves a little less
                log.error("the record's end was not kept in the keystore")

    def _introduce(
        self, database: Database, identity: Identity, display_name: str, role: StaffRole
    ) -> None:
        now: datetime = self._clock()
        with database.transaction() as session:
            device.set_preference(
                session,
                IDENTITY,
                {"staff_id": identity.staff_id, "device_id": identity.device_id},
            )
            Records(session, Stamp(identity.staff_id, identity.device_id, now)).save(
                StaffMember(
                    record_id=identity.staff_id,
                    case_id=AGENCY_CASE_ID,
                    display_name=display_name,
                    role=role,
                )
            )

    def _enter(self, database: Database, identity: Identity) -> None:
        notebook = Notebook(database, identity.staff_id, identity.device_id, self._clock)
        with notebook.read() as records:
            me = records.find(StaffMember, identity.staff_id)
        if me is None:
            raise StoreDamagedError(
                "The store does not know its own person. Restore your latest backup."
            )
        self._database = database
        self.workspace = self._open_workspace(notebook, me)


def _opened_by_agency(keyring: Keyring, words: str) -> bytes | None:
    """Return the data key if these are the words of the agency that enrolled this device."""
    try:
        return keyring.open_agency_slot(agency_keys(recovery_words.parse(words)).recovery_seed)
    except LockedError:
        return None
