"""The directory: who works here in which role and team, as far as it is signed.

What the centre says of people and devices is kept only where the agency's key stands behind it:
certificates, appointments, revocations. Of two signed words about one person the one with the
higher number counts, and what was revoked stays revoked, so that nothing old can be played again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.client.authors import know_device
from sync.client.identity import AGENCY_SEED_PURPOSE, Identity
from sync.client.replica import KnownDevice, Transaction
from sync.protocol.decisions import Appointment, DirectoryEntry, Revocation, directory_hash
from sync.protocol.errors import ProtocolError, SignatureInvalid
from sync.protocol.feed import DeviceEntry, StaffEntry
from sync.protocol.ids import id_bytes
from sync.protocol.roles import DeviceState, Role, lesser_role
from sync.protocol.sealing import open_secret
from sync.protocol.statements import peek_statement
from sync.protocol.wire import SignedStatement

CERTIFICATE_INVALID = "certificate_invalid"
CERTIFICATE_OLD = "certificate_old"
STATEMENT_FORGED = "statement_forged"
STATEMENT_OLD = "statement_old"
DIRECTORY_INCOMPLETE = "directory_incomplete"


@dataclass(frozen=True, slots=True)
class Word:
    """The newest signed word about a person.

    Attributes:
        number: Of the directory, at which it was given.
        since: Number from which on grants to this person count.
    """

    role: Role
    team_id: str | None
    active: bool
    number: int
    since: int


def read_appointment(
    identity: Identity, statement: SignedStatement | None, staff_id: str
) -> Appointment | None:
    """Return an appointment of this person, signed with the agency's key; else None."""
    if statement is None:
        return None
    try:
        appointment = Appointment.read(statement, identity.agency_key)
    except SignatureInvalid:
        return None
    said = (appointment.agency_id, appointment.staff_id)
    return appointment if said == (identity.agency_id, staff_id) else None


def ended_at(
    identity: Identity, statement: SignedStatement | None, device: KnownDevice
) -> int | None:
    """Return the number of a statement when it ends this device, else None.

    That is its revocation, or the end of its person's work after the device was certified.
    """
    if statement is None:
        return None
    appointment = read_appointment(identity, statement, device.staff_id)
    if appointment is not None:
        ends = not appointment.active and appointment.number > device.as_of
        return appointment.number if ends else None
    try:
        revocation = Revocation.read(statement, identity.agency_key)
    except SignatureInvalid:
        return None
    said = (revocation.agency_id, revocation.device_id)
    return revocation.number if said == (identity.agency_id, device.device_id) else None


def take_staff(tx: Transaction, identity: Identity, entries: Iterable[StaffEntry]) -> set[str]:
    """Keep what the centre says of people, with the newest appointment that is signed.

    Returns whose appointment is new here.
    """
    before, kept, changed = tx.staff(), [], set()
    for entry in entries:
        old = before.get(entry.staff_id)
        known = read_appointment(identity, old.statement if old else None, entry.staff_id)
        told = read_appointment(identity, entry.statement, entry.staff_id)
        if told is None and entry.statement is not None:
            tx.note_problem(STATEMENT_FORGED, entry.staff_id)
        if told is not None and known is not None and told.number < known.number:
            tx.note_problem(STATEMENT_OLD, entry.staff_id)
            told = None
        if told is not None:
            changed |= {entry.staff_id} if told != known else set()
            kept.append(entry)
        else:
            kept.append(entry.model_copy(update={"statement": old.statement if old else None}))
    tx.put_staff(kept)
    return changed


def take_device(tx: Transaction, identity: Identity, entry: DeviceEntry) -> bool:
    """Keep what the centre says of a device, as far as it is signed.

    Returns whether keys may have to be sealed to it that were not before.
    """
    before = tx.device(entry.device_id)
    known = know_device(entry, identity.agency_id, identity.agency_key)
    if known is None and entry.state is DeviceState.ACTIVE:
        tx.note_problem(CERTIFICATE_INVALID, entry.device_id)
    if before is not None and (known is None or known.as_of < before.as_of):
        if known is not None:
            tx.note_problem(CERTIFICATE_OLD, entry.device_id)
        is_active = known is not None and entry.state is DeviceState.ACTIVE
        known = replace(before, is_active=is_active, seq=entry.seq)
    if known is not None:
        ended = before.ended if before is not None else None
        if ended_at(identity, entry.revocation, known) is not None:
            ended = entry.revocation
        elif entry.revocation is not None:
            tx.note_problem(STATEMENT_FORGED, entry.device_id)
        known = replace(known, ended=ended, is_active=known.is_active and ended is None)
    tx.put_device(entry, known)
    if known is None or not known.is_active:
        return False
    return before is None or (before.role, before.team_id) != (known.role, known.team_id)


