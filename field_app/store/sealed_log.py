"""The append-only sealed log: one frame a commit, on the medium before the commit is reported.

`LogReader` reads a log from its first byte and judges it. Only a log that was read whole becomes a
`SealedLog`, which appends. The frames themselves are `frames.py`, the count that guards the end of
the file is `head.py`.

What opening does with a file that is not whole:

* a torn last frame, which the head does not know: it was never reported as saved. It is kept in
  `data.log.torn`, cut off, and said (`Notice`).
* one bad half of the head: said, and written anew.
* everything else: `StoreDamagedError`; not a byte is changed. `salvage` reads the part before it.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from field_app.errors import DiskError, StoreDamagedError, StoreNewerError
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
    MAGIC,
    SALT_BYTES,
    Anchor,
    FrameChain,
    FrameReader,
    LogHeader,
    Stop,
    StopKind,
)
from field_app.store.head import Head, HeadClaim, head_path, read_claim
from field_app.store.notices import Notice, damaged_log, head_slot, rolled_back, torn_tail

LOG_NAME = "data.log"
READ_BUFFER_BYTES = 1 << 20
_MAGIC_STEM = MAGIC[:5]
_CLOSED = -1

Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""


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


class LogReader:
    """Reads a log once, from its first frame to its last good one, and judges it.

    Attributes:
        notices: What has to be said although it stops nothing; complete after `finish`.
        problem: In salvage, the error that an ordinary opening would have raised.
    """

    def __init__(
        self, path: Path, data_key: bytes, *, anchor: Anchor | None = None, salvage: bool = False
    ) -> None:
        """Read header and head. Raises DiskError, StoreDamagedError or StoreNewerError."""
        self.path = path
        self.notices: list[Notice] = []
        self.problem: StoreDamagedError | None = None
        self._data_key = data_key
        self._anchor = anchor
        self._salvage = salvage
        with disk_errors("the record's log"):
            self._file = path.open("rb", buffering=READ_BUFFER_BYTES)
            try:
                self._size = os.fstat(self._file.fileno()).st_size
                start = self._file.read(LOG_HEADER_BYTES)
            except OSError:
                self._file.close()
                raise
        try:
            self.header = _judge_header(start)
            self._claim = self._read_head()
        except BaseException:
            self._file.close()
            raise
        self._chain = FrameChain(self.header, data_key)
        vouched = self._claim.frames if self._claim else 0
        self._frames = FrameReader(self._chain, self._file, self._size, vouched=vouched)
        self._pending = self._expectations()

    def _read_head(self) -> HeadClaim | None:
        try:
            data = head_path(self.path, self.header.file_id).read_bytes()
        except FileNotFoundError:
            self.judge(damaged_log("its head file is missing", 0))
            return None
        except OSError as error:
            raise disk_error(error, "the head of the log") from error
        claim = read_claim(data, self.header.head_key(self._data_key))
        if claim is None:
            self.judge(damaged_log("its head file does not hold", 0))
        elif claim.bad_slots:
            self.notices.append(head_slot())
        return claim

    def _expectations(self) -> dict[int, list[tuple[bytes, StoreDamagedError]]]:
        """Return which tag has to stand at which place, and the error when another one does."""
        expected: dict[int, list[tuple[bytes, StoreDamagedError]]] = {}
        if self._claim is not None:
            error = damaged_log("the head names another frame", self._claim.frames)
            expected.setdefault(self._claim.frames, []).append((self._claim.tag, error))
        if self._anchor is not None and self._anchor.file_id == self.header.file_id:
            error = rolled_back("another history since the last anchor")
            expected.setdefault(self._anchor.seq, []).append((self._anchor.tag, error))
        return expected

    def judge(self, problem: StoreDamagedError) -> None:
        """Raise the problem; in salvage keep the first one instead."""
        if not self._salvage:
            raise problem
        self.problem = self.problem or problem

    @property
    def position(self) -> Anchor:
        """The place after the last frame read."""
        return self._chain.position

    @property
    def end(self) -> int:
        """Offset in bytes behind the last good frame."""
        return self._frames.end

    @property
    def stop(self) -> Stop | None:
        """Where reading ended early."""
        return self._frames.stop

    def payloads(self, progress: Progress | None = None) -> Iterator[bytes]:
        """Yield what each frame holds, in order. Raises DiskError or StoreDamagedError."""
        self._check_place()
        frames = self._frames.payloads()
        while True:
            try:
                payload = next(frames, None)
            except OSError as error:
                raise disk_error(error, "the record's log") from error
            if payload is None:
                return
            self._check_place()
            yield payload
            if progress is not None:
                progress(self._frames.end, self._size)

    def _check_place(self) -> None:
        for tag, error in self._pending.pop(self._chain.seq, ()):
            if tag != self._chain.tag:
                self.judge(error)

    def finish(self) -> None:
        """Judge the end of the log. Raises StoreDamagedError, except in salvage."""
        self._file.close()
        stop = self._frames.stop
        if stop is not None:
            if stop.kind is StopKind.DAMAGED:
                self.judge(damaged_log(stop.reason, stop.seq))
            else:
                self.notices.append(torn_tail(stop.reason, f"{LOG_NAME}.torn"))
        if self._claim is not None and self._chain.seq < self._claim.frames:
            reason = f"the log ends here and its head knows {self._claim.frames} frames"
            self.judge(damaged_log(reason, self._chain.seq))
        anchor = self._anchor
        if anchor is not None and anchor.file_id == self.header.file_id:
            if self._chain.seq < anchor.seq:
                self.judge(rolled_back(f"{self._chain.seq} of {anchor.seq} saves"))
            elif self._pending.get(anchor.seq):
                raise AssertionError("the anchor's place was passed without a look")

    def close(self) -> None:
        """Close the file that is read."""
        self._file.close()

    def into_log(self) -> SealedLog:
        """Return the log to append to, after `finish`. Keeps and cuts a torn tail.

        Raises DiskError.
        """
        with disk_errors("the record's log"):
            fd = open_private(self.path, os.O_RDWR)
            try:
                if self._frames.stop is not None:
                    self._keep_tail(fd)
                key = self.header.head_key(self._data_key)
                head = Head.open(head_path(self.path, self.header.file_id), key)
                if self._claim is None or self._claim.bad_slots:
                    head.heal(self._chain.seq, self._chain.tag)
            except BaseException:
                os.close(fd)
                raise
        return SealedLog(self.path, self.header, self._chain, fd, head, self._frames.end)

    def _keep_tail(self, fd: int) -> None:
        os.lseek(fd, self._frames.end, os.SEEK_SET)
        kept = open_private(
            self.path.with_name(self.path.name + ".torn"), os.O_CREAT | os.O_APPEND | os.O_WRONLY
        )
        try:
            while piece := os.read(fd, READ_BUFFER_BYTES):
                write_all(kept, piece)
            sync_file(kept)
        finally:
            os.close(kept)
        os.ftruncate(fd, self._frames.end)
        sync_file(fd)


def _judge_header(data: bytes) -> LogHeader:
    header = LogHeader.from_bytes(data)
    if header is not None:
        return header
    newer = data.startswith(_MAGIC_STEM) and data[5:8].isdigit() and data[5:8] > MAGIC[5:8]
    if newer and len(data) == LOG_HEADER_BYTES:
        raise StoreNewerError(
            "This record was written by a newer version of the app. Nothing was changed. "
            "Update the app, then open it again.",
        )
    raise damaged_log("its beginning is not that of a log", 0)
