"""Sync as a person meets it: one line that says where the work is, and a loop beside the work.

No screen ever waits for it, and no network is a state like any other. The loop runs after each
save (a moment later, so that one sync carries several), on start and resume, when the network
comes back, and by the button.
"""

import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from field_app.domain.records.attachment import Attachment
from field_app.domain.records.conflict import Conflict
from field_app.domain.records.participant import Participant
from field_app.errors import FieldAppError, RefusedError, SyncError
from field_app.services.notebook import Notebook
from field_app.store.downloads import AttachmentFiles
from field_app.store.replica.bases import HELD
from field_app.store.replica.files import DUE, FILE, REFUSED
from field_app.store.replica.outbox import OPEN, queue_saved
from field_app.store.replica.proofs import PROBLEM
from field_app.store.replica.store import StoreReplica
from sync.client.attachments import AttachmentTransfer
from sync.client.channel import Channel
from sync.client.engine import Progress, RunReport, SyncEngine
from sync.client.errors import CentreRefused, ContradictoryAnswer, Offline, RetryLater, SyncFailure
from sync.client.replica import Json, MergeRules, Position, Standing
from sync.client.retry import BackOff
from sync.client.transport import RequestsTransport, Transport

DEBOUNCE_SECONDS = 2.0
"""After a save, so that a form saved in three steps is one sync."""

IDLE_SECONDS = 15 * 60.0
"""Between two syncs when nothing happens here: how old a colleague's change may be."""

CLOSE_SECONDS = 1.0
"""How long a lock waits for the sync under way: a dead line is only noticed after a minute."""

