"""Which attachment files this device has to hand in, has in common with the centre, or lacks."""

from typing import Any

from sqlalchemy import bindparam, exists, or_, select, update

from field_app.domain.records.attachment import Attachment
from field_app.store.connection import JournalledConnection
from field_app.store.replica.statements import Prepared, delete_rows, put_rows, rows_by_id, table_of
from field_app.store.tables.attachment import AttachmentRow
from field_app.store.tables.replica import BaseRow, LeavingRow, SyncFileRow
from sync.client.replica import SealedFile

FILE = table_of(SyncFileRow)
_ATTACHMENT = table_of(AttachmentRow)
_BASE = table_of(BaseRow)
_LEAVING = table_of(LeavingRow)
DUE, WHOLE, REFUSED = "due", "whole", "refused"

# Before its record is received, or its case left, the centre may not know the case.
_IS_KNOWN = or_(
    exists().where(_BASE.c.record_id == FILE.c.attachment_id),
    exists().where(_LEAVING.c.case_id == FILE.c.case_id),
)
_UPLOADS = Prepared(
    select(FILE).where(FILE.c.state == DUE, _IS_KNOWN).order_by(FILE.c.attachment_id)
)
_SETTLE = Prepared(
    update(FILE).where(FILE.c.attachment_id == bindparam("id")).values(state=bindparam("now"))
)
_AGAIN = Prepared(update(FILE).where(FILE.c.state == bindparam("before")).values(state=DUE))
_IS_KEPT = _ATTACHMENT.c.file_key.is_not(None) & ~_ATTACHMENT.c.deleted
_LACKING = Prepared(
    select(_ATTACHMENT)
    .where(_IS_KEPT, ~exists().where(FILE.c.attachment_id == _ATTACHMENT.c.record_id))
    .order_by(_ATTACHMENT.c.record_id)
)
_KEPT = Prepared(select(_ATTACHMENT).where(_IS_KEPT, _ATTACHMENT.c.record_id == bindparam("id")))
_REMOVED = Prepared(
    select(FILE.c.attachment_id).where(
        exists().where(_ATTACHMENT.c.record_id == FILE.c.attachment_id, ~_IS_KEPT)
    )
)
_STATE = Prepared(select(FILE.c.state).where(FILE.c.attachment_id == bindparam("attachment_id")))
_ANY_DUE = Prepared(select(FILE.c.attachment_id).where(FILE.c.state == DUE).limit(1))
_ANY_ONLY_HERE = Prepared(
    select(FILE.c.attachment_id)
    .where(FILE.c.case_id == bindparam("case_id"), FILE.c.state != WHOLE)
    .limit(1)
)
_REFUSED_OF_LEFT_CASES = Prepared(
    select(FILE.c.attachment_id).where(
        FILE.c.state == REFUSED, exists().where(_LEAVING.c.case_id == FILE.c.case_id)
    )
)


def note_file(driver: JournalledConnection, attachment: Attachment) -> None:
    """Remember that a file made here has to be handed in; one that was removed has not.

    Runs in the transaction that saves the record, so that no withdrawal comes in between.
    """
    if attachment.file_key is None or attachment.deleted:
        delete_rows(driver, FILE, [attachment.record_id])
    elif _STATE.value(driver, attachment_id=attachment.record_id) is None:
        put_rows(driver, FILE, [_row(attachment, DUE)])


class FilesPart:
    """Attachment files inside a transaction."""

    driver: JournalledConnection
    purged_files: list[str]

    def uploads(self) -> list[SealedFile]:
        """See `sync.client.replica.Transaction`."""
        return [
            SealedFile(row.attachment_id, row.case_id, row.chunks, bytes.fromhex(row.digest))
            for row in _UPLOADS.rows(self.driver)
        ]

    def has_uploads(self) -> bool:
        """See the port."""
        return bool(_ANY_DUE.rows(self.driver))

    def has_files_only_here(self, case_id: str) -> bool:
        """See the port."""
        return bool(_ANY_ONLY_HERE.rows(self.driver, case_id=case_id))

    def settle_upload(self, attachment_id: str, *, refused: bool) -> None:
        """See the port."""
        state = REFUSED if refused else WHOLE
        _SETTLE.run(self.driver, id=attachment_id, now=state)

    def hand_in_files_again(self, *, only_refused: bool = False) -> None:
        """See the port."""
        _AGAIN.run(self.driver, before=REFUSED)
        if not only_refused:
            _AGAIN.run(self.driver, before=WHOLE)

    def downloads(self, attachment_id: str | None = None) -> list[SealedFile]:
        """See the port."""
        if attachment_id is None:
            rows = _LACKING.rows(self.driver)
        else:
            rows = _KEPT.rows(self.driver, id=attachment_id)
        return [
            SealedFile(row.record_id, row.case_id, row.chunks, bytes.fromhex(row.digest), _key(row))
            for row in rows
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
            put_rows(self.driver, FILE, [row])
        return still_wanted

    def forget_removed_files(self) -> list[str]:
        """See the port."""
        ids = _REMOVED.values(self.driver)
        delete_rows(self.driver, FILE, ids)
        return ids

    def refused_of_left_cases(self) -> list[str]:
        """Return the files that the centre did not take, of cases that are being left."""
        return _REFUSED_OF_LEFT_CASES.values(self.driver)

    def give_up_refused(self) -> None:
        """Forget those files: nothing of them is left once the transaction is over."""
        ids = self.refused_of_left_cases()
        delete_rows(self.driver, FILE, ids)
        self.purged_files += ids

    def take_files_of_case(self, case_id: str) -> list[str]:
        """Return the files of a case that is purged, and forget them."""
        ids = [
            row.attachment_id for row in rows_by_id(self.driver, FILE, [case_id], FILE.c.case_id)
        ]
        delete_rows(self.driver, FILE, ids)
        return ids


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
