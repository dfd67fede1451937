"""Enrolment: a device joins its agency with a one-time code, and carries its record along.

The first code of an agency founds it: the agency's signing and recovery keys are made here, on
the device of the first data manager. What the agency's recovery words are made of stays in its
sealed store until the person has said that they are on paper: nobody can make them again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import update

from field_app.domain.records.attachment import Attachment
from field_app.domain.records.record import AGENCY_CASE_ID, new_id
from field_app.domain.records.staff import StaffMember, StaffRole
from field_app.errors import InputError, LockedError, SyncError
from field_app.services import enrolment_keys
from field_app.services.agency_keys import agency_keys
from field_app.services.session import IDENTITY, SessionService
from field_app.services.sync import as_sync_error
from field_app.services.sync_state import SyncState
from field_app.store import recovery_words
from field_app.store.replica.files import note_file
from field_app.store.replica.statements import table_of
from field_app.store.replica.store import StoreReplica, StoreTransaction
from field_app.store.repositories import bulk, device
from field_app.store.tables import TABLES
from sync.client.enrol import FIRST, RECOVERY_CODE, AgencyKeys, Enrolled, Enrolment
from sync.client.errors import SyncFailure
from sync.client.replica import HeldKey, OpenChange, Position, Standing
from sync.client.transport import RequestsTransport, Transport, check_centre_url
from sync.protocol.enrolment import LookAnswer, read_code, read_qr_text
from sync.protocol.errors import CodeMistyped
from sync.protocol.roles import Role

UNPLACED = ("device_unknown", "device_replaced")
"""Troubles of a sync after which the centre takes nothing more from this device."""


@dataclass(frozen=True)
class Invitation:
    """For whom a code is.

    Attributes:
        founds_agency: The first code: this device makes the agency's keys, and new recovery words.
        needs_recovery_words: A code of the operator after all devices were lost.
        role: The role at the centre.
        centre_url: Where the centre is.
    """

    founds_agency: bool
    needs_recovery_words: bool
    role: str
    centre_url: str


@dataclass(frozen=True)
class Joined:
    """What came of it: the agency's recovery words (of the first code only; they stay until
    `confirm_words`), and how many records wait to be sent."""

    recovery_words: tuple[str, ...] | None
    queued: int


class EnrolmentService:
    """Enrols the open store of a session. The session's workspace is a new one afterwards."""

    def __init__(
        self,
        session: SessionService,
        *,
        transport: Callable[[str], Transport] = RequestsTransport,
    ) -> None:
        """Enrol what this session has opened."""
        self._session = session
        self._make_transport = transport
        self._begun: tuple[Enrolment, LookAnswer, str] | None = None

    def look(self, code: str, centre_url: str = "") -> Invitation:
        """Read a typed code or the text of a QR code, and ask the centre for whom it is.

        Raises:
            InputError: The code is mistyped, or the address of the centre is none.
            SyncError: The centre cannot be reached, or does not know the code.
            LockedError: The store is locked.
        """
        try:
            if "://" in code:
                centre_url, read = read_qr_text(code)
            else:
                read = read_code(code)
        except CodeMistyped as error:
            raise InputError(str(error), field="code", code="enrolment_code_mistyped") from None
        try:
            url = check_centre_url(centre_url)
        except ValueError as error:
            raise InputError(str(error), field="centre_url", code="centre_url_wrong") from None
        self._require_alone()
        enrolment = Enrolment(
            self._make_transport(url),
            url,
            read,
            enrolment_keys.keys_for(self._session.database(), read.code_id),
            clock=lambda: self._session.clock().timestamp(),
        )
        try:
            seen = enrolment.look()
        except SyncFailure as error:
            raise as_sync_error(error) from error
        self._begun = (enrolment, seen, url)
        return Invitation(seen.kind == FIRST, seen.kind == RECOVERY_CODE, seen.role.value, url)

    def enrol(self, *, agency_recovery_words: str = "") -> Joined:
        """Redeem the code that was looked at, and queue this device's record.

        Args:
            agency_recovery_words: With a recovery code only.

        Raises:
            SyncError: It did not come about; nothing was changed, try again.
            InputError: The recovery words are mistyped.
        """
        if self._begun is None:
            raise SyncError("Enter the enrolment code first.", code="no_code")
        enrolment, seen, _ = self._begun
        entropy = agency_entropy = None
        agency: AgencyKeys | None = None
        if seen.kind == FIRST:
            agency_entropy = enrolment_keys.founders_entropy(self._session.database())
            entropy = agency_entropy
        elif seen.kind == RECOVERY_CODE:
            entropy = recovery_words.parse(agency_recovery_words)
        if entropy is not None:
            agency = agency_keys(entropy)
        try:
            enrolled = enrolment.redeem(seen, agency)
        except SyncFailure as error:
            raise as_sync_error(error) from error
        queued = self._join(enrolled, agency_entropy)
        self._begun = None
        words = recovery_words.words_of(agency_entropy) if agency_entropy is not None else None
        return Joined(words, queued)

    def unwritten_words(self) -> tuple[str, ...] | None:
        """Return the agency's recovery words, on its founder's device until they are on paper.

        None on every other device, and once they were confirmed. Raises LockedError.
        """
        entropy = enrolment_keys.unwritten_entropy(self._session.database())
        return None if entropy is None else recovery_words.words_of(entropy)

    def confirm_words(self) -> None:
        """Forget the agency's recovery words for good: the person has them on paper.

        Raises:
            LockedError: The store is locked.
            DiskError: The disk is full; the words are still here.
        """
        enrolment_keys.forget_entropy(self._session.database())

    # Inside

    def _require_alone(self) -> None:
        workspace = self._session.workspace
        if workspace is None:
            raise LockedError("The store is locked. Unlock it first.")
        if needs_new_record(workspace.sync.state()):
            raise SyncError(
                "The centre takes nothing more from this record, and a new code cannot be used on "
                "it. Save a backup of it; then make a new record, on another device or in another "
                "data folder, and use the code there.",
                code="enrolled_displaced",
            )
        if workspace.sync.is_enrolled:
            raise SyncError("This device is enrolled already.", code="enrolled_already")

    def _join(self, enrolled: Enrolled, founders: bytes | None) -> int:
        database = self._session.database()
        replica = StoreReplica(database, self._session.clock)
        # First the way in for the agency, then the enrolment: a device that the agency cannot
        # open must not hold the agency's work.
        self._session.add_agency_slot(enrolled.identity.recovery_key)
        with replica.transaction() as tx:
            queued = carry_along(tx, enrolled)
            enrolment_keys.mark_done(tx.session, founders)
        self._session.enter_again()
        enrolment_keys.forget_traces(database)
        return queued


