"""Records in words, for those that stand outside their own screen: kind, field, stored value.

A field that has no words of its own here is said as "another detail": never by its name on disk.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, get_args, get_type_hints

from field_app.domain.records.kinds import KINDS
from field_app.domain.records.record import HEADER_FIELDS
from field_app.locales.catalog import enum_key
from field_app.ui.components.field_words import local
from field_app.ui.i18n import t, translator

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_NOT_SAID = re.compile(r"(_id|_ids|_key|digest|strokes|extra|schema)$")


def kind_words(kind: str | None) -> str:
    """Return what a record is: "Contact"."""
    return t(f"record_kind.{kind}") if kind in KINDS else t("record_kind.other")


def field_words(path: str) -> str:
    """Return the name of a field of any record; the path's parts are joined with dots."""
    speak = translator()
    for name in (path.rpartition(".")[2], path.partition(".")[0]):
        if f"record_field.{name}" in speak:
            return speak(f"record_field.{name}")
    return t("record_field.other")


def value_words(kind: str | None, path: str, value: Any) -> str:
    """Return a stored JSON value as people read it."""
    words = _said(_enums_of(kind, path), path, value)
    return words or t("conflict.empty")


def record_lines(text: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a record says, as pairs of field and value; empty and technical fields left out.

    `text` is its JSON form. Fields come in the order of the record's definition.
    """
    kind = str(text.get("kind"))
    known = [field.name for field in fields(KINDS[kind])] if kind in KINDS else []
    lines = []
    for name in known:
        if name in HEADER_FIELDS or _NOT_SAID.search(name):
            continue
        said = _said(_enums_of(kind, name), name, text.get(name))
        if said and f"record_field.{name}" in translator():
            lines.append((field_words(name), said))
    return lines


def _said(enums: tuple[type[StrEnum], ...], path: str, value: Any) -> str:
    match value:
        case None | "" | [] | {}:
            return ""
        case bool():
            return t("conflict.yes") if value else t("conflict.no")
        case int() | float():
            if path.endswith("_cents"):
                return translator().number(value / 100, decimals=2)
            return translator().number(value)
        case str():
            return _text_said(enums, value)
        case list():
            return ", ".join(filter(None, (_said(enums, path, each) for each in value)))
        case dict():
            said = (
                _said(enums, f"{path}.{name}", each)
                for name, each in value.items()
                if not _NOT_SAID.search(name)
            )
            return " · ".join(filter(None, said))
    return ""


def _text_said(enums: tuple[type[StrEnum], ...], value: str) -> str:
    speak = translator()
    for enum in enums:
        if value in enum.__members__.values() and enum_key(enum(value)) in speak:
            return speak.word(enum(value))
    if _MOMENT.match(value):
        moment = local(datetime.fromisoformat(value))
        return t("when.day_time", day=speak.date(moment.date()), time=speak.time(moment))
    if _DAY.fullmatch(value):
        return speak.date(date.fromisoformat(value))
    return value


def _enums_of(kind: str | None, path: str) -> tuple[type[StrEnum], ...]:
    """Return the vocabularies that the values of a field may come from."""
    if kind not in KINDS:
        return ()
    place: Any = get_type_hints(KINDS[kind]).get(path.partition(".")[0])
    return tuple(_enums_in(place))


def _enums_in(annotation: Any) -> Iterator[type[StrEnum]]:
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        yield annotation
    elif isinstance(annotation, type) and is_dataclass(annotation):
        for inside in get_type_hints(annotation).values():
            yield from _enums_in(inside)
    else:
        for inside in get_args(annotation):
            yield from _enums_in(inside)
