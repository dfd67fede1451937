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
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial

from sync.client.authors import Opener
from sync.client.channel import Channel
from sync.client.comparing import differing_cases, read_case
from sync.client.composing import DIGESTS_PER_DAY, Plan, compose, may_compose_ahead, read_on
from sync.client.departures import finish_leaving
from sync.client.deposits import note_deposits, wants_deposits
from sync.client.directory import compare_directory
from sync.client.errors import CentreRefused, ContradictoryAnswer, Stopped, SyncFailure
from sync.client.flights import Beside, in_a_thread
from sync.client.identity import Identity
from sync.client.outcomes import Outcomes
from sync.client.pages import apply_page
from sync.client.receiving import Receiver
from sync.client.repairs import Repairs, begin_succession, replaced
from sync.client.replica import MergeRules, Position, Replica, Standing, Transaction
from sync.client.reports import Progress, RunReport
from sync.client.standing import LOST_AT_CENTRE, queue_what_is_lacking
from sync.client.transport import Transport
from sync.protocol.audit import verify_audit_head
from sync.protocol.errors import SignatureInvalid
from sync.protocol.limits import CHANGES_PER_CALL, FEED_LIMIT
from sync.protocol.management import ReceiptPage
from sync.protocol.push import SyncAnswer
from sync.protocol.receipts import ReceiptEntry

PAGE_ITEMS = 1000
"""Items of a page: two are in memory at a time, one stored while the next is on its way."""

_DAY_MS = 24 * 3600 * 1000


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
        self._repairs = Repairs(replica, clock)

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
            self._repairs = Repairs(self._replica, self._clock)
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
                raise replaced()
            if tx.successor() is not None:
                plan = None
            else:
                plan = self._compose(tx, int(channel.server_now() * 1000))
        if plan is None:
            self._repairs.succeed(channel)
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
            return self._repairs.refused(error, channel, plan, report), None
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
            return self._repairs.reconcile(channel), None
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
            most_runs=self._repairs.most_runs,
        )

    def _compose_ahead(self, plan: Plan, channel: Channel) -> Plan | None:
        """Freeze the next batch while this one travels; None when there is none to freeze."""
        if self._repairs.most_runs:
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
                begin_succession(tx)
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
                    differing = differing_cases(tx, answer.digests)
            report.purged |= finish_leaving(tx)
            report.add(receiver)
            # What was stuck before an empty page is stuck still; asking again brings nothing.
            stuck = 0 if receiver.touched else plan.stuck
            left = tx.has_sent() or _is_more_than(tx, stuck)
            due = wants_deposits(tx, identity, answer.server_time)
            now = self._reached(tx.position(), plan, answer)
            revoked = now.standing is Standing.REVOKED
            now = replace(now, handed_in=revoked and not left and not tx.has_uploads())
            tx.set_position(now)
            report.standing, report.handed_in = now.standing, now.handed_in
        self._repairs.most_runs = 0
        for case_id in differing:
            read_case(self._replica, self._rules, channel, case_id, self._page_limit, report)
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


def _is_more_than(tx: Transaction, stuck: int) -> bool:
    """Return whether more can be sent than what is stuck."""
    return tx.count_sendable() > stuck if stuck else tx.has_sendable()
