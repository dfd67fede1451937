"""Attachments on their way to this device: chunk by chunk, then in one step in their place.

    attachments/<id>.part = FNATT001 | the sealed chunks so far

A cut loses at most the chunk under way. The name is none of a finished file, so nothing else reads
it; a part that nobody finishes goes with the unreferenced files (`attachments.py`).
"""

import hashlib
import os
from pathlib import Path

from field_app.store.attachments import MAGIC, Attachments
from field_app.store.chunks import SEALED_CHUNK_BYTES
from field_app.store.files import (
    disk_errors,
    make_private_folder,
    open_private,
    sync_file,
    sync_folder,
    write_all,
)

_PIECE_BYTES = 1 << 20


class AttachmentFiles(Attachments):
    """The attachment files of one store, and those that are being received."""

    def has(self, attachment_id: str) -> bool:
        """Return whether the whole file is here."""
        return self._path(attachment_id).exists()

    def chunks_received(self, attachment_id: str) -> int:
        """Return how many whole chunks of a file under way are here."""
        path = self._part(attachment_id)
        with disk_errors("an attachment"):
            size = path.stat().st_size - len(MAGIC) if path.exists() else 0
        return max(0, size) // SEALED_CHUNK_BYTES

    def receive(self, attachment_id: str, index: int, sealed: bytes) -> None:
        """Keep a chunk of a file under way, at its place; what lay there is overwritten."""
        with disk_errors("an attachment"):
            make_private_folder(self._folder)
            fd = open_private(self._part(attachment_id), os.O_CREAT | os.O_RDWR)
            try:
                write_all(fd, MAGIC)
                start = len(MAGIC) + index * SEALED_CHUNK_BYTES
                os.ftruncate(fd, start)  # a chunk that a crash cut
                os.lseek(fd, start, os.SEEK_SET)
                write_all(fd, sealed)
            finally:
                os.close(fd)

    def finish(self, attachment_id: str, digest: bytes) -> bool:
        """Put a received file in its place, on the medium, if it has this digest.

        Return whether it has; one that has not is removed.
        """
        part = self._part(attachment_id)
        with disk_errors("an attachment"):
            if not part.exists():
                return False
            found = hashlib.sha256()
            fd = open_private(part, os.O_RDWR)
            try:
                os.lseek(fd, len(MAGIC), os.SEEK_SET)
                while piece := os.read(fd, _PIECE_BYTES):
                    found.update(piece)
                sync_file(fd)
            finally:
                os.close(fd)
            if found.digest() != digest:
                part.unlink()
                return False
            part.replace(self._path(attachment_id))
            sync_folder(self._folder)
            return True

    def forget(self, attachment_id: str) -> None:
        """Remove a file and what was received of it."""
        self.remove(attachment_id)
        with disk_errors("an attachment"):
            self._part(attachment_id).unlink(missing_ok=True)

    def _part(self, attachment_id: str) -> Path:
        path = self._path(attachment_id)
        return path.with_name(path.name + ".part")
