"""One page of the feed, applied whole: people, devices, grants, keys, records, withdrawals."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.client.authors import know_device
from sync.client.departures import leave_case, return_to_case
from sync.client.deposits import is_live, rotate_after
from sync.client.identity import Identity
from sync.client.receiving import Receiver
from sync.client.replica import HeldKey, Transaction
from sync.protocol.errors import ProtocolError
from sync.protocol.feed import DeviceEntry, Feed, GrantEntry
from sync.protocol.ids import AGENCY_CASE_ID
from sync.protocol.keys import SealedCaseKey, open_case_key
from sync.protocol.roles import DeviceState


def apply_page(
    tx: Transaction, identity: Identity, receiver: Receiver, feed: Feed, now_ms: int
) -> None:
    """Apply a page. What cannot be used of it is noted or held; the rest is applied."""
    tx.put_staff(feed.staff)
    for device in feed.devices:
        _apply_device(tx, identity, device)
    _apply_grants(tx, identity, receiver, feed.grants, now_ms)
    changed_cases = {case_id for key in feed.keys if (case_id := _apply_key(tx, identity, key))}
    receiver.receive(feed.records)
    if changed_cases or feed.devices:
        retry_held(tx, receiver, None if feed.devices else changed_cases)
    for withdrawal in feed.withdrawals:
        leave_case(tx, withdrawal.case_id, withdrawal.seq)
        receiver.touched.add(withdrawal.case_id)


def _apply_device(tx: Transaction, identity: Identity, entry: DeviceEntry) -> None:
    before = tx.device(entry.device_id)
    known = know_device(entry, identity.agency_id, identity.agency_key)
    if known is None and entry.state is DeviceState.ACTIVE:
        tx.note_problem("certificate_invalid", entry.device_id)
    tx.put_device(entry, known)
    is_new_recipient = known is not None and known.is_active and before is None
    if is_new_recipient:
        tx.mark_deposits_due(tx.cases_of_staff(entry.staff_id))
        if tx.keys_of_case(AGENCY_CASE_ID):
            tx.mark_deposits_due([AGENCY_CASE_ID])


def _apply_grants(
    tx: Transaction,
    identity: Identity,
    receiver: Receiver,
    grants: tuple[GrantEntry, ...],
    now_ms: int,
) -> None:
    leaving = tx.leaving()
    was_live: set[str] = set()
    for grant in grants:
        known = {g.grant_id: g for g in tx.grants_of_case(grant.case_id)}.get(grant.grant_id)
        if known is not None and known.ended_at is None:
            was_live.add(grant.grant_id)
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


def _apply_key(tx: Transaction, identity: Identity, sealed: SealedCaseKey) -> str | None:
    """Store a key that was sealed to this device; return its case when it is new here."""
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
        key = open_case_key(
            identity.agency_id,
            sealed,
            identity.keys.sealing,
            Ed25519PublicKey.from_public_bytes(public),
        )
    except ProtocolError:
        tx.note_problem("key_unusable", sealed.case_id)
        return None
    here = [held for held in tx.keys_named(key.key_id) if held.key == key]
    made_here = any(held.made_here for held in here)
    tx.put_key(HeldKey(key, made_here, sealed_for=identity.device_id, seq=sealed.seq))
    return None if here else sealed.case_id


def apply_keys(tx: Transaction, identity: Identity, keys: tuple[SealedCaseKey, ...]) -> None:
    """Store the keys of a case that is read whole."""
    for key in keys:
        _apply_key(tx, identity, key)


def retry_held(tx: Transaction, receiver: Receiver, case_ids: set[str] | None) -> None:
    """Try held records again, of some cases or of all: a key or an author has arrived."""
    groups: list[str | None] = [None] if case_ids is None else [*sorted(case_ids)]
    for case_id in groups:
        held = tx.held_of_case(case_id)
        if held:
            receiver.add_runs([h.run for h in held if h.run is not None])
            receiver.receive([h.record for h in held])
