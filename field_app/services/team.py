"""The team: who is here, who may see which case, codes for new devices, work handed in late.

Every act is a call to the centre and needs the network; each says so when there is none, and
nothing is half done. Names never reach the centre: they are sealed records of the agency.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from field_app.domain.records.record import AGENCY_CASE_ID
from field_app.domain.records.staff import StaffMember, StaffRole
from field_app.errors import SyncError
from field_app.services.notebook import Notebook
from field_app.services.sync import SyncService, as_sync_error
from field_app.store.replica.store import StoreTransaction
from sync.client.authors import NotOpened, Opener
from sync.client.channel import Channel, new_idempotency_key
from sync.client.deposits import is_live
from sync.client.errors import SyncFailure
from sync.client.identity import Identity
from sync.client.replica import Json, MergeCase, Unreadable
from sync.protocol.certificates import DeviceKeys, certify_device, certify_holder
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
    StaffChange,
)
from sync.protocol.roles import GrantKind, Role

T = TypeVar("T")


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

    def qr_svg(self) -> str:
        """Return the QR code as SVG."""
        out = io.BytesIO()
        segno.make(self.qr_text, error="m").save(out, kind="svg", scale=4, xmldecl=False)
        return out.getvalue().decode()

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
        names = self._names()
        return sorted(
            (
                Person(
                    entry.staff_id,
                    names.get(entry.staff_id, ""),
                    entry.role.value,
                    entry.team_id,
                    entry.active,
                    entry.staff_id == me,
                    sum(d.staff_id == entry.staff_id and d.is_active for d in devices),
                )
                for entry in staff.values()
            ),
            key=lambda person: (not person.is_active, person.name, person.staff_id),
        )

    def add_person(self, display_name: str, role: StaffRole, *, team_id: str | None = None) -> str:
        """Add a member of staff; return the staff id. The name goes into a sealed record."""
        staff_id = new_id()
        wish = NewStaff(staff_id=staff_id, role=centre_role(role), team_id=team_id)
        self._post(StaffEntry, "/v1/staff", wish)
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
        wish = StaffChange(
            role=None if role is None else centre_role(role),
            team_id=team_id,
            leave_team=leave_team,
            active=active,
        )
        self._call(lambda channel: channel.call(StaffEntry, "PATCH", f"/v1/staff/{staff_id}", wish))
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
        self._post(DeviceEntry, f"/v1/devices/{device_id}/revocation", None)
        self._sync.nudge()

    def make_code(self, staff_id: str) -> NewCode:
        """Make a one-time code for a new device of somebody.

        It brings the keys of the cases that the person may see, so that the new device can read
        them at once.
        """
        with self._sync.replica.reading() as tx:
            identity, entry = tx.identity(), tx.staff().get(staff_id)
            now = self._notebook.now() + timedelta(seconds=tx.position().offset_seconds)
            keys = _keys_of_person(tx, staff_id, entry, int(now.timestamp() * 1000))
        if entry is None:
            self._sync.sync_now()
            with self._sync.replica.reading() as tx:
                entry = tx.staff().get(staff_id)
            if entry is None:
                raise SyncError("The centre does not know this person yet. Sync, then try again.")
        code, ends_at = new_code(), now + timedelta(hours=CODE_LIFETIME_HOURS)
        wish = _code_request(identity, entry, code, keys, int(ends_at.timestamp() * 1000))
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
        """Give a direct certificate to devices that only their code vouches for; return how many.

        So that a chain never grows, and a lost manager's phone takes no trust with it.
        """
        with self._sync.replica.reading() as tx:
            identity, staff = tx.identity(), tx.staff()
            indirect = [d for d in tx.devices() if d.is_active and not d.is_direct]
        if identity.agency_seed is None:
            return 0
        key = Ed25519PrivateKey.from_private_bytes(identity.agency_seed)
        now_ms = int(self._notebook.now().timestamp() * 1000)
        done = 0
        for device in indirect:
            person = staff.get(device.staff_id)
            if person is None:
                continue
            certificate = certify_device(
                key,
                identity.agency_id,
                device.staff_id,
                person.role,
                DeviceKeys(device.device_id, device.signing_key, device.sealing_key),
                now_ms,
            )
            self._certify(device.device_id, CertificateRequest(certificate=certificate))
            done += 1
        return done

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
        wish = NewGrant(
            grant_id=new_id(),
            staff_id=staff_id,
            kind=GrantKind.GRANTED if until is None else GrantKind.COVER,
            until=None if until is None else int(until.timestamp() * 1000),
            keys=keys,
        )
        self._post(GrantAnswer, f"/v1/cases/{case_id}/grants", wish)
        self._sync.nudge()
        return wish.grant_id

    def withdraw(self, case_id: str, grant_id: str) -> None:
        """End a grant. What comes after is sealed under a new key; what was read was read."""
        self._post(GrantEntry, f"/v1/cases/{case_id}/grants/{grant_id}/withdrawal", None)
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
        with self._notebook.write() as records:
            replica_tx = StoreTransaction(records.session, self._notebook.now())
            try:
                parsed = [replica_tx.parse(values) for values in (text, *entries)]
            except Unreadable:
                raise SyncError(
                    "This was written by a newer version of the app. Update, then try again."
                ) from None
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


def _keys_of_person(
    tx: StoreTransaction, staff_id: str, entry: StaffEntry | None, now_ms: int
) -> tuple[CaseKey, ...]:
    cases = [AGENCY_CASE_ID]
    if entry is not None and entry.role is Role.DATA_MANAGER:
        cases = tx.all_key_cases()
    else:
        cases += [
            case_id
            for case_id in tx.cases_of_staff(staff_id)
            if any(
                g.staff_id == staff_id and is_live(g, now_ms) for g in tx.grants_of_case(case_id)
            )
        ]
    return tuple(held.key for case_id in cases for held in tx.keys_of_case(case_id))


def _code_request(
    identity: Identity,
    entry: StaffEntry,
    code: EnrolmentCode,
    keys: tuple[CaseKey, ...],
    not_after: int,
) -> CodeRequest:
    if identity.agency_seed is None:
        raise SyncError("Only a data manager's device can make enrolment codes.", code="forbidden")
    holder = certify_holder(
        Ed25519PrivateKey.from_private_bytes(identity.agency_seed),
        identity.agency_id,
        entry.staff_id,
        entry.role,
        code.code_id,
        code.holder_key().public_key().public_bytes_raw(),
        not_after,
    )
    blob = EnrolmentBlob(
        server_key=identity.server_key,
        agency_id=identity.agency_id,
        signing_key=identity.agency_key,
        recovery_key=identity.recovery_key,
        holder=holder,
        case_keys=keys,
        signing_seed=identity.agency_seed if entry.role is Role.DATA_MANAGER else None,
    )
    return CodeRequest(
        code_id=code.code_id,
        staff_id=entry.staff_id,
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
