"""One frame of the sealed log: what it holds, how it is sealed, how a chain of them is read.

    u32 length | u32 crc32(length, seq) | nonce 12 | ciphertext | tag 16

Each frame is sealed for its place: its authenticated data name the log, its number, its length and
the tag of the frame before it. So a frame that is edited, moved, repeated, left out in the middle
or taken from another log does not open. Nothing here touches the disk: `FrameReader` is given a
stream of bytes and says where and why it stopped.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from field_app.store.sealing import NONCE_BYTES, TAG_BYTES, Cipher, SealBrokenError, derive_key
from sync.protocol.compression import squeeze

MAGIC = b"FNLOG001"
FILE_ID_BYTES = 16
SALT_BYTES = 32
LOG_HEADER_BYTES = len(MAGIC) + FILE_ID_BYTES + SALT_BYTES
FIRST_TAG = bytes(TAG_BYTES)  # what frame 0 is chained to
PAD_BYTES = 256  # a frame's size tells its content's size in these steps only
MAX_FRAME_BYTES = 1 << 30  # an import of a million rows is below it

_FRAME_HEADER = struct.Struct(">II")
_SEQ = struct.Struct(">Q")
_LENGTH = struct.Struct(">I")
_LARGE_BYTES = 64 * 1024
_SAMPLE_BYTES = 8 * 1024
_PLAIN = b"R"
_ZLIB = b"Z"
_MIN_SEALED_BYTES = NONCE_BYTES + PAD_BYTES + TAG_BYTES


@dataclass(frozen=True)
class LogHeader:
    """The first bytes of a log: which log it is, and the salt of its keys."""

    file_id: bytes
    salt: bytes

    def to_bytes(self) -> bytes:
        """Return the header as it stands in the file."""
        return MAGIC + self.file_id + self.salt

    @staticmethod
    def from_bytes(data: bytes) -> "LogHeader | None":
        """Return the header, or None when `data` is not the beginning of a log."""
        if len(data) != LOG_HEADER_BYTES or not data.startswith(MAGIC):
            return None
        return LogHeader(data[8:24], data[24:56])

    def frame_key(self, data_key: bytes) -> bytes:
        """Return the key that seals this log's frames."""
        return derive_key(data_key, salt=self.salt, purpose=b"field-notes log" + self.file_id)

    def head_key(self, data_key: bytes) -> bytes:
        """Return the key that authenticates this log's head file."""
        return derive_key(data_key, salt=self.salt, purpose=b"field-notes head" + self.file_id)


@dataclass(frozen=True)
class Anchor:
    """A place in a log that can be proven: the log, how many frames it had, the last one's tag.

    Kept outside the folder (platform keystore, sync server), it shows that a whole older copy of
    the folder was put back, which nothing inside the folder can show.
    """

    file_id: bytes
    seq: int
    tag: bytes

    def to_bytes(self) -> bytes:
        """Return the anchor as 40 bytes, for a keystore."""
        return self.file_id + _SEQ.pack(self.seq) + self.tag

    @staticmethod
    def from_bytes(data: bytes) -> "Anchor":
        """Return the anchor of `to_bytes`. Raises ValueError."""
        if len(data) != FILE_ID_BYTES + _SEQ.size + TAG_BYTES:
            raise ValueError("not an anchor")
        return Anchor(data[:16], _SEQ.unpack(data[16:24])[0], data[24:])


class FrameChain:
    """Seals and opens the frames of one log in order. Holds the place after the last good frame."""

    def __init__(self, header: LogHeader, data_key: bytes) -> None:
        self._header = header
        self._cipher = Cipher(header.frame_key(data_key))
        self.seq = 0
        self.tag = FIRST_TAG

    @property
    def position(self) -> Anchor:
        """The place after the last frame that was sealed and kept, or opened."""
        return Anchor(self._header.file_id, self.seq, self.tag)

    def _place(self, sealed_bytes: int) -> bytes:
        return (
            MAGIC
            + self._header.file_id
            + _SEQ.pack(self.seq)
            + self.tag
            + _LENGTH.pack(sealed_bytes)
        )

    def seal(self, payload: bytes) -> bytes:
        """Return the whole next frame. The chain moves on only with `advance`."""
        plaintext = _pack(payload)
        sealed_bytes = NONCE_BYTES + len(plaintext) + TAG_BYTES
        if sealed_bytes > MAX_FRAME_BYTES:
            raise ValueError(f"a frame of {sealed_bytes} bytes is above {MAX_FRAME_BYTES}")
        sealed = self._cipher.seal(plaintext, self._place(sealed_bytes))
        return _FRAME_HEADER.pack(sealed_bytes, header_crc(sealed_bytes, self.seq)) + sealed

    def open(self, sealed: bytes) -> bytes:
        """Return the payload of the next frame, and move on. Raises SealBrokenError."""
        payload = _unpack(self._cipher.open(sealed, self._place(len(sealed))))
        self.advance(sealed)
        return payload

    def advance(self, sealed_or_frame: bytes) -> None:
        """Count the frame in: it is on the medium."""
        self.seq += 1
        self.tag = sealed_or_frame[-TAG_BYTES:]


