"""The sync engine: freeze, send, check, apply, until nothing is left on either side.

One call hands in a batch and brings a page; everything that one answer changes, its receipts, its
records and the cursor, is one transaction of the replica. Killed between any two steps, the next
run goes on from what is stored. The engine decides order; storing is the replica's work, the wire
the transport's, and what two people's edits become is the merge rules'.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from functools import partial

from sync.client.authors import Opener
from sync.client.channel import Channel, new_idempotency_key
from sync.client.composing import DIGESTS_PER_DAY, Plan, compose, may_compose_ahead, read_on
from sync.client.departures import finish_leaving
from sync.client.deposits import note_deposits, wants_deposits
from sync.client.directory import compare_directory
from sync.client.errors import CentreRefused, ContradictoryAnswer, Stopped, SyncFailure
from sync.client.flights import Beside, in_a_thread
from sync.client.identity import Identity, OwnKeys
from sync.client.outcomes import Outcomes, Tally
from sync.client.pages import apply_keys, apply_page
from sync.client.receiving import Receiver
from sync.client.replica import MergeRules, Position, Replica, Standing, Transaction
from sync.client.standing import (
    LOST_AT_CENTRE,
    accept_revocation,
    adopt_successor,
    bear_witness,
    enter_generation,
    is_own_successor,
    queue_what_is_lacking,
    succeed,
)
from sync.client.transport import Transport
from sync.protocol.audit import verify_audit_head
from sync.protocol.digest import case_digest
from sync.protocol.errors import Code, SignatureInvalid
from sync.protocol.limits import CHANGES_PER_CALL, FEED_LIMIT
from sync.protocol.management import CasePage, ReceiptPage
from sync.protocol.push import CaseDigest, SyncAnswer
from sync.protocol.receipts import ReceiptEntry

PAGE_ITEMS = 1000
"""Items of a page: two are in memory at a time, one stored while the next is on its way."""

MOST_REPAIRS = 3
"""Generations, successions and cursors that one run accepts; more is a centre gone wrong."""

_DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True)
class Progress:
    """How far a run is: "12 of 40" is `sent` of `to_send`; `received` counts the feed's items."""

    sent: int
    to_send: int
    received: int


@dataclass
class RunReport:
    """What one run did.

    Attributes:
        rounds: Calls of `POST /v1/sync`.
        tally: What came of the changes that were handed in.
        taken: Records that changed here.
        new_conflicts: Conflict records made here.
        touched: Cases whose screens must be read anew.
        purged: Cases that were removed: compact the store soon.
        standing: How the centre sees this device now.
        handed_in: After a revocation: nothing is left to hand in.
    """

    rounds: int = 0
    tally: Tally = field(default_factory=Tally)
    taken: int = 0
    new_conflicts: int = 0
    feed_items: int = 0
    touched: set[str] = field(default_factory=set)
    purged: set[str] = field(default_factory=set)
    standing: Standing = Standing.ACTIVE
    handed_in: bool = False


class Applied(Enum):
    """What storing an answer came to."""

    DONE = auto()
    NEEDS_MORE = auto()
    CHANGED_COURSE = auto()
    """This device has to take another id: what is under way is of no use."""
    FORGOTTEN = auto()
    """The centre was restored from a backup; nothing of its answer was used."""


@dataclass(frozen=True)
class _UnderWay:
    """A call that was composed; `land` gives its answer."""

    plan: Plan
    channel: Channel
    land: Callable[[], SyncAnswer]


def _asking(channel: Channel, plan: Plan) -> Callable[[], SyncAnswer]:
    return partial(channel.call, SyncAnswer, "POST", "/v1/sync", plan.request)


def _wait_for(under_way: _UnderWay | None) -> None:
    """Let a call end whose answer is of no use any more, so that two never speak at once."""
    if under_way is not None:
        with suppress(SyncFailure):
            under_way.land()


