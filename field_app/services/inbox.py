"""The inbox: work handed in after its writer's access had ended, taken over or declined."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Literal

from field_app.errors import SyncError
from field_app.services.centre_calls import CentreCalls
from field_app.services.lookup import staff_names
from field_app.services.notebook import Notebook
from field_app.services.sync import SyncService
from field_app.store.replica.contents import parse_record
from sync.client.authors import NotOpened, Opener
from sync.client.channel import Channel
from sync.client.replica import Json, MergeCase, Unreadable
from sync.protocol.envelope import Record
from sync.protocol.errors import Code
from sync.protocol.management import InboxDecision, InboxItem, InboxPage

MOST_PAGES = 20
"""Of the inbox, read at once: two thousand items. What is beyond comes when some were decided."""

_REASON = "late work taken over"


@dataclass(frozen=True)
class LateWork:
    """An item of the inbox.

    Attributes:
        text: The record as it was handed in; None when it cannot be opened, see `reason`.
        base_revision: The revision that its writer had read.
        present: The record as it stood here when the inbox was asked; None when there was none.
    """

    item_id: str
    case_id: str
    record_id: str
    name: str
    received_at: datetime
    is_deletion: bool
    text: Json | None
    present: Json | None
    reason: str | None
    base_revision: int = 0


class InboxService:
    """The inbox. Raises SyncError when the centre does not agree."""

    def __init__(self, notebook: Notebook, sync: SyncService, centre: CentreCalls) -> None:
        """Work through the sync of the same store."""
        self._notebook = notebook
        self._sync = sync
        self._centre = centre

    def open(self) -> list[LateWork]:
        """Return work that was handed in after somebody's access had ended, opened here."""
        pages = self._pages()
        with self._notebook.read() as records:
            names = staff_names(records)
        return [work for page in pages for work in self._opened(page, names)]

    def _pages(self) -> list[InboxPage]:
        pages: list[InboxPage] = []
        query = ""
        while len(pages) < MOST_PAGES:
            page = self._centre.ask(partial(_page_of, query))
            pages.append(page)
            if not page.more or not page.items:
                break
            query = f"after={page.items[-1].item_id}"
        return pages

    def _opened(self, page: InboxPage, names: dict[str, str]) -> list[LateWork]:
        with self._sync.replica.reading() as tx:
            opener = Opener(tx, tx.identity().agency_id, page.runs)
            present = tx.current([item.change.record_id for item in page.items])
            return [
                _late_work(item, opener, names, present.get(item.change.record_id))
                for item in page.items
                if item.state == "open"
            ]

    def take_over(self, work: LateWork) -> None:
        """Write late work into the case as an ordinary change, then close the item.

        Where the case went on meanwhile, what stands now stays, and each difference becomes a
        conflict that somebody decides. Doing it again adds nothing: a conflict is named by what
        was handed in, not by who takes it over, or how often.

        Raises:
            SyncError: It cannot be opened here; or it stands in the case now, but the item was not
                closed: `taken_not_closed`, or `taken_though_declined` where a colleague had
                declined it.
        """
        if work.text is None:
            raise SyncError("This cannot be opened on this device, so it cannot be taken over.")
        self._write(work, work.text)
        try:
            self._decide(work.item_id, "taken")
        except SyncError as error:
            raise _not_closed(error) from error

    def decline(self, work: LateWork) -> None:
        """Close an item without taking it over. The centre keeps the sealed work."""
        self._decide(work.item_id, "declined")

    def _write(self, work: LateWork, text: Json) -> None:
        # As it stands now: somebody may have written on since the item was listed.
        with self._sync.replica.reading() as tx:
            present = tx.current([work.record_id]).get(work.record_id)
        entries: list[Json] = []
        if present is not None:
            handed_in_by = str(text.get("device_id", ""))
            case = MergeCase(
                work.record_id, work.case_id, work.base_revision, work.item_id, handed_in_by
            )
            result = self._sync.rules.merge(None, text, present, case)
            text, entries = result.record, list(result.conflicts)
        try:
            record, conflicts = parse_record(text), [parse_record(values) for values in entries]
        except Unreadable:
            raise SyncError(
                "This was written by a newer version of the app. Update, then try again."
            ) from None
        with self._notebook.write() as records:
            records.save(record, reason=_REASON)
            for conflict in conflicts:
                # One that is there may have been decided: taking over again opens no question anew.
                if records.find_even_deleted(type(conflict), conflict.record_id) is None:
                    records.save(conflict, reason=_REASON)

    def _decide(self, item_id: str, decision: Literal["taken", "declined"]) -> None:
        wish = InboxDecision(decision=decision)
        self._centre.post(InboxItem, f"/v1/inbox/{item_id}/decision", wish)
        self._sync.loop.nudge()


def _not_closed(error: SyncError) -> SyncError:
    """Return what is true when an item was written into the case and then stayed open."""
    if error.code == Code.ALREADY_EXISTS.value:
        return SyncError(
            "It stands in the case now, but somebody had declined it meanwhile. Agree with your "
            "colleagues on what shall stand there.",
            code="taken_though_declined",
        )
    return SyncError(
        f"It stands in the case now, but its item may still be open: {error.code}. Take it over "
        "again later; nothing is written twice.",
        code="taken_not_closed",
    )


def _page_of(query: str, channel: Channel) -> InboxPage:
    return channel.call(InboxPage, "GET", "/v1/inbox", query=query)


def _late_work(
    item: InboxItem, opener: Opener, names: dict[str, str], present: Json | None
) -> LateWork:
    change = item.change
    record = Record.model_construct(
        **{name: getattr(change, name) for name in type(change).model_fields},
        revision=change.base_revision + 1,
        seq=0,
        generation=item.generation,
        device_id=item.device_id,
        received_at=item.received_at,
    )
    text: Json | None = None
    reason: str | None = None
    try:
        text = opener.open(record)
    except NotOpened as error:
        reason = error.reason
    return LateWork(
        item.item_id,
        change.case_id,
        change.record_id,
        names.get(item.staff_id, ""),
        datetime.fromtimestamp(item.received_at / 1000, UTC),
        change.deleted,
        text,
        present,
        reason,
        change.base_revision,
    )
