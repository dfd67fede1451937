"""Three-way merge of one record: what two people made of the same state, put together.

Every field is compared with the base, the last state that both knew. One side changed it: take
that. Both made it the same: fine. Lists of items are merged by item and then by the item's fields;
lists of single words are merged as sets; a nested object by its parts. Where both changed one field
differently, the centre's value ("theirs") stands and mine becomes a `MergeConflict`, so that a
person chooses later and nothing vanishes. An item or a record that one side deleted while the other
edited it stays, and is flagged.

Works on the JSON values of `codec.to_json`, so fields of newer versions are merged like any other.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from field_app.domain.records.codec import from_json, to_json
from field_app.domain.records.record import Record

STAMP_FIELDS = ("author_id", "device_id", "updated_at")
"""Who saved a state and when: taken together from the later one, and never a conflict."""

FIXED_FIELDS = ("kind", "record_id", "case_id")
ITEM_ID = "item_id"
ABSENT = None
"""How a value that is not there is shown in a conflict: the JSON null."""

_MISSING = object()


class ConflictReason(StrEnum):
    """Why a person has to look."""

    BOTH_CHANGED = "both_changed"
    DELETED_BY_ME = "deleted_by_me"
    DELETED_BY_THEM = "deleted_by_them"


@dataclass(frozen=True, kw_only=True)
class MergeConflict:
    """A field that both changed, or something deleted that the other edited.

    Attributes:
        field: Path of the field, parts joined with dots ("phone", "safe_contact.hours",
            "steps.words"); for a deleted item its list, for a deleted record "deleted".
        item_id: The item it is about; None when it is the record's own field.
        mine: My value as JSON, None when I deleted it.
        theirs: The centre's value, None when it was deleted there.
        reason: Why a person has to look.
    """

    field: str
    item_id: str | None = None
    mine: Any = None
    theirs: Any = None
    reason: ConflictReason = ConflictReason.BOTH_CHANGED


@dataclass(frozen=True)
class Merged:
    """The record put together, and what a person still has to choose."""

    record: Record
    conflicts: tuple[MergeConflict, ...]


def merge_records(base: Record | None, mine: Record, theirs: Record) -> Merged:
    """Merge two states of one record.

    Without a base both are new: items and words of both are kept, other differences are conflicts.

    Raises:
        ValueError: The three are not states of one record.
    """
    values, conflicts = merge_values(
        {} if base is None else to_json(base), to_json(mine), to_json(theirs)
    )
    return Merged(from_json(values), conflicts)


def merge_values(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[MergeConflict, ...]]:
    """Merge two states of one record as JSON values, as `codec.to_json` writes them.

    Raises:
        ValueError: They are not states of one record.
    """
    for name in FIXED_FIELDS:
        found = {side[name] for side in (base, mine, theirs) if name in side}
        if len(found) > 1:
            raise ValueError(f"these are not states of one record: {name} differs")
    merge = _Merge()
    stamp_of = max((mine, theirs), key=lambda side: tuple(side.get(f) or "" for f in _BY_TIME))
    values: dict[str, Any] = {}
    for name in _names(theirs, mine, base):
        if name in STAMP_FIELDS:
            values[name] = stamp_of.get(name)
        elif name == "created_at":
            values[name] = min(side[name] for side in (mine, theirs) if name in side)
        elif name == "schema":
            values[name] = max(side.get(name, 1) for side in (mine, theirs))
        elif name == "deleted":
            values[name] = merge.deleted(base, mine, theirs)
        else:
            value = merge.value(
                _get(base, name), _get(mine, name), _get(theirs, name), name, item_id=None
            )
            if value is not _MISSING:
                values[name] = value
    return values, tuple(merge.conflicts)


def with_choice(record: Record, conflict: MergeConflict, value: Any) -> Record:
    """Return the record with what a person chose in a conflict: mine, theirs, or a third value.

    For something that was deleted, None means that it goes. An item or field that is no longer
    there is left alone: somebody decided otherwise in between.
    """
    values = to_json(record)
    if conflict.reason is not ConflictReason.BOTH_CHANGED:
        if conflict.item_id is None:
            values["deleted"] = value is None
        elif value is None:
            kept = [item for item in values[conflict.field] if item[ITEM_ID] != conflict.item_id]
            values[conflict.field] = kept
        return from_json(values)
    first, *rest = conflict.field.split(".")
    if not rest:
        values[first] = value
        return from_json(values)
    place: Any = values.get(first)
    if conflict.item_id is not None:
        found = [item for item in place or () if item[ITEM_ID] == conflict.item_id]
        place = found[0] if found else None
    for part in rest[:-1]:
        place = place.get(part) if isinstance(place, dict) else None
    if isinstance(place, dict):
        place[rest[-1]] = value
    return from_json(values)


_BY_TIME = ("updated_at", "device_id", "author_id")


class _Merge:
    """One merge under way: collects the conflicts."""

    def __init__(self) -> None:
        self.conflicts: list[MergeConflict] = []

    def value(self, base: Any, mine: Any, theirs: Any, path: str, *, item_id: str | None) -> Any:
        if _same(mine, theirs) or _same(mine, base):
            return theirs
        if _same(theirs, base):
            return mine
        if _are_item_lists(base, mine, theirs):
            return self.items(base or (), mine, theirs, path)
        if _are_word_lists(base, mine, theirs):
            return _words(() if base is _MISSING else base, mine, theirs)
        if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            return self.parts(
                base if isinstance(base, Mapping) else {}, mine, theirs, path, item_id
            )
        self.conflicts.append(
            MergeConflict(field=path, item_id=item_id, mine=_shown(mine), theirs=_shown(theirs))
        )
        return theirs

    def parts(
        self,
        base: Mapping[str, Any],
        mine: Mapping[str, Any],
        theirs: Mapping[str, Any],
        path: str,
        item_id: str | None,
    ) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for name in _names(theirs, mine, base):
            value = self.value(
                _get(base, name),
                _get(mine, name),
                _get(theirs, name),
                f"{path}.{name}",
                item_id=item_id,
            )
            if value is not _MISSING:
                merged[name] = value
        return merged

    def items(
        self,
        base: Sequence[Mapping[str, Any]],
        mine: Sequence[Mapping[str, Any]],
        theirs: Sequence[Mapping[str, Any]],
        path: str,
    ) -> list[Any]:
        """Merge lists of items by id. The centre's order stands unless only mine was changed."""
        known = {} if base is _MISSING else _by_id(base)
        ours, others = _by_id(mine), _by_id(theirs)
        merged: dict[str, Any] = {}
        for item_id in {**known, **others, **ours}:
            item = self.item(
                known.get(item_id), ours.get(item_id), others.get(item_id), path, item_id
            )
            if item is not None:
                merged[item_id] = item
        common = [i for i in known if i in ours and i in others]
        others_moved = [i for i in others if i in common] != common
        i_moved = [i for i in ours if i in common] != common
        spine, second = (ours, others) if i_moved and not others_moved else (others, ours)
        return [merged[item_id] for item_id in _woven(list(spine), list(second), set(merged))]

    def item(
        self,
        base: Mapping[str, Any] | None,
        mine: Mapping[str, Any] | None,
        theirs: Mapping[str, Any] | None,
        path: str,
        item_id: str,
    ) -> Mapping[str, Any] | None:
        if mine is not None and theirs is not None:
            return self.parts(base or {}, mine, theirs, path, item_id)
        kept = mine if theirs is None else theirs
        if base is None:  # new on one side
            return kept
        if kept is None or kept == base:  # deleted, and untouched on the other side
            return None
        reason = ConflictReason.DELETED_BY_ME if mine is None else ConflictReason.DELETED_BY_THEM
        self.conflicts.append(
            MergeConflict(field=path, item_id=item_id, mine=mine, theirs=theirs, reason=reason)
        )
        return kept

    def deleted(
        self, base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
    ) -> bool:
        """Return whether the merged record is deleted: an edit of the other side keeps it."""
        mine_gone, theirs_gone = bool(mine.get("deleted")), bool(theirs.get("deleted"))
        if mine_gone == theirs_gone:
            return mine_gone
        was_gone = bool(base.get("deleted"))
        gone, alive = (mine, theirs) if mine_gone else (theirs, mine)
        if was_gone:  # one side restored it
            return False
        if not _content_differs(base, alive):
            return True
        reason = ConflictReason.DELETED_BY_ME if mine_gone else ConflictReason.DELETED_BY_THEM
        self.conflicts.append(
            MergeConflict(
                field="deleted",
                mine=None if gone is mine else False,
                theirs=None if gone is theirs else False,
                reason=reason,
            )
        )
        return False


