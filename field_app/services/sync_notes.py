"""What syncs came upon on their way, kept for whoever asks about it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from field_app.domain.records.attachment import Attachment
from field_app.domain.records.participant import Participant
from field_app.services.notebook import Notebook
from field_app.store.replica.proofs import PROBLEM
from field_app.store.replica.store import StoreReplica


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
        """Return what syncs came upon, the latest first."""
        with self._replica.reading() as tx:
            rows = tx.session.execute(select(PROBLEM).order_by(PROBLEM.c.at.desc())).all()
        with self._notebook.read() as records:
            # A subject is a case, a picture, or something that no person has a name for.
            case_of = {p.record_id: p.case_id for p in records.all_of(Participant)}
            case_of |= {a.record_id: a.case_id for a in records.all_of(Attachment)}
            case_of |= {case_id: case_id for case_id in case_of.values()}
        return [SyncNote(row.code, row.at, case_of.get(row.subject)) for row in rows]
