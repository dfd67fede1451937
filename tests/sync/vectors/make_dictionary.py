"""Proposes a preset dictionary from the record kinds as they are: field names with their defaults.

    python -m tests.sync.vectors.make_dictionary

A released dictionary never changes. Run this before a release to see what number 2 would gain, and
write its text into `sync/protocol/dictionary.py` by hand: `sync` knows no record kind.
"""

import dataclasses
import enum
import json
from typing import Any

from field_app.domain.records import codec

HEADER = {
    *("record_id", "case_id", "author_id", "device_id", "created_at", "updated_at", "schema"),
    *("deleted", "extra"),
}
COMMON = ("contact", "goal", "participant", "purchase", "visit_check", "phase_period")
"""Kinds that are written every day, the commonest first: near text costs fewer bits."""


def default_of(field: dataclasses.Field[Any]) -> object:
    """Return a field's default as its JSON value; an empty text where there is none."""
    if field.default is not dataclasses.MISSING:
        value = field.default
    elif field.default_factory is not dataclasses.MISSING:
        value = field.default_factory()
    else:
        value = ""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, tuple | list | set | frozenset):
        return list(value)
    return value if value is None or isinstance(value, bool | int | str | dict) else ""


def text_of(kind: str, record_class: type[Any]) -> str:
    """Return an empty record of a kind without its header."""
    values = {
        field.name: default_of(field)
        for field in dataclasses.fields(record_class)
        if field.name not in HEADER
    }
    return json.dumps({"kind": kind, **values}, separators=(",", ":"))


def rank(kind: str) -> tuple[int, str]:
    """Return the place of a kind: rare ones first, the commonest last."""
    return (-COMMON.index(kind) if kind in COMMON else -len(COMMON), kind)


def texts() -> list[str]:
    """Return the text of every kind, in order."""
    kinds = sorted(codec.KINDS, key=rank)
    return [text_of(kind, codec.KINDS[kind]) for kind in kinds]


if __name__ == "__main__":
    for text in texts():
        print(text)
