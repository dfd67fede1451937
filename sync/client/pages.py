"""One page of the feed, applied whole: people, devices, grants, keys, records, withdrawals."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.client.departures import leave_case, return_to_case
from sync.client.deposits import is_live, rotate_after
from sync.client.directory import take_device, take_own_word, take_staff, words
from sync.client.grounds import Grounds
from sync.client.identity import Identity
from sync.client.receiving import Receiver
from sync.client.replica import HeldKey, Transaction
from sync.protocol.decisions import Opening
from sync.protocol.errors import ProtocolError
from sync.protocol.feed import Feed, GrantEntry
from sync.protocol.ids import AGENCY_CASE_ID
from sync.protocol.keys import CaseKey, SealedCaseKey, open_case_key
from sync.protocol.roles import Role
from sync.protocol.statements import peek_statement

GRANT_UNFOUNDED = "grant_unfounded"
SECOND_OPENING = "second_opening"


def apply_page(
    tx: Transaction, identity: Identity, receiver: Receiver, feed: Feed, now_ms: int
) -> None:
    """Apply a page. What cannot be used of it is noted or held; the rest is applied."""
    before = Grounds(tx, identity)
    if feed.grants:
        before.load()  # as it stood before what this page says of people and devices
    if feed.staff or feed.devices:
        _apply_directory(tx, identity, feed)
        identity = tx.identity()
    _apply_grants(tx, identity, receiver, before, feed.grants, now_ms)
    changed_cases = apply_keys(tx, identity, feed.keys)
    receiver.receive(feed.records)
    if changed_cases or feed.devices:
        retry_held(tx, receiver, None if feed.devices else changed_cases)
    for withdrawal in feed.withdrawals:
        leave_case(tx, withdrawal.case_id, withdrawal.seq)
        receiver.touched.add(withdrawal.case_id)


def _apply_directory(tx: Transaction, identity: Identity, feed: Feed) -> None:
    may_be_due = take_staff(tx, identity, feed.staff)
    may_be_due |= {d.staff_id for d in feed.devices if take_device(tx, identity, d)}
    take_own_word(tx, feed.devices)
    if not may_be_due:
        return
    by_role = {word_of for word_of, word in words(tx).items() if word.role is not Role.ADVOCATE}
    due = {AGENCY_CASE_ID} if tx.keys_of_case(AGENCY_CASE_ID) else set()
    if may_be_due & by_role:
        due |= set(tx.all_key_cases())
    for staff_id in may_be_due:
        due |= set(tx.cases_of_staff(staff_id))
    tx.mark_deposits_due(due)


def _apply_grants(
    tx: Transaction,
    identity: Identity,
    receiver: Receiver,
    before: Grounds,
    told: tuple[GrantEntry, ...],
    now_ms: int,
) -> None:
    if not told:
        return
    leaving = tx.leaving()
    was_live: set[str] = set()
    grants: list[GrantEntry] = []
    cases: dict[str, dict[str, GrantEntry]] = {}
    for entry in told:
        if entry.case_id not in cases:
            cases[entry.case_id] = {g.grant_id: g for g in tx.grants_of_case(entry.case_id)}
        here = cases[entry.case_id]
        known = here.get(entry.grant_id)
        if known is not None and known.ended_at is None:
            was_live.add(entry.grant_id)
        grant = _follow(known, entry) if known is not None else _believable(tx, before, here, entry)
        here[grant.grant_id] = grant
        grants.append(grant)
    tx.put_grants(grants)
    due: set[str] = set()
    for grant in grants:
        live = is_live(grant, now_ms)
        if grant.staff_id == identity.staff_id:
            if live and grant.case_id in leaving and grant.seq > leaving[grant.case_id]:
                return_to_case(tx, grant.case_id)
                del leaving[grant.case_id]
                receiver.touched.add(grant.case_id)
        elif live:
            due.add(grant.case_id)
        elif grant.grant_id in was_live:
            rotate_after(tx, identity, grant, now_ms)
    tx.mark_deposits_due(due)


def _follow(known: GrantEntry, told: GrantEntry) -> GrantEntry:
    """Return a known grant as it stands now: it may end, and what ended never begins again."""
    return told.model_copy(
        update={
            "statement": known.statement or told.statement,
            "withdrawal": known.withdrawal or told.withdrawal,
            "ended_at": known.ended_at if told.ended_at is None else told.ended_at,
        }
    )


def _believable(
    tx: Transaction, before: Grounds, here: Mapping[str, GrantEntry], told: GrantEntry
) -> GrantEntry:
    """Return a grant that is new here, without its statement when that comes too late.

    What is signed by a device that had already ended, or whose person had left, before this page,
    is dated back. A case is opened once: the statement that came first holds.
    """
    if told.statement is None:
        return told
    said = peek_statement(told.statement)
    code = None
    if before.is_out_of_office(str(said.get("signer", ""))):
        code = GRANT_UNFOUNDED
    elif said.get("type") == Opening.TYPE:
        openers = {
            peek_statement(grant.statement).get("staff_id")
            for grant in here.values()
            if grant.statement is not None
            and peek_statement(grant.statement).get("type") == Opening.TYPE
        }
        code = SECOND_OPENING if openers - {said.get("staff_id")} else None
    if code is None:
        return told
    tx.note_problem(code, told.case_id)
    return told.model_copy(update={"statement": None})


def apply_keys(
    tx: Transaction, identity: Identity, sealed_keys: Iterable[SealedCaseKey]
) -> set[str]:
    """Store the keys that are sealed to this device; return the cases of which one is new here."""
    opened = [
        (sealed, key, tx.device(sealed.sealer))
        for sealed in sealed_keys
        if (key := _open_key(tx, identity, sealed)) is not None
    ]
    if not opened:
        return set()
    grounds, changed = Grounds(tx, identity), set()
    # Twice, because a key may come before the one that proves who opened the case.
    for _ in (1, 2):
        again, opened = opened, []
        for sealed, key, sealer in again:
            vouches = sealer is None or grounds.gives_keys(sealer, key)
            if not vouches:
                opened.append((sealed, key, sealer))
            if _keep_key(tx, HeldKey(key, False, identity.device_id, sealed.seq, vouches)):
                grounds.forget(sealed.case_id)
                changed.add(sealed.case_id)
    return changed


def _open_key(tx: Transaction, identity: Identity, sealed: SealedCaseKey) -> CaseKey | None:
    if sealed.recipient != identity.device_id:
        return None
    sealer = tx.device(sealed.sealer)
    if sealer is None and sealed.sealer == identity.device_id:
        public = identity.keys.public.signing_key
    elif sealer is None:
        tx.note_problem("key_from_unknown_device", sealed.case_id)
        return None
    else:
        public = sealer.signing_key
    try:
        return open_case_key(
            identity.agency_id,
            sealed,
            identity.keys.sealing,
            Ed25519PublicKey.from_public_bytes(public),
        )
    except ProtocolError:
        tx.note_problem("key_unusable", sealed.case_id)
        return None


def _keep_key(tx: Transaction, came: HeldKey) -> bool:
    """Store a key that came; return whether it, or that it is vouched for, is new here.

    A copy that nobody vouches for changes nothing of one that somebody did, such as its epoch.
    """
    key = came.key
    here = next(
        (
            held
            for held in tx.keys_named(key.key_id)
            if (held.key.case_id, held.key.key) == (key.case_id, key.key)
        ),
        None,
    )
    if here is None:
        tx.put_key(came)
        return True
    if here.is_vouched:
        if came.is_vouched:
            tx.put_key(replace(came, key=here.key, made_here=here.made_here))
        return False
    tx.put_key(came)
    return came.is_vouched


def retry_held(tx: Transaction, receiver: Receiver, case_ids: set[str] | None) -> None:
    """Try held records again, of some cases or of all: a key or an author has arrived."""
    groups: list[str | None] = [None] if case_ids is None else [*sorted(case_ids)]
    for case_id in groups:
        held = tx.held_of_case(case_id)
        if held:
            receiver.add_runs([h.run for h in held if h.run is not None])
            receiver.receive([h.record for h in held])
