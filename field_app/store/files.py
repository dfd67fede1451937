"""Files that survive a power cut, and disk errors that say what to do.

Everything that the store writes goes through here, so that three promises are kept in one place:
a file is readable by its owner only, what was reported as saved is on the medium, and an `OSError`
reaches a person as one sentence (`DiskError`).
"""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from field_app.errors import DiskError

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
_BINARY = getattr(os, "O_BINARY", 0)  # Windows only

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_REFUSED = {errno.EROFS, errno.EACCES, errno.EPERM}


def disk_error(error: OSError, what: str) -> DiskError:
    """Return the sentence for `error`, which happened while `what` (a noun) was read or written."""
    if error.errno in _FULL:
        return DiskError(
            f"The disk is full: {what} could not be written. Everything saved before is safe. "
            "Free some space, then save again.",
            code="disk_full",
            what=what,
        )
    if error.errno in _REFUSED:
        return DiskError(
            f"The system refused access to {what}. Nothing was changed. "
            "Allow this app to read and write its data folder, then try again.",
            code="disk_refused",
            what=what,
        )
    reason = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return DiskError(
        f"The disk failed on {what} ({reason}). Nothing was deleted. "
        "Check the disk or its folder, then try again.",
        code="disk",
        what=what,
        reason=reason,
    )


@contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """Turn any `OSError` of the block into a `DiskError` about `what`."""
    try:
        yield
    except OSError as error:
        raise disk_error(error, what) from error


def open_private(path: Path, flags: int) -> int:
    """Open `path` with `flags` of `os`, in binary, created for its owner only. Raises OSError."""
    return os.open(path, flags | _BINARY, PRIVATE_FILE)


def make_private_folder(path: Path) -> None:
    """Make the folder and its parents where missing, for its owner only. Raises OSError."""
    path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)


def write_all(fd: int, data: bytes) -> None:
    """Write all of `data`: `os.write` may take a part only. Raises OSError."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def sync_file(fd: int) -> None:
    """Return when the file's bytes are on the medium. Raises OSError.

    On Apple systems `fsync` stops at the drive's cache; only F_FULLFSYNC goes through it. File
    systems without it (network shares) answer ENOTSUP or EINVAL, and get the plain `fsync`.
    """
    if sys.platform in ("darwin", "ios"):
        import fcntl

        try:
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
        except OSError as error:
            if error.errno not in (errno.ENOTSUP, errno.EINVAL):
                raise
        else:
            return
    # Where there is one, fdatasync leaves out the times of the file: one write less on ext4.
    getattr(os, "fdatasync", os.fsync)(fd)


def sync_folder(path: Path) -> None:
    """Make creations, renames and removals in the folder durable. Raises OSError.

    Windows offers no such call and needs none: NTFS journals its directories.
    """
    if os.name == "nt":
        return
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the file by `data`: after a crash either the old or the new bytes are there, whole.

    Raises OSError, and then leaves the old file as it was.
    """
    temporary = path.with_name(path.name + ".new")
    try:
        fd = open_private(temporary, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
        try:
            write_all(fd, data)
            sync_file(fd)
        finally:
            os.close(fd)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def remove_file(path: Path) -> None:
    """Remove the file where it exists, durably. Raises OSError."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)
