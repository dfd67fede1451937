"""Where the work is, as a person asks of it: what waits, what was received, what needs somebody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from field_app.domain.records.conflict import Conflict
from field_app.services.lease import Lease, instant_of
from field_app.services.notebook import Notebook
from field_app.services.receipts import Receipts
from field_app.store.replica.bases import HELD
from field_app.store.replica.files import DUE, FILE, REFUSED
from field_app.store.replica.outbox import OPEN
from field_app.store.replica.store import StoreReplica
from sync.client.replica import Standing
from sync.client.reports import Progress


@dataclass(frozen=True)
class SyncState:
    """Where the work is. Screens put it into words.

    Attributes:
        is_enrolled: False on a device that works alone: no line is shown.
        waiting: Changes that the centre does not have yet.
        attention: Changes that were refused or cannot be sent: a person has to decide.
        conflicts: Conflicts that nobody has resolved, of the cases on this device.
        held: Records that are here but cannot be opened (yet).
        received: Changes of this device that the centre took, by its receipts, ever; not those
            that met a conflict or were refused.
        reached_at: When the centre last answered; None for never.
        is_running: Whether a sync is under way.
        progress: How far it is.
        trouble: Why the last try failed, a stable word (`offline`, `not_the_centre`, `busy`,
            `protocol_unsupported`, `contradiction`, `receipt_wrong`, ...), or what failed on this
            device (`disk_full`, `disk`, `store_broken`, `on_device`, ...); None when it did not.
        standing: `active`, `revoked` or `replaced`.
        hand_in_until: After a revocation: until when work may be handed in.
        is_handed_in: After a revocation: everything has its receipt, the store may be destroyed.
        lease_over: Too long without the centre: old cases are not shown, new entries are possible.
        inbox_open: Open items of the inbox; None for those who have none.
        files_waiting: Pictures that the centre does not have yet. Records never wait for them.
        files_held: Whether those wait for another network: the person's setting holds them here.
        files_refused: Pictures that the centre did not take; `Outbox.hand_in_pictures_again` tries
            anew.
        files_of_left_cases: Of those, how many are of cases that this device has lost; they hold
            what is left of the case back until a person gives them up (`give_up_pictures`).
    """

    is_enrolled: bool
    waiting: int = 0
    attention: int = 0
    conflicts: int = 0
    held: int = 0
    received: int = 0
    reached_at: datetime | None = None
    is_running: bool = False
    progress: Progress | None = None
    trouble: str | None = None
    standing: Standing = Standing.ACTIVE
    hand_in_until: datetime | None = None
    is_handed_in: bool = False
    lease_over: bool = False
    inbox_open: int | None = None
    files_waiting: int = 0
    files_held: bool = False
    files_refused: int = 0
    files_of_left_cases: int = 0


def read_state(
    notebook: Notebook, replica: StoreReplica, lease: Lease, receipts: Receipts
) -> SyncState:
    """Return what the store of an enrolled device says; of the sync under way it knows nothing."""
    with replica.reading() as tx:
        session, position = tx.session, tx.position()
        sent = tx.count_sent()
        attention = _count(session, OPEN, OPEN.c.attention.is_not(None))
        waiting = _count(session, OPEN) - attention + sent
        held = _count(session, HELD)
        files_waiting = _count(session, FILE, FILE.c.state == DUE)
        files_refused = _count(session, FILE, FILE.c.state == REFUSED)
        files_of_left_cases = len(tx.refused_of_left_cases()) if files_refused else 0
    with notebook.read() as records:
        conflicts = sum(not conflict.resolved for conflict in records.all_of(Conflict))
    return SyncState(
        is_enrolled=True,
        waiting=waiting,
        attention=attention,
        conflicts=conflicts,
        held=held,
        received=receipts.count_taken(),
        reached_at=instant_of(position.reached_at),
        standing=position.standing,
        hand_in_until=instant_of(position.hand_in_until),
        is_handed_in=position.handed_in,
        lease_over=lease.is_over_at(position),
        inbox_open=position.inbox_open,
        files_waiting=files_waiting,
        files_refused=files_refused,
        files_of_left_cases=files_of_left_cases,
    )


def _count(session: Any, table: Any, *conditions: Any) -> int:
    query = select(func.count()).select_from(table).where(*conditions)
    return int(session.execute(query).scalar_one())
