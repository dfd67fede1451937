"""One process a store: an operating-system lock on a file beside it.

The lock belongs to the open file, so the system gives it back when the process ends, however it
ends: a crash never locks a person out. The file itself stays and holds nothing.
"""

import os
import sys
from pathlib import Path

from field_app.errors import StoreInUseError
from field_app.store.files import disk_error, open_private

LOCK_NAME = "store.lock"


class StoreLock:
    """The lock on a store's folder: held by one writer, or shared by several readers."""

    def __init__(self, fd: int | None) -> None:
        self._fd = fd

    @classmethod
    def take(cls, folder: Path, *, shared: bool = False) -> "StoreLock":
        """Return the lock. Raises StoreInUseError at once when it is held, or DiskError."""
        path = folder / LOCK_NAME
        try:
            fd = open_private(path, os.O_RDONLY if shared and path.exists() else _WRITING)
        except OSError as error:
            if shared:
                return cls(None)  # a folder that nobody can write needs no lock for reading
            raise disk_error(error, "the data folder") from error
        try:
            _lock(fd, shared=shared)
        except OSError as error:
            os.close(fd)
            raise StoreInUseError(
                "The record is open in another window of this app. "
                "Close the other one, then try again."
            ) from error
        return cls(fd)

    def release(self) -> None:
        """Give the lock back. A second call does nothing."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


_WRITING = os.O_CREAT | os.O_RDWR

if sys.platform == "win32":
    import msvcrt

    def _lock(fd: int, *, shared: bool) -> None:  # noqa: ARG001  (Windows locks are exclusive)
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(fd: int, *, shared: bool) -> None:
        # flock, not lockf: a POSIX record lock is lost when any other handle of the process on
        # the same file is closed.
        fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
