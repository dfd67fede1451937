"""The team: who is here, who may see which case, codes for new devices, work handed in late.

Every act is a call to the centre and needs the network; each says so when there is none, and
nothing is half done. Names never reach the centre: they are sealed records of the agency.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from field_app.domain.records.record import AGENCY_CASE_ID
from field_app.domain.records.staff import StaffMember, StaffRole
from field_app.errors import FieldAppError, SyncError
from field_app.services.notebook import Notebook
from field_app.services.sync import SyncService, as_sync_error
from field_app.store.replica.contents import parse_record
from field_app.store.replica.store import StoreTransaction
from sync.client.authors import NotOpened, Opener
from sync.client.channel import Channel, new_idempotency_key
from sync.client.deposits import is_live
from sync.client.directory import Word, words
from sync.client.errors import SyncFailure
from sync.client.grounds import Grounds
from sync.client.identity import Identity
from sync.client.replica import Json, MergeCase, Unreadable
from sync.client.stating import (
    NoAgencyKey,
    due_certificates,
    follow_person,
    follow_revocation,
    follow_withdrawal,
    state_appointment,
    state_grant,
    state_revocation,
    state_withdrawal,
)
from sync.protocol.certificates import certify_holder
from sync.protocol.enrolment import (
    CodeList,
    CodeRequest,
    CodeState,
    EnrolmentBlob,
    EnrolmentCode,
    new_code,
    seal_blob,
    token_hash,
)
from sync.protocol.envelope import Record
from sync.protocol.errors import Code
from sync.protocol.feed import DeviceEntry, GrantEntry, StaffEntry
from sync.protocol.ids import new_id
from sync.protocol.keys import CaseKey, seal_case_key
from sync.protocol.limits import CODE_LIFETIME_HOURS
from sync.protocol.management import (
    CertificateRequest,
    DeviceList,
    GrantAnswer,
    InboxDecision,
    InboxItem,
    InboxPage,
    NewGrant,
    NewStaff,
    RevocationRequest,
    StaffChange,
    WithdrawalRequest,
)
from sync.protocol.roles import GrantKind, Role
from sync.protocol.wire import Message

T = TypeVar("T")
M = TypeVar("M", bound=Message)

MOST_TRIES = 3
"""Of a statement, when other managers decide at the same time."""


@dataclass(frozen=True)
class Person:
    """A member of staff: the name from the sealed record, role and team as the centre knows."""

    staff_id: str
    name: str
    role: str
    team_id: str | None
    is_active: bool
    is_me: bool
    devices: int


@dataclass(frozen=True)
class TeamDevice:
    """A device of the agency. `is_certified`: its certificate leads to the agency's key."""

    device_id: str
    staff_id: str
    name: str
    state: str
    is_certified: bool
    is_me: bool


@dataclass(frozen=True)
class NewCode:
    """A code to hand over: typed text, or a QR code that holds the address too. Shown once."""

    code_id: str
    text: str
    qr_text: str
    ends_at: datetime

    def qr_png(self) -> bytes:
        """Return the QR code as PNG."""
        out = io.BytesIO()
        segno.make(self.qr_text, error="m").save(out, kind="png", scale=8)
        return out.getvalue()

    def qr_terminal(self) -> str:
        """Return the QR code in block characters."""
        out = io.StringIO()
        segno.make(self.qr_text, error="l").terminal(out, compact=True)
        return out.getvalue()


@dataclass(frozen=True)
class CodeView:
    """A code that was made: `open`, `used` or `cancelled`."""

    code_id: str
    staff_id: str
    name: str
    state: str
    ends_at: datetime


@dataclass(frozen=True)
class Access:
    """Somebody's access to a case, by one grant."""

    grant_id: str
    staff_id: str
    name: str
    kind: str
    starts_at: datetime
    until: datetime | None
    is_live: bool


@dataclass(frozen=True)
class LateWork:
    """An item of the inbox.

    Attributes:
        text: The record as it was handed in; None when it cannot be opened, see `reason`.
        present: The record as it stands here; None when there is none.
    """

    item_id: str
    case_id: str
    record_id: str
    name: str
    received_at: datetime
    is_deletion: bool
    text: Json | None
    present: Json | None
    reason: str | None