def appointments(tx: Transaction) -> dict[str, Appointment]:
    """Return everybody's newest appointment, by staff id; they were checked when they came."""
    return {
        staff_id: Appointment.kept(entry.statement)
        for staff_id, entry in tx.staff().items()
        if entry.statement is not None
    }


def revocations(tx: Transaction) -> dict[str, Revocation]:
    """Return the revocations of devices, by device id; they were checked when they came."""
    found = {}
    for device in tx.devices():
        if device.ended is not None and peek_statement(device.ended)["type"] == Revocation.TYPE:
            found[device.device_id] = Revocation.kept(device.ended)
    return found


def words(tx: Transaction) -> dict[str, Word]:
    """Return the newest signed word about everybody, by staff id."""
    found: dict[str, Word] = {}
    for device in tx.devices():
        word = found.get(device.staff_id)
        if word is None or device.as_of > word.number:
            found[device.staff_id] = Word(device.role, device.team_id, True, device.as_of, 0)
    for staff_id, appointment in appointments(tx).items():
        word = found.get(staff_id)
        if word is not None and word.number > appointment.number:
            found[staff_id] = replace(word, since=appointment.since)
        else:
            found[staff_id] = Word(
                appointment.role,
                appointment.team_id,
                appointment.active,
                appointment.number,
                appointment.since,
            )
    return found


def role_of(device: KnownDevice, word: Word) -> Role:
    """Return the role of a device: what its certificate says, unless a newer word says less."""
    return lesser_role(device.role, word.role)


def take_own_word(tx: Transaction, entries: Iterable[DeviceEntry]) -> None:
    """Make this device's role and team those that are signed; take in the agency's key.

    The key comes, sealed to this device, with the certificate of a new data manager.
    """
    identity = tx.identity()
    own = tx.device(identity.device_id)
    word = words(tx).get(identity.staff_id)
    if own is None or word is None:
        return
    changed = replace(
        identity,
        role=role_of(own, word),
        team_id=word.team_id,
        as_of=max(own.as_of, identity.as_of),
    )
    for entry in entries:
        if entry.device_id == identity.device_id and entry.sealed_signing_seed is not None:
            seed = open_agency_seed(identity, entry.sealed_signing_seed)
            changed = replace(changed, agency_seed=seed or changed.agency_seed)
    if changed.role is not Role.DATA_MANAGER:
        changed = replace(changed, agency_seed=None)
    if changed != identity:
        tx.set_identity(changed)


def agency_seed_place(agency_id: str, device_id: str) -> bytes:
    """Return what an agency's signing key is bound to when it is sealed to a device."""
    return id_bytes(agency_id) + id_bytes(device_id)


def open_agency_seed(identity: Identity, sealed: bytes) -> bytes | None:
    """Return the agency's signing key, if it is sealed to this device and is the right one."""
    place = agency_seed_place(identity.agency_id, identity.device_id)
    try:
        seed = open_secret(sealed, identity.keys.sealing, AGENCY_SEED_PURPOSE, place)
        public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    except (ProtocolError, ValueError):
        return None
    return seed if public == identity.agency_key else None


def directory_entries(tx: Transaction) -> dict[str, int]:
    """Return what of the directory is known here: ids with the number of their last statement."""
    known: dict[str, Appointment | Revocation] = {**appointments(tx), **revocations(tx)}
    return {subject: statement.number for subject, statement in known.items()}


def hash_of(entries: Mapping[str, int]) -> bytes:
    """Return `directory_hash` of these entries."""
    return directory_hash(DirectoryEntry(subject, number) for subject, number in entries.items())


def compare_directory(tx: Transaction) -> None:
    """Compare what is known with what the signer of the newest statement knew.

    Called at the end of the feed. A difference means that the centre keeps something back, such
    as a revocation, or has lost it in a restore. It is said; nothing else can be done about it.
    """
    known: list[Appointment | Revocation] = [*appointments(tx).values(), *revocations(tx).values()]
    newest = max(known, key=lambda statement: statement.number, default=None)
    if newest is not None and newest.directory != hash_of(directory_entries(tx)):
        tx.note_problem(DIRECTORY_INCOMPLETE, str(newest.number))
