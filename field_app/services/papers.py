"""Papers that the policy asks for: mark one as done, or a parent's packet as closed."""

from datetime import date

from field_app.domain.records.service import DocumentDone
from field_app.domain.vocabulary import DocumentKind
from field_app.errors import InputError
from field_app.services.notebook import Notebook

CLOSINGS = ("done", "not_safe", "no_parent", "declined")


class PaperService:
    """Papers of one participant."""

    def __init__(self, notebook: Notebook) -> None:
        """Work in an open notebook."""
        self._notebook = notebook

    def mark(
        self,
        case_id: str,
        document: DocumentKind,
        *,
        done_on: date | None = None,
        outcome: str = "done",
        note: str = "",
    ) -> DocumentDone:
        """Note that a paper was given or finished on a local day (today unless given).

        Raises:
            InputError: The day lies in the future, or the outcome does not fit the paper.
        """
        day = done_on or self._notebook.today()
        if day > self._notebook.today():
            raise InputError("The day lies in the future.", field="done_on", code="in_future")
        if outcome not in CLOSINGS or (
            outcome != "done" and document is not DocumentKind.INTRODUCTORY_PACKET_PARENT
        ):
            raise InputError("This outcome does not fit the paper.", field="outcome")
        with self._notebook.write() as records:
            return records.save(
                DocumentDone(
                    case_id=case_id,
                    document=document,
                    done_on=day,
                    outcome=outcome,
                    note=note.strip(),
                )
            )

    def take_back(self, record_id: str) -> None:
        """Delete a mark that should not be there; the history keeps it."""
        with self._notebook.write() as records:
            paper = records.find(DocumentDone, record_id)
            if paper is not None:
                records.delete(paper, reason="taken back at once")
