"""Records as plain JSON values and back, for import files, the change history and the wire.

A record that comes from outside is checked field by field: a wrong value is an `InputError` that
names the field. A field that this version does not know is kept in `extra` and written out again
beside the known ones, so that a newer app's fields survive an older one (sync.md).
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from field_app.domain.records.change import Change
from field_app.domain.records.items import Part, plain
from field_app.domain.records.kinds import KIND_OF, KINDS
from field_app.domain.records.record import HEADER_FIELDS, Record, own_fields
from field_app.errors import InputError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R", bound=Record)
T = TypeVar("T", bound="DataclassInstance")

HEADER_ORDER = (
    "record_id",
    "case_id",
    "author_id",
    "device_id",
    "created_at",
    "updated_at",
    "schema",
    "deleted",
)

_OWN_FIELDS = {kind: dict.fromkeys(own_fields(kind)) for kind in KINDS.values()}
"""The names of each kind's own fields, in their order."""

_WRITTEN = {kind: {"kind"} | HEADER_FIELDS | _OWN_FIELDS[kind].keys() for kind in KINDS.values()}

_SIMPLE = {str, int, bool, type(None)}
"""Types of values without a zone or a part in them: most fields of the records that a sync sends.

Asked before anything else, because asking what else a value may be costs more.
"""

_adapters: dict[type[Record], TypeAdapter[Any]] = {}
_change_adapter: TypeAdapter[Change] = TypeAdapter(Change)


def adapter(kind: type[R]) -> TypeAdapter[R]:
    """Return the checker and converter of a kind of record (kept: building one is slow)."""
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def to_json(record: Record) -> dict[str, Any]:
    """Return a record as JSON values: `kind`, the header, its own fields, and unknown ones."""
    record = in_utc(record)
    values = adapter(type(record)).dump_python(record, mode="json")
    extra = values.pop("extra")
    ordered = {name: values[name] for name in HEADER_ORDER}
    own = {
        name: plain(value)
        if type(value := getattr(record, name)) not in _SIMPLE and _holds_parts(value)
        else values[name]
        for name in _OWN_FIELDS[type(record)]
    }
    return {"kind": KIND_OF[type(record)], **ordered, **own, **extra}


def _holds_parts(value: Any) -> bool:
    return isinstance(value, Part) or (
        isinstance(value, tuple) and bool(value) and isinstance(value[0], Part)
    )


def in_utc(record: T) -> T:
    """Return a record, or an item of one, with its instants in UTC.

    The same moment reads the same in every zone then, so that an edit is no change of time.
    """
    moved = {
        name: utc
        for name in _field_names(type(record))
        if type(value := getattr(record, name)) not in _SIMPLE
        and (utc := _value_in_utc(value)) is not value
    }
    return replace(record, **moved) if moved else record


@cache
def _field_names(kind: type["DataclassInstance"]) -> tuple[str, ...]:
    return tuple(part.name for part in fields(kind))


def _value_in_utc(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.utcoffset() else value
    if isinstance(value, tuple):
        moved = tuple(_value_in_utc(entry) for entry in value)
        is_same = all(old is new for old, new in zip(value, moved, strict=True))
        return value if is_same else moved
    if is_dataclass(value) and not isinstance(value, type):
        return in_utc(value)
    return value


def from_json(values: Mapping[str, Any]) -> Record:
    """Return the record that JSON values describe.

    Raises:
        InputError: `kind` is unknown, or a field is missing or wrong; the field is named and the
            value is not repeated, because it may be personal.
    """
    kind_word = values.get("kind")
    if not isinstance(kind_word, str) or kind_word not in KINDS:
        raise InputError(
            "This kind of record is not known. Update the app, or correct the word.", field="kind"
        )
    kind = KINDS[kind_word]
    known = _WRITTEN[kind]
    fitting = dict(values)
    del fitting["kind"]
    unknown = {}
    if not values.keys() <= known:
        unknown = {name: fitting.pop(name) for name in values if name not in known}
    carried = fitting.get("extra", {})
    if not isinstance(carried, Mapping):
        raise InputError("A JSON object is expected.", field="extra")
    for name in carried:
        # It would stand before the known field of that name when the record is written out again.
        if name in known:
            raise InputError("A field that is known stands in `extra`.", field=f"extra.{name}")
    fitting["extra"] = {**carried, **unknown}
    return build(kind, fitting)


def build(kind: type[R], values: dict[str, Any]) -> R:
    """Return a record of a kind from field values; text is read as date, time or word list.

    Raises:
        InputError: A field is missing or wrong.
    """
    try:
        return adapter(kind).validate_python(values)
    except ValidationError as error:
        raise _field_wrong(error) from None


def change_to_json(change: Change) -> dict[str, Any]:
    """Return an entry of the history as JSON values; its kind is called `record_kind` there."""
    values: dict[str, Any] = _change_adapter.dump_python(change, mode="json")
    return {"record_kind" if name == "kind" else name: value for name, value in values.items()}


def change_from_json(values: Mapping[str, Any]) -> Change:
    """Return the entry of the history that JSON values describe. Unknown fields are dropped.

    Raises:
        InputError: A field is missing or wrong, or the kind of record is not known.
    """
    record_kind = values.get("record_kind")
    if record_kind not in KINDS:
        raise InputError(
            "This kind of record is not known. Update the app, or correct the word.",
            field="record_kind",
        )
    try:
        return _change_adapter.validate_python({**values, "kind": record_kind})
    except ValidationError as error:
        raise _field_wrong(error) from None


def _field_wrong(error: ValidationError) -> InputError:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    path = ".".join(str(part) for part in first["loc"])
    return InputError(f"{first['msg']}.", field=path or None, code="field_wrong")


def differing_fields(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what two JSON states of one record have differently: (before, after) by field.

    The stamp of who wrote it and when is left out: the history entry carries it.
    """
    stamp = {"author_id", "device_id", "created_at", "updated_at", "schema"}
    old, new = before or {}, after or {}
    names = [name for name in {**old, **new} if name not in stamp]
    changed = [name for name in names if old.get(name) != new.get(name)]
    return (
        {name: old[name] for name in changed if name in old},
        {name: new[name] for name in changed if name in new},
    )
