"""Identifiers: random UUIDs (RFC 9562, version 4) in one canonical text form.

Only the lower-case form with hyphens is valid on the wire: two spellings of one id would be two
cases to a database and one to a person.
"""

import re
from functools import lru_cache
from typing import Annotated
from uuid import uuid4

from pydantic import StringConstraints

ID_PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_ID = re.compile(ID_PATTERN)

Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]

NO_ID = "00000000-0000-0000-0000-000000000000"

AGENCY_CASE_ID = "00000000-0000-4000-8000-000000000001"
"""Reserved case that everyone of the agency reads and data managers write."""

MANAGERS_CASE_ID = "00000000-0000-4000-8000-000000000002"
"""Reserved case of the data managers alone: the agency's signing key travels here."""

RESERVED_CASES = frozenset({AGENCY_CASE_ID, MANAGERS_CASE_ID})


def new_id() -> str:
    """Return a new random id."""
    return str(uuid4())


def is_id(text: str) -> bool:
    """Return whether a text is an id in its canonical form."""
    return _ID.match(text) is not None


def id_bytes_once(text: str) -> bytes:
    """Return the same as `id_bytes`, for an id that is met once, such as a new record's."""
    if _ID.match(text) is None:
        raise ValueError("not a UUID in lower-case text form")
    return bytes.fromhex(text.replace("-", ""))


@lru_cache(maxsize=4096)
def id_bytes(text: str) -> bytes:
    """Return the 16 bytes of a canonical id.

    Raises:
        ValueError: The text is not an id in canonical form.
    """
    return id_bytes_once(text)
