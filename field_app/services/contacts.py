"""Contacts: log one, log a day's many at once, correct, take back, and page through them.

A contact that was saved is on disk. Taking one back within a few seconds and correcting it later
both leave what stood there before in the change history.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from field_app.domain.records.change import Change
from field_app.domain.records.contact import COUNTY_ZONE, LONGEST_CONTACT, Contact
from field_app.domain.records.participant import Participant
from field_app.domain.records.record import new_id
from field_app.domain.vocabulary import Channel, ContactPurpose, Outcome, PlaceType, Service
from field_app.errors import InputError
from field_app.services.notebook import Notebook
from field_app.services.phases import running_services, service_of_role
from field_app.store.repositories import contacts as contact_queries
from field_app.store.repositories import device
from field_app.store.repositories.contacts import ContactKey
from field_app.store.repositories.records import Records

PAGE_CONTACTS = 50
CLOCK_TOLERANCE = timedelta(minutes=5)
"""A contact may lie this far ahead of the device's clock: two clocks never agree exactly."""


@dataclass(frozen=True, kw_only=True)
class ContactEntry:
    """What somebody fills in to log a contact. Only case, channel and outcome are asked for.

    Attributes:
        at: When it began; None means now.
        services: Services credited; empty means those of the writer's role, or the only one.
    """

    case_id: str
    channel: Channel
    outcome: Outcome
    at: datetime | None = None
    minutes: int | None = None
    place_type: PlaceType | None = None
    services: tuple[Service, ...] = ()
    purposes: tuple[ContactPurpose, ...] = ()
    goal_ids: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class TimelinePage:
    """Contacts of one participant, newest first; `older` is where the next page starts."""

    contacts: tuple[Contact, ...]
    older: ContactKey | None


class ContactService:
    """Logging and reading contacts."""

    def __init__(self, notebook: Notebook) -> None:
        """Work in an open notebook."""
        self._notebook = notebook

    def log(self, entry: ContactEntry, *, form: str | None = None) -> Contact:
        """Save one contact; the draft of `form` is cleared in the same transaction.

        Raises:
            InputError: The participant is not here, or a time or length is impossible.
        """
        with self._notebook.write() as records:
            contact = records.save(self._contact(records, entry))
            if form is not None:
                device.discard_draft(records.session, form)
        return contact

    def log_many(
        self, entries: Sequence[ContactEntry], *, form: str | None = None
    ) -> tuple[Contact, ...]:
        """Save the contacts of several participants together: all of them, or none."""
        with self._notebook.write() as records:
            saved = tuple(records.save(self._contact(records, entry)) for entry in entries)
            if form is not None:
                device.discard_draft(records.session, form)
        return saved

    def correct(self, contact: Contact, *, reason: str, form: str | None = None) -> Contact:
        """Save a corrected state of a contact. What stood there before stays in the history.

        The draft of `form` is cleared in the same transaction.

        Raises:
            InputError: No reason was given, or the corrected time or length is impossible.
        """
        if not reason.strip():
            raise InputError(
                "Say in a few words why it is corrected.", field="reason", code="reason_needed"
            )
        self._check(contact.at, contact.minutes)
        with self._notebook.write() as records:
            saved = records.save(
                replace(contact, correction_reason=reason.strip()), reason=reason.strip()
            )
            if form is not None:
                device.discard_draft(records.session, form)
        return saved

    def take_back(self, record_id: str, *, reason: str = "taken back at once") -> None:
        """Delete a contact that should not be there; its history stays."""
        with self._notebook.write() as records:
            contact = records.find(Contact, record_id)
            if contact is not None:
                records.delete(contact, reason=reason)

    def find(self, record_id: str) -> Contact | None:
        """Return one contact, or None when it is not here."""
        with self._notebook.read() as records:
            return records.find(Contact, record_id)

    def history(self, record_id: str) -> list[Change]:
        """Return who changed a contact, when and why, newest first."""
        with self._notebook.read() as records:
            return records.history(record_id)

    def timeline(
        self, case_id: str, *, before: ContactKey | None = None, limit: int = PAGE_CONTACTS
    ) -> TimelinePage:
        """Return one page of a participant's contacts, newest first."""
        with self._notebook.read() as records:
            page = contact_queries.page_of_case(
                records.session, case_id, limit=limit, before=before
            )
        last = page[-1] if len(page) == limit else None
        return TimelinePage(
            tuple(page), None if last is None else ContactKey(last.at, last.record_id)
        )

    def of_today(self) -> list[Contact]:
        """Return what was logged for the county's present day, newest first."""
        start = datetime.combine(self._notebook.today(), datetime.min.time(), COUNTY_ZONE)
        with self._notebook.read() as records:
            return contact_queries.between(records.session, start, start + timedelta(days=1))

    def of_month(self, case_id: str) -> list[Contact]:
        """Return a participant's contacts of the county's present month, newest first."""
        first = self._notebook.today().replace(day=1)
        after = (first + timedelta(days=32)).replace(day=1)
        start, end = (
            datetime.combine(day, datetime.min.time(), COUNTY_ZONE) for day in (first, after)
        )
        with self._notebook.read() as records:
            return contact_queries.between(records.session, start, end, case_id=case_id)

    def last_channel(self, case_id: str) -> Channel | None:
        """Return the channel that last reached a participant: the likeliest for the next one."""
        with self._notebook.read() as records:
            page = contact_queries.page_of_case(records.session, case_id, limit=10)
        return next((contact.channel for contact in page if contact.is_reached), None)

    def likely_services(self, case_id: str) -> tuple[Service, ...]:
        """Return what a contact would be credited to when nobody chooses."""
        with self._notebook.read() as records:
            return self._likely_services(records, case_id)

    def _contact(self, records: Records, entry: ContactEntry) -> Contact:
        participant = records.find(Participant, entry.case_id)
        if participant is None:
            raise InputError("This participant is not on this device.", field="case_id")
        now = self._notebook.now()
        at = now if entry.at is None else entry.at
        self._check(at, entry.minutes)
        return Contact(
            record_id=new_id(),
            case_id=entry.case_id,
            at=at,
            channel=entry.channel,
            outcome=entry.outcome,
            minutes=entry.minutes,
            place_type=entry.place_type,
            services=entry.services or self._likely_services(records, entry.case_id),
            purposes=entry.purposes,
            goal_ids=entry.goal_ids,
            note=entry.note.strip(),
            entered_at=now,
        )

    def _likely_services(self, records: Records, case_id: str) -> tuple[Service, ...]:
        """Return the service that a contact credits when nobody chose one."""
        running = running_services(records, case_id)
        own = service_of_role(records, self._notebook.author_id)
        if own in running:
            return (own,)
        return running[:1]

    def _check(self, at: datetime, minutes: int | None) -> None:
        if at > self._notebook.now() + CLOCK_TOLERANCE:
            raise InputError(
                "The contact lies in the future. Correct its date or time.",
                field="at",
                code="in_future",
            )
        longest = int(LONGEST_CONTACT.total_seconds()) // 60
        if minutes is not None and not 0 <= minutes <= longest:
            raise InputError(
                f"Minutes go from 0 to {longest}.", field="minutes", code="minutes", longest=longest
            )
