"""Reading a sealed log from its first byte to its last, and judging what is found.

What opening does with a log that is not whole:

* a torn last frame, which the head does not know: it was never reported as saved. It is kept in
  `data.log.torn`, cut off, and said (`Notice`).
* one bad half of the head: said, and written anew.
* everything else: `StoreDamagedError`; not a byte is changed. `salvage` reads the part before it.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from field_app.errors import StoreDamagedError, StoreNewerError
from field_app.store.files import disk_error, disk_errors, open_private, sync_file, write_all
from field_app.store.frames import (
    LOG_HEADER_BYTES,
    MAGIC,
    Anchor,
    FrameChain,
    FrameReader,
    LogHeader,
    StopKind,
)
from field_app.store.head import Head, HeadClaim, head_path, read_claim
from field_app.store.notices import Notice, damaged_log, head_slot, rolled_back, torn_tail
from field_app.store.sealed_log import LOG_NAME, SealedLog

READ_BUFFER_BYTES = 1 << 20
_MAGIC_STEM = MAGIC[:5]

Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""


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
        self._frames = FrameReader(self._chain, self._file, self._size)
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
        if stop is not None and stop.kind is StopKind.DAMAGED:
            self.judge(damaged_log(stop.reason, stop.seq))
        if self._claim is not None and self._chain.seq < self._claim.frames:
            # What the head knows was acknowledged once: whatever is wrong, it is no torn save.
            cause = f"{stop.reason}; " if stop is not None else ""
            reason = f"{cause}the log ends here, and its head knows {self._claim.frames} frames"
            self.judge(damaged_log(reason, self._chain.seq))
        elif stop is not None and stop.kind is StopKind.TORN:
            self.notices.append(torn_tail(stop.reason, f"{LOG_NAME}.torn"))
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
