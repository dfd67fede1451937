"""Backup: the whole store in one sealed file that opens on another device.

It is made for a strong backup passphrase or for the store's recovery words, and never for a device
secret: the device may be the thing that was lost. Its rows are those of one moment. A restored
store gets keys, passphrase and recovery words of its own; what opens the old one opens nothing of
the new. (`backup_file.py` is the outside of the file, `archive.py` the inside.)
"""

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from field_app.errors import InputError, StoreError
from field_app.store import archive, recovery_words
from field_app.store.attachments import Attachments
from field_app.store.backup_file import (
    BackupSeal,
    damaged,
    read_content,
    read_seal,
    seal_for_passphrase,
    seal_for_words,
    write_sealed_file,
)
from field_app.store.database import Database
from field_app.store.files import disk_errors, sync_folder
from field_app.store.folder import has_store
from field_app.store.kdf import KdfCost, calibrate
from field_app.store.keyfile import KEYFILE_NAME
from field_app.store.keyring import Keyring
from field_app.store.keystore import Keystore
from field_app.store.passphrase import require_strong
from field_app.store.schema import Schema
from field_app.store.store_lock import LOCK_NAME


@dataclass(frozen=True)
class BackupReport:
    """What a backup holds, as read back from it.

    Attributes:
        frames: Parts of the rows.
        attachments: Attachment files.
        missing: Ids of attachments that the store itself no longer had.
        size_bytes: Size of the backup file.
    """

    frames: int
    attachments: int
    missing: tuple[str, ...]
    size_bytes: int


def make_backup(
    database: Database,
    keyring: Keyring,
    path: Path,
    *,
    passphrase: str | None = None,
    words: str | None = None,
    kdf: KdfCost | None = None,
) -> BackupReport:
    """Write the store into the new file `path`, for a passphrase or the store's recovery words.

    Return after the file was read back and compared. Raises InputError when the passphrase is too
    weak or the file exists, WrongPassphraseError when the words are not this store's, DiskError.
    """
    seal = _new_seal(keyring, passphrase, words, kdf)
    _refuse_existing(path)
    snapshot = database.snapshot()
    attachments = Attachments(snapshot.folder)
    missing = tuple(sorted(set(snapshot.attachment_keys) - attachments.ids()))
    present = sorted(set(snapshot.attachment_keys) - set(missing))
    digest = hashlib.sha256()
    content = _digested(archive.pack(snapshot.payloads, attachments, present), digest)
    unfinished = path.with_name(path.name + ".unfinished")
    with disk_errors("the backup"):
        try:
            write_sealed_file(unfinished, seal, content)
            _compare(unfinished, seal, digest.digest())
            _refuse_existing(path)
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
        size_bytes = path.stat().st_size
    return BackupReport(len(snapshot.payloads), len(present), missing, size_bytes)


def _new_seal(
    keyring: Keyring, passphrase: str | None, words: str | None, kdf: KdfCost | None
) -> BackupSeal:
    if (passphrase is None) == (words is None):
        raise ValueError("give either a passphrase or recovery words")
    if passphrase is not None:
        # Always as strong as without a keystore: a backup lies where anybody can guess at it.
        require_strong(passphrase, has_keystore=False, field="backup_passphrase")
        return seal_for_passphrase(passphrase, kdf or calibrate())
    keyring.recover(words or "")  # a slip of the pen would be found out only when it is needed
    return seal_for_words(recovery_words.parse(words or ""))


def _digested(pieces: Iterable[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def _compare(path: Path, seal: BackupSeal, expected: bytes) -> None:
    """Read a backup back to its end. Raises StoreDamagedError when it is not what was written."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for piece in read_content(file, seal):
            digest.update(piece)
    if digest.digest() != expected:
        raise damaged()


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise InputError(
            "There is a file of this name already, and a backup never replaces one. "
            "Choose another name.",
            field="path",
            code="backup_exists",
        )


def restore_backup(
    path: Path,
    secret: str,
    folder: Path,
    new_passphrase: str,
    *,
    schema: Schema,
    keystore: Keystore,
    kdf: KdfCost | None = None,
) -> tuple[Keyring, bytes, tuple[str, ...]]:
    """Make a new store in `folder` from the backup. Return its keyring, data key, recovery words.

    `secret` is the backup's passphrase or recovery words, whichever it was made for. The store is
    complete before it is put in its place. Raises InputError, WrongPassphraseError, StoreError when
    a store is there already, StoreDamagedError, StoreNewerError or DiskError; none leaves a part.
    """
    require_strong(new_passphrase, has_keystore=keystore.available, field="new_passphrase")
    if has_store(folder) or (folder / KEYFILE_NAME).exists():
        raise StoreError(
            "There is a record in this folder already. Nothing was changed. "
            "Restore into another folder.",
            code="store_exists",
        )
    work = folder.with_name(folder.name + ".restoring")
    keyring = None
    try:
        with disk_errors("the backup"), path.open("rb") as file:
            seal = read_seal(file, secret)
            _remove_tree(work)
            keyring, data_key, words = Keyring.create(
                work, new_passphrase, keystore=keystore, kdf=kdf
            )
            archive.unpack(read_content(file, seal), work, data_key)
        Database.open(work, data_key, schema, read_only=True).close()
        with disk_errors("the data folder"):
            _move(work, folder)
    except BaseException:
        if keyring is not None and work.exists():
            keyring.destroy()
        _remove_tree(work)
        raise
    return keyring.moved_to(folder), data_key, words


def _move(work: Path, folder: Path) -> None:
    """Put a complete store into its place: in one step where nothing else lies there."""
    (work / LOCK_NAME).unlink(missing_ok=True)
    if not folder.exists() or {path.name for path in folder.iterdir()} <= {LOCK_NAME}:
        if folder.exists():
            (folder / LOCK_NAME).unlink(missing_ok=True)
            folder.rmdir()
        work.rename(folder)
        sync_folder(folder.parent)
        return
    names = sorted(path.name for path in work.iterdir() if path.name != KEYFILE_NAME)
    for name in (*names, KEYFILE_NAME):  # the key file last: it makes the folder a store
        (work / name).replace(folder / name)
    sync_folder(folder)
    work.rmdir()


def _remove_tree(folder: Path) -> None:
    """Remove what an unfinished restore left. Nothing else is ever in this folder."""
    if folder.is_dir():
        shutil.rmtree(folder)
