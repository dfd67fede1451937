"""Records of every kind, filled at random from the types of their fields.

A new kind or field needs nothing here: the strategies are read from the domain classes.
"""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from field_app.domain.records.items import Part
from field_app.domain.records.record import Record

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)
_SECONDS = st.integers(10**9, 6 * 10**9).map(lambda second: datetime.fromtimestamp(second, UTC))
INSTANTS = _SECONDS | st.builds(datetime.replace, _SECONDS, microsecond=st.integers(0, 999_999))
DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
NUMBERS = st.integers(0, 1440)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
UNKNOWN_FIELDS = st.dictionaries(
    st.sampled_from(["newer_word", "newer_list", "wohlbefinden", "año_nuevo"]),
    JSON_VALUES,
    max_size=2,
)
BY_NAME = {"file_key": st.none() | st.binary(min_size=32, max_size=32).map(bytes.hex)}
"""Fields that hold more than their type says."""
IDS = st.uuids(version=4).map(str)


@cache
def records(kind: type[Record]) -> st.SearchStrategy[Any]:
    """Return records of a kind with every field filled; `extra` holds fields of a newer version."""
    return _objects(kind, extra=UNKNOWN_FIELDS, record_id=IDS, case_id=IDS)


def _objects(kind: type[Any], **given: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    named = {**BY_NAME, **given}
    if issubclass(kind, Part):
        named["extra"] = UNKNOWN_FIELDS
    filled = {
        part.name: named[part.name] if part.name in named else _values(hints[part.name])
        for part in fields(kind)
    }
    return st.builds(kind, **filled)


def _values(hint: Any) -> st.SearchStrategy[Any]:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return st.one_of(*(_values(one) for one in inner))
    if origin is tuple:
        return st.lists(_values(inner[0]), max_size=3).map(tuple)
    if origin is not None and issubclass(origin, Mapping):
        return st.dictionaries(_values(inner[0]), _values(inner[1]), max_size=3)
    if hint is Any:
        return JSON_VALUES
    if is_dataclass(hint):
        return _objects(hint)
    if issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    return {
        str: TEXTS,
        int: NUMBERS,
        bool: st.booleans(),
        float: st.floats(0, 1000, width=16),
        datetime: INSTANTS,
        date: DAYS,
        type(None): st.none(),
    }[hint]