def _content_differs(base: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    aside = {*STAMP_FIELDS, "created_at", "schema", "deleted"}
    return any(
        not _same(_get(base, name), _get(other, name))
        for name in _names(base, other)
        if name not in aside
    )


def _same(left: Any, right: Any) -> bool:
    # JSON tells true from 1; Python does not.
    if isinstance(left, bool) is not isinstance(right, bool):
        return False
    return bool(left == right)


def _get(values: Mapping[str, Any], name: str) -> Any:
    return values.get(name, _MISSING)


def _shown(value: Any) -> Any:
    return ABSENT if value is _MISSING else value


def _names(*sides: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(name for side in sides for name in side))


def _by_id(items: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {str(item[ITEM_ID]): item for item in items}


def _are_item_lists(base: Any, mine: Any, theirs: Any) -> bool:
    sides = [side for side in (base, mine, theirs) if side is not _MISSING]
    return all(
        isinstance(side, list | tuple)
        and all(isinstance(item, Mapping) and ITEM_ID in item for item in side)
        and len(_by_id(side)) == len(side)
        for side in sides
    ) and any(sides)


def _are_word_lists(base: Any, mine: Any, theirs: Any) -> bool:
    sides = [side for side in (base, mine, theirs) if side is not _MISSING]
    return all(
        isinstance(side, list | tuple)
        and all(isinstance(word, str) for word in side)
        and len(set(side)) == len(side)
        for side in sides
    )


def _words(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """Merge lists of words as sets: added on one side is in, taken out on one side is out."""
    added = [word for word in mine if word not in base and word not in theirs]
    removed = {word for word in base if word not in mine}
    return [word for word in theirs if word not in removed] + added


def _woven(spine: list[Hashable], second: list[Hashable], wanted: set[str]) -> list[Any]:
    """Return the ids in the order of the spine, those only in the second after their neighbour."""
    order = list(spine)
    previous: Hashable | None = None
    for item_id in second:
        if item_id not in order:
            order.insert(order.index(previous) + 1 if previous in order else 0, item_id)
        previous = item_id
    return [item_id for item_id in order if item_id in wanted]
