"""The feed: everything that a person may know, in the order in which the agency's counter saw it.

A page is applied whole, in one transaction with its cursor, in the order of the fields below:
people and devices, then grants, then keys, then records, then withdrawals.
"""

from sync.protocol.certificates import Certificate
from sync.protocol.envelope import Record
from sync.protocol.ids import Id
from sync.protocol.keys import SealedCaseKey
from sync.protocol.roles import DeviceState, GrantKind, Role
from sync.protocol.wire import Count, Message, Milliseconds, SignedStatement


class StaffEntry(Message):
    """A member of staff: an opaque id, and what the centre says of them.

    Attributes:
        statement: The `Appointment` that says it with the agency's key; None for the founder, of
            whom only the certificate speaks. A device believes this and nothing else.
    """

    staff_id: Id
    role: Role
    team_id: Id | None
    active: bool
    statement: SignedStatement | None = None
    seq: Count


class DeviceEntry(Message):
    """A device of the agency: to whom keys may be sealed, whose signatures count.

    A revoked device's signatures count for what the centre received before; its certificate stays.

    Attributes:
        revocation: The `Revocation` of a revoked device.
        sealed_signing_seed: To this very device alone: the agency's signing key, sealed to it when
            its person became a data manager.
    """

    device_id: Id
    staff_id: Id
    state: DeviceState
    certificate: Certificate | None
    successor: Id | None = None
    revocation: SignedStatement | None = None
    sealed_signing_seed: bytes | None = None
    seq: Count


class GrantEntry(Message):
    """Who else may see a case that this device may see, and until when.

    Attributes:
        statement: The `CaseGrant` of a granted one; the case's `Opening` with the grants that came
            with it. None for what a role brings later.
        withdrawal: The `GrantWithdrawal`, when somebody ended it.
    """

    grant_id: Id
    case_id: Id
    staff_id: Id
    kind: GrantKind
    starts_at: Milliseconds
    until: Milliseconds | None
    ended_at: Milliseconds | None
    statement: SignedStatement | None = None
    withdrawal: SignedStatement | None = None
    seq: Count


class Withdrawal(Message):
    """Access to a case ended: stop showing it, hand in what is left, then purge it."""

    case_id: Id
    seq: Count


class Feed(Message):
    """One page."""

    staff: tuple[StaffEntry, ...] = ()
    devices: tuple[DeviceEntry, ...] = ()
    grants: tuple[GrantEntry, ...] = ()
    keys: tuple[SealedCaseKey, ...] = ()
    records: tuple[Record, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