class SyncEngine:
    """Syncs one replica with one centre, one run at a time."""

    def __init__(
        self,
        replica: Replica,
        rules: MergeRules,
        transport: Transport,
        *,
        clock: Callable[[], float] = time.time,
        page_limit: int = PAGE_ITEMS,
        batch_limit: int = CHANGES_PER_CALL,
        beside: Beside[SyncAnswer] = in_a_thread,
    ) -> None:
        """Join the parts.

        Args:
            replica: This device's copy of the record.
            rules: What two people's edits of one record become.
            transport: The wire.
            clock: Unix time by this device, in seconds.
            page_limit: The most items that a page brings.
            batch_limit: The most changes that a call hands in.
            beside: How a call is made while the device works on.
        """
        self._replica = replica
        self._rules = rules
        self._transport = transport
        self._clock = clock
        self._page_limit = page_limit
        self._batch_limit = batch_limit
        self._beside = beside
        self._one_run = threading.Lock()
        self._most_runs = 0
        self._repairs = 0

    def run(
        self,
        progress: Callable[[Progress], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> RunReport:
        """Sync until nothing is left on either side, and return what was done.

        A second caller waits for the first. Whatever it raises, what was done stays done.

        Raises:
            SyncFailure: Of the kinds in `errors.py`; `Stopped` when `stop` said so.
        """
        with self._one_run:
            self._most_runs = self._repairs = 0
            report = RunReport()
            under_way: _UnderWay | None = None
            while True:
                if stop is not None and stop():
                    raise Stopped("Sync was interrupted. It goes on where it stopped.")
                if under_way is None:
                    under_way = self._begin()
                if under_way is None:
                    continue  # this device had to take a new id first
                needs_more, under_way = self._round(under_way, report, progress)
                if not needs_more:
                    return report

    def channel(self) -> Channel:
        """Return a signed channel under the present identity and clock correction."""
        with self._replica.reading() as tx:
            return self._channel(tx)

    def _channel(self, tx: Transaction) -> Channel:
        return Channel.of(
            tx.identity(),
            self._transport,
            clock=self._clock,
            offset_seconds=tx.position().offset_seconds,
        )

    # One round

    def _begin(self) -> "_UnderWay | None":
        """Compose a call; None when something else had to be done first."""
        with self._replica.transaction() as tx:
            channel = self._channel(tx)
            if tx.position().standing is Standing.REPLACED:
                raise _replaced()
            if tx.successor() is not None:
                plan = None
            else:
                plan = self._compose(tx, int(channel.server_now() * 1000))
        if plan is None:
            self._succeed(channel)
            return None
        # With nothing to do meanwhile the call is made when it is waited for, in this thread.
        ask = _asking(channel, plan)
        return _UnderWay(plan, channel, self._beside(ask) if plan.waiting else ask)

    def _round(
        self,
        now: "_UnderWay",
        report: RunReport,
        progress: Callable[[Progress], None] | None,
    ) -> "tuple[bool, _UnderWay | None]":
        """Take one answer and store it; return whether another call is needed, or under way."""
        plan, channel = now.plan, now.channel
        following = self._compose_ahead(plan, channel) if plan.waiting else None
        try:
            answer = now.land()
        except CentreRefused as error:
            self._hear(channel)
            return self._refused(error, channel, plan, report), None
        report.rounds += 1
        later = self._later_receipts(plan, answer, channel)
        following = following or read_on(plan, answer, self._page_limit)
        under_way = None
        if following is not None:
            land = self._beside(_asking(channel, following))
            under_way = _UnderWay(following, channel, land)
        applied = self._apply(plan, answer, channel, report, later)
        if applied is Applied.FORGOTTEN:
            _wait_for(under_way)
            return self._reconcile(channel), None
        if applied is Applied.CHANGED_COURSE:
            _wait_for(under_way)
            return True, None
        if progress is not None:
            done = report.tally.received + report.tally.late + report.tally.refused
            progress(Progress(done, done + plan.waiting, report.feed_items))
        return under_way is not None or applied is Applied.NEEDS_MORE, under_way

    def _later_receipts(
        self, plan: Plan, answer: SyncAnswer, channel: Channel
    ) -> tuple[ReceiptEntry, ...]:
        """Return the receipts between this call and the head that the centre signed.

        There are some after a cut: of two batches that the centre has, one is repeated first, and
        the head that proves it is that of the second.
        """
        head = answer.chain_head
        if not plan.sent or head.device_seq <= plan.last_seq:
            return ()
        with self._replica.reading() as tx:
            if head.device_seq > tx.position().last_seq:
                return ()  # numbers that were never used here: `_apply` sees to that
        entries: list[ReceiptEntry] = []
        number = plan.last_seq
        while number < head.device_seq:
            query = f"after={number}&generation={plan.request.generation}"
            page = channel.call(ReceiptPage, "GET", "/v1/status/receipts", query=query)
            wanted = [entry for entry in page.entries if entry.device_seq <= head.device_seq]
            if not wanted or wanted[-1].device_seq <= number:
                raise ContradictoryAnswer("The centre does not show the receipts that it signed.")
            entries += wanted
            number = wanted[-1].device_seq
        return tuple(entries)

    def _compose(self, tx: Transaction, now_ms: int) -> Plan:
        return compose(
            tx,
            tx.identity(),
            now_ms=now_ms,
            page_limit=self._page_limit,
            batch_limit=self._batch_limit,
            most_runs=self._most_runs,
        )

    def _compose_ahead(self, plan: Plan, channel: Channel) -> Plan | None:
        """Freeze the next batch while this one travels; None when there is none to freeze."""
        if self._most_runs:
            return None
        with self._replica.transaction() as tx:
            if not may_compose_ahead(tx, plan):
                return None
            following = compose(
                tx,
                tx.identity(),
                now_ms=int(channel.server_now() * 1000),
                page_limit=self._page_limit,
                batch_limit=self._batch_limit,
                after=plan,
            )
        return following if following.sent else None

    def _apply(
        self,
        plan: Plan,
        answer: SyncAnswer,
        channel: Channel,
        report: RunReport,
        later: tuple[ReceiptEntry, ...] = (),
    ) -> "Applied":
        """Store what one answer brought. `later` are receipts after this call's own."""
        differing: list[str] = []
        with self._replica.transaction() as tx:
            identity, position = tx.identity(), tx.position()
            if answer.generation != position.generation:
                raise ContradictoryAnswer("The centre answered for another generation.")
            if not self._witness(tx, identity, answer):
                return Applied.FORGOTTEN
            if answer.chain_head.device_seq > position.last_seq:
                # The centre knows numbers that this store never used: it is an old copy.
                self._begin_succession(tx)
                return Applied.CHANGED_COURSE
            if not position.generation or answer.chain_head.device_seq < position.acked_seq:
                raise ContradictoryAnswer("The centre has forgotten receipts without saying so.")
            opener = Opener(tx, identity.agency_id, answer.runs)
            receiver = Receiver(tx, opener, self._rules, identity.device_id, position.generation)
            note_deposits(tx, plan.deposits, answer.key_outcomes)
            Outcomes(tx, identity, receiver, report.tally).apply(answer, plan.sent, later)
            moved = False
            if answer.feed is not None and plan.request.limit:
                moved = self._page(tx, identity, receiver, plan, answer, report)
                if not answer.more:
                    differing = _differing(tx, answer.digests)
            report.purged |= finish_leaving(tx)
            report.touched |= receiver.touched
            report.taken += receiver.taken
            report.new_conflicts += receiver.conflicts
            # What was stuck before an empty page is stuck still; asking again brings nothing.
            stuck = 0 if receiver.touched else plan.stuck
            left = tx.has_sent() or _is_more_than(tx, stuck)
            due = wants_deposits(tx, identity, answer.server_time)
            now = self._reached(tx.position(), plan, answer)
            revoked = now.standing is Standing.REVOKED
            now = replace(now, handed_in=revoked and not left and not tx.has_uploads(None))
            tx.set_position(now)
            report.standing, report.handed_in = now.standing, now.handed_in
        self._most_runs = 0
        for case_id in differing:
            self._read_case(case_id, channel, report)
        if differing:
            with self._replica.reading() as tx:
                left = left or tx.has_sendable()
        needs_more = left or (
            not revoked and ((moved and answer.more) or due or not plan.request.limit)
        )
        return Applied.NEEDS_MORE if needs_more else Applied.DONE

    def _reached(self, now: Position, plan: Plan, answer: SyncAnswer) -> Position:
        """Return where this device stands after an answer: when, and what was compared."""
        compared = plan.request.digest_of if not answer.more else ()
        if compared:
            is_last = len(compared) < DIGESTS_PER_DAY
            now = replace(
                now,
                digest_day=answer.server_time // _DAY_MS,
                digest_after="" if is_last else compared[-1],
            )
        return replace(
            now,
            reached_at=answer.server_time,
            centre_time=max(now.centre_time, answer.server_time),
            offset_seconds=answer.server_time / 1000 - self._clock(),
            lease_days=answer.lease_days,
            inbox_open=answer.inbox_open,
        )

    def _page(
        self,
        tx: Transaction,
        identity: Identity,
        receiver: Receiver,
        plan: Plan,
        answer: SyncAnswer,
        report: RunReport,
    ) -> bool:
        feed = answer.feed
        if feed is None or answer.cursor is None:
            raise ContradictoryAnswer("The centre sent a page without its place.")
        items = sum(len(getattr(feed, name)) for name in type(feed).model_fields)
        if items > 2 * self._page_limit + FEED_LIMIT:
            raise ContradictoryAnswer("The centre sent a larger page than was asked for.")
        if answer.more and answer.cursor == plan.request.cursor:
            raise ContradictoryAnswer("The centre says that more is waiting, but does not move on.")
        apply_page(tx, identity, receiver, feed, answer.server_time)
        report.feed_items += items
        position = replace(tx.position(), cursor=answer.cursor)
        if position.reconciling and not answer.more:
            if queue_what_is_lacking(tx, None):
                tx.note_problem(LOST_AT_CENTRE, str(position.generation))
            position = replace(position, reconciling=False)
        if not answer.more and (feed.staff or feed.devices):
            compare_directory(tx)
        tx.set_position(position)
        return True

    def _reconcile(self, channel: Channel) -> bool:
        """Prove to the centre that it was restored, and begin to compare everything."""
        self._repairs += 1
        if self._repairs > MOST_REPAIRS:
            raise ContradictoryAnswer("The centre forgets what it said, again and again.")
        generation = bear_witness(self._replica, channel)
        with self._replica.transaction() as tx:
            enter_generation(tx, generation)
        return True

    def _witness(self, tx: Transaction, identity: Identity, answer: SyncAnswer) -> bool:
        """Keep the head of the audit chain; return False when that chain is not the one it was.

        Then the centre was restored. A device that only reads has no receipts of its own by which
        to notice.
        """
        head, newest = answer.audit_head, tx.newest_witness()
        if newest is not None:
            if head.number == newest.number:
                return head.hash == newest.hash
            if head.number < newest.number:
                return False
        try:
            verify_audit_head(head, identity.server)
        except SignatureInvalid as error:
            raise ContradictoryAnswer(str(error)) from None
        if (head.agency_id, head.generation) != (identity.agency_id, answer.generation):
            raise ContradictoryAnswer("The audit head belongs to another agency or generation.")
        tx.witness(head)
        return True

    # When the centre says no

    def _refused(
        self, error: CentreRefused, channel: Channel, plan: Plan, report: RunReport
    ) -> bool:
        problem = error.problem
        if problem.code is Code.DEVICE_REVOKED:
            return self._revoked(error, channel, report)
        if problem.code is Code.DEVICE_REPLACED:
            return self._was_replaced(error)
        if problem.code is Code.TOO_LARGE:
            if len(plan.request.runs) <= 1:
                raise error
            self._most_runs = max(1, len(plan.request.runs) // 2)
            return True
        self._repairs += 1
        if self._repairs > MOST_REPAIRS:
            raise error
        if problem.code is Code.GENERATION_CHANGED and problem.generation is not None:
            with self._replica.transaction() as tx:
                enter_generation(tx, problem.generation)
            return True
        if problem.code is Code.CURSOR_INVALID:
            with self._replica.transaction() as tx:
                tx.set_position(replace(tx.position(), cursor=None))
            return True
        if problem.code in (Code.SEQ_GAP, Code.SEQ_REUSED):
            return self._numbers_differ(error, channel, plan)
        raise error

    def _numbers_differ(self, error: CentreRefused, channel: Channel, plan: Plan) -> bool:
        known = error.problem.last_device_seq
        if error.problem.code is Code.SEQ_GAP and known is not None and known < plan.request.acked:
            return self._reconcile(channel)
        with self._replica.transaction() as tx:
            self._begin_succession(tx)
        return True

    def _begin_succession(self, tx: Transaction) -> None:
        if tx.position().standing is not Standing.ACTIVE:
            raise _replaced()
        if tx.successor() is None:
            tx.set_successor((OwnKeys.make(), new_idempotency_key()))

    def _succeed(self, channel: Channel) -> None:
        self._repairs += 1
        if self._repairs > MOST_REPAIRS:
            raise ContradictoryAnswer("The centre asks this device for ever new ids.")
        try:
            succeed(self._replica, channel, lambda: int(channel.server_now() * 1000))
        except CentreRefused as error:
            if error.problem.code is Code.DEVICE_REPLACED:
                self._was_replaced(error)
            raise

    def _was_replaced(self, error: CentreRefused) -> bool:
        with self._replica.transaction() as tx:
            under_way = tx.successor()
            if under_way is None or not is_own_successor(error.problem, under_way[0]):
                tx.set_position(replace(tx.position(), standing=Standing.REPLACED))
                under_way = None
        if under_way is None:
            raise _replaced()
        adopt_successor(self._replica)
        return True

    def _hear(self, channel: Channel) -> None:
        """Keep the time that the centre has signed, also with a refusal."""
        with self._replica.reading() as tx:
            position = tx.position()
        if channel.heard_at <= position.centre_time:
            return
        with self._replica.transaction() as tx:
            tx.set_position(replace(tx.position(), centre_time=channel.heard_at))

    def _revoked(self, error: CentreRefused, channel: Channel, report: RunReport) -> bool:
        with self._replica.reading() as tx:
            already = tx.position().standing is Standing.REVOKED
        if already:  # not even a hand-in is taken any more
            raise error
        report.touched |= accept_revocation(
            self._replica, error.problem, channel.heard_at, int(self._clock() * 1000)
        )
        return True

    # A case read whole

    def _read_case(self, case_id: str, channel: Channel, report: RunReport) -> None:
        """Read one case anew, because its digest differs from the centre's."""
        with self._replica.transaction() as tx:
            tx.doubt_bases(case_id)
            tx.note_problem("case_read_again", case_id)
        after, more = "", True
        while more:
            query = (
                f"after={after}&limit={self._page_limit}"
                if after
                else (f"limit={self._page_limit}")
            )
            try:
                page = channel.call(CasePage, "GET", f"/v1/cases/{case_id}/records", query=query)
            except CentreRefused as error:
                if error.problem.code in (Code.NOT_FOUND, Code.FORBIDDEN):
                    return  # access ended meanwhile; the feed will say so
                raise
            with self._replica.transaction() as tx:
                identity, position = tx.identity(), tx.position()
                apply_keys(tx, identity, page.keys)
                receiver = Receiver(
                    tx,
                    Opener(tx, identity.agency_id, page.runs),
                    self._rules,
                    identity.device_id,
                    position.generation,
                )
                receiver.receive(page.records)
                more = page.more and bool(page.records)
                if not more and queue_what_is_lacking(tx, case_id):
                    tx.hand_in_files_again()  # a restored centre: it may lack files as well
                report.touched |= receiver.touched | {case_id}
                report.taken += receiver.taken
                report.new_conflicts += receiver.conflicts
            after = page.records[-1].record_id if page.records else ""


def _is_more_than(tx: Transaction, stuck: int) -> bool:
    """Return whether more can be sent than what is stuck."""
    return tx.count_sendable() > stuck if stuck else tx.has_sendable()


def _replaced() -> ContradictoryAnswer:
    return ContradictoryAnswer(
        "Another copy of this store has taken over its place at the centre. Your work is kept "
        "here; ask for a new enrolment code.",
        code="device_replaced",
    )


def _differing(tx: Transaction, digests: tuple[CaseDigest, ...]) -> list[str]:
    """Return the cases whose digest differs from the centre's, where the two can be compared."""
    found: list[str] = []
    if not digests:
        return found
    on_the_way = {frozen.change.case_id for frozen in tx.sent()}
    leaving = tx.leaving()
    for theirs in digests:
        case_id = theirs.case_id
        if case_id in on_the_way or case_id in leaving:
            continue
        if tx.open_in_case(case_id) or tx.held_of_case(case_id):
            continue
        rows = tx.digest_rows(case_id)
        if rows and case_digest(rows) != theirs.digest:
            found.append(case_id)
    return found
