"""Stating decisions: what this device signs when its person decides, and what follows here at once.

A decision goes to the centre as a statement. When the centre has taken it, it holds on this device
without waiting for the feed, so that the centre cannot accept a withdrawal and then keep it quiet.
What holds is what was signed here, whatever the centre answers.
"""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.client.deposits import rotate_after
from sync.client.directory import (
    agency_seed_place,
    appointments,
    directory_entries,
    hash_of,
    take_device,
    take_staff,
    words,
)
from sync.client.identity import AGENCY_SEED_PURPOSE, Identity
from sync.client.replica import Transaction
from sync.protocol.certificates import DeviceKeys, certify_device
from sync.protocol.decisions import (
    Appointment,
    CaseGrant,
    GrantWithdrawal,
    Opening,
    Revocation,
    opening_proof,
)
from sync.protocol.feed import DeviceEntry, GrantEntry, StaffEntry
from sync.protocol.keys import CaseKey
from sync.protocol.management import CertificateRequest
from sync.protocol.roles import DeviceState, GrantKind, Role
from sync.protocol.sealing import seal_secret
from sync.protocol.wire import SignedStatement


class NoAgencyKey(Exception):
    """This device does not hold the agency's signing key (yet): only a data manager's does."""


@dataclass(frozen=True)
class Place:
    """Where a device stands in the directory: the next number, and what it knows."""

    number: int
    entries: dict[str, int]

    def hash_with(self, subject: str) -> bytes:
        """Return the directory's hash after a statement about this id."""
        return hash_of({**self.entries, subject: self.number})


def next_place(tx: Transaction) -> Place:
    """Return the place of the next statement about people or devices."""
    entries = directory_entries(tx)
    return Place(max(entries.values(), default=0) + 1, entries)


def directory_number(tx: Transaction) -> int:
    """Return the last number of the directory that this device knows: the `as_of` of a grant."""
    return next_place(tx).number - 1


def _agency_key(identity: Identity) -> Ed25519PrivateKey:
    if identity.agency_seed is None:
        raise NoAgencyKey("Only a data manager's device can decide this.")
    return Ed25519PrivateKey.from_private_bytes(identity.agency_seed)


def state_appointment(
    tx: Transaction,
    identity: Identity,
    staff_id: str,
    role: Role,
    team_id: str | None,
    at: int,
    *,
    active: bool = True,
) -> SignedStatement:
    """Return the statement that a person has a role and team, or no longer works here.

    `at` is now, in milliseconds by the centre's clock.

    Raises:
        NoAgencyKey: This device cannot sign it.
    """
    place, before = next_place(tx), appointments(tx).get(staff_id)
    comes_back = active and before is not None and not before.active
    since = before.since if before is not None else 0
    return Appointment(
        agency_id=identity.agency_id,
        staff_id=staff_id,
        role=role,
        team_id=team_id,
        active=active,
        number=place.number,
        since=place.number if comes_back else since,
        at=at,
        directory=place.hash_with(staff_id),
    ).sign(_agency_key(identity))


def due_certificates(
    tx: Transaction, identity: Identity, now_ms: int
) -> list[tuple[str, CertificateRequest]]:
    """Return new certificates, by device id, that this data manager's device should hand in.

    For devices that only their code vouches for, and those whose person has another role or team
    now. Both are taken from signed words, never from what the centre says. The device of a new
    data manager gets the agency's signing key along, sealed. Empty on other devices.
    """
    if identity.agency_seed is None:
        return []
    key, said = _agency_key(identity), words(tx)
    found: list[tuple[str, CertificateRequest]] = []
    for device in tx.devices():
        word = said[device.staff_id]
        fits = device.is_direct and (device.role, device.team_id) == (word.role, word.team_id)
        if fits or not device.is_active or not word.active:
            continue
        certificate = certify_device(
            key,
            identity.agency_id,
            device.staff_id,
            word.role,
            DeviceKeys(device.device_id, device.signing_key, device.sealing_key),
            now_ms,
            team_id=word.team_id,
            as_of=word.number,
        )
        sealed = None
        if word.role is Role.DATA_MANAGER:
            place = agency_seed_place(identity.agency_id, device.device_id)
            sealed = seal_secret(
                identity.agency_seed, device.sealing_key, AGENCY_SEED_PURPOSE, place
            )
        request = CertificateRequest(certificate=certificate, sealed_signing_seed=sealed)
        found.append((device.device_id, request))
    return found


def state_revocation(
    tx: Transaction, identity: Identity, device_id: str, staff_id: str, at: int
) -> SignedStatement:
    """Return the statement that a device is over. Raises as `state_appointment`.

    Args:
        tx: What is known here.
        identity: This device.
        device_id: The device that ends.
        staff_id: Whose it is.
        at: Now, in milliseconds by the centre's clock.
    """
    place = next_place(tx)
    # A device that was never certified is in nobody's directory.
    known = tx.device(device_id) is not None
    return Revocation(
        agency_id=identity.agency_id,
        staff_id=staff_id,
        device_id=device_id,
        number=place.number,
        at=at,
        directory=place.hash_with(device_id) if known else hash_of(place.entries),
    ).sign(_agency_key(identity))


