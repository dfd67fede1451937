"""Acts about people, devices and access. Each is a signed request; each POST is idempotent."""

from typing import Annotated, Literal

from pydantic import Field

from sync.protocol.audit import AuditEntry, AuditHead
from sync.protocol.certificates import Certificate
from sync.protocol.envelope import Change, Record, Run
from sync.protocol.feed import DeviceEntry, GrantEntry, StaffEntry
from sync.protocol.ids import Id
from sync.protocol.keys import SealedCaseKey
from sync.protocol.limits import KEYS_PER_CALL
from sync.protocol.push import KeyOutcome
from sync.protocol.receipts import ChainHead, ReceiptEntry
from sync.protocol.roles import GrantKind, Role
from sync.protocol.statements import SignedStatement
from sync.protocol.wire import Count, Key32, Message, Milliseconds


class ServerStatus(Message):
    """Answer of `GET /v1/status`."""

    lowest_protocol: Count
    highest_protocol: Count
    server_time: Milliseconds
    agency_id: Id
    generation: Count
    device_id: Id
    state: str
    staff_id: Id
    role: Role
    team_id: Id | None
    last_device_seq: Count
    chain_head: ChainHead
    audit_head: AuditHead
    lease_days: Count
    attachment_bytes: Count


class ReceiptPage(Message):
    """Answer of `GET /v1/status/receipts`: this device's own chain."""

    generation: Count
    entries: tuple[ReceiptEntry, ...]
    more: bool


class WitnessRequest(Message):
    """A head that the server signed and has lost: proof that it was restored from a backup."""

    chain_head: ChainHead | None = None
    audit_head: AuditHead | None = None


class WitnessAnswer(Message):
    """The generation after the witness was heard."""

    generation: Count


class NewStaff(Message):
    """Body of `POST /v1/staff`. `statement`: the `Appointment` that says the same."""

    staff_id: Id
    role: Role
    team_id: Id | None = None
    statement: SignedStatement


class StaffChange(Message):
    """Body of `PATCH /v1/staff/{id}`. What is left out stays; `statement` says the outcome."""

    role: Role | None = None
    team_id: Id | None = None
    leave_team: bool = False
    active: bool | None = None
    statement: SignedStatement


class StaffList(Message):
    """Answer of `GET /v1/staff`."""

    staff: tuple[StaffEntry, ...]


class DeviceList(Message):
    """Answer of `GET /v1/devices`."""

    devices: tuple[DeviceEntry, ...]


class CertificateRequest(Message):
    """Body of `PUT /v1/devices/{id}/certificate`.

    `sealed_signing_seed`: the agency's signing key, sealed to the device of a new data manager.
    """

    certificate: Certificate
    sealed_signing_seed: Annotated[bytes, Field(min_length=80, max_length=80)] | None = None


class RevocationRequest(Message):
    """Body of `POST /v1/devices/{id}/revocation`. `statement` is the `Revocation`."""

    statement: SignedStatement


class SuccessionRequest(Message):
    """Body of `POST /v1/devices/succession`, signed with the old key; the old id dies."""

    device_id: Id
    signing_key: Key32
    sealing_key: Key32
    succession: SignedStatement


class NewGrant(Message):
    """Body of `POST /v1/cases/{id}/grants`.

    Attributes:
        kind: `granted`, or `cover` with an end.
        starts_at: None for now.
        until: None for open-ended.
        statement: The `CaseGrant` that says the same, signed by the calling device.
        keys: The case's keys, sealed to the person's devices, stored with the grant.
    """

    grant_id: Id
    staff_id: Id
    kind: Literal[GrantKind.GRANTED, GrantKind.COVER] = GrantKind.GRANTED
    starts_at: Milliseconds | None = None
    until: Milliseconds | None = None
    statement: SignedStatement
    keys: Annotated[tuple[SealedCaseKey, ...], Field(max_length=KEYS_PER_CALL)] = ()


class WithdrawalRequest(Message):
    """Body of `POST /v1/cases/{id}/grants/{grant_id}/withdrawal`: the `GrantWithdrawal`."""

    statement: SignedStatement


class GrantAnswer(Message):
    """A grant as it stands, and what became of the keys that came with it."""

    grant: GrantEntry
    key_outcomes: tuple[KeyOutcome, ...] = ()


class GrantList(Message):
    """Answer of `GET /v1/cases/{id}/grants`."""

    grants: tuple[GrantEntry, ...]


class NewKeys(Message):
    """Body of `POST /v1/cases/{id}/keys`."""

    keys: Annotated[tuple[SealedCaseKey, ...], Field(min_length=1, max_length=KEYS_PER_CALL)]


class KeyList(Message):
    """Answer of `GET /v1/cases/{id}/keys` and of `GET /v1/keys/recovery`."""

    keys: tuple[SealedCaseKey, ...]
    more: bool = False


class KeyOutcomes(Message):
    """Answer of `POST /v1/cases/{id}/keys`."""

    key_outcomes: tuple[KeyOutcome, ...]


class CasePage(Message):
    """Answer of `GET /v1/cases/{id}/records`: one case whole, when its digest differs."""

    keys: tuple[SealedCaseKey, ...]
    records: tuple[Record, ...]
    runs: tuple[Run, ...]
    more: bool


class InboxItem(Message):
    """Late work of somebody whose access has ended: sealed as it was handed in.

    The supervisor's device opens it, and what is taken over becomes an ordinary change.
    """

    item_id: Id
    staff_id: Id
    device_id: Id
    generation: Count
    received_at: Milliseconds
    state: Literal["open", "taken", "declined"]
    decided_by: Id | None = None
    decided_at: Milliseconds | None = None
    change: Change


class InboxPage(Message):
    """Answer of `GET /v1/inbox`."""

    items: tuple[InboxItem, ...]
    runs: tuple[Run, ...]
    more: bool


class InboxDecision(Message):
    """Body of `POST /v1/inbox/{id}/decision`."""

    decision: Literal["taken", "declined"]


class AuditPage(Message):
    """Answer of `GET /v1/audit`."""

    entries: tuple[AuditEntry, ...]
    head: AuditHead
    more: bool


class Done(Message):
    """Answer of an act that has nothing else to tell."""

    done: bool = True
