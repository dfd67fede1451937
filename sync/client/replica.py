"""The port behind which a device's copy of the record lies.

The engine decides; a replica stores. Everything that one answer changes happens inside one
`transaction`, which is on the medium when it ends or has never been. `field_app.store.replica`
fits this port over the encrypted store.

Four states of a change:

    queued     an open change: the record differs from its base; joined with later edits
    sent       frozen: number, base, sealed bytes and signature fixed; may be sent again
    received   gone from here, a receipt instead
    attention  refused, or impossible to send: kept and shown until a person decides
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from sync.client.identity import Identity, OwnKeys
from sync.protocol.audit import AuditHead
from sync.protocol.envelope import Change, Record, Run, RunSignature
from sync.protocol.feed import DeviceEntry, GrantEntry, StaffEntry
from sync.protocol.keys import CaseKey
from sync.protocol.receipts import ChainHead, ReceiptEntry
from sync.protocol.roles import Role
from sync.protocol.wire import SignedStatement

Json = dict[str, Any]


class Standing(StrEnum):
    """How the centre sees this device."""

    ACTIVE = "active"
    REVOKED = "revoked"
    REPLACED = "replaced"


@dataclass(frozen=True)
class Position:
    """Where this device stands with its centre.

    Attributes:
        generation: The centre's generation; 0 before the first answer.
        cursor: How far the feed was read; None from the start.
        last_seq: The last number that a change was frozen under.
        acked_seq: The last number whose outcome is stored.
        chain_hash: Hash of this device's receipts up to `acked_seq`, in hex; empty at the start.
        reconciling: Reading everything anew, after a restored centre; nothing is pushed meanwhile.
        reached_at: Server time of the last whole answer, in milliseconds; 0 for never.
        offset_seconds: Server time minus device time.
        lease_days: How long old cases may be shown without reaching the centre.
        inbox_open: Open items of the inbox; None for those who have none.
        hand_in_until: After a revocation, until when work may be handed in, in milliseconds by the
            centre's clock.
        keep_until: The same by this device's clock: the store goes when both have passed.
        centre_time: The latest time that the centre has signed, in milliseconds; never goes back.
        handed_in: After a revocation: everything that can be handed in has its receipt.
        digest_day: The day (server time) on which old cases were last compared.
        digest_after: The case after which that comparison goes on.
    """

    generation: int = 0
    cursor: str | None = None
    last_seq: int = 0
    acked_seq: int = 0
    chain_hash: str = ""
    reconciling: bool = False
    reached_at: int = 0
    offset_seconds: float = 0.0
    lease_days: int = 14
    inbox_open: int | None = None
    standing: Standing = Standing.ACTIVE
    hand_in_until: int = 0
    keep_until: int = 0
    centre_time: int = 0
    handed_in: bool = False
    digest_day: int = 0
    digest_after: str = ""

    def to_json(self) -> Json:
        """Return it as JSON values."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {**values, "standing": self.standing.value}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Position":
        """Return what `to_json` wrote; what is missing stands on its default."""
        known = cls.__dataclass_fields__
        read = {name: value for name, value in values.items() if name in known}
        return cls(**{**read, "standing": Standing(read.get("standing", Standing.ACTIVE))})


@dataclass(frozen=True, slots=True)
class Written:
    """A record as JSON text (UTF-8), and whether it is a tombstone."""

    text: bytes
    deleted: bool


@dataclass(frozen=True)
class OpenChange:
    """A record that differs from its base and is not on its way yet.

    Attributes:
        edit_id: Names this piece of work; kept when the change is rebased.
        attention: Why it cannot be sent until a person decides; None when it can.
        kept: The record as it was when its case had to be hidden; None when it is in its table.
    """

    record_id: str
    case_id: str
    edit_id: str
    attention: str | None = None
    kept: Json | None = None


@dataclass(frozen=True)
class SentChange:
    """A frozen change: exactly these bytes are sent, however often."""

    change: Change
    edit_id: str
    sealed_hash: bytes


@dataclass(frozen=True)
class SentRun:
    """Frozen changes of consecutive numbers under one signature: sent and answered whole."""

    changes: tuple[SentChange, ...]
    signature: RunSignature


