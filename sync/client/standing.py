"""When the centre and this device no longer agree on where they stand.

restored centre   a new generation: everything is read anew, compared by hash, and what the
                  centre lacks is queued again
copied store      its numbers are used by another: it takes a new id and new keys, signed by
                  the old ones, and sends what was not received under new numbers
revoked           screens are hidden at once; the work may still be handed in
"""

from collections.abc import Callable
from dataclasses import replace

from sync.client.channel import Channel, new_idempotency_key
from sync.client.departures import hide_everything
from sync.client.directory import read_appointment
from sync.client.errors import CentreRefused, ContradictoryAnswer
from sync.client.identity import Identity, OwnKeys
from sync.client.outcomes import reopen
from sync.client.replica import OpenChange, Position, Replica, Standing, Transaction
from sync.protocol.certificates import succeed_device
from sync.protocol.decisions import Revocation
from sync.protocol.errors import Code, Problem, SignatureInvalid
from sync.protocol.feed import DeviceEntry
from sync.protocol.ids import new_id
from sync.protocol.limits import HAND_IN_DAYS
from sync.protocol.management import SuccessionRequest, WitnessAnswer, WitnessRequest
from sync.protocol.wire import SignedStatement

_DAY_MS = 24 * 3600 * 1000
LOST_AT_CENTRE = "lost_at_centre"


def enter_generation(tx: Transaction, generation: int) -> None:
    """Begin to reconcile with a centre that was restored from a backup.

    Raises:
        ContradictoryAnswer: The centre counts backwards.
    """
    position = tx.position()
    if generation <= position.generation:
        raise ContradictoryAnswer("The centre names an older generation of itself.")
    reopen(tx, tx.identity(), position.generation)
    tx.doubt_bases(None)
    tx.forget_deposits(None)
    tx.hand_in_files_again()
    tx.set_position(
        replace(
            position,
            generation=generation,
            cursor=None,
            last_seq=0,
            acked_seq=0,
            chain_hash="",
            # A revoked device is shown nothing that it could compare.
            reconciling=position.standing is Standing.ACTIVE,
        )
    )
    tx.note_problem("centre_restored", str(generation))


def queue_what_is_lacking(tx: Transaction, case_id: str | None) -> int:
    """Queue as new what is in doubt after everything was read: the centre does not have it."""
    lacking = tx.doubtful(case_id)
    ids = [base.record_id for base in lacking]
    waiting = tx.open_changes(ids)
    tx.remove_bases(ids)
    # The centre may lack their keys too; whoever has a key vouches for it.
    tx.mark_deposits_due({base.case_id for base in lacking})
    tx.put_open(
        OpenChange(base.record_id, base.case_id, new_id())
        for base in lacking
        if base.record_id not in waiting
    )
    return len(lacking)


def bear_witness(replica: Replica, channel: Channel) -> int:
    """Show the centre a head that it signed and has lost; return its generation afterwards.

    Raises:
        CentreRefused: It does not accept the proof.
    """
    with replica.reading() as tx:
        witness = WitnessRequest(chain_head=tx.chain_head(), audit_head=tx.newest_witness())
    answer = channel.call(
        WitnessAnswer, "POST", "/v1/witness", witness, idempotency_key=new_idempotency_key()
    )
    return answer.generation


def succeed(replica: Replica, channel: Channel, now_ms: Callable[[], int]) -> None:
    """Give this device a new id and new keys; the old id dies at the centre.

    The new keys are stored before they are sent, so that a lost answer loses nothing.

    Raises:
        CentreRefused: Another copy of this store was faster, or the centre says no.
    """
    with replica.transaction() as tx:
        identity = tx.identity()
        under_way = tx.successor()
        if under_way is None:
            under_way = (OwnKeys.make(), new_idempotency_key())
            tx.set_successor(under_way)
    keys, idempotency_key = under_way
    public = keys.public
    request = SuccessionRequest(
        device_id=public.device_id,
        signing_key=public.signing_key,
        sealing_key=public.sealing_key,
        succession=succeed_device(
            identity.keys.signing, identity.agency_id, identity.device_id, public, now_ms()
        ),
    )
    try:
        channel.call(
            DeviceEntry,
            "POST",
            "/v1/devices/succession",
            request,
            idempotency_key=idempotency_key,
        )
    except CentreRefused as error:
        if not is_own_successor(error.problem, keys):
            raise
    adopt_successor(replica)