SEEN_AS_OFFLINE = "offline"

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class SyncState:
    """Where the work is. Screens put it into words.

    Attributes:
        is_enrolled: False on a device that works alone: no line is shown.
        waiting: Changes that the centre does not have yet.
        attention: Changes that were refused or cannot be sent: a person has to decide.
        conflicts: Conflicts that nobody has resolved, of the cases on this device.
        held: Records that are here but cannot be opened (yet).
        received: Changes of this device for which there are receipts, ever.
        reached_at: When the centre last answered; None for never.
        is_running: Whether a sync is under way.
        progress: How far it is.
        trouble: Why the last try failed, a stable word (`offline`, `not_the_centre`, `busy`,
            `protocol_unsupported`, `contradiction`, `receipt_wrong`, ...); None when it did not.
        standing: `active`, `revoked` or `replaced`.
        hand_in_until: After a revocation: until when work may be handed in.
        is_handed_in: After a revocation: everything has its receipt, the store may be destroyed.
        lease_over: Too long without the centre: old cases are not shown, new entries are possible.
        inbox_open: Open items of the inbox; None for those who have none.
        files_waiting: Pictures that the centre does not have yet. Records never wait for them.
        files_held: Whether those wait for another network: the person's setting holds them here.
        files_refused: Pictures that the centre did not take; `hand_in_pictures_again` tries anew.
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


@dataclass(frozen=True)
class WaitingChange:
    """A record in the outbox. `attention` is why it cannot be sent; None when it can."""

    record_id: str
    case_id: str
    kind: str | None
    queued_at: datetime
    is_on_its_way: bool
    attention: str | None
    text: Json | None


@dataclass(frozen=True)
class Receipt:
    """What the centre has confirmed of one change, by its signature over the chain."""

    device_seq: int
    generation: int
    record_id: str
    kind: str | None
    status: str
    revision: int
    received_at: datetime


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


class SyncService:
    """The sync of one open store. `close` before the store locks."""

    def __init__(
        self,
        notebook: Notebook,
        rules: MergeRules,
        *,
        transport: Callable[[str], Transport] = RequestsTransport,
        may_download: Callable[[], bool] = lambda: False,
        may_upload: Callable[[], bool] = lambda: True,
    ) -> None:
        """Serve a notebook; on a device that works alone nothing happens until it is enrolled.

        `may_download` is asked at each sync whether pictures may come unasked: the person's
        setting, and the kind of network where that is known. Without it they come when opened.
        `may_upload` is asked in the same way whether this device's own pictures may go.
        """
        self._notebook = notebook
        self._files = AttachmentFiles(notebook.database.folder)
        self.replica = StoreReplica(notebook.database, notebook.clock, self._forget_files)
        self._may_download = may_download
        self._may_upload = may_upload
        self._transfer = AttachmentTransfer(self.replica, self._files, self.channel)
        self.network_is_free: bool | None = None
        """Whether the network is Wi-Fi or a cable; None where the platform does not tell."""
        self.after_run: list[Callable[[], None]] = []
        """Called after each sync that came about, for acts that follow from what it brought."""
        self.rules = rules
        self._make_transport = transport
        self._engine: SyncEngine | None = None
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._interrupted = threading.Event()
        self._hurried = threading.Event()
        self._thread: threading.Thread | None = None
        self._back_off = BackOff()
        self._running = False
        self._announcing = False
        self._progress: Progress | None = None
        self._trouble: str | None = None
        self.listeners: list[Callable[[], None]] = []
        with self.replica.reading() as tx:
            self.is_enrolled = tx.is_enrolled()
        if self.is_enrolled:
            notebook.in_transaction.append(
                lambda session, before, after: queue_saved(session, before, after, notebook.now())
            )
            notebook.after_commit.append(lambda _cases: self._saved())

    # The line

    def state(self) -> SyncState:
        """Return where the work is."""
        if not self.is_enrolled:
            return SyncState(is_enrolled=False)
        with self.replica.reading() as tx:
            session, position = tx.session, tx.position()
            sent = tx.count_sent()
            attention = _count(session, OPEN, OPEN.c.attention.is_not(None))
            waiting = _count(session, OPEN) - attention + sent
            held, received = _count(session, HELD), tx.count_receipts()
            files_waiting = _count(session, FILE, FILE.c.state == DUE)
            files_refused = _count(session, FILE, FILE.c.state == REFUSED)
        with self._notebook.read() as records:
            conflicts = sum(not conflict.resolved for conflict in records.all_of(Conflict))
        return SyncState(
            is_enrolled=True,
            waiting=waiting,
            attention=attention,
            conflicts=conflicts,
            held=held,
            received=received,
            reached_at=_instant(position.reached_at),
            is_running=self._running,
            progress=self._progress,
            trouble=self._trouble,
            standing=position.standing,
            hand_in_until=_instant(position.hand_in_until),
            is_handed_in=position.handed_in,
            lease_over=self._lease_over(position),
            inbox_open=position.inbox_open,
            files_waiting=files_waiting,
            files_held=files_waiting > 0 and self._holds_pictures(position),
            files_refused=files_refused,
        )

    def is_over(self) -> bool:
        """Return whether this device was revoked and its store has nothing left to give.

        Everything was handed in and nothing waits for a person, or the time for it has passed.
        Its owner then destroys the store (`SessionService`).
        """
        state = self.state()
        if state.standing is not Standing.REVOKED:
            return False
        if state.is_handed_in and not state.attention:
            return True
        with self.replica.reading() as tx:
            position = tx.position()
        # By the time that the centre has signed, which only moves forward, and by this device's
        # clock too: neither a clock set forward nor a centre that lies about the day is enough.
        own_ms = int(self._notebook.now().timestamp() * 1000)
        return position.centre_time > position.hand_in_until and own_ms > position.keep_until

    def lease_over(self) -> bool:
        """Return whether this device was too long without the centre to show old cases."""
        if not self.is_enrolled:
            return False
        with self.replica.reading() as tx:
            return self._lease_over(tx.position())

    def hides(self, about: Iterable[str]) -> bool:
        """Return whether the lease is over and a text names an old case, or a record of one.

        Old is a case that was here when the centre last answered: somebody else may have changed
        it since, or this device's access to it may have ended.
        """
        if not self.is_enrolled:
            return False
        with self.replica.reading() as tx:
            position = tx.position()
            if not self._lease_over(position):
                return False
            named = {name for text in about for name in _UUID.findall(text)}
            named |= {str(text["case_id"]) for text in tx.current(sorted(named)).values()}
        reached, offset = _instant(position.reached_at), timedelta(seconds=position.offset_seconds)
        with self._notebook.read() as records:
            return any(
                person.case_id in named
                and reached is not None
                # By the centre's clock on both sides.
                and person.created_at + offset <= reached
                for person in records.all_of(Participant)
            )

    def _lease_over(self, position: Position) -> bool:
        reached = _instant(position.reached_at)
        if reached is None:
            return False
        # By this device's clock and the offset that the centre taught it; setting the clock back
        # buys time until the next contact, which corrects it.
        now = self._notebook.now() + timedelta(seconds=position.offset_seconds)
        return now - reached > timedelta(days=position.lease_days)

    # Running

    def sync_now(
        self,
        progress: Callable[[Progress], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> SyncState:
        """Sync to the end, or until `stop`; return the state. Failures are in it, not raised."""
        if self.is_enrolled:
            self._run(progress, stop)
        return self.state()

    def start(self) -> None:
        """Begin to sync beside the work, at once and from then on."""
        if not self.is_enrolled or self._thread is not None:
            return
        self._stopping.clear()
        self._wake.set()
        self._thread = threading.Thread(target=self._loop, name="sync", daemon=True)
        self._thread.start()

    def nudge(self) -> None:
        """Sync soon: after a save, on resume, when the network is back."""
        self._wake.set()

    def network_changed(self, *, is_there: bool, is_free: bool) -> None:
        """Take over what the platform tells of the network; sync soon when there is one."""
        self.network_is_free = is_free
        if is_there:
            self.nudge()

    def hurry(self) -> None:
        """Sync at once, not after a quiet moment: a person asked."""
        self._hurried.set()
        self._wake.set()

    def interrupt(self) -> None:
        """Stop the sync under way between two pages; what was done stays done."""
        self._interrupted.set()

    def close(self) -> None:
        """Stop between two pages, and wait a moment for it.

        A call that hangs longer finds the store closed when it ends; nothing of its answer is
        applied, and the next sync repeats it.
        """
        self._stopping.set()
        self._hurried.set()
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=CLOSE_SECONDS)
        self._thread = None

    def _saved(self) -> None:
        if not self._announcing:
            self.nudge()

    def _loop(self) -> None:
        try:
            self._run_until_closed()
        except Exception:
            if not self._stopping.is_set():
                raise
            # The store was locked while the centre was slow: it refuses what came too late.

    def _run_until_closed(self) -> None:
        wait = 0.0
        while not self._stopping.is_set():
            if self._wake.wait(timeout=wait) and not self._stopping.is_set():
                # A press of the button ends the pause as well.
                self._hurried.wait(DEBOUNCE_SECONDS if wait else 0.0)
            self._wake.clear()
            self._hurried.clear()
            if self._stopping.is_set():
                break
            failure = self._run(None, self._stopping.is_set)
            if failure is None or failure.code == "stopped":
                self._back_off.reset()
                wait = IDLE_SECONDS
            else:
                asked = failure.seconds if isinstance(failure, RetryLater) else 0.0
                wait = self._back_off.next_seconds(asked)

    def _run(
        self, progress: Callable[[Progress], None] | None, stop: Callable[[], bool] | None
    ) -> SyncFailure | None:
        def tell(now: Progress) -> None:
            self._progress = now
            if progress is not None:
                progress(now)
            self._tell()

        def is_stopped() -> bool:
            return self._interrupted.is_set() or (stop is not None and stop())

        with self._lock:
            self._interrupted.clear()
            self._running, self._progress = True, None
            self._tell()
            failure: SyncFailure | None = None
            try:
                report = self.engine().run(tell, is_stopped)
                self._trouble = None
                self._after(report)
                # Records first: a picture, or its lack of room, never holds anything back.
                for act in self.after_run:
                    act()
                self._move_pictures(is_stopped)
            except SyncFailure as error:
                failure = error
                self._trouble = None if error.code == "stopped" else error.code
            finally:
                self._running, self._progress = False, None
            self._tell()
            return failure

    def _move_pictures(self, stop: Callable[[], bool]) -> None:
        moved = self._transfer.run(
            download=self._may_download(), upload=self._may_upload(), stop=stop
        )
        if moved.purged:
            self._notebook.database.compact()

    def _after(self, report: RunReport) -> None:
        if report.purged:
            # What was purged must not live on in old frames of the log.
            self._notebook.database.compact()
        if report.touched:
            self._announcing = True
            try:
                self._notebook.announce(frozenset(report.touched))
            finally:
                self._announcing = False

    def _tell(self) -> None:
        for listener in self.listeners:
            listener()

    def engine(self) -> SyncEngine:
        """Return the engine of this store."""
        if self._engine is None:
            with self.replica.reading() as tx:
                url = tx.identity().centre_url
            self._engine = SyncEngine(
                self.replica,
                self.rules,
                self._make_transport(url),
                clock=lambda: self._notebook.now().timestamp(),
            )
        return self._engine

    def fetch_attachment(self, attachment_id: str) -> bool:
        """Fetch the file of a picture that somebody opens; False when there is none to fetch.

        Waits for the network: call it from a worker thread.

        Raises:
            SyncError: It could not be fetched now; `not_found`: its author has not handed it in.
        """
        if not self.is_enrolled:
            return False
        try:
            return self._transfer.fetch(attachment_id)
        except SyncFailure as error:
            raise as_sync_error(error) from error

    def _forget_files(self, attachment_ids: list[str]) -> None:
        for attachment_id in attachment_ids:
            self._files.forget(attachment_id)

    def channel(self) -> Channel:
        """Return a signed channel to the centre.

        Raises:
            SyncError: This device works alone.
        """
        if not self.is_enrolled:
            raise SyncError(
                "This device works alone. Enrol it with a code from your agency first.",
                code="not_enrolled",
            )
        return self.engine().channel()

    # Sync and device

    def waiting(self) -> list[WaitingChange]:
        """Return what is in the outbox: first what needs a person, then by age."""
        with self.replica.reading() as tx:
            rows = tx.session.execute(select(OPEN).order_by(OPEN.c.queued_at)).all()
            sent = {frozen.change.record_id: frozen for frozen in tx.sent()}
            texts = tx.current([row.record_id for row in rows] + list(sent))
        found = [
            WaitingChange(
                row.record_id,
                row.case_id,
                _kind(row.kept or texts.get(row.record_id)),
                row.queued_at,
                is_on_its_way=False,
                attention=row.attention,
                text=row.kept or texts.get(row.record_id),
            )
            for row in rows
        ]
        on_their_way = [
            WaitingChange(
                record_id,
                frozen.change.case_id,
                _kind(texts.get(record_id)),
                self._notebook.now(),
                is_on_its_way=True,
                attention=None,
                text=texts.get(record_id),
            )
            for record_id, frozen in sent.items()
        ]
        return sorted(found, key=lambda change: change.attention is None) + on_their_way

    def try_again(self, record_id: str) -> None:
        """Queue a change that needed attention once more."""
        with self.replica.transaction() as tx:
            found = tx.open_changes([record_id])
            tx.put_open(replace(change, attention=None) for change in found.values())
        self.nudge()

    def hand_in_pictures_again(self) -> None:
        """Try pictures once more that the centre did not take: its limits may have changed."""
        with self.replica.transaction() as tx:
            tx.hand_in_files_again(only_refused=True)
        self.nudge()

    def _holds_pictures(self, position: Position) -> bool:
        return position.standing is Standing.ACTIVE and not self._may_upload()

    def give_up(self, record_id: str) -> None:
        """Drop a change that needed attention, and show the centre's state again.

        Only after a person has said so; the text can be exported before (`waiting`).
        """
        with self.replica.transaction() as tx:
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

    def receipts(self, *, limit: int = 100, before: int | None = None) -> list[Receipt]:
        """Return receipts, the latest first; `before` is the `received_at` of the last one seen.

        In milliseconds, as `Receipt.received_at` was.
        """
        with self.replica.reading() as tx:
            kept = tx.newest_receipts(limit, before)
            texts = tx.current([each.entry.record_id for each in kept])
        return [
            Receipt(
                each.entry.device_seq,
                each.generation,
                each.entry.record_id,
                _kind(texts.get(each.entry.record_id)),
                each.entry.status.value,
                each.entry.revision,
                datetime.fromtimestamp(each.entry.received_at / 1000, UTC),
            )
            for each in kept
        ]

    def proof(self) -> dict[str, Any]:
        """Return all receipts of this device with their signed heads, as JSON values.

        Ids and hashes only: whoever has the centre's public key can check them (PROTOCOL.md 8).
        """
        from field_app.store.replica.proofs import CHAIN_HEAD

        with self.replica.reading() as tx:
            identity = tx.identity()
            receipts = tx.receipts()
            heads = tx.session.execute(select(CHAIN_HEAD.c.head)).scalars().all()
        return {
            "format": "field-notes receipts 1",
            "agency_id": identity.agency_id,
            "server_key": identity.server_key.hex(),
            "heads": list(heads),
            "entries": [
                {
                    "device_id": kept.device_id,
                    "generation": kept.generation,
                    "device_seq": kept.entry.device_seq,
                    "status": kept.entry.status.value,
                    "record_id": kept.entry.record_id,
                    "revision": kept.entry.revision,
                    "seq": kept.entry.seq,
                    "sealed_hash": kept.entry.sealed_hash.hex(),
                    "received_at": kept.entry.received_at,
                }
                for kept in receipts
            ],
        }

    def notes(self) -> list[SyncNote]:
        """Return what syncs came upon, the latest first."""
        with self.replica.reading() as tx:
            rows = tx.session.execute(select(PROBLEM).order_by(PROBLEM.c.at.desc())).all()
        with self._notebook.read() as records:
            # A subject is a case, a picture, or something that no person has a name for.
            case_of = {p.record_id: p.case_id for p in records.all_of(Participant)}
            case_of |= {a.record_id: a.case_id for a in records.all_of(Attachment)}
            case_of |= {case_id: case_id for case_id in case_of.values()}
        return [SyncNote(row.code, row.at, case_of.get(row.subject)) for row in rows]


def as_sync_error(error: SyncFailure) -> FieldAppError:
    """Return a failure of an act that a person asked for (a grant, a code), as they may read it."""
    if isinstance(error, CentreRefused):
        return RefusedError(f"{error} Nothing was changed.", code=error.code)
    if isinstance(error, Offline | RetryLater | ContradictoryAnswer):
        return SyncError(f"{error} Nothing was changed.", code=error.code)
    return SyncError(str(error), code=error.code)


def _kind(text: Json | None) -> str | None:
    return None if text is None else str(text.get("kind"))


def _count(session: Any, table: Any, *conditions: Any) -> int:
    query = select(func.count()).select_from(table).where(*conditions)
    return int(session.execute(query).scalar_one())


def _instant(milliseconds: int) -> datetime | None:
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None