@dataclass(frozen=True)
class Base:
    """The last state of a record that this device received from, or knows at, the centre.

    Attributes:
        generation: In which this was last compared with the centre; negative while in doubt: after
            a restored centre or a differing digest it has to be compared again.
        received_at: When the centre received it, by its clock, in milliseconds.
        text: The state itself, while the record in its table differs; None when it is that state.
    """

    record_id: str
    case_id: str
    revision: int
    generation: int
    sealed_hash: bytes
    deleted: bool
    received_at: int
    text: Json | None = None


@dataclass(frozen=True)
class HeldRecord:
    """A record that is here but cannot be shown: `reason` says why, a later page may help."""

    record: Record
    run: Run | None
    reason: str


@dataclass(frozen=True)
class KnownDevice:
    """A device of the directory whose certificate this device has verified itself.

    Attributes:
        role: What the certificate says; `directory.role_of` says what holds now.
        team_id: What the certificate says.
        as_of: The number of the directory at which it was certified.
        is_active: By the centre's word, and not ended by a signed statement.
        is_direct: Whether a data manager certified it directly, not only its enrolment code.
        ended: The signed statement that ended it, for good; None while it may go on.
    """

    device_id: str
    staff_id: str
    signing_key: bytes
    sealing_key: bytes
    is_active: bool
    seq: int
    is_direct: bool
    role: Role
    team_id: str | None
    as_of: int
    ended: SignedStatement | None = None


@dataclass(frozen=True)
class HeldKey:
    """A case key on this device.

    Attributes:
        made_here: Whether this device made it, and so answers for sealing it to the others.
        sealed_for: The device id to which the centre keeps a copy for this device; empty for none.
        seq: The agency's number of that copy; 0 for a key that was made here.
        is_vouched: Whether new records may be sealed under it: it was made here, came with this
            device's code, or was sealed by somebody who gives keys of the case (`grounds`). Any
            certified device can seal a key of its own to this one; such a key opens what was
            written under it and is used for nothing else.
    """

    key: CaseKey
    made_here: bool
    sealed_for: str
    seq: int
    is_vouched: bool = True


@dataclass(frozen=True)
class SealedFile:
    """An attachment: how many sealed chunks, and the SHA-256 of them all in order.

    Attributes:
        key: The file's own key; empty where its record is not here (any more).
    """

    attachment_id: str
    case_id: str
    chunks: int
    digest: bytes
    key: bytes = b""