def header_crc(sealed_bytes: int, seq: int) -> int:
    """Return the checksum of a frame's header, which tells a torn header from a whole one."""
    return zlib.crc32(_LENGTH.pack(sealed_bytes) + _SEQ.pack(seq))


def _pack(payload: bytes) -> bytes:
    squeezed = _ZLIB + squeeze(payload, 1) if _has_repeats(payload) else b""
    body = squeezed if squeezed and len(squeezed) <= len(payload) else _PLAIN + payload
    return _pad(_LENGTH.pack(len(body)) + body)


def _has_repeats(payload: bytes) -> bool:
    """Return whether compressing a payload is worth its time: a sample of a large one tells.

    A batch on its way to the centre is sealed bytes in base64. Compressing that saves a quarter,
    until the next compaction forgets it, and took a tenth of a first sync.
    """
    if len(payload) <= _LARGE_BYTES:
        return True
    middle = len(payload) // 2
    sample = payload[middle : middle + _SAMPLE_BYTES]
    return len(zlib.compress(sample, 1)) <= _SAMPLE_BYTES * 6 // 10


def _pad(data: bytes) -> bytes:
    return data + bytes(-len(data) % PAD_BYTES)


def _unpack(plaintext: bytes) -> bytes:
    end = _LENGTH.size + _LENGTH.unpack_from(plaintext)[0]
    codec, body = plaintext[4:5], plaintext[5:end]
    return zlib.decompress(body) if codec == _ZLIB else body


class StopKind(StrEnum):
    """Why reading ended before the end of the file."""

    TORN = "torn"  # what a crash in the middle of the last save leaves, if the head agrees
    DAMAGED = "damaged"  # anything else


@dataclass(frozen=True)
class Stop:
    """Where and why reading ended before the end of the file."""

    kind: StopKind
    reason: str
    seq: int
    offset: int


class FrameReader:
    """Reads the frames of a log in order and stops at the first that does not hold.

    Attributes:
        end: Offset in bytes behind the last good frame.
        stop: Why reading ended early, or None after the last byte was a good frame's.
    """

    def __init__(self, chain: FrameChain, file: BinaryIO, size: int) -> None:
        """Read from `file`, which stands behind the header; `size` is that of the whole file."""
        self._chain = chain
        self._file = file
        self._size = size
        self.end = LOG_HEADER_BYTES
        self.stop: Stop | None = None

    def payloads(self) -> Iterator[bytes]:
        """Yield the payload of each good frame."""
        while self.stop is None and self.end < self._size:
            payload = self._next()
            if payload is not None:
                yield payload

    def _next(self) -> bytes | None:
        rest = self._size - self.end
        header = self._file.read(min(rest, _FRAME_HEADER.size))
        if len(header) < _FRAME_HEADER.size:
            self._halt("the frame's header is cut", torn=True)
            return None
        if not any(header):
            # A block that was never written reads as zeros, whatever blocks after it made it.
            self._halt("the frame's header is empty", torn=True)
            return None
        sealed_bytes, crc = _FRAME_HEADER.unpack(header)
        if crc != header_crc(sealed_bytes, self._chain.seq) or sealed_bytes < _MIN_SEALED_BYTES:
            self._halt("the frame's header is wrong", torn=not any(self._file.read()))
            return None
        sealed = self._file.read(sealed_bytes) if sealed_bytes <= rest else b""
        if len(sealed) < sealed_bytes:
            self._halt("the frame is cut", torn=True)
            return None
        try:
            payload = self._chain.open(sealed)
        except SealBrokenError:
            is_last = _FRAME_HEADER.size + sealed_bytes == rest
            self._halt("the frame does not open", torn=is_last)
            return None
        self.end += _FRAME_HEADER.size + sealed_bytes
        return payload

    def _halt(self, reason: str, *, torn: bool) -> None:
        kind = StopKind.TORN if torn else StopKind.DAMAGED
        self.stop = Stop(kind, reason, self._chain.seq, self.end)
