"""What syncs came upon on their way, kept for whoever asks about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from field_app.domain.records.attachment import Attachment
from field_app.domain.records.participant import Participant
from field_app.services.notebook import Notebook
from field_app.store.replica.proofs import PROBLEM
from field_app.store.replica.store import StoreReplica
from field_app.store.repositories.records import Records

SHOWN_FOR = timedelta(days=30)
"""What was last come upon before that is history: nobody asks about it any more."""


@dataclass(frozen=True)
class SyncNote:
    """Something that a sync came upon and that people may ask about: words stand on the screens.

    Attributes:
        code: A stable word: `attachment_too_large`, `centre_restored`, ...
        at: When it was last come upon.
        case_id: The case that it is about, where it is about one that is here.
    """

    code: str
    at: datetime
    case_id: str | None


class SyncNotes:
    """The notes of one store."""

    def __init__(self, notebook: Notebook, replica: StoreReplica) -> None:
        """Read from one store."""
        self._notebook = notebook
        self._replica = replica

    def all(self) -> list[SyncNote]:
        """Return what syncs came upon in the last 30 days, the latest first.

        What is in order again is forgotten by the sync that brought it in order, and of a picture
        that was removed there is nothing to be done any more.
        """
        since = self._notebook.now() - SHOWN_FOR
        with self._replica.reading() as tx:
            rows = tx.session.execute(
                select(PROBLEM).where(PROBLEM.c.at >= since).order_by(PROBLEM.c.at.desc())
            ).all()
        with self._notebook.read() as records:
            rows = [
                row
                for row in rows
                if not (row.code.startswith("attachment_") and _is_removed(records, row.subject))
            ]
            # A subject is a case, a picture, or something that no person has a name for.
            case_of = {p.record_id: p.case_id for p in records.all_of(Participant)}
            case_of |= {a.record_id: a.case_id for a in records.all_of(Attachment)}
            case_of |= {case_id: case_id for case_id in case_of.values()}
        return [SyncNote(row.code, row.at, case_of.get(row.subject)) for row in rows]


def _is_removed(records: Records, attachment_id: str) -> bool:
    picture = records.find_even_deleted(Attachment, attachment_id)
    return picture is not None and picture.deleted