class Unreadable(Exception):
    """Opened, but not a record of a form that is known. `reason`: `newer` or `unreadable`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class MergeCase:
    """What a merge needs besides the three states."""

    record_id: str
    case_id: str
    base_revision: int
    edit_id: str
    device_id: str


@dataclass(frozen=True)
class MergeResult:
    """The merged record, and a record for every conflict that a person has to decide."""

    record: Json
    conflicts: Sequence[Json]


class MergeRules(Protocol):
    """What two states of one record become; handed in, because it is about contents."""

    def merge(self, base: Json | None, mine: Json, theirs: Json, case: MergeCase) -> MergeResult:
        """Return the record put together; `base` is None when no common state is known."""

    def same(self, one: Json, other: Json) -> bool:
        """Return whether two states say the same, whoever saved them and when."""


class Transaction(Protocol):
    """Reading and writing inside one transaction."""

    # Standing

    def position(self) -> Position:
        """Return where this device stands."""

    def set_position(self, position: Position) -> None:
        """Store where this device stands."""

    def identity(self) -> Identity:
        """Return who this device is."""

    def set_identity(self, identity: Identity) -> None:
        """Store who this device is, after a succession."""

    def successor(self) -> tuple[OwnKeys, str] | None:
        """Return the keys of a succession under way, and its idempotency key."""

    def set_successor(self, successor: tuple[OwnKeys, str] | None) -> None:
        """Store or clear a succession under way."""

    # The outbox

    def sent_runs(self, after: int = 0) -> list[SentRun]:
        """Return the runs of frozen changes with higher numbers, in order."""

    def sent(self) -> list[SentChange]:
        """Return all frozen changes, in order."""

    def has_sent(self) -> bool:
        """Return whether a change is frozen."""

    def add_sent(self, runs: Iterable[SentRun]) -> None:
        """Store frozen changes."""

    def remove_sent(self, last: int) -> None:
        """Forget frozen changes up to a number: the last of a run, for runs are answered whole."""

    def sendable(self, limit: int, without: Collection[str] = ()) -> list[OpenChange]:
        """Return open changes that could be frozen now, by case; some cases are left out.

        Left out: those that need attention, are on their way already, or whose record is held.
        """

    def has_sendable(self) -> bool:
        """Return whether a change could be frozen now."""

    def count_sendable(self) -> int:
        """Return how many changes could be frozen now."""

    def open_changes(self, record_ids: Sequence[str]) -> dict[str, OpenChange]:
        """Return the open changes of these records."""

    def open_in_case(self, case_id: str) -> list[OpenChange]:
        """Return the open changes of a case."""

    def put_open(self, changes: Iterable[OpenChange]) -> None:
        """Store open changes, instead of what was kept for their records before."""

    def remove_open(self, record_ids: Iterable[str]) -> None:
        """Forget open changes."""

    # Records

    def parse(self, values: Json) -> Any:
        """Return a record as the app knows it, for `write`.

        Raises:
            Unreadable: Its kind or a field is not known here.
        """

    def plain(self, parsed: Any) -> Json:
        """Return a parsed record as JSON values again, with every field that is known here."""

    def write(self, parsed: Iterable[Any]) -> None:
        """Write parsed records exactly as they are."""

    def current(self, record_ids: Sequence[str]) -> dict[str, Json]:
        """Return records as they stand in their tables; those that are not there are left out."""

    def written(self, record_ids: Sequence[str]) -> dict[str, Written]:
        """Return the same as `current`, as the JSON text that is sealed."""

    def erase(self, record_ids: Iterable[str]) -> None:
        """Take records out of their tables without a trace."""

    def cases_here(self) -> list[str]:
        """Return the cases of which a record stands in a table."""

    def records_of_case(self, case_id: str) -> list[str]:
        """Return the ids of all records of a case that stand in a table."""

    def bases(self, record_ids: Sequence[str]) -> dict[str, Base]:
        """Return the bases of these records."""

    def bases_of_case(self, case_id: str) -> list[Base]:
        """Return all bases of a case."""

    def digest_rows(self, case_id: str) -> list[tuple[str, bytes, bool]]:
        """Return what a case's digest is of: id, hash of the sealed bytes and deleted, a base."""

    def put_bases(self, bases: Iterable[Base]) -> None:
        """Store bases."""

    def remove_bases(self, record_ids: Iterable[str]) -> None:
        """Forget bases."""

    def doubt_bases(self, case_id: str | None) -> None:
        """Mark the bases of a case, or all, as in doubt."""

    def doubtful(self, case_id: str | None) -> list[Base]:
        """Return the bases of a case, or all, that are in doubt."""

    def cases(self, after: str, limit: int) -> list[str]:
        """Return ids of cases with bases, in order, from after a given one."""

    def held(self, record_ids: Sequence[str]) -> dict[str, HeldRecord]:
        """Return what is held of these records."""

    def held_of_case(self, case_id: str | None) -> list[HeldRecord]:
        """Return what is held of a case, or of all."""

    def hold(self, held: Iterable[HeldRecord]) -> None:
        """Hold records."""

    def release(self, record_ids: Iterable[str]) -> None:
        """Forget held records."""

    # People, devices, access, keys

    def put_staff(self, entries: Iterable[StaffEntry]) -> None:
        """Store people."""

    def staff(self) -> dict[str, StaffEntry]:
        """Return all people by id."""

    def put_device(self, entry: DeviceEntry, known: KnownDevice | None) -> None:
        """Store a device; `known` when its certificate holds."""

    def device(self, device_id: str) -> KnownDevice | None:
        """Return a device whose certificate holds, whatever its state."""

    def devices(self) -> list[KnownDevice]:
        """Return all devices whose certificates hold."""

    def put_grants(self, entries: Iterable[GrantEntry]) -> None:
        """Store grants."""

    def grants_of_case(self, case_id: str) -> list[GrantEntry]:
        """Return the grants of a case, ended ones too."""

    def cases_of_staff(self, staff_id: str) -> list[str]:
        """Return the cases to which somebody has a grant that this device has seen."""

    def put_key(self, key: HeldKey) -> None:
        """Store a case key. Other bytes under a key id that is here are kept beside it."""

    def keys_named(self, key_id: str) -> list[HeldKey]:
        """Return what is held under a key id: more than one only when one of them is false."""

    def keys_of_case(self, case_id: str) -> list[HeldKey]:
        """Return the keys of a case."""

    def all_key_cases(self) -> list[str]:
        """Return the cases of which a key is held."""

    def mark_deposits_due(self, case_ids: Iterable[str]) -> None:
        """Remember that keys of these cases may have to be sealed to somebody."""

    def deposits_due(self) -> list[str]:
        """Return cases marked so."""

    def clear_deposits_due(self, case_ids: Iterable[str]) -> None:
        """Forget the marks."""

    def deposited(self, case_id: str) -> set[tuple[str, str]]:
        """Return (key id, recipient) of the keys of a case that the centre has from here."""

    def add_deposited(self, case_id: str, pairs: Iterable[tuple[str, str]]) -> None:
        """Remember what the centre has."""

    def forget_deposits(self, case_id: str | None) -> None:
        """Forget what the centre has of the keys of a case, or of all: it has lost some."""

    # Attachment files

    def uploads(self) -> list[SealedFile]:
        """Return the files made here that the centre lacks and may take now."""

    def has_uploads(self) -> bool:
        """Return whether a file still has to be handed in."""

    def has_files_only_here(self, case_id: str) -> bool:
        """Return whether the centre lacks a file of a case: it is due, or was not taken."""

    def settle_upload(self, attachment_id: str, *, refused: bool) -> None:
        """Remember that the centre has a file, or will not take it."""

    def hand_in_files_again(self, *, only_refused: bool = False) -> None:
        """Have every file that is here handed in again: the centre may have lost some.

        `only_refused`: those that the centre did not take, because a person asks for it.
        """

    def downloads(self, attachment_id: str | None = None) -> list[SealedFile]:
        """Return the files that a record names and that are not here; or this one, if named."""

    def downloaded(self, file: SealedFile) -> bool:
        """Remember that a file is here; return False when nobody wants it any more."""

    def forget_removed_files(self) -> list[str]:
        """Return and forget the files whose records were deleted."""

    # Leaving a case

    def leaving(self) -> dict[str, int]:
        """Return the cases that are being left, with the number of the withdrawal."""

    def set_leaving(self, case_id: str, seq: int) -> None:
        """Mark a case as being left."""

    def stay(self, case_id: str) -> None:
        """Take the mark away."""

    def purge(self, case_id: str) -> None:
        """Remove everything of a case: rows, history, drafts, attachments, bases, keys, grants."""

    # Proofs

    def add_receipts(
        self, generation: int, device_id: str, entries: Iterable[ReceiptEntry]
    ) -> None:
        """Store receipts."""

    def put_chain_head(self, head: ChainHead) -> None:
        """Store the newest signed head of this device's chain in its generation."""

    def chain_head(self) -> ChainHead | None:
        """Return the newest head of this device and generation."""

    def witness(self, head: AuditHead) -> None:
        """Keep an audit head of a number that is not here yet; the oldest of many go."""

    def newest_witness(self) -> AuditHead | None:
        """Return the audit head with the highest number of this generation."""

    def note_problem(self, code: str, subject: str) -> None:
        """Keep something that has to be said: a code and an id, never contents."""

    def forget_problems(self, codes: Iterable[str], subject: str | None = None) -> None:
        """Forget what is in order now: of one subject, or of all."""


class Replica(Protocol):
    """A device's copy of the record."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Open a transaction: all of it is on the medium at the end, or none of it."""

    def reading(self) -> AbstractContextManager[Transaction]:
        """Open a transaction that changes nothing."""