def is_own_successor(problem: Problem, keys: OwnKeys) -> bool:
    """Return whether the centre says that this very device was succeeded by these keys."""
    return problem.code is Code.DEVICE_REPLACED and problem.successor == keys.device_id


def adopt_successor(replica: Replica) -> None:
    """Go on under the new id: numbers start again, and what was not received is open again."""
    with replica.transaction() as tx:
        under_way = tx.successor()
        if under_way is None:
            return
        identity, position = tx.identity(), tx.position()
        reopen(tx, identity, position.generation)
        tx.set_identity(identity.succeeded_by(under_way[0]))
        tx.set_successor(None)
        tx.mark_deposits_due(tx.all_key_cases())
        tx.set_position(replace(position, last_seq=0, acked_seq=0, chain_hash=""))
        tx.note_problem("new_device_id", under_way[0].device_id)


def accept_revocation(
    replica: Replica, problem: Problem, centre_ms: int, device_ms: int
) -> set[str]:
    """Hide every case at once; return which they were.

    Only a data manager ends a device: the centre's word is nothing without their statement. The
    time for handing in runs from that statement, so that the centre can lengthen it, not cut it
    short by a date or by its clock.

    Args:
        replica: The store.
        problem: The centre's answer, with the statement.
        centre_ms: When the centre signed it.
        device_ms: Now, by this device's clock.

    Raises:
        ContradictoryAnswer: There is no such statement.
    """
    with replica.transaction() as tx:
        position, identity = tx.position(), tx.identity()
        if position.standing is Standing.REVOKED:
            return set()
        ended_at = when_ended(tx, identity, problem.proof)
        if ended_at is None:
            raise ContradictoryAnswer(
                "The centre says that this device was ended, but no data manager has signed that. "
                "Nothing was hidden or removed. Ask your agency.",
                code="revocation_unproven",
            )
        if _has_forgotten(problem, position):
            # Hiding removes what has its receipt; what the centre lacks is handed in again.
            tx.doubt_bases(None)
            tx.hand_in_files_again()
        hidden = hide_everything(tx)
        until = max(problem.hand_in_until or 0, ended_at + HAND_IN_DAYS * _DAY_MS)
        own_estimate = device_ms + int(position.offset_seconds * 1000)
        left_ms = max(0, until - min(centre_ms, own_estimate))
        tx.set_position(
            replace(
                position,
                standing=Standing.REVOKED,
                reconciling=False,  # what the centre may lack was queued while it was hidden
                hand_in_until=until,
                keep_until=device_ms + left_ms,
            )
        )
        return hidden


def _has_forgotten(problem: Problem, position: Position) -> bool:
    """Return whether the centre that ended this device was restored since its last answer."""
    generation, last = problem.generation, problem.last_device_seq
    if generation is None or last is None:
        return False
    return generation > position.generation or last < position.acked_seq


def when_ended(tx: Transaction, identity: Identity, proof: SignedStatement | None) -> int | None:
    """Return when a statement says that this device was ended, in milliseconds; None if it does
    not: it is another device's, or older than this device's certificate, or not the agency's."""
    if proof is None:
        return None
    appointment = read_appointment(identity, proof, identity.staff_id)
    if appointment is not None:
        own = tx.device(identity.device_id)
        as_of = max(identity.as_of, own.as_of if own is not None else 0)
        return appointment.at if not appointment.active and appointment.number > as_of else None
    try:
        revocation = Revocation.read(proof, identity.agency_key)
    except SignatureInvalid:
        return None
    said = (revocation.agency_id, revocation.device_id)
    return revocation.at if said == (identity.agency_id, identity.device_id) else None
