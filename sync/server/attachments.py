"""Attachments: sealed chunks in a folder, each under its digest, each bound to its attachment."""

import errno
import os
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, func, insert, select, update

from sync.protocol.attachments import SEALED_CHUNK_BYTES, AttachmentState, ChunkState
from sync.protocol.errors import Code
from sync.protocol.limits import CHUNK_BYTES
from sync.protocol.roles import DeviceState
from sync.protocol.sealing import OVERHEAD_BYTES
from sync.server import grants
from sync.server.database import Database, table_of
from sync.server.devices import Caller, load_caller, require_active
from sync.server.problems import Refused
from sync.server.tables import Agency, Attachment, AttachmentChunk, Device

ATTACHMENT = table_of(Attachment)
CHUNK = table_of(AttachmentChunk)
AGENCY = table_of(Agency)
DEVICE = table_of(Device)


class AttachmentStore:
    """Chunks in files, and which of them are there in the database."""

    def __init__(self, folder: Path, database: Database, most_bytes: int) -> None:
        self.folder = folder
        self.database = database
        self.most_chunks = -(-most_bytes // CHUNK_BYTES)
        self.most_bytes = most_bytes

    def put(
        self,
        device_id: str,
        attachment_id: str,
        index: int,
        case_id: str,
        last: bool,
        sealed: bytes,
        now: int,
    ) -> ChunkState:
        """Store a chunk; the same bytes again change nothing.

        Raises:
            Refused: No access, too large, other bytes for a chunk that is there, or a full disk.
        """
        if index >= self.most_chunks:
            raise Refused(
                Code.TOO_LARGE,
                "The attachment is larger than this centre takes.",
                limit=self.most_bytes,
            )
        if not OVERHEAD_BYTES <= len(sealed) <= SEALED_CHUNK_BYTES or (
            not last and len(sealed) != SEALED_CHUNK_BYTES
        ):
            raise Refused(Code.MALFORMED, "Every chunk but the last carries exactly 1 MiB.")
        digest = sha256(sealed).digest()
        # Judged before the file is written and again with the row: nobody fills a disk for free.
        with self.database.read() as connection:
            agency_id = self._may_put(connection, device_id, attachment_id, case_id, now).agency_id
        self._write_file(agency_id, attachment_id, index, digest, sealed)

        def record(connection: Connection) -> None:
            caller = self._may_put(connection, device_id, attachment_id, case_id, now)
            self._record(connection, caller, attachment_id, index, case_id, last, digest, sealed)

        self.database.write(record)
        return ChunkState(index=index, bytes=len(sealed), sha256=digest)

    def _may_put(
        self, connection: Connection, device_id: str, attachment_id: str, case_id: str, now: int
    ) -> Caller:
        caller = load_caller(connection, device_id)
        hands_in = caller.state is DeviceState.REVOKED and now < (caller.hand_in_until or 0)
        if not hands_in:
            require_active(caller)
        bound = connection.execute(
            select(ATTACHMENT).where(
                ATTACHMENT.c.agency == caller.agency, ATTACHMENT.c.attachment_id == attachment_id
            )
        ).one_or_none()
        # Who had access may finish handing in; who never had gets to know nothing.
        span = grants.spans(connection, caller.agency, caller.staff_id, [case_id]).get(case_id)
        if span is None:
            raise Refused(Code.NOT_FOUND, "There is no such case.")
        if bound is not None and (
            bound.case_id != case_id or not self._is_author(connection, caller, bound.device_id)
        ):
            raise Refused(
                Code.ATTACHMENT_CONFLICT, "This attachment belongs to another case or author."
            )
        return caller

    @staticmethod
    def _is_author(connection: Connection, caller: Caller, device_id: str) -> bool:
        """Return whether a device is the caller's, or another (an earlier one) of their person."""
        if device_id == caller.device_id:
            return True
        author = connection.execute(
            select(DEVICE.c.staff_id).where(
                DEVICE.c.agency == caller.agency, DEVICE.c.device_id == device_id
            )
        ).scalar_one_or_none()
        return author == caller.staff_id

    def _record(
        self,
        connection: Connection,
        caller: Caller,
        attachment_id: str,
        index: int,
        case_id: str,
        last: bool,
        digest: bytes,
        sealed: bytes,
    ) -> None:
        here = (ATTACHMENT.c.agency == caller.agency) & (
            ATTACHMENT.c.attachment_id == attachment_id
        )
        bound = connection.execute(select(ATTACHMENT).where(here).with_for_update()).one_or_none()
        if bound is None:
            connection.execute(
                insert(ATTACHMENT).values(
                    agency=caller.agency,
                    attachment_id=attachment_id,
                    case_id=case_id,
                    device_id=caller.device_id,
                    last_index=index if last else None,
                )
            )
        else:
            known_last = bound.last_index
            if known_last is not None and (index > known_last or last != (index == known_last)):
                raise Refused(Code.ATTACHMENT_CONFLICT, "The chunk does not fit the last one.")
            if last and known_last is None:
                connection.execute(update(ATTACHMENT).where(here).values(last_index=index))
        stored = connection.execute(
            select(CHUNK.c.sha256).where(
                CHUNK.c.agency == caller.agency,
                CHUNK.c.attachment_id == attachment_id,
                CHUNK.c.chunk_index == index,
            )
        ).scalar_one_or_none()
        if stored is None:
            connection.execute(
                insert(CHUNK).values(
                    agency=caller.agency,
                    attachment_id=attachment_id,
                    chunk_index=index,
                    sha256=digest,
                    length_bytes=len(sealed),
                )
            )
        elif stored != digest:
            raise Refused(Code.ATTACHMENT_CONFLICT, "Other bytes are stored for this chunk.")

    def state(self, device_id: str, attachment_id: str, now: int) -> AttachmentState:
        """Return which chunks are there: to who may see the case, and to whoever hands it in.

        Raises:
            Refused: There is no such attachment for the caller.
        """
        with self.database.read() as connection:
            bound = self._handed_in_by(connection, device_id, attachment_id, now)
            if bound is None:
                _, bound = self._may_get(connection, device_id, attachment_id)
            rows = connection.execute(
                select(CHUNK)
                .where(CHUNK.c.agency == bound.agency, CHUNK.c.attachment_id == attachment_id)
                .order_by(CHUNK.c.chunk_index)
            ).all()
        chunks = tuple(
            ChunkState(index=row.chunk_index, bytes=row.length_bytes, sha256=row.sha256)
            for row in rows
        )
        complete = bound.last_index is not None and len(chunks) == bound.last_index + 1
        return AttachmentState(
            attachment_id=attachment_id, case_id=bound.case_id, chunks=chunks, complete=complete
        )

    def get(self, device_id: str, attachment_id: str, index: int) -> tuple[bytes, bytes]:
        """Return a chunk's sealed bytes and digest.

        Raises:
            Refused: There is no such chunk for the caller, or its file was damaged.
        """
        with self.database.read() as connection:
            caller, _ = self._may_get(connection, device_id, attachment_id)
            digest = connection.execute(
                select(CHUNK.c.sha256).where(
                    CHUNK.c.agency == caller.agency,
                    CHUNK.c.attachment_id == attachment_id,
                    CHUNK.c.chunk_index == index,
                )
            ).scalar_one_or_none()
        if digest is None:
            raise Refused(Code.NOT_FOUND, "This chunk is not here yet.")
        path = self._path(caller.agency_id, attachment_id, index, digest)
        try:
            sealed = path.read_bytes()
        except OSError:
            raise Refused(Code.NOT_FOUND, "The file of this chunk is missing.") from None
        if sha256(sealed).digest() != digest:
            raise Refused(Code.NOT_FOUND, "The file of this chunk was damaged.")
        return sealed, digest

    def _handed_in_by(
        self, connection: Connection, device_id: str, attachment_id: str, now: int
    ) -> Attachment | None:
        """Return an attachment of the caller's own person, also when their access has ended.

        They sent the chunks themselves, and go on where they stopped instead of sending all again.
        """
        caller = load_caller(connection, device_id)
        if caller.state is DeviceState.REVOKED and now >= (caller.hand_in_until or 0):
            return None
        bound = connection.execute(
            select(ATTACHMENT).where(
                ATTACHMENT.c.agency == caller.agency, ATTACHMENT.c.attachment_id == attachment_id
            )
        ).one_or_none()
        if bound is None or caller.state not in (DeviceState.ACTIVE, DeviceState.REVOKED):
            return None
        return bound if self._is_author(connection, caller, bound.device_id) else None  # type: ignore[return-value]

    def _may_get(
        self, connection: Connection, device_id: str, attachment_id: str
    ) -> tuple[Caller, Attachment]:
        caller = load_caller(connection, device_id)
        require_active(caller)
        bound = connection.execute(
            select(ATTACHMENT).where(
                ATTACHMENT.c.agency == caller.agency, ATTACHMENT.c.attachment_id == attachment_id
            )
        ).one_or_none()
        allowed = bound is not None and grants.has_access(
            connection, caller.agency, caller.staff_id, bound.case_id
        )
        if bound is None or not allowed:
            raise Refused(Code.NOT_FOUND, "There is no such attachment.")
        return caller, bound  # type: ignore[return-value]

    def _path(self, agency_id: str, attachment_id: str, index: int, digest: bytes) -> Path:
        # The digest is in the name, so that two writers of one chunk never share a file.
        name = f"{index:05d}-{digest.hex()[:16]}"
        return self.folder / agency_id / attachment_id[:2] / attachment_id / name

    def _write_file(
        self, agency_id: str, attachment_id: str, index: int, digest: bytes, sealed: bytes
    ) -> None:
        path = self._path(agency_id, attachment_id, index, digest)
        if path.exists() and path.stat().st_size == len(sealed):
            return
        unfinished = path.with_name(f"{path.name}.{os.urandom(6).hex()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with unfinished.open("xb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise Refused(
                    Code.STORAGE_FULL, "The centre's disk is full. Records still go through."
                ) from None
            raise

    def missing_files(self) -> int:
        """Return how many chunks of the database have no whole file: for `field-server check`."""
        missing = 0
        with self.database.read() as connection:
            agencies = connection.execute(select(AGENCY.c.agency, AGENCY.c.agency_id)).all()
            names = {row.agency: row.agency_id for row in agencies}
            for row in connection.execute(select(CHUNK)):
                path = self._path(names[row.agency], row.attachment_id, row.chunk_index, row.sha256)
                if not path.exists() or path.stat().st_size != row.length_bytes:
                    missing += 1
        return missing

    def count(self) -> int:
        """Return how many chunks are stored."""
        with self.database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(CHUNK)).scalar_one())
