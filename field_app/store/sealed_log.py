"""The append-only sealed log: one frame a commit, on the medium before the commit is reported.

The frames are `frames.py`, the count that guards the end of the file is `head.py`. A log becomes a
`SealedLog` only when it is new, or was read whole (`log_reader.py`).
"""

import os
from pathlib import Path

from field_app.errors import DiskError
from field_app.store.files import (
    disk_error,
    disk_errors,
    open_private,
    sync_file,
    sync_folder,
    write_all,
)
from field_app.store.frames import (
    LOG_HEADER_BYTES,
    SALT_BYTES,
    Anchor,
    FrameChain,
    LogHeader,
)
from field_app.store.head import Head, head_path

LOG_NAME = "data.log"
_CLOSED = -1


class SealedLog:
    """An open log to append to. Made by `create`, or by `LogReader.into_log`."""

    def __init__(
        self, path: Path, header: LogHeader, chain: FrameChain, fd: int, head: Head, end: int
    ) -> None:
        self.path = path
        self.header = header
        self.broken: DiskError | None = None
        self._chain = chain
        self._fd = fd
        self._head = head
        self._end = end

    @classmethod
    def create(cls, path: Path, data_key: bytes, *, beside: Path | None = None) -> "SealedLog":
        """Make an empty log at `path`, with its head beside `beside` (or beside itself).

        Raises DiskError, also when a file of that name is there: nothing is ever overwritten.
        """
        header = LogHeader(os.urandom(16), os.urandom(SALT_BYTES))
        head_file = head_path(beside or path, header.file_id)
        with disk_errors("the record's log"):
            fd = open_private(path, os.O_CREAT | os.O_EXCL | os.O_RDWR)
            try:
                write_all(fd, header.to_bytes())
                head = Head.create(head_file, header.head_key(data_key))
            except BaseException:
                os.close(fd)
                path.unlink(missing_ok=True)
                head_file.unlink(missing_ok=True)
                raise
        return cls(path, header, FrameChain(header, data_key), fd, head, LOG_HEADER_BYTES)

    @property
    def position(self) -> Anchor:
        """The place after the last frame on the medium."""
        return self._chain.position

    @property
    def size_bytes(self) -> int:
        """Size of the log, without its head."""
        return self._end

    def append(self, payload: bytes) -> None:
        """Return when the frame is on the medium. Raises DiskError, and then it is not saved.

        A frame that could not be written whole is taken back, and the log goes on: that is a full
        disk. When even that fails, or when the medium does not confirm, nobody can know what the
        file holds: the log is `broken` and takes no more until it was closed and read again.
        """
        if self.broken is not None:
            raise self.broken
        frame = self._chain.seal(payload)
        self._write(frame)
        try:
            sync_file(self._fd)
        except BaseException as error:
            self._break(error)
            self._take_back()
            if isinstance(error, OSError):
                raise disk_error(error, "the record's log") from error
            raise
        self._end += len(frame)
        self._chain.advance(frame)
        try:
            self._head.write(self._chain.seq, self._chain.tag)
        except OSError as error:
            # The frame is safe and the commit stands; a head that lags is allowed. But the next
            # save would widen the gap, so there is none.
            self._break(error)

    def append_unsynced(self, payload: bytes) -> None:
        """Write a frame of a new log that nobody reads before `sync_all`. Raises DiskError."""
        frame = self._chain.seal(payload)
        self._write(frame)
        self._end += len(frame)
        self._chain.advance(frame)

    def sync_all(self) -> None:
        """Return when log, head and their names are on the medium. Raises DiskError."""
        with disk_errors("the record's log"):
            sync_file(self._fd)
            self._head.write(self._chain.seq, self._chain.tag)
            self._head.sync()
            sync_folder(self.path.parent)

    def _write(self, frame: bytes) -> None:
        try:
            os.lseek(self._fd, self._end, os.SEEK_SET)
            write_all(self._fd, frame)
        except BaseException as error:
            if not self._take_back():
                self._break(error)
            if isinstance(error, OSError):
                raise disk_error(error, "the record's log") from error
            raise

    def _take_back(self) -> bool:
        try:
            os.ftruncate(self._fd, self._end)
        except OSError:
            return False
        return True

    def _break(self, error: BaseException) -> None:
        reason = error if isinstance(error, OSError) else OSError(str(error))
        self.broken = DiskError(
            f"Saving stopped after a disk failure ({disk_error(reason, 'the log').message}) "
            "Reading still works. Lock and unlock the app to save again.",
            code="store_broken",
        )

    def install(self, path: Path, *, replacing: "SealedLog | None" = None) -> None:
        """Give a new log its name, durably; then remove the head of the log it replaces.

        Files are closed while they are renamed, since Windows renames no open file. Raises
        DiskError: then this log is gone, and the one to replace is open as before.
        """
        old = replacing
        try:
            self._close_file()
            if old is not None:
                old._close_file()
            try:
                self.path.replace(path)
            except OSError:
                self._head.close()
                self._remove_files()
                if old is not None:
                    old._fd = open_private(path, os.O_RDWR)
                raise
            self.path = path
            self._fd = open_private(path, os.O_RDWR)
            sync_folder(path.parent)
            if old is not None:
                old._head.close()
                head_path(path, old.header.file_id).unlink(missing_ok=True)
        except OSError as error:
            if old is not None and old._fd == _CLOSED:
                old._break(error)
            raise disk_error(error, "the record's log") from error

    def _close_file(self) -> None:
        # The number is forgotten at once: the system gives it to the next file that is opened.
        fd, self._fd = self._fd, _CLOSED
        os.close(fd)

    def discard(self) -> None:
        """Close and remove a new log that is not wanted after all, with its head."""
        self.close(sync=False)
        self._remove_files()

    def _remove_files(self) -> None:
        head_path(self.path.with_name(LOG_NAME), self.header.file_id).unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def close(self, *, sync: bool = True) -> None:
        """Close log and head. The head is forced to the medium, so that it no longer lags."""
        try:
            if sync and self.broken is None:
                with disk_errors("the head of the log"):
                    self._head.sync()
        finally:
            self._head.close()
            if self._fd != _CLOSED:
                self._close_file()
