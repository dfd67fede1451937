"""Deposits: case keys, sealed to everyone who may read the case and to the agency's recovery key.

Who may is decided by `grounds`, on signed statements; the centre's word alone opens nothing.
Whoever made a key seals it to all who have access. Managers' and supervisors' devices do the same
for those who came later, so that nobody waits for a phone that is switched off.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sync.client.freezing import make_key, newest_key
from sync.client.grounds import Grounds
from sync.client.identity import Identity
from sync.client.replica import HeldKey, Transaction
from sync.protocol.errors import Refusal
from sync.protocol.feed import GrantEntry
from sync.protocol.ids import RESERVED_CASES
from sync.protocol.keys import RECOVERY, CaseKey, SealedCaseKey, seal_case_key
from sync.protocol.limits import KEYS_PER_CALL
from sync.protocol.push import KeyOutcome
from sync.protocol.roles import Role

KEYS_PER_BATCH = 300
"""Keys sealed for one call, about: each costs some 150 us and 450 bytes."""

_STORED = {None}


def is_live(grant: GrantEntry, now_ms: int) -> bool:
    """Return whether a grant gives access now."""
    return (
        grant.ended_at is None
        and grant.starts_at <= now_ms
        and (grant.until is None or grant.until > now_ms)
    )


@dataclass(frozen=True)
class Deposit:
    """A key that somebody still has to get: a device, or the agency's recovery key."""

    key: CaseKey
    recipient: str
    public_key: bytes


def wanted_deposits(
    tx: Transaction, identity: Identity, now_ms: int, without: Collection[str] = ()
) -> list[Deposit]:
    """Return what should be deposited next. Cases of which nothing is wanted lose their mark.

    The cases `without` are left out: their deposits are on the way.
    """
    found: list[Deposit] = []
    for wanted in _wanted_by_case(tx, identity, now_ms, without):
        found += wanted
        if len(found) >= KEYS_PER_BATCH:
            break
    return found[:KEYS_PER_CALL]


def wants_deposits(tx: Transaction, identity: Identity, now_ms: int) -> bool:
    """Return whether something should be deposited: the first case that wants it decides."""
    return any(_wanted_by_case(tx, identity, now_ms, ()))


def _wanted_by_case(
    tx: Transaction, identity: Identity, now_ms: int, without: Collection[str]
) -> Iterator[list[Deposit]]:
    grounds = Grounds(tx, identity)
    for case_id in tx.deposits_due():
        if case_id in without:
            continue
        wanted = _of_case(tx, identity, case_id, grounds, now_ms)
        if wanted:
            yield wanted
        else:
            tx.clear_deposits_due([case_id])


def seal_deposits(identity: Identity, deposits: Sequence[Deposit]) -> list[SealedCaseKey]:
    """Return the keys, each sealed to its recipient and signed by this device."""
    return [
        seal_case_key(
            deposit.key,
            identity.agency_id,
            deposit.recipient,
            deposit.public_key,
            identity.device_id,
            identity.keys.signing,
        )
        for deposit in deposits
    ]


def _of_case(
    tx: Transaction,
    identity: Identity,
    case_id: str,
    grounds: Grounds,
    now_ms: int,
) -> list[Deposit]:
    done = tx.deposited(case_id)
    grants = tx.grants_of_case(case_id)
    return [
        Deposit(held.key, recipient, public_key)
        for held in tx.keys_of_case(case_id)
        for recipient, public_key in _recipients(tx, identity, held, grants, grounds, now_ms)
        if (held.key.key_id, recipient) not in done
    ]


def _recipients(
    tx: Transaction,
    identity: Identity,
    held: HeldKey,
    grants: Sequence[GrantEntry],
    grounds: Grounds,
    now_ms: int,
) -> list[tuple[str, bytes]]:
    """Return to whom a key is to be sealed: who has access by the centre, and a ground for it."""
    if held.key.case_id in RESERVED_CASES and identity.role is not Role.DATA_MANAGER:
        return []  # the centre takes these from data managers only
    if not held.is_vouched:
        return []  # whoever seals a key on vouches for it
    found: dict[str, bytes] = {}
    # A key that the centre has never confirmed is this device's to vouch for, whoever made it.
    is_source = held.made_here or held.seq == 0
    if is_source:
        found[RECOVERY] = identity.recovery_key
    if is_source or identity.may_manage:
        given = {g.staff_id: g.seq for g in grants if is_live(g, now_ms)}
        given |= _by_role(tx, grounds, held.key.case_id, grants)
        for device in grounds.devices.values():
            granted = given.get(device.staff_id)
            # What was here before the key, its maker has sealed it to already.
            if (
                granted is not None
                and device.is_active
                and (is_source or max(device.seq, granted) > held.seq)
                and grounds.allows(device, held.key.case_id, now_ms)
            ):
                found[device.device_id] = device.sealing_key
    if held.sealed_for == identity.device_id:
        found.pop(identity.device_id, None)
    else:
        found[identity.device_id] = identity.keys.public.sealing_key
    return list(found.items())


def _by_role(
    tx: Transaction, grounds: Grounds, case_id: str, grants: Sequence[GrantEntry]
) -> dict[str, int]:
    """Return who may have access by role, with the number under which the centre knows them.

    What the centre has said has ended is left out; the grounds decide of the rest.
    """
    told = {grant.staff_id for grant in grants}
    staff = tx.staff()
    return {
        staff_id: staff[staff_id].seq if staff_id in staff else 0
        for staff_id in grounds.words
        if staff_id not in told and grounds.has_role_in(staff_id, case_id)
    }


def note_deposits(
    tx: Transaction, deposits: Sequence[Deposit], outcomes: Sequence[KeyOutcome]
) -> None:
    """Remember what became of deposited keys. What was refused is tried when something changes."""
    codes = {(o.key_id, o.recipient): o.code for o in outcomes}
    by_case: dict[str, list[tuple[str, str]]] = {}
    refused: set[str] = set()
    for deposit in deposits:
        key, pair = deposit.key, (deposit.key.key_id, deposit.recipient)
        by_case.setdefault(key.case_id, [])
        if codes.get(pair, Refusal.NO_ACCESS) in _STORED:
            by_case[key.case_id].append(pair)
        elif deposit.recipient == RECOVERY:
            refused.add(key.case_id)
    tx.clear_deposits_due(by_case)
    for case_id, pairs in by_case.items():
        tx.add_deposited(case_id, pairs)
        if case_id in refused:
            tx.note_problem("recovery_key_refused", case_id)
        elif any(recipient == RECOVERY for _key_id, recipient in pairs):
            tx.forget_problems(["recovery_key_refused"], case_id)


def rotate_after(tx: Transaction, identity: Identity, ended: GrantEntry, now_ms: int) -> None:
    """Make a new key for what comes after somebody's access to a case ended.

    Withdrawal protects only what is sealed after it. Every manager's device that saw the grant
    end does this; of two keys of one epoch, all devices use the same one.
    """
    if not identity.may_manage or ended.staff_id == identity.staff_id:
        return
    grants = tx.grants_of_case(ended.case_id)
    if any(g.staff_id == ended.staff_id and is_live(g, now_ms) for g in grants):
        return
    newest = newest_key(tx.keys_of_case(ended.case_id))
    if newest is not None and (newest.made_here or newest.seq < ended.seq):
        make_key(tx, ended.case_id, epoch=newest.key.epoch + 1)
