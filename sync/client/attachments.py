"""Attachment files over the wire: sealed once, uploaded as they lie, downloaded when wanted.

They travel after the records and beside them; a photo never holds a record back. An upload asks
what the centre has and sends the rest; a download keeps each chunk that opens, so a cut costs at
most one chunk either way.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Protocol

from sync.client.channel import Channel
from sync.client.departures import finish_leaving
from sync.client.errors import CentreRefused, ContradictoryAnswer, Stopped
from sync.client.replica import Replica, SealedFile, Standing
from sync.protocol.attachments import AttachmentState, ChunkState, attachment_digest, open_chunk
from sync.protocol.errors import Code, SealBroken

_BINARY = "application/octet-stream"
_FINAL = {Code.TOO_LARGE, Code.ATTACHMENT_CONFLICT, Code.MALFORMED, Code.FORBIDDEN}
"""Refusals that the same bytes meet every time."""

_NOT_HERE_YET = {Code.NOT_FOUND, Code.FORBIDDEN}


class ChunkFiles(Protocol):
    """Where the sealed files lie; `field_app.store.downloads` fits it."""

    def has(self, attachment_id: str) -> bool:
        """Return whether the whole file is here."""

    def sealed_chunk(self, attachment_id: str, index: int) -> bytes:
        """Return a sealed chunk. Raises IndexError behind the last one."""

    def chunks_received(self, attachment_id: str) -> int:
        """Return how many chunks of a file under way are here."""

    def receive(self, attachment_id: str, index: int, sealed: bytes) -> None:
        """Keep a chunk of a file under way."""

    def finish(self, attachment_id: str, digest: bytes) -> bool:
        """Put a file in its place if it has this digest; else remove it and return False."""

    def forget(self, attachment_id: str) -> None:
        """Remove a file, and what was received of it."""


@dataclass
class TransferReport:
    """What one pass did, by attachment id.

    Attributes:
        refused: With the code of the refusal.
        purged: Cases that were left for good, now that their last file is handed in.
    """

    uploaded: list[str] = field(default_factory=list)
    downloaded: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    purged: set[str] = field(default_factory=set)


class AttachmentTransfer:
    """Moves the attachment files of one replica."""

    def __init__(self, replica: Replica, files: ChunkFiles, channel: Callable[[], Channel]) -> None:
        """Use a replica, its files, and a maker of channels under the present identity."""
        self._replica = replica
        self._files = files
        self._channel = channel
        self._one_download = threading.Lock()

    def run(
        self, *, download: bool, upload: bool = True, stop: Callable[[], bool] | None = None
    ) -> TransferReport:
        """Hand in what is due, and fetch what is lacking, where `upload` and `download` say so.

        A revoked device hands in whatever `upload` says: its time is short.

        Raises:
            SyncFailure: As a call does; what was done stays done.
            Stopped: `stop` said so, between two chunks.
        """
        report = TransferReport()
        with self._replica.transaction() as tx:
            removed = tx.forget_removed_files()
            due = tx.uploads()
            active = tx.position().standing is Standing.ACTIVE
        for attachment_id in removed:
            self._files.forget(attachment_id)
        for file in due if upload or not active else ():
            self._hand_in(file, stop, report)
        if download and active:
            with self._replica.reading() as tx:
                lacking = tx.downloads()
            for file in lacking:
                try:
                    self._download(file, stop)
                except CentreRefused as error:
                    if error.problem.code not in _NOT_HERE_YET:
                        raise
                    continue  # its author has not handed it in yet
                report.downloaded.append(file.attachment_id)
        return report

    def fetch(self, attachment_id: str) -> bool:
        """Fetch one file that somebody wants to see; return False when nothing names it.

        Raises:
            CentreRefused: `not_found`: its author has not handed it in yet.
            SyncFailure: As a call does; what was received of it stays.
        """
        with self._replica.reading() as tx:
            named = tx.downloads(attachment_id)
        for file in named:
            self._download(file, None)
        return bool(named)

    # Up

    def _hand_in(
        self, file: SealedFile, stop: Callable[[], bool] | None, report: TransferReport
    ) -> None:
        try:
            refused = self._upload(file, stop)
        except CentreRefused as error:
            code = error.problem.code
            if code is Code.NOT_FOUND:
                with self._replica.reading() as tx:
                    if file.case_id not in tx.leaving():
                        return  # its record is on its way; the next pass tries again
            elif code not in _FINAL:
                raise
            refused = code.value
        with self._replica.transaction() as tx:
            tx.settle_upload(file.attachment_id, refused=refused is not None)
            tx.forget_problems(_PROBLEMS, file.attachment_id)
            if refused is not None:
                report.refused[file.attachment_id] = refused
                tx.note_problem(_problem_of(refused), file.attachment_id)
            else:
                report.uploaded.append(file.attachment_id)
            report.purged |= finish_leaving(tx)
            position = tx.position()
            nothing_left = not (tx.has_uploads() or tx.has_sent() or tx.has_sendable())
            if position.standing is Standing.REVOKED and nothing_left:
                tx.set_position(replace(position, handed_in=True))

    def _upload(self, file: SealedFile, stop: Callable[[], bool] | None) -> str | None:
        """Send what the centre lacks; return why it cannot be sent, or None."""
        if not self._is_whole(file):
            return "damaged"
        channel, path = self._channel(), f"/v1/attachments/{file.attachment_id}"
        try:
            state = channel.call(AttachmentState, "GET", path)
            if state.case_id != file.case_id:
                return Code.ATTACHMENT_CONFLICT.value
            there = {chunk.index: chunk.sha256 for chunk in state.chunks}
        except CentreRefused as error:
            # Nothing of it is there; or this device may hand in, but not look any more.
            if error.problem.code not in (Code.NOT_FOUND, Code.DEVICE_REVOKED, Code.FORBIDDEN):
                raise
            there = {}
        for index in range(file.chunks):
            sealed = self._files.sealed_chunk(file.attachment_id, index)
            digest = sha256(sealed).digest()
            if there.get(index) == digest:
                continue
            _check_stop(stop)
            last = "true" if index == file.chunks - 1 else "false"
            answer = channel.send(
                "PUT",
                f"{path}/{index}",
                sealed,
                query=f"case_id={file.case_id}&last={last}",
                content_type=_BINARY,
            )
            if ChunkState.model_validate_json(answer).sha256 != digest:
                raise ContradictoryAnswer("The centre stored other bytes than were sent.")
        return None

    def _is_whole(self, file: SealedFile) -> bool:
        """Compare the file here with its record: what is bound to an id stays bound to it."""
        if not self._files.has(file.attachment_id):
            return False
        try:
            chunks = (
                self._files.sealed_chunk(file.attachment_id, index) for index in range(file.chunks)
            )
            return attachment_digest(chunks) == file.digest
        except IndexError:
            return False

    # Down

    def _download(self, file: SealedFile, stop: Callable[[], bool] | None) -> None:
        with self._one_download:
            if not self._files.has(file.attachment_id):
                self._receive(file, stop)
        with self._replica.transaction() as tx:
            wanted = tx.downloaded(file)
        if not wanted:  # removed, or its case withdrawn, while it came
            self._files.forget(file.attachment_id)

    def _receive(self, file: SealedFile, stop: Callable[[], bool] | None) -> None:
        channel, attachment_id = self._channel(), file.attachment_id
        for index in range(self._files.chunks_received(attachment_id), file.chunks):
            _check_stop(stop)
            sealed = channel.send("GET", f"/v1/attachments/{attachment_id}/{index}", b"")
            try:
                open_chunk(file.key, attachment_id, index, index == file.chunks - 1, sealed)
            except SealBroken:
                raise _wrong() from None
            self._files.receive(attachment_id, index, sealed)
        if not self._files.finish(attachment_id, file.digest):
            raise _wrong()


def _problem_of(refused: str) -> str:
    return f"attachment_{refused.removeprefix('attachment_')}"


_PROBLEMS = [_problem_of(word) for word in ("damaged", Code.NOT_FOUND.value, *_FINAL)]
"""What may have been said of a picture, until it is taken."""


def _wrong() -> ContradictoryAnswer:
    return ContradictoryAnswer(
        "The picture that the centre sent is not the one of the record. It was not kept.",
        code="attachment_wrong",
    )


def _check_stop(stop: Callable[[], bool] | None) -> None:
    if stop is not None and stop():
        raise Stopped("Sync was interrupted. It goes on where it stopped.")
