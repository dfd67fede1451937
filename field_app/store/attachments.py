"""Attachments: photos and papers as sealed files, each under a random key of its own.

    attachments/<id> = FNATT001 | chunks (`chunks.py`)

The key is kept in the record that names the file, so the file can travel by itself, sealed once.
The order of saving is: file first, on the medium, then the row. A crash in between leaves a file
that no row names; `remove_unreferenced` takes it away, but only when asked, and after a grace
period, since the row may be about to come.
"""

import hashlib
import os
import re
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from field_app.errors import InputError, StoreDamagedError
from field_app.store.chunks import SEALED_CHUNK_BYTES, open_chunks, seal_chunks
from field_app.store.files import (
    disk_errors,
    make_private_folder,
    open_private,
    remove_file,
    sync_file,
    sync_folder,
    write_all,
)
from field_app.store.sealing import KEY_BYTES, SealBrokenError, new_key

FOLDER_NAME = "attachments"
MAGIC = b"FNATT001"
MAX_BYTES = 50 * 1024 * 1024  # a long scan; one of 200 MB would never get through a field's network
GRACE_SECONDS = 7 * 24 * 3600.0
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_UNFINISHED = ".new"


@dataclass(frozen=True)
class StoredAttachment:
    """What the record has to keep of an attachment.

    Attributes:
        key: The 256-bit key of the file.
        size_bytes: Size of the content.
        chunks: Number of sealed chunks.
        digest: SHA-256 of the sealed chunks in order: what the centre stores.
    """

    key: bytes
    size_bytes: int
    chunks: int
    digest: bytes


class Attachments:
    """The attachment files of one store. Every method may raise DiskError."""

    def __init__(self, store_folder: Path, *, max_bytes: int = MAX_BYTES) -> None:
        """Use the store in `store_folder`; contents above `max_bytes` are refused."""
        self._folder = store_folder / FOLDER_NAME
        self._max_bytes = max_bytes

    def write(self, attachment_id: str, content: Iterable[bytes]) -> StoredAttachment:
        """Seal the content, piece by piece. Return when the file is on the medium.

        Raises InputError when it is too large, and ValueError for an id that is taken: both leave
        nothing behind.
        """
        key, digest, chunks = new_key(), hashlib.sha256(), 0
        counted = _Counter(content, self._max_bytes)

        def sealed() -> Iterator[bytes]:
            nonlocal chunks
            for chunk in seal_chunks(counted, key, _what(attachment_id)):
                digest.update(chunk)
                chunks += 1
                yield chunk

        self.write_sealed(attachment_id, sealed())
        return StoredAttachment(key, counted.size_bytes, chunks, digest.digest())

    def read(self, attachment_id: str, key: bytes) -> Iterator[bytes]:
        """Yield the content. Raises StoreDamagedError, maybe after a part of it."""
        path = self._path(attachment_id)
        with disk_errors("an attachment"):
            if not path.exists():
                raise StoreDamagedError(
                    "The file of this attachment is missing. The rest of the record is not "
                    "touched. Sync again, or restore a backup into another folder.",
                    code="attachment_missing",
                )
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size - len(MAGIC)
                if file.read(len(MAGIC)) != MAGIC or len(key) != KEY_BYTES:
                    raise _damaged()
                try:
                    yield from open_chunks(file, size, key, _what(attachment_id))
                except SealBrokenError as error:
                    raise _damaged() from error

    def sealed_chunk(self, attachment_id: str, index: int) -> bytes:
        """Return a chunk as it is sealed, for sending. Raises IndexError behind the last one."""
        with disk_errors("an attachment"), self._path(attachment_id).open("rb") as file:
            file.seek(len(MAGIC) + index * SEALED_CHUNK_BYTES)
            chunk = file.read(SEALED_CHUNK_BYTES)
        if not chunk:
            raise IndexError(index)
        return chunk

    def write_sealed(self, attachment_id: str, chunks: Iterable[bytes]) -> None:
        """Keep a file that is sealed already: received, or restored. Raises as `write` does."""
        path = self._path(attachment_id)
        temporary = path.with_name(path.name + _UNFINISHED)
        with disk_errors("an attachment"):
            make_private_folder(self._folder)
            if path.exists():
                raise ValueError(f"the attachment id {attachment_id} is taken")
            try:
                fd = open_private(temporary, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
                try:
                    write_all(fd, MAGIC)
                    for chunk in chunks:
                        write_all(fd, chunk)
                    sync_file(fd)
                finally:
                    os.close(fd)
                temporary.replace(path)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
            sync_folder(self._folder)

    def sealed_bytes(self, attachment_id: str) -> int:
        """Return the size of all sealed chunks together."""
        with disk_errors("an attachment"):
            return self._path(attachment_id).stat().st_size - len(MAGIC)

    def ids(self) -> set[str]:
        """Return the ids of all files, named by a row or not."""
        with disk_errors("the attachments"):
            if not self._folder.exists():
                return set()
            return {path.name for path in self._folder.iterdir() if _ID.fullmatch(path.name)}

    def remove(self, attachment_id: str) -> None:
        """Remove the file: after the row that named it."""
        with disk_errors("an attachment"):
            if self._folder.exists():
                remove_file(self._path(attachment_id))

    def remove_unreferenced(
        self,
        referenced: Collection[str],
        *,
        grace_seconds: float = GRACE_SECONDS,
        now: float | None = None,
    ) -> int:
        """Remove files that no row names and that are older than the grace period.

        `referenced` are the ids that rows name. Return how many were removed, unfinished writes
        included.
        """
        before = (time.time() if now is None else now) - grace_seconds
        removed = 0
        with disk_errors("the attachments"):
            if not self._folder.exists():
                return 0
            for path in list(self._folder.iterdir()):
                if path.name not in referenced and path.stat().st_mtime < before:
                    path.unlink()
                    removed += 1
            sync_folder(self._folder)
        return removed

    def _path(self, attachment_id: str) -> Path:
        if not _ID.fullmatch(attachment_id):
            raise ValueError("an attachment id is 1 to 64 letters, digits, - and _")
        return self._folder / attachment_id


class _Counter:
    """Counts what passes, and stops what is too much before it is written."""

    def __init__(self, content: Iterable[bytes], max_bytes: int) -> None:
        self.size_bytes = 0
        self._content = content
        self._max_bytes = max_bytes

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._content:
            self.size_bytes += len(piece)
            if self.size_bytes > self._max_bytes:
                megabytes = self._max_bytes // (1024 * 1024)
                raise InputError(
                    f"The file is larger than {megabytes} MB. "
                    "Make it smaller, or attach its parts one by one.",
                    field="attachment",
                    code="attachment_too_large",
                    megabytes=megabytes,
                )
            yield piece


def _what(attachment_id: str) -> bytes:
    return MAGIC + attachment_id.encode()


def _damaged() -> StoreDamagedError:
    return StoreDamagedError(
        "The file of this attachment was changed or damaged. Nothing was deleted. "
        "Sync again, or restore a backup into another folder.",
        code="attachment_damaged",
    )
