"""What every record carries, whatever it is about.

A record is one row of the app that may travel to the centre: it belongs to exactly one case, has a
UUID of its own made on the device, and says who wrote it. `extra` keeps the fields that a newer
version of the app wrote and this one does not know, so that an old phone never blanks them.
Between records there is no enforced reference: what a record points to may arrive later.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

AGENCY_CASE_ID = "00000000-0000-4000-8000-000000000001"
"""The reserved case of what the whole agency reads: staff, settings, waivers, funds."""

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of a record that was not saved yet."""


def new_id() -> str:
    """Return a new random record id (UUID version 4, RFC 9562), in its usual text form."""
    return str(uuid4())


def named_id(case_id: str, *words: str) -> str:
    """Return the id of a record that exists once in a case, such as the hand-over page.

    Two phones that begin it before they hear of each other begin the same record, and their items
    are merged (UUID version 5, RFC 9562).
    """
    return str(uuid5(UUID(case_id), "/".join(words)))


@dataclass(frozen=True, kw_only=True)
class Record:
    """The header of a record; every kind of record adds its own fields.

    Attributes:
        record_id: UUID, the same on every device.
        case_id: The participant's case, or a reserved case of the agency. Never changes.
        author_id: Staff id of whoever wrote this state of the record; set on saving.
        device_id: The device on which it was written; set on saving.
        created_at: When the record was first saved (UTC).
        updated_at: When this state was saved (UTC).
        schema: Number of the field list that the writer knew.
        deleted: True for a tombstone: gone from every screen, kept so that it stays gone.
        extra: Fields of newer versions, kept and handed on untouched.
    """

    record_id: str = field(default_factory=new_id)
    case_id: str
    author_id: str = ""
    device_id: str = ""
    created_at: datetime = NEVER
    updated_at: datetime = NEVER
    schema: int = 1
    deleted: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


HEADER_FIELDS: frozenset[str] = frozenset(f.name for f in fields(Record))


def own_fields(kind: type[Record]) -> tuple[str, ...]:
    """Return the names of the fields that a kind of record adds to the header."""
    return tuple(f.name for f in fields(kind) if f.name not in HEADER_FIELDS)