def state_opening(identity: Identity, key: CaseKey, as_of: int) -> SignedStatement:
    """Return the statement that this device opened a case, proved with a key of the case."""
    return Opening(
        agency_id=identity.agency_id,
        case_id=key.case_id,
        staff_id=identity.staff_id,
        team_id=identity.team_id,
        key_id=key.key_id,
        proof=opening_proof(key, identity.agency_id, identity.device_id),
        signer=identity.device_id,
        as_of=max(as_of, identity.as_of),
    ).sign(identity.keys.signing)


def state_grant(
    tx: Transaction,
    identity: Identity,
    case_id: str,
    staff_id: str,
    grant_id: str,
    *,
    starts_at: int | None = None,
    until: int | None = None,
) -> SignedStatement:
    """Return the statement that a person may see a case, for good or (with `until`) as cover."""
    return CaseGrant(
        agency_id=identity.agency_id,
        grant_id=grant_id,
        case_id=case_id,
        staff_id=staff_id,
        kind=GrantKind.GRANTED if until is None else GrantKind.COVER,
        starts_at=starts_at,
        until=until,
        signer=identity.device_id,
        as_of=directory_number(tx),
    ).sign(identity.keys.signing)


def state_withdrawal(tx: Transaction, identity: Identity, grant: GrantEntry) -> SignedStatement:
    """Return the statement that a grant has ended."""
    return GrantWithdrawal(
        agency_id=identity.agency_id,
        grant_id=grant.grant_id,
        case_id=grant.case_id,
        staff_id=grant.staff_id,
        kind=grant.kind,
        signer=identity.device_id,
        as_of=directory_number(tx),
    ).sign(identity.keys.signing)


def follow_person(tx: Transaction, answer: StaffEntry, statement: SignedStatement) -> None:
    """Let a decision about a person hold here, once the centre has taken it.

    The answer is taken as the feed would be: where another manager decided the same before, the
    centre keeps that statement. Where it does not say what was decided, what was signed here holds.
    """
    identity, decided = tx.identity(), Appointment.kept(statement)
    take_staff(tx, identity, [answer])
    word = words(tx).get(decided.staff_id)
    outcome = (decided.role, decided.team_id, decided.active)
    if word is not None and (word.role, word.team_id, word.active) == outcome:
        return
    known = tx.staff().get(decided.staff_id)
    entry = StaffEntry(
        staff_id=decided.staff_id,
        role=decided.role,
        team_id=decided.team_id,
        active=decided.active,
        statement=statement,
        seq=known.seq if known is not None else 0,  # the feed brings it
    )
    take_staff(tx, identity, [entry])


def follow_revocation(tx: Transaction, answer: DeviceEntry, statement: SignedStatement) -> None:
    """Let a revocation hold here, once the centre has taken it: as `follow_person` does."""
    identity, decided = tx.identity(), Revocation.kept(statement)
    take_device(tx, identity, answer)
    device = tx.device(decided.device_id)
    if device is None or device.ended is not None:
        return
    ended = DeviceEntry(
        device_id=device.device_id,
        staff_id=device.staff_id,
        state=DeviceState.REVOKED,
        certificate=None,  # the one that is known here stays
        revocation=statement,
        seq=device.seq,
    )
    take_device(tx, identity, ended)


def follow_grant(
    tx: Transaction, answer: GrantEntry, statement: SignedStatement, now_ms: int
) -> None:
    """Let a grant hold here, once the centre has taken it: its keys are due.

    Of the answer only the number is used. A grant that is known here already stays as it is: it
    may have ended meanwhile.
    """
    decided = CaseGrant.kept(statement)
    if any(known.grant_id == decided.grant_id for known in tx.grants_of_case(decided.case_id)):
        return
    entry = GrantEntry(
        grant_id=decided.grant_id,
        case_id=decided.case_id,
        staff_id=decided.staff_id,
        kind=decided.kind,
        starts_at=now_ms if decided.starts_at is None else decided.starts_at,
        until=decided.until,
        ended_at=None,
        statement=statement,
        seq=answer.seq,
    )
    tx.put_grants([entry])
    tx.mark_deposits_due([decided.case_id])


def follow_withdrawal(
    tx: Transaction, before: GrantEntry, statement: SignedStatement, now_ms: int
) -> None:
    """Let a withdrawal hold here, once the centre has taken it: a new key for what comes after.

    It is put together from what was known and signed here, whatever the centre answered.
    """
    ended = before.model_copy(update={"ended_at": now_ms, "withdrawal": statement})
    tx.put_grants([ended])
    rotate_after(tx, tx.identity(), ended, now_ms)
