"""Items: the entries of a list inside a record, each with an id of its own.

A list is merged by item, so two people who add to it on two phones both keep what they wrote
(sync.md, Merge). An item never moves to another record.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from pydantic import model_validator
from pydantic_core import to_jsonable_python

from field_app.domain.records.record import new_id


@dataclass(frozen=True, kw_only=True)
class Part:
    """Something inside a record that has fields of its own.

    Attributes:
        extra: Fields that a newer version of the app wrote, kept and handed on like a record's.
    """

    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @model_validator(mode="before")
    @classmethod
    def _keep_what_is_not_known(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        known = {part.name for part in fields(cls)}
        unknown = {name: value for name, value in values.items() if name not in known}
        carried = values.get("extra", {})
        if not isinstance(carried, Mapping):
            return values
        if known & set(carried):  # it would stand twice when the part is written out again
            raise ValueError("A field that is known stands in `extra`")
        if not unknown:
            return values
        fitting = {name: value for name, value in values.items() if name in known}
        return {**fitting, "extra": {**carried, **unknown}}


@dataclass(frozen=True, kw_only=True)
class Item(Part):
    """One entry of a list inside a record."""

    item_id: str = field(default_factory=new_id)


def without_unknown(value: Any) -> Any:
    """Return a field's value, its parts without the fields that this version does not know."""
    if isinstance(value, Part):
        own = {part.name: without_unknown(getattr(value, part.name)) for part in fields(value)}
        return replace(value, **{**own, "extra": {}})
    return tuple(map(without_unknown, value)) if isinstance(value, tuple) else value


def plain(value: Any) -> Any:
    """Return a field's value as JSON: a part with its unknown fields beside the known ones."""
    if isinstance(value, Part):
        own = {part.name: plain(getattr(value, part.name)) for part in fields(value)}
        return {**own.pop("extra"), **own}
    if isinstance(value, tuple | list):
        return [plain(entry) for entry in value]
    return to_jsonable_python(value)


I = TypeVar("I", bound=Item)  # noqa: E741 - the usual letter of an item


def find_item(items: Iterable[I], item_id: str) -> I | None:
    """Return the item with an id, or None."""
    return next((item for item in items if item.item_id == item_id), None)


def with_item(items: tuple[I, ...], item: I) -> tuple[I, ...]:
    """Return the list with an item in its old place, or at the end when it is new."""
    if find_item(items, item.item_id) is None:
        return (*items, item)
    return tuple(item if old.item_id == item.item_id else old for old in items)


def without_item(items: tuple[I, ...], item_id: str) -> tuple[I, ...]:
    """Return the list without an item."""
    return tuple(item for item in items if item.item_id != item_id)
