"""The outside of a backup file: its header, its key, and who can open it.

    FNBACK01 | u32 length | header JSON | chunks (`chunks.py`)

The header holds the backup's random key, wrapped for a passphrase or for recovery words. The chunks
are bound to the header's bytes, so that neither can be put under another.
"""

import base64
import json
import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from field_app.errors import InputError, StoreDamagedError, StoreNewerError, WrongPassphraseError
from field_app.store import recovery_words
from field_app.store.chunks import open_chunks, seal_chunks
from field_app.store.files import open_private, sync_file, write_all
from field_app.store.kdf import SALT_BYTES, KdfCost, derive
from field_app.store.sealing import Cipher, SealBrokenError, derive_key, new_key

MAGIC = b"FNBACK01"
MAX_HEADER_BYTES = 1 << 16
_STEM = MAGIC[:6]
_U32 = struct.Struct(">I")
BACKUP_ID_BYTES = 16


@dataclass(frozen=True)
class BackupSeal:
    """What a backup's chunks are sealed with: its key, and the file's first bytes."""

    key: bytes
    start: bytes


def seal_for_passphrase(passphrase: str, cost: KdfCost) -> BackupSeal:
    """Return a new seal that the passphrase opens."""
    salt = os.urandom(SALT_BYTES)
    return _new_seal(
        {"kind": "passphrase", "kdf": cost.to_json(salt)}, derive(passphrase, salt, cost)
    )


def seal_for_words(entropy: bytes) -> BackupSeal:
    """Return a new seal that the recovery words of this entropy open."""
    return _new_seal({"kind": "words"}, entropy)


def write_sealed_file(path: Path, seal: BackupSeal, content: Iterable[bytes]) -> None:
    """Write the backup and return when it is on the medium. Raises OSError."""
    fd = open_private(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
    try:
        write_all(fd, seal.start)
        for chunk in seal_chunks(content, seal.key, seal.start):
            write_all(fd, chunk)
        sync_file(fd)
    finally:
        os.close(fd)


def read_seal(file: BinaryIO, secret: str) -> BackupSeal:
    """Open the header with a passphrase or with recovery words, whichever it was made for.

    Raises InputError when it is no backup, or when the words cannot be right; StoreNewerError,
    StoreDamagedError, or WrongPassphraseError.
    """
    start = _read_start(file)
    try:
        header = json.loads(start[len(MAGIC) + _U32.size :])
        backup_id, slot = bytes.fromhex(header["backup_id"]), header["slot"]
        wrapped, kind = base64.b64decode(slot["wrapped"], validate=True), slot["kind"]
        cost, salt = KdfCost.from_json(slot["kdf"]) if kind == "passphrase" else (None, b"")
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise damaged() from error
    secret_key = derive(secret, salt, cost) if cost else recovery_words.parse(secret)
    try:
        key = Cipher(_slot_key(secret_key, backup_id, kind)).open(wrapped, _place(backup_id, slot))
    except SealBrokenError as error:
        what = "a passphrase" if cost else "recovery words"
        raise WrongPassphraseError(
            f"This does not open the backup, which was made for {what}. Check them, then try "
            "again.",
            code="wrong_backup_secret",
            kind=str(kind),
        ) from error
    return BackupSeal(key, start)


def read_content(file: BinaryIO, seal: BackupSeal) -> Iterator[bytes]:
    """Yield what `write_sealed_file` was given, in other pieces. Raises StoreDamagedError."""
    file.seek(len(seal.start))
    size = os.fstat(file.fileno()).st_size - len(seal.start)
    try:
        yield from open_chunks(file, size, seal.key, seal.start)
    except SealBrokenError as error:
        raise damaged() from error


def damaged() -> StoreDamagedError:
    """Return the error of a backup that cannot be trusted."""
    return StoreDamagedError(
        "The backup was changed or damaged and cannot be used. Nothing was changed on this device. "
        "Try another copy of it.",
        code="backup_damaged",
    )


def _read_start(file: BinaryIO) -> bytes:
    start = file.read(len(MAGIC) + _U32.size)
    if len(start) != len(MAGIC) + _U32.size or not start.startswith(_STEM):
        raise InputError(
            "This is not a backup of this app. Choose the file that the app wrote.",
            field="path",
            code="backup_foreign",
        )
    if not start.startswith(MAGIC):
        raise StoreNewerError(
            "The backup was made by a newer version of the app. Nothing was changed. "
            "Update the app, then try again.",
        )
    (length,) = _U32.unpack(start[len(MAGIC) :])
    header = file.read(length) if length <= MAX_HEADER_BYTES else b""
    if len(header) != length or not length:
        raise damaged()
    return start + header


def _new_seal(slot: dict[str, Any], secret_key: bytes) -> BackupSeal:
    key, backup_id = new_key(), os.urandom(BACKUP_ID_BYTES)
    sealed = Cipher(_slot_key(secret_key, backup_id, slot["kind"])).seal(
        key, _place(backup_id, slot)
    )
    slot = {**slot, "wrapped": base64.b64encode(sealed).decode()}
    header = _canonical({"backup_id": backup_id.hex(), "slot": slot})
    return BackupSeal(key, MAGIC + _U32.pack(len(header)) + header)


def _slot_key(secret_key: bytes, backup_id: bytes, kind: str) -> bytes:
    return derive_key(secret_key, salt=backup_id, purpose=b"field-notes backup " + kind.encode())


def _place(backup_id: bytes, slot: dict[str, Any]) -> bytes:
    said = {name: value for name, value in slot.items() if name != "wrapped"}
    return _canonical({"backup_id": backup_id.hex(), "slot": said})


def _canonical(value: dict[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
