"""What a record from outside must keep to, beyond the types of its fields.

`codec` reads the fields; this refuses values that are of the right type and still cannot be: an
instant without a zone, an end before its start, a text of a megabyte, a participant in somebody
else's case. Import asks it before a record is written.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

from field_app.domain.records.attachment import Attachment
from field_app.domain.records.change import Change
from field_app.domain.records.conflict import Conflict
from field_app.domain.records.contact import LONGEST_CONTACT, Contact
from field_app.domain.records.date_order import check_date_order
from field_app.domain.records.kinds import AGENCY_KINDS
from field_app.domain.records.participant import Participant
from field_app.domain.records.record import AGENCY_CASE_ID, Record
from field_app.errors import InputError

LONGEST_TEXT = 50_000  # characters: 20 full pages, far above any note, far below what would stall
MOST_WORDS = 200  # entries of one list (reasons, goals, services)
LARGEST_EXTRA_CHARACTERS = 100_000  # fields of newer versions, as JSON
LARGEST_INTEGER = 2**53 - 1  # what JSON keeps exactly everywhere (RFC 8259, 6)
FIRST_YEAR, LAST_YEAR = 1900, 2199

_KEY = re.compile(r"[0-9a-f]{64}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def check_limits(record: Record) -> None:
    """Refuse a record that no device of this version could have written.

    Raises:
        InputError: The field is named and its value is not repeated.
    """
    for name in ("record_id", "case_id"):
        if not _UUID.fullmatch(getattr(record, name)):
            raise InputError(
                "A UUID in lower case is expected, such as 6f1c0c52-9a0e-4a51-8d5e-0f6c7b1a2d3e.",
                field=name,
            )
    for part in fields(record):
        _check_value(getattr(record, part.name), part.name)
    _check_case(record)
    _check_own_fields(record)


def check_change_limits(change: Change) -> None:
    """Refuse an entry of the history that no device could have written.

    Raises:
        InputError: The field is named.
    """
    for name in ("change_id", "record_id", "case_id"):
        _check_uuid(getattr(change, name), name)
    for part in fields(change):
        _check_value(getattr(change, part.name), part.name)


def _check_uuid(value: str, name: str) -> None:
    if not _UUID.fullmatch(value):
        raise InputError(
            "A UUID in lower case is expected, such as 6f1c0c52-9a0e-4a51-8d5e-0f6c7b1a2d3e.",
            field=name,
        )


def _check_value(value: Any, path: str) -> None:
    if isinstance(value, str):
        _check_text(value, path)
    elif isinstance(value, datetime):
        if value.tzinfo is None:
            raise InputError(
                "A time zone is missing: write Z or an offset such as -08:00.", field=path
            )
        _check_year(value, path)
    elif isinstance(value, date):
        _check_year(value, path)
    elif isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise InputError("The number is too large.", field=path)
    elif isinstance(value, tuple):
        if len(value) > MOST_WORDS:
            raise InputError(f"A list holds at most {MOST_WORDS} entries.", field=path)
        for place, entry in enumerate(value):
            _check_value(entry, f"{path}.{place}")
    elif isinstance(value, Mapping):
        _check_extra(value, path)
    elif is_dataclass(value):
        for part in fields(value):
            _check_value(getattr(value, part.name), f"{path}.{part.name}")


def _check_text(value: str, path: str) -> None:
    if len(value) > LONGEST_TEXT:
        raise InputError(f"A text holds at most {LONGEST_TEXT} characters.", field=path)
    # Half of a UTF-16 pair has no UTF-8 form, and no frame of the log could hold it.
    if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise InputError("The text holds half a character (a lone surrogate).", field=path)


def _check_year(value: date, path: str) -> None:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise InputError(f"The year lies outside {FIRST_YEAR} to {LAST_YEAR}.", field=path)


def _check_extra(value: Mapping[str, Any], path: str) -> None:
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise InputError("Only JSON values can be kept.", field=path) from None
    if len(text) > LARGEST_EXTRA_CHARACTERS:
        raise InputError("The unknown fields are too long to be kept.", field=path)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise InputError("A text holds half a character.", field=path) from None


def _check_case(record: Record) -> None:
    if isinstance(record, Participant):
        if record.case_id != record.record_id:
            raise InputError("A participant's case is the participant's own id.", field="case_id")
        if record.linked_youth_id == record.record_id:
            raise InputError("A participant is not linked to itself.", field="linked_youth_id")
    elif isinstance(record, AGENCY_KINDS):
        if record.case_id != AGENCY_CASE_ID:
            raise InputError(f"It belongs to the agency's case, {AGENCY_CASE_ID}.", field="case_id")
    elif record.case_id == AGENCY_CASE_ID and not isinstance(record, Conflict):
        raise InputError(
            "It belongs to a participant's case, not to the agency's.", field="case_id"
        )


def _check_own_fields(record: Record) -> None:
    if isinstance(record, Attachment):
        if record.file_key is not None and not _KEY.fullmatch(record.file_key):
            raise InputError("A key of 32 bytes is expected, as hex.", field="file_key")
    elif isinstance(record, Contact):
        longest = int(LONGEST_CONTACT.total_seconds()) // 60
        if record.minutes is not None and not 0 <= record.minutes <= longest:
            raise InputError(f"Minutes go from 0 to {longest}.", field="minutes")
    check_date_order(record)
