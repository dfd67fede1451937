"""What several services ask first: is it here, is it a youth, who may decide, who is who."""

from datetime import date, datetime, timedelta
from typing import TypeVar

from field_app.domain.records.participant import Participant
from field_app.domain.records.record import Record
from field_app.domain.records.staff import StaffMember, StaffRole
from field_app.domain.vocabulary import ParticipantKind
from field_app.errors import InputError
from field_app.store.repositories.records import Records

R = TypeVar("R", bound=Record)

MANAGERS = (StaffRole.SUPERVISOR, StaffRole.DATA_MANAGER)
CLOCK_TOLERANCE = timedelta(minutes=5)
"""An event may lie this far ahead of the device's clock: two clocks never agree exactly."""


def require(records: Records, kind: type[R], record_id: str, *, field: str = "record_id") -> R:
    """Return a record, or raise InputError when it is not on this device or was deleted."""
    record = records.find(kind, record_id)
    if record is None:
        raise InputError(
            "This is no longer on this device. Go back and open it again.",
            field=field,
            code="not_here",
        )
    return record


def require_participant(
    records: Records, case_id: str, kind: ParticipantKind | None = None
) -> Participant:
    """Return a participant (of a kind), or raise InputError."""
    participant = require(records, Participant, case_id, field="case_id")
    if kind is not None and participant.participant_kind is not kind:
        raise InputError(
            "This is for youth."
            if kind is ParticipantKind.YOUTH
            else "This is for parents and caregivers.",
            field="case_id",
            code=f"only_{kind.value}",
        )
    return participant


def is_manager(records: Records, staff_id: str) -> bool:
    """Whether somebody is a supervisor or data manager, or works alone."""
    active = [member for member in records.all_of(StaffMember) if member.active]
    own = next((member for member in active if member.record_id == staff_id), None)
    return own is not None and (own.role in MANAGERS or active == [own])


def require_manager(records: Records, staff_id: str) -> None:
    """Raise InputError unless somebody is a supervisor or data manager, or works alone."""
    if is_manager(records, staff_id):
        return
    raise InputError(
        "A supervisor or data manager decides this. It stays as it is until then.",
        code="managers_only",
    )


def staff_names(records: Records) -> dict[str, str]:
    """Return the names of the agency's staff that this device knows, by staff id."""
    return {who.record_id: who.display_name for who in records.all_of(StaffMember)}


def not_in_future(moment: datetime | None, now: datetime, field: str) -> None:
    """Raise InputError when an instant lies in the future."""
    if moment is not None and moment > now + CLOCK_TOLERANCE:
        raise InputError("This time lies in the future. Correct it.", field=field, code="in_future")


def day_not_in_future(day: date | None, today: date, field: str) -> None:
    """Raise InputError when a local day lies in the future."""
    if day is not None and day > today:
        raise InputError("The day lies in the future.", field=field, code="in_future")


def require_words(words: str, message: str, field: str) -> str:
    """Return the words without space around them, or raise InputError when there are none."""
    if not words.strip():
        raise InputError(message, field=field, code="words_needed")
    return words.strip()