class TeamService:
    """What supervisors and data managers do. Raises SyncError when the centre does not agree."""

    def __init__(self, notebook: Notebook, sync: SyncService) -> None:
        """Work through the sync of the same store."""
        self._notebook = notebook
        self._sync = sync
        sync.after_run.append(self._after_sync)

    # Who I am

    def role(self) -> str | None:
        """Return this person's role at the centre; None on a device that works alone."""
        if not self._sync.is_enrolled:
            return None
        return self._identity().role.value

    @property
    def may_grant(self) -> bool:
        """Whether this person may give access to cases, and decide the inbox."""
        return self.role() in (Role.SUPERVISOR, Role.DATA_MANAGER)

    @property
    def may_manage(self) -> bool:
        """Whether this person may add people, make codes and revoke devices."""
        return self.role() == Role.DATA_MANAGER

    # People

    def people(self) -> list[Person]:
        """Return everybody, as of the last sync."""
        with self._sync.replica.reading() as tx:
            staff, devices, me = tx.staff(), tx.devices(), tx.identity().staff_id
            said = words(tx)
        names = self._names()
        return sorted(
            (
                Person(
                    entry.staff_id,
                    names.get(entry.staff_id, ""),
                    _role(said, entry).value,
                    said[entry.staff_id].team_id if entry.staff_id in said else entry.team_id,
                    entry.active and (entry.staff_id not in said or said[entry.staff_id].active),
                    entry.staff_id == me,
                    sum(d.staff_id == entry.staff_id and d.is_active for d in devices),
                )
                for entry in staff.values()
            ),
            key=lambda person: (not person.is_active, person.name, person.staff_id),
        )

    def add_person(self, display_name: str, role: StaffRole, *, team_id: str | None = None) -> str:
        """Add a member of staff; return the staff id. The name goes into a sealed record."""
        staff_id, role_there = new_id(), centre_role(role)

        def wish(tx: StoreTransaction, identity: Identity, now_ms: int) -> NewStaff:
            statement = state_appointment(tx, identity, staff_id, role_there, team_id, now_ms)
            return NewStaff(
                staff_id=staff_id, role=role_there, team_id=team_id, statement=statement
            )

        added = self._decide_here(StaffEntry, "POST", "/v1/staff", wish)
        with self._sync.replica.transaction() as tx:
            follow_person(tx, added)
        with self._notebook.write() as records:
            records.save(
                StaffMember(
                    record_id=staff_id,
                    case_id=AGENCY_CASE_ID,
                    display_name=display_name.strip(),
                    role=role,
                )
            )
        self._sync.nudge()
        return staff_id

    def change_person(
        self,
        staff_id: str,
        *,
        role: StaffRole | None = None,
        team_id: str | None = None,
        leave_team: bool = False,
        active: bool | None = None,
    ) -> None:
        """Change a role or team, or end somebody's work here (`active=False`)."""

        def wish(tx: StoreTransaction, identity: Identity, now_ms: int) -> StaffChange:
            word = words(tx).get(staff_id)
            if word is None:
                raise SyncError("The person is not known here yet. Sync, then try again.")
            new_role = word.role if role is None else centre_role(role)
            new_team = None if leave_team else team_id or word.team_id
            is_active = word.active if active is None else active
            return StaffChange(
                role=new_role,
                team_id=new_team,
                leave_team=new_team is None,
                active=is_active,
                statement=state_appointment(
                    tx, identity, staff_id, new_role, new_team, now_ms, active=is_active
                ),
            )

        changed = self._decide_here(StaffEntry, "PATCH", f"/v1/staff/{staff_id}", wish)
        with self._sync.replica.transaction() as tx:
            follow_person(tx, changed)
        self._after_sync()
        self._sync.nudge()

    # Devices and codes

    def devices(self) -> list[TeamDevice]:
        """Return all devices, asked of the centre."""
        listed = self._call(lambda channel: channel.call(DeviceList, "GET", "/v1/devices"))
        names = self._names()
        with self._sync.replica.reading() as tx:
            certified = {device.device_id for device in tx.devices()}
            me = tx.identity().device_id
        return [
            TeamDevice(
                entry.device_id,
                entry.staff_id,
                names.get(entry.staff_id, ""),
                entry.state.value,
                entry.device_id in certified,
                entry.device_id == me,
            )
            for entry in listed.devices
        ]

    def revoke_device(self, device_id: str) -> None:
        """End a device: lost, stolen, or its person has left. Its work may be handed in 30 days."""
        listed = self._call(lambda channel: channel.call(DeviceList, "GET", "/v1/devices"))
        owner = {entry.device_id: entry.staff_id for entry in listed.devices}.get(device_id)
        if owner is None:
            raise SyncError("The centre does not know this device.", code="not_found")

        def wish(tx: StoreTransaction, identity: Identity, now_ms: int) -> RevocationRequest:
            known = tx.device(device_id)
            staff_id = owner if known is None else known.staff_id
            return RevocationRequest(
                statement=state_revocation(tx, identity, device_id, staff_id, now_ms)
            )

        path = f"/v1/devices/{device_id}/revocation"
        ended = self._decide_here(DeviceEntry, "POST", path, wish)
        with self._sync.replica.transaction() as tx:
            follow_revocation(tx, ended)
        self._sync.nudge()

    def make_code(self, staff_id: str) -> NewCode:
        """Make a one-time code for a new device of somebody.

        It brings the keys of the cases that the person may see, so that the new device can read
        them at once.
        """
        with self._sync.replica.reading() as tx:
            is_known = staff_id in words(tx)
        if not is_known:
            self._sync.sync_now()
        with self._sync.replica.reading() as tx:
            identity, word = tx.identity(), words(tx).get(staff_id)
            if word is None:
                raise SyncError("The person is not known here yet. Sync, then try again.")
            now = self._notebook.now() + timedelta(seconds=tx.position().offset_seconds)
            keys = _keys_of_person(tx, identity, staff_id, int(now.timestamp() * 1000))
        code, ends_at = new_code(), now + timedelta(hours=CODE_LIFETIME_HOURS)
        wish = _code_request(identity, staff_id, word, code, keys, int(ends_at.timestamp() * 1000))
        self._post(CodeState, "/v1/enrolments", wish)
        return NewCode(code.code_id, code.text(), code.qr_text(identity.centre_url), ends_at)

    def codes(self) -> list[CodeView]:
        """Return the codes that were made."""
        listed = self._call(lambda channel: channel.call(CodeList, "GET", "/v1/enrolments"))
        names = self._names()
        return [
            CodeView(
                code.code_id,
                code.staff_id,
                names.get(code.staff_id, ""),
                code.state,
                datetime.fromtimestamp(code.not_after / 1000, UTC),
            )
            for code in listed.codes
        ]

    def cancel_code(self, code_id: str) -> None:
        """Make an open code worthless."""
        self._call(lambda channel: channel.call(CodeState, "DELETE", f"/v1/enrolments/{code_id}"))

    def _after_sync(self) -> None:
        """Certify what a sync brought. A refusal is said; the next sync tries again."""
        try:
            self.certify_devices()
        except SyncError as error:
            with self._sync.replica.transaction() as tx:
                tx.note_problem("not_certified_yet", error.code)

    def certify_devices(self) -> int:
        """Certify devices that only their code vouches for, or whose person has another role now.

        So that a chain never grows, and a lost manager's phone takes no trust with it. Role and
        team are those that are signed, never what the centre says. The device of a new data
        manager gets the agency's signing key along, sealed. Returns how many were certified.
        """
        with self._sync.replica.reading() as tx:
            due = due_certificates(tx, tx.identity(), self._centre_ms(tx))
        for device_id, wish in due:
            self._certify(device_id, wish)
        return len(due)

    def _certify(self, device_id: str, wish: CertificateRequest) -> None:
        path = f"/v1/devices/{device_id}/certificate"
        self._call(lambda channel: channel.call(DeviceEntry, "PUT", path, wish))

    # Access

    def access(self, case_id: str) -> list[Access]:
        """Return who may see a case, as of the last sync, ended grants too."""
        names = self._names()
        with self._sync.replica.reading() as tx:
            grants = tx.grants_of_case(case_id)
            # By the centre's clock: it decides when a grant begins and ends.
            now_s = self._notebook.now().timestamp() + tx.position().offset_seconds
            now_ms = int(now_s * 1000)
        return [
            Access(
                grant.grant_id,
                grant.staff_id,
                names.get(grant.staff_id, ""),
                grant.kind.value,
                datetime.fromtimestamp(grant.starts_at / 1000, UTC),
                None if grant.until is None else datetime.fromtimestamp(grant.until / 1000, UTC),
                is_live(grant, now_ms),
            )
            for grant in sorted(grants, key=lambda each: each.seq)
        ]

    def grant(self, case_id: str, staff_id: str, *, until: datetime | None = None) -> str:
        """Give somebody access to a case, for good or as cover until a time; return the grant id.

        The case's keys go along, sealed to the person's devices.
        """
        with self._sync.replica.reading() as tx:
            identity = tx.identity()
            keys = tuple(
                seal_case_key(
                    held.key,
                    identity.agency_id,
                    device.device_id,
                    device.sealing_key,
                    identity.device_id,
                    identity.keys.signing,
                )
                for held in tx.keys_of_case(case_id)
                for device in tx.devices()
                if device.staff_id == staff_id and device.is_active
            )
            grant_id, ends_ms = new_id(), None if until is None else int(until.timestamp() * 1000)
            wish = NewGrant(
                grant_id=grant_id,
                staff_id=staff_id,
                kind=GrantKind.GRANTED if until is None else GrantKind.COVER,
                until=ends_ms,
                statement=state_grant(tx, identity, case_id, staff_id, grant_id, until=ends_ms),
                keys=keys,
            )
        self._post(GrantAnswer, f"/v1/cases/{case_id}/grants", wish)
        self._sync.nudge()
        return wish.grant_id

    def withdraw(self, case_id: str, grant_id: str) -> None:
        """End a grant. What comes after is sealed under a new key; what was read was read."""
        with self._sync.replica.reading() as tx:
            identity = tx.identity()
            grant = next((g for g in tx.grants_of_case(case_id) if g.grant_id == grant_id), None)
            if grant is None:
                raise SyncError("The grant is not known here yet. Sync, then try again.")
            statement = state_withdrawal(tx, identity, grant)
        self._post(
            GrantEntry,
            f"/v1/cases/{case_id}/grants/{grant_id}/withdrawal",
            WithdrawalRequest(statement=statement),
        )
        with self._sync.replica.transaction() as tx:
            follow_withdrawal(tx, grant, statement, self._centre_ms(tx))
        self._sync.nudge()

    # The inbox

    def inbox(self) -> list[LateWork]:
        """Return work that was handed in after somebody's access had ended, opened here."""
        page = self._call(lambda channel: channel.call(InboxPage, "GET", "/v1/inbox"))
        names = self._names()
        with self._sync.replica.reading() as tx:
            opener = Opener(tx, tx.identity().agency_id, page.runs)
            present = tx.current([item.change.record_id for item in page.items])
            return [
                _late_work(item, opener, names, present.get(item.change.record_id))
                for item in page.items
                if item.state == "open"
            ]

    def take_over(self, work: LateWork) -> None:
        """Write late work into the case as an ordinary change, then close the item.

        Where the case went on meanwhile, what stands now stays, and each difference becomes a
        conflict that somebody decides.
        """
        if work.text is None:
            raise SyncError("This cannot be opened on this device, so it cannot be taken over.")
        self._write(work.text, work.present)
        self._decide(work.item_id, "taken")

    def decline(self, work: LateWork) -> None:
        """Close an item without taking it over. The centre keeps the sealed work."""
        self._decide(work.item_id, "declined")

    def _write(self, text: Json, present: Json | None) -> None:
        rules = self._sync.rules
        with self._sync.replica.reading() as tx:
            base = tx.bases([str(text["record_id"])]).get(str(text["record_id"]))
            device_id = tx.identity().device_id
        entries: list[Json] = []
        if present is not None:
            case = MergeCase(
                str(text["record_id"]),
                str(text["case_id"]),
                base.revision if base is not None else 0,
                new_id(),
                device_id,
            )
            result = rules.merge(None, text, present, case)
            text, entries = result.record, list(result.conflicts)
        try:
            parsed = [parse_record(values) for values in (text, *entries)]
        except Unreadable:
            raise SyncError(
                "This was written by a newer version of the app. Update, then try again."
            ) from None
        with self._notebook.write() as records:
            for record in parsed:
                records.save(record, reason="late work taken over")

    def _decide(self, item_id: str, decision: Any) -> None:
        wish = InboxDecision(decision=decision)
        self._post(InboxItem, f"/v1/inbox/{item_id}/decision", wish)
        self._sync.nudge()

    # Calls

    def _identity(self) -> Identity:
        with self._sync.replica.reading() as tx:
            return tx.identity()

    def _names(self) -> dict[str, str]:
        with self._notebook.read() as records:
            return {s.record_id: s.display_name for s in records.all_of(StaffMember)}

    def _call(self, act: Callable[[Channel], T]) -> T:
        try:
            return act(self._sync.channel())
        except SyncFailure as error:
            raise as_sync_error(error) from error

    def _decide_here(
        self,
        answer: type[M],
        method: str,
        path: str,
        wish: Callable[[StoreTransaction, Identity, int], Message],
    ) -> M:
        """Sign a statement about a person or device and hand it in.

        Where another manager was faster, this device reads what was decided and signs anew.
        """
        for tries_left in reversed(range(MOST_TRIES)):
            try:
                with self._sync.replica.reading() as tx:
                    body = wish(tx, tx.identity(), self._centre_ms(tx))
            except NoAgencyKey as error:
                raise SyncError(str(error), code="forbidden") from None
            key = new_idempotency_key() if method == "POST" else None
            try:
                return self._call(partial(_hand_in, answer, method, path, body, key))
            except FieldAppError as error:
                if error.code != Code.DIRECTORY_MOVED.value or not tries_left:
                    raise
            self._sync.sync_now()
        raise AssertionError("the loop returns or raises")

    def _centre_ms(self, tx: StoreTransaction) -> int:
        """Return the centre's time as this device knows it: it decides when things begin."""
        return int((self._notebook.now().timestamp() + tx.position().offset_seconds) * 1000)

    def _post(self, answer: type[Any], path: str, body: Any) -> Any:
        key = new_idempotency_key()
        return self._call(
            lambda channel: channel.call(answer, "POST", path, body, idempotency_key=key)
        )


