"""The outbox as a person meets it: what waits to be sent, and what the centre did not take."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from field_app.services.notebook import Notebook
from field_app.store.replica.outbox import OPEN
from field_app.store.replica.store import StoreReplica
from sync.client.replica import Json


@dataclass(frozen=True)
class WaitingChange:
    """A record in the outbox.

    Attributes:
        saved_at: When what waits was saved; None where that is not known any more.
        is_on_its_way: Whether it is handed in as it is, until the centre has answered.
        attention: Why it cannot be sent; None when it can.
    """

    record_id: str
    case_id: str
    kind: str | None
    saved_at: datetime | None
    is_on_its_way: bool
    attention: str | None
    text: Json | None


class Outbox:
    """What the centre does not have yet, and what a person decides about it."""

    def __init__(
        self, notebook: Notebook, replica: StoreReplica, nudge: Callable[[], None]
    ) -> None:
        """Serve one store; `nudge` lets the loop beside the work sync soon."""
        self._notebook = notebook
        self._replica = replica
        self._nudge = nudge

    def waiting(self) -> list[WaitingChange]:
        """Return what is in the outbox: first what needs a person, then by age."""
        with self._replica.reading() as tx:
            rows = tx.session.execute(select(OPEN).order_by(OPEN.c.queued_at)).all()
            sent = {frozen.change.record_id: frozen for frozen in tx.sent()}
            texts = tx.current([row.record_id for row in rows] + list(sent))
        found = [
            WaitingChange(
                row.record_id,
                row.case_id,
                kind_of(row.kept or texts.get(row.record_id)),
                row.queued_at,
                is_on_its_way=False,
                attention=row.attention,
                text=row.kept or texts.get(row.record_id),
            )
            for row in rows
        ]
        written_on = {row.record_id for row in rows}
        on_their_way = [
            WaitingChange(
                record_id,
                frozen.change.case_id,
                kind_of(texts.get(record_id)),
                # The record says when it was saved; once it was written on, it says when that was.
                None if record_id in written_on else _saved_at(texts.get(record_id)),
                is_on_its_way=True,
                attention=None,
                text=texts.get(record_id),
            )
            for record_id, frozen in sent.items()
        ]
        return sorted(found, key=lambda change: change.attention is None) + on_their_way

    def try_again(self, record_id: str) -> None:
        """Queue a change that needed attention once more."""
        with self._replica.transaction() as tx:
            found = tx.open_changes([record_id])
            tx.put_open(replace(change, attention=None) for change in found.values())
        self._nudge()

    def give_up(self, record_id: str) -> None:
        """Drop a change that needed attention, and show the centre's state again.

        Only after a person has said so; the text can be exported before (`waiting`).
        """
        with self._replica.transaction() as tx:
            change = tx.open_changes([record_id]).get(record_id)
            if change is None or change.attention is None:
                return
            tx.remove_open([record_id])
            base = tx.bases([record_id]).get(record_id)
            if change.kept is None and base is None:
                tx.erase([record_id])
            elif change.kept is None and base is not None and base.text is not None:
                tx.write([tx.parse(base.text)])
                tx.put_bases([replace(base, text=None)])
            case_id = change.case_id
        self._notebook.announce(frozenset({case_id}))

    def hand_in_pictures_again(self) -> None:
        """Try pictures once more that the centre did not take: its limits may have changed."""
        with self._replica.transaction() as tx:
            tx.hand_in_files_again(only_refused=True)
        self._nudge()

    def give_up_pictures(self) -> None:
        """Drop pictures that the centre did not take, of cases that this device has lost.

        Only after a person has said so. Those of cases that are still here are removed where they
        stand.
        """
        with self._replica.transaction() as tx:
            tx.give_up_refused()
        self._nudge()


def _saved_at(text: Json | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(str(text["updated_at"]))


def kind_of(text: Json | None) -> str | None:
    """Return what kind of record a text is of; None for one that is not here."""
    return None if text is None else str(text.get("kind"))
