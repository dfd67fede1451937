"""Which attachment files this device has to hand in, has in common with the centre, or lacks."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, exists, or_, select, update
from sqlmodel import Session

from field_app.domain.records.attachment import Attachment
from field_app.store.replica.statements import Prepared, delete_rows, put_rows, run, table_of
from field_app.store.tables.attachment import AttachmentRow
from field_app.store.tables.replica import BaseRow, LeavingRow, SyncFileRow
from sync.client.replica import SealedFile

FILE = table_of(SyncFileRow)
_ATTACHMENT = table_of(AttachmentRow)
_BASE = table_of(BaseRow)
_LEAVING = table_of(LeavingRow)
DUE, WHOLE, REFUSED = "due", "whole", "refused"

_STATE = Prepared(select(FILE.c.state).where(FILE.c.attachment_id == bindparam("attachment_id")))
_IS_DUE = select(FILE.c.attachment_id).where(FILE.c.state == DUE).limit(1)
_ANY_DUE = Prepared(_IS_DUE)
_ANY_DUE_OF_CASE = Prepared(_IS_DUE.where(FILE.c.case_id == bindparam("case_id")))


def note_file(session: Session, attachment: Attachment) -> None:
    """Remember that a file made here has to be handed in; one that was removed has not.

    Runs in the transaction that saves the record, so that no withdrawal comes in between.
    """
    if attachment.file_key is None or attachment.deleted:
        delete_rows(session, FILE, [attachment.record_id])
    elif _STATE.value(session, attachment_id=attachment.record_id) is None:
        put_rows(session, FILE, [_row(attachment, DUE)])


class FilesPart:
    """Attachment files inside a transaction."""

    session: Session

    def uploads(self) -> list[SealedFile]:
        """See `sync.client.replica.Transaction`."""
        # Before its record is received, or its case left, the centre may not know the case.
        is_known = or_(
            exists().where(_BASE.c.record_id == FILE.c.attachment_id),
            exists().where(_LEAVING.c.case_id == FILE.c.case_id),
        )
        query = select(FILE).where(FILE.c.state == DUE, is_known).order_by(FILE.c.attachment_id)
        return [
            SealedFile(row.attachment_id, row.case_id, row.chunks, bytes.fromhex(row.digest))
            for row in run(self.session, query)
        ]

    def has_uploads(self, case_id: str | None) -> bool:
        """See the port."""
        if case_id is None:
            return bool(_ANY_DUE.rows(self.session))
        return bool(_ANY_DUE_OF_CASE.rows(self.session, case_id=case_id))

    def settle_upload(self, attachment_id: str, *, refused: bool) -> None:
        """See the port."""
        state = REFUSED if refused else WHOLE
        run(
            self.session,
            update(FILE).where(FILE.c.attachment_id == attachment_id).values(state=state),
        )

    def hand_in_files_again(self, *, only_refused: bool = False) -> None:
        """See the port."""
        states = (REFUSED,) if only_refused else (REFUSED, WHOLE)
        run(self.session, update(FILE).where(FILE.c.state.in_(states)).values(state=DUE))

    def downloads(self, attachment_id: str | None = None) -> list[SealedFile]:
        """See the port."""
        is_here = exists().where(FILE.c.attachment_id == _ATTACHMENT.c.record_id)
        query = select(_ATTACHMENT).where(_is_kept())
        if attachment_id is None:
            query = query.where(~is_here)
        else:
            query = query.where(_ATTACHMENT.c.record_id == attachment_id)
        return [
            SealedFile(row.record_id, row.case_id, row.chunks, bytes.fromhex(row.digest), _key(row))
            for row in run(self.session, query.order_by(_ATTACHMENT.c.record_id))
        ]

    def downloaded(self, file: SealedFile) -> bool:
        """See the port."""
        still_wanted = bool(self.downloads(file.attachment_id))
        if still_wanted:
            row = {
                "attachment_id": file.attachment_id,
                "case_id": file.case_id,
                "chunks": file.chunks,
                "digest": file.digest.hex(),
                "state": WHOLE,
            }
            put_rows(self.session, FILE, [row])
        return still_wanted

    def forget_removed_files(self) -> list[str]:
        """See the port."""
        removed = exists().where(_ATTACHMENT.c.record_id == FILE.c.attachment_id, ~_is_kept())
        ids = list(run(self.session, select(FILE.c.attachment_id).where(removed)).scalars())
        delete_rows(self.session, FILE, ids)
        return ids

    def take_files_of_case(self, case_id: str) -> list[str]:
        """Return the files of a case that is purged, and forget them."""
        of_case = FILE.c.case_id == case_id
        ids = list(run(self.session, select(FILE.c.attachment_id).where(of_case)).scalars())
        run(self.session, delete(FILE).where(of_case))
        return ids


def _is_kept() -> ColumnElement[bool]:
    return _ATTACHMENT.c.file_key.is_not(None) & ~_ATTACHMENT.c.deleted


def _key(row: Any) -> bytes:
    return row.file_key if isinstance(row.file_key, bytes) else bytes.fromhex(row.file_key)


def _row(attachment: Attachment, state: str) -> dict[str, Any]:
    return {
        "attachment_id": attachment.record_id,
        "case_id": attachment.case_id,
        "chunks": attachment.chunks,
        "digest": attachment.digest,
        "state": state,
    }