def centre_role(role: StaffRole) -> Role:
    """Return what the centre knows of a role: the kinds of advocate are one."""
    if role is StaffRole.SUPERVISOR:
        return Role.SUPERVISOR
    return Role.DATA_MANAGER if role is StaffRole.DATA_MANAGER else Role.ADVOCATE


def _hand_in(
    answer: type[M], method: str, path: str, body: Message, key: str | None, channel: Channel
) -> M:
    return channel.call(answer, method, path, body, idempotency_key=key)


def _role(said: dict[str, Word], entry: StaffEntry) -> Role:
    """Return the role that is signed; of whom nothing is signed yet, what the centre says."""
    word = said.get(entry.staff_id)
    return entry.role if word is None else word.role


def _keys_of_person(
    tx: StoreTransaction, identity: Identity, staff_id: str, now_ms: int
) -> tuple[CaseKey, ...]:
    """Return the keys of the cases that a person may see, by signed words and the centre's both."""
    grounds = Grounds(tx, identity)
    cases = [
        case_id
        for case_id in tx.all_key_cases()
        if grounds.allows_person(staff_id, case_id, now_ms)
        and (
            grounds.has_role_in(staff_id, case_id)
            or any(
                g.staff_id == staff_id and is_live(g, now_ms) for g in tx.grants_of_case(case_id)
            )
        )
    ]
    return tuple(held.key for case_id in cases for held in tx.keys_of_case(case_id))


