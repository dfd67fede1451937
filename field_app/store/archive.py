"""The inside of a backup: rows and attachments, one after the other, in one stream of bytes.

'F' u64 length | frame       the rows, as the frames that a compaction would write
'A' u64 length | u16 length of the id | id | sealed chunks of the attachment, as they are
'E' u64 0                    the end
"""

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

from field_app.store.attachments import Attachments
from field_app.store.backup_file import damaged
from field_app.store.chunks import CHUNK_BYTES
from field_app.store.sealed_log import LOG_NAME, SealedLog

_ENTRY = struct.Struct(">cQ")
_ID = struct.Struct(">H")
_FRAME, _ATTACHMENT, _END = b"F", b"A", b"E"


def pack(
    payloads: Iterable[bytes], attachments: Attachments, ids: Iterable[str]
) -> Iterator[bytes]:
    """Yield the archive of the frames and of the attachments with these ids. Raises DiskError."""
    for payload in payloads:
        yield _ENTRY.pack(_FRAME, len(payload)) + payload
    for attachment_id in ids:
        name = attachment_id.encode()
        head = _ID.pack(len(name)) + name
        size = attachments.sealed_bytes(attachment_id)
        yield _ENTRY.pack(_ATTACHMENT, len(head) + size) + head
        index, sent = 0, 0
        while sent < size:
            chunk = attachments.sealed_chunk(attachment_id, index)
            index, sent = index + 1, sent + len(chunk)
            yield chunk
    yield _ENTRY.pack(_END, 0)


def unpack(pieces: Iterator[bytes], work: Path, data_key: bytes) -> None:
    """Write log and attachments of the archive into the folder.

    Raises StoreDamagedError or DiskError.
    """
    archive, attachments = _Pieces(pieces), Attachments(work)
    log = SealedLog.create(work / LOG_NAME, data_key)
    try:
        while True:
            kind, length = _ENTRY.unpack(archive.exactly(_ENTRY.size))
            if kind == _FRAME:
                log.append_unsynced(archive.exactly(length))
            elif kind == _ATTACHMENT:
                (id_length,) = _ID.unpack(archive.exactly(_ID.size))
                attachment_id = archive.exactly(id_length).decode()
                content = archive.stream(length - _ID.size - id_length)
                attachments.write_sealed(attachment_id, content)
            else:
                break
        if archive.some(1):
            raise damaged()
        log.sync_all()
    finally:
        log.close()


class _Pieces:
    """Reads an exact number of bytes from pieces of any length."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def some(self, most: int) -> bytes:
        if not self._rest:
            self._rest = next(self._pieces, b"")
        part, self._rest = self._rest[:most], self._rest[most:]
        return part

    def exactly(self, length: int) -> bytes:
        found = bytearray()
        while len(found) < length:
            part = self.some(length - len(found))
            if not part:
                raise damaged()
            found += part
        return bytes(found)

    def stream(self, length: int) -> Iterator[bytes]:
        while length:
            part = self.exactly(min(length, CHUNK_BYTES))
            length -= len(part)
            yield part
