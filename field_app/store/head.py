"""The head file beside a log: how many frames the log has, so that cutting its end is noticed.

Two slots of 56 bytes, written in turn after a frame has reached the medium:

    u64 frames | tag of the last frame 16 | HMAC-SHA256(slot number, frames, tag) 32

The head is not forced to the medium with each frame (that would double the cost of a save), so
after a power cut it may lag behind the log. It never leads: a log that ends before its head says
was cut or replaced.
"""

import hmac
import os
import struct
from dataclasses import dataclass
from pathlib import Path

from field_app.store.files import open_private, sync_file, write_all
from field_app.store.frames import FIRST_TAG

_COUNT = struct.Struct(">Q")
_CLAIM_BYTES = _COUNT.size + len(FIRST_TAG)
SLOT_BYTES = _CLAIM_BYTES + 32
HEAD_BYTES = 2 * SLOT_BYTES


@dataclass(frozen=True)
class HeadClaim:
    """What the head vouches for.

    Attributes:
        frames: The number of frames that were on the medium.
        tag: The tag of the last of them.
        bad_slots: Slots that do not hold. One is survivable, and is said; two are damage.
    """

    frames: int
    tag: bytes
    bad_slots: int


def head_path(log_path: Path, file_id: bytes) -> Path:
    """Return the head's path. It names the log, so that a compaction never mixes two of them."""
    return log_path.with_name(f"{log_path.name}.head-{file_id[:6].hex()}")


def slot(key: bytes, frames: int, tag: bytes, number: int) -> bytes:
    """Return one slot's bytes."""
    claim = _COUNT.pack(frames) + tag
    return claim + hmac.digest(key, bytes([number]) + claim, "sha256")


def read_claim(data: bytes, key: bytes) -> HeadClaim | None:
    """Return the newest claim of a head file's bytes, or None when no slot holds."""
    good: list[tuple[int, bytes]] = []
    for number in (0, 1):
        part = data[number * SLOT_BYTES : (number + 1) * SLOT_BYTES]
        if len(part) != SLOT_BYTES:
            continue
        frames, tag = _COUNT.unpack_from(part)[0], part[_COUNT.size : _CLAIM_BYTES]
        if hmac.compare_digest(part, slot(key, frames, tag, number)):
            good.append((frames, tag))
    if not good:
        return None
    frames, tag = max(good)
    surplus = 1 if len(data) > HEAD_BYTES else 0
    return HeadClaim(frames, tag, bad_slots=2 - len(good) + surplus)


class Head:
    """The open head file of a log. Methods raise OSError."""

    def __init__(self, fd: int, key: bytes) -> None:
        self._fd = fd
        self._key = key

    @classmethod
    def create(cls, path: Path, key: bytes) -> "Head":
        """Make the head of an empty log, durably. Its size never changes afterwards."""
        fd = open_private(path, os.O_CREAT | os.O_TRUNC | os.O_RDWR)
        head = cls(fd, key)
        try:
            write_all(fd, slot(key, 0, FIRST_TAG, 0) + slot(key, 0, FIRST_TAG, 1))
            sync_file(fd)
        except OSError:
            os.close(fd)
            raise
        return head

    @classmethod
    def open(cls, path: Path, key: bytes) -> "Head":
        """Open an existing head for writing."""
        return cls(open_private(path, os.O_RDWR), key)

    def write(self, frames: int, tag: bytes) -> None:
        """Put the claim into the older slot. Not forced to the medium: see the module."""
        number = frames % 2
        os.lseek(self._fd, number * SLOT_BYTES, os.SEEK_SET)
        write_all(self._fd, slot(self._key, frames, tag, number))

    def heal(self, frames: int, tag: bytes) -> None:
        """Write both slots anew, durably: after a damaged slot was found and said."""
        os.ftruncate(self._fd, HEAD_BYTES)
        os.lseek(self._fd, 0, os.SEEK_SET)
        write_all(self._fd, slot(self._key, frames, tag, 0) + slot(self._key, frames, tag, 1))
        sync_file(self._fd)

    def sync(self) -> None:
        """Return when the head is on the medium."""
        sync_file(self._fd)

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)