def _code_request(
    identity: Identity,
    staff_id: str,
    word: Word,
    code: EnrolmentCode,
    keys: tuple[CaseKey, ...],
    not_after: int,
) -> CodeRequest:
    if identity.agency_seed is None:
        raise SyncError("Only a data manager's device can make enrolment codes.", code="forbidden")
    holder = certify_holder(
        Ed25519PrivateKey.from_private_bytes(identity.agency_seed),
        identity.agency_id,
        staff_id,
        word.role,
        code.code_id,
        code.holder_key().public_key().public_bytes_raw(),
        not_after,
        team_id=word.team_id,
        as_of=word.number,
    )
    blob = EnrolmentBlob(
        server_key=identity.server_key,
        agency_id=identity.agency_id,
        signing_key=identity.agency_key,
        recovery_key=identity.recovery_key,
        holder=holder,
        case_keys=keys,
        signing_seed=identity.agency_seed if word.role is Role.DATA_MANAGER else None,
    )
    return CodeRequest(
        code_id=code.code_id,
        staff_id=staff_id,
        token_hash=token_hash(code.token()),
        holder=holder,
        blob=seal_blob(blob, code),
        not_after=not_after,
    )


def _late_work(
    item: InboxItem, opener: Opener, names: dict[str, str], present: Json | None
) -> LateWork:
    change = item.change
    record = Record.model_construct(
        **{name: getattr(change, name) for name in type(change).model_fields},
        revision=change.base_revision + 1,
        seq=0,
        generation=item.generation,
        device_id=item.device_id,
        received_at=item.received_at,
    )
    text: Json | None = None
    reason: str | None = None
    try:
        text = opener.open(record)
    except NotOpened as error:
        reason = error.reason
    return LateWork(
        item.item_id,
        change.case_id,
        change.record_id,
        names.get(item.staff_id, ""),
        datetime.fromtimestamp(item.received_at / 1000, UTC),
        change.deleted,
        text,
        present,
        reason,
    )