def needs_new_record(state: SyncState) -> bool:
    """Return whether this record's device has no place at the centre any more.

    Another device took its place, or the last sync found that the centre does not know it. No code
    can enrol the same record a second time.
    """
    return state.standing is Standing.REPLACED or state.trouble in UNPLACED


def carry_along(tx: StoreTransaction, enrolled: Enrolled) -> int:
    """Make the store's person and device the enrolled ones, and queue the whole record.

    The centre names the person; what was written before, alone, is theirs under the new id.
    Returns how many records were queued.
    """
    identity = enrolled.identity
    kept: dict[str, Any] = device.preference(tx.session, IDENTITY) or {}
    old_id = str(kept.get("staff_id", ""))
    me = next((r for r in bulk.every_record(tx.session) if r.record_id == old_id), None)
    tx.set_identity(identity)
    tx.set_position(
        Position(
            generation=enrolled.generation,
            lease_days=enrolled.lease_days,
            reached_at=enrolled.server_time,
        )
    )
    for key in enrolled.case_keys:
        tx.put_key(HeldKey(key, made_here=False, sealed_for="", seq=0))
    tx.mark_deposits_due(key.case_id for key in enrolled.case_keys)
    device.set_preference(
        tx.session, IDENTITY, {"staff_id": identity.staff_id, "device_id": identity.device_id}
    )
    for row_class in TABLES.values():
        table = table_of(row_class)
        tx.session.execute(
            update(table)
            .where(table.c.author_id == old_id)
            .values(author_id=identity.staff_id, device_id=identity.device_id)
        )
    is_manager = identity.role is Role.DATA_MANAGER
    if isinstance(me, StaffMember):
        tx.erase([old_id])
        role = StaffRole.DATA_MANAGER if is_manager else me.role
        tx.write([replace(me, record_id=identity.staff_id, role=role)])
    queued = [
        OpenChange(record.record_id, record.case_id, new_id())
        for record in bulk.every_record(tx.session)
        if not record.deleted and (is_manager or record.case_id != AGENCY_CASE_ID)
    ]
    tx.put_open(queued)
    for record in bulk.every_record(tx.session):
        if isinstance(record, Attachment):
            note_file(tx.driver, record)
    return len(queued)
