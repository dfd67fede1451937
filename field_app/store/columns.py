"""Column types that keep what the domain means: instants in UTC, and small JSON values."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pydantic_core import from_json, to_json
from sqlalchemy import JSON, LargeBinary, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from field_app.domain.records.items import plain


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as UTC text of fixed width, so that text order is time order."""

    impl = Text
    cache_ok = True

    # The two functions as they are: a page of the feed writes thousands, and the way through
    # SQLAlchemy's own wrappers costs more than they do.

    def bind_processor(self, _dialect: Dialect) -> Callable[[datetime | None], str | None]:
        """Write an instant; a naive one is a programming error."""
        return _write_instant

    def result_processor(
        self, _dialect: Dialect, _coltype: object
    ) -> Callable[[str | None], datetime | None]:
        """Read an instant back, aware and in UTC."""
        return _read_instant


def _write_instant(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is not UTC:
        offset = value.utcoffset()
        if offset is None:
            raise ValueError("an instant needs a time zone")
        if offset:  # what came over the wire is in UTC by another name
            value = value.astimezone(UTC)
    # Not strftime: five times slower, and a year before 1000 loses its leading zero.
    return value.isoformat("T", "microseconds")[: -len("+00:00")] + "Z"


def _read_instant(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


class JsonValue(TypeDecorator[Any]):
    """A tuple or an object, stored as JSON text; None is SQL NULL."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def bind_processor(self, _dialect: Dialect) -> Callable[[Any], str | None]:
        """Write a value; dates and instants inside the items of a list become ISO 8601 text."""
        return _write_json

    def result_processor(self, _dialect: Dialect, _coltype: object) -> Callable[[Any], Any]:
        """Read a value back."""
        return _read_json


def _read_json(text: Any) -> Any:
    if text == "[]":  # most lists of a record, and most of what a newer version added
        return []
    if text == "{}":
        return {}
    if text is None:
        return None
    # SQLite keeps a lone number as a number.
    return from_json(text) if isinstance(text, str) else text


def _write_json(value: Any) -> str | None:
    if value is None:
        return None
    if not value and isinstance(value, tuple | list | dict):  # most lists of a record
        return "{}" if isinstance(value, dict) else "[]"
    # What a newer version added is JSON already.
    return to_json(value if type(value) is dict else plain(value)).decode()


class RawBytes(LargeBinary):
    """Bytes handed to SQLite as they are.

    SQLAlchemy wraps each value in a memoryview first, for drivers that need it; sqlite3 does not.
    """

    def bind_processor(self, dialect: Dialect) -> None:
        """Convert nothing."""

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        """Convert nothing."""


class HexBytes(TypeDecorator[str]):
    """Bytes that the domain writes as hex, stored as they are: half the size, read by the store."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> bytes | None:
        """Write the bytes of a hex text."""
        return None if value is None else bytes.fromhex(value)

    def process_result_value(self, value: bytes | None, _dialect: Dialect) -> str | None:
        """Read the bytes back as hex."""
        return None if value is None else value.hex()
