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
from sync.protocol.ids import new_id
from sync.protocol.management import InboxDecision, InboxItem, InboxPage

MOST_PAGES = 20
"""Of the inbox, read at once: two thousand items. What is beyond comes when some were decided."""


@dataclass(frozen=True)
class LateWork:
    """An item of the inbox.

    Attributes:
        text: The record as it was handed in; None when it cannot be opened, see `reason`.
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
        conflict that somebody decides.
        """
        if work.text is None:
            raise SyncError("This cannot be opened on this device, so it cannot be taken over.")
        self._write(work.text)
        self._decide(work.item_id, "taken")

    def decline(self, work: LateWork) -> None:
        """Close an item without taking it over. The centre keeps the sealed work."""
        self._decide(work.item_id, "declined")

    def _write(self, text: Json) -> None:
        rules, record_id = self._sync.rules, str(text["record_id"])
        with self._sync.replica.reading() as tx:
            base = tx.bases([record_id]).get(record_id)
            # As it stands now: somebody may have written on since the item was listed.
            present = tx.current([record_id]).get(record_id)
            device_id = tx.identity().device_id
        entries: list[Json] = []
        if present is not None:
            case = MergeCase(
                record_id,
                str(text["case_id"]),
                base.revision if base is not None else 0,
                new_id(),
                device_id,
            )
            result = rules.merge(None, text, present, case)
            text, entries = result.record, list(result.conflicts)
        try:
            parsed = [parse_record(values) for values in (text, *entries)]
        except Unreadable:
            raise SyncError(
                "This was written by a newer version of the app. Update, then try again."
            ) from None
        with self._notebook.write() as records:
            for record in parsed:
                records.save(record, reason="late work taken over")

    def _decide(self, item_id: str, decision: Literal["taken", "declined"]) -> None:
        wish = InboxDecision(decision=decision)
        self._centre.post(InboxItem, f"/v1/inbox/{item_id}/decision", wish)
        self._sync.loop.nudge()


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
    )
