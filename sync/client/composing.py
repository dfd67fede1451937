"""One call, composed: what is handed in, what is asked for, and what is left for the next."""

from collections.abc import Sequence
from dataclasses import dataclass

from sync.client.deposits import Deposit, seal_deposits, wanted_deposits
from sync.client.freezing import BATCH_BYTES, freeze
from sync.client.identity import Identity
from sync.client.replica import SentChange, SentRun, Standing, Transaction
from sync.client.stating import directory_number, state_opening
from sync.protocol.ids import RESERVED_CASES
from sync.protocol.keys import RECOVERY
from sync.protocol.limits import CHANGES_PER_CALL
from sync.protocol.push import SyncAnswer, SyncRequest
from sync.protocol.wire import SignedStatement

DIGESTS_PER_DAY = 50

_DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True)
class Plan:
    """One call, as it was composed; applied together with its answer.

    Attributes:
        last_seq: The number of the last change in it; that of the call before when it has none.
        waiting: Changes left to send after this call.
        stuck: Changes that cannot be frozen yet: their case's key has to arrive first.
    """

    request: SyncRequest
    sent: tuple[SentChange, ...]
    deposits: tuple[Deposit, ...]
    last_seq: int
    waiting: int
    stuck: int


def compose(
    tx: Transaction,
    identity: Identity,
    *,
    now_ms: int,
    page_limit: int,
    batch_limit: int = CHANGES_PER_CALL,
    most_runs: int = 0,
    after: Plan | None = None,
) -> Plan:
    """Return the next call. What it hands in is frozen, and on the medium with the transaction.

    Args:
        tx: The transaction.
        identity: Who calls.
        now_ms: The centre's time as well as it is known.
        page_limit: Most items of the page that is asked for.
        batch_limit: Most changes that it hands in.
        most_runs: Most runs that it hands in; 0 for as many as a call carries.
        after: The call that is under way, and of which nothing is stored yet.
    """
    position = tx.position()
    revoked = position.standing is Standing.REVOKED
    frozen = tx.sent_runs(after.last_seq if after is not None else 0)
    if not frozen and not position.reconciling:
        frozen = freeze(tx, identity, batch_limit)
        position = tx.position()
    deposits: list[Deposit] = []
    if not position.reconciling:
        under_way = after.deposits if after is not None else ()
        deposits = wanted_deposits(
            tx, identity, now_ms, without={each.key.case_id for each in under_way}
        )
    runs = _of_one_call(frozen, most_runs, batch_limit)
    chosen = [change for run in runs for change in run.changes]
    is_whole = len(runs) == len(frozen)
    if after is None:
        left = sum(len(run.changes) for run in frozen[len(runs) :])
        waiting = tx.count_sendable() + left
    else:  # counting them all for each of many calls would take as long as sealing them
        waiting = max(0, after.waiting - len(chosen))
    # Who can send nothing reads: a key that is missing comes in the feed, and a restored
    # centre is read whole before anything is sent.
    wants_page = is_whole and not revoked and (waiting == 0 or not chosen)
    digest_of: tuple[str, ...] = ()
    if wants_page and not position.reconciling and now_ms // _DAY_MS > position.digest_day:
        digest_of = tuple(tx.cases(position.digest_after, DIGESTS_PER_DAY))
    request = SyncRequest.model_construct(
        generation=position.generation,
        keys=tuple(seal_deposits(identity, deposits)),
        openings=tuple(_openings(tx, identity, deposits)),
        changes=tuple(each.change for each in chosen),
        runs=tuple(run.signature for run in runs),
        acked=position.acked_seq,
        cursor=position.cursor,
        limit=_page_size(position.cursor, page_limit) if wants_page else 0,
        digest_of=digest_of,
        hand_in=revoked,
    )
    # Changes that no key is here for yet stay, however often they are asked about.
    stuck = 0 if chosen or position.reconciling else waiting
    last_seq = chosen[-1].change.device_seq if chosen else after.last_seq if after else 0
    return Plan(request, tuple(chosen), tuple(deposits), last_seq, waiting, stuck)


def may_compose_ahead(tx: Transaction, plan: Plan) -> bool:
    """Return whether the call after this one can be composed while this one travels.

    Only in the ordinary course: it hands in changes, and more of them are waiting.
    """
    position = tx.position()
    return (
        bool(plan.sent)
        and plan.waiting > 0
        and position.standing is Standing.ACTIVE
        and not position.reconciling
        and tx.successor() is None
    )


def _page_size(cursor: str | None, page_limit: int) -> int:
    """Return how many items to ask for: the first page of all is short.

    Nothing can be done while it travels, and with it the first cases are on the screen.
    """
    return page_limit if cursor is not None else max(1, page_limit // 4)


def read_on(plan: Plan, answer: SyncAnswer, page_limit: int) -> Plan | None:
    """Return the call for the page after the one in this answer; None when there is none.

    It hands in nothing, so that it may travel while this page is stored.
    """
    if answer.feed is None or not answer.more or answer.cursor in (None, plan.request.cursor):
        return None
    request = SyncRequest.model_construct(
        generation=plan.request.generation,
        keys=(),
        openings=(),
        changes=(),
        runs=(),
        acked=plan.request.acked,
        cursor=answer.cursor,
        limit=page_limit,
        digest_of=plan.request.digest_of,
        hand_in=False,
    )
    return Plan(request, (), (), plan.last_seq, plan.waiting, plan.stuck)


def _openings(
    tx: Transaction, identity: Identity, deposits: Sequence[Deposit]
) -> list[SignedStatement]:
    """Return who opened the cases of which this device vouches for a key, should they be new."""
    keys = {
        deposit.key.case_id: deposit.key
        for deposit in deposits
        if deposit.recipient == RECOVERY and deposit.key.case_id not in RESERVED_CASES
    }
    if not keys:
        return []
    as_of = directory_number(tx)
    return [state_opening(identity, key, as_of) for key in keys.values()][:CHANGES_PER_CALL]


def _of_one_call(frozen: Sequence[SentRun], most_runs: int, batch_limit: int) -> Sequence[SentRun]:
    """Return the first of the frozen runs: as many as one call carries.

    After a call that was cut, two batches may be frozen; they go one after the other.
    """
    changes = size = 0
    for number, run in enumerate(frozen):
        too_many = changes + len(run.changes) > batch_limit or size > BATCH_BYTES
        if number and (too_many or number == most_runs):
            return frozen[:number]
        changes += len(run.changes)
        size += sum(len(each.change.sealed) for each in run.changes)
    return frozen
