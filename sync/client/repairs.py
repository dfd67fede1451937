"""What a run does when the centre says no, or has forgotten what it said.

Each repair leads to another call. There are few kinds, and a run accepts few of them: a centre
that never comes to an end must not keep a device busy for ever.
"""

from collections.abc import Callable
from dataclasses import replace

from sync.client.channel import Channel, new_idempotency_key
from sync.client.composing import Plan
from sync.client.errors import CentreRefused, ContradictoryAnswer
from sync.client.identity import OwnKeys
from sync.client.replica import Replica, Standing, Transaction
from sync.client.reports import RunReport
from sync.client.standing import (
    accept_revocation,
    adopt_successor,
    bear_witness,
    enter_generation,
    is_own_successor,
    succeed,
)
from sync.protocol.errors import Code

MOST_REPAIRS = 3
"""Generations, successions and cursors that one run accepts; more is a centre gone wrong."""


class Repairs:
    """The repairs of one run.

    Attributes:
        most_runs: Most runs of changes that the next call hands in; 0 for as many as it carries.
    """

    def __init__(self, replica: Replica, clock: Callable[[], float]) -> None:
        """Repair one replica; `clock` gives Unix time by this device, in seconds."""
        self._replica = replica
        self._clock = clock
        self._count = 0
        self.most_runs = 0

    def refused(
        self, error: CentreRefused, channel: Channel, plan: Plan, report: RunReport
    ) -> bool:
        """Do what a refusal asks for; return whether to call again.

        Raises:
            CentreRefused: Nothing can be done about it, or it was done often enough.
        """
        self._hear(channel)
        problem = error.problem
        if problem.code is Code.DEVICE_REVOKED:
            return self._revoked(error, channel, report)
        if problem.code is Code.DEVICE_REPLACED:
            return self._was_replaced(error)
        if problem.code is Code.TOO_LARGE:
            if len(plan.request.runs) <= 1:
                raise error
            self.most_runs = max(1, len(plan.request.runs) // 2)
            return True
        self._count += 1
        if self._count > MOST_REPAIRS:
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

    def reconcile(self, channel: Channel) -> bool:
        """Prove to the centre that it was restored, and begin to compare everything."""
        self._count += 1
        if self._count > MOST_REPAIRS:
            raise ContradictoryAnswer("The centre forgets what it said, again and again.")
        generation = bear_witness(self._replica, channel)
        with self._replica.transaction() as tx:
            enter_generation(tx, generation)
        return True

    def succeed(self, channel: Channel) -> None:
        """Take a new id at the centre: another copy of this store used the old one."""
        self._count += 1
        if self._count > MOST_REPAIRS:
            raise ContradictoryAnswer("The centre asks this device for ever new ids.")
        try:
            succeed(self._replica, channel, lambda: int(channel.server_now() * 1000))
        except CentreRefused as error:
            if error.problem.code is Code.DEVICE_REPLACED:
                self._was_replaced(error)
            raise

    def _numbers_differ(self, error: CentreRefused, channel: Channel, plan: Plan) -> bool:
        known = error.problem.last_device_seq
        if error.problem.code is Code.SEQ_GAP and known is not None and known < plan.request.acked:
            return self.reconcile(channel)
        with self._replica.transaction() as tx:
            begin_succession(tx)
        return True

    def _was_replaced(self, error: CentreRefused) -> bool:
        with self._replica.transaction() as tx:
            under_way = tx.successor()
            if under_way is None or not is_own_successor(error.problem, under_way[0]):
                tx.set_position(replace(tx.position(), standing=Standing.REPLACED))
                under_way = None
        if under_way is None:
            raise replaced()
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


def begin_succession(tx: Transaction) -> None:
    """Note that this device needs a new id; the next call asks for it.

    Raises:
        ContradictoryAnswer: It has no place at the centre any more.
    """
    if tx.position().standing is not Standing.ACTIVE:
        raise replaced()
    if tx.successor() is None:
        tx.set_successor((OwnKeys.make(), new_idempotency_key()))


def replaced() -> ContradictoryAnswer:
    """Return what is said on a store whose place another copy has taken."""
    return ContradictoryAnswer(
        "Another copy of this store has taken over its place at the centre. Your work is kept "
        "here; ask for a new enrolment code.",
        code="device_replaced",
    )
