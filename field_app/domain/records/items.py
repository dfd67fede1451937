"""Items: the entries of a list inside a record, each with an id of its own.

A list is merged by item, so two people who add to it on two phones both keep what they wrote
(sync.md, Merge). An item never moves to another record.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from field_app.domain.records.record import new_id


@dataclass(frozen=True, kw_only=True)
class Item:
    """One entry of a list inside a record."""

    item_id: str = field(default_factory=new_id)


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
