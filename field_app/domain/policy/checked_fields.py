"""Reading a table that a person wrote (JSON or TOML) so that every mistake names its field.

A `CheckedFields` wraps one table and its path. Each method takes one field out, checks it, and
`finish` refuses what nobody asked for: an unknown field is a typing mistake far more often than a
new idea. Which error is raised, and whether it can name a line, is the caller's choice.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NoReturn, Protocol, TypeVar

KNOWN_YEARS = range(1900, 2101)  # others are slips of the pen, and the calendar ends at 9999

Words = TypeVar("Words", bound=StrEnum)


class Refuse(Protocol):
    """Builds the error for a field from its path (`services[0].phases[1].from`) and reason."""

    def __call__(self, path: str, reason: str) -> Exception: ...


class CheckedFields:
    """One table whose fields are taken out one by one. All errors come from `refuse`."""

    def __init__(
        self,
        table: object,
        path: str,
        refuse: Refuse,
        time_of: Callable[[datetime], datetime] | None = None,
    ) -> None:
        """`time_of` gives a naive local time its zone; it may raise ValueError with the reason."""
        self.path = path
        self._refuse = refuse
        self._time_of = time_of
        if not isinstance(table, Mapping):
            raise refuse(path, f"must be a table of fields, not {kind_of(table)}")
        self._left: dict[str, Any] = dict(table)
        self._known: list[str] = []

    def at(self, name: str) -> str:
        """The full path of a field."""
        return f"{self.path}.{name}" if self.path else name

    def refuse(self, name: str, reason: str) -> NoReturn:
        """Raise the caller's error for a field."""
        raise self._refuse(self.at(name), reason)

    def finish(self) -> None:
        """Refuse the fields that were not asked for."""
        for name in self._left:
            self.refuse(str(name), f"is not a known field; known here: {', '.join(self._known)}")

    def take(self, name: str) -> Any:
        """The raw value, or None when it is absent or null."""
        self._known.append(name)
        return self._left.pop(name, None)

    def needed(self, name: str) -> Any:
        """The raw value. A missing field is refused."""
        value = self.take(name)
        if value is None:
            self.refuse(name, "is needed")
        return value

    def text(self, name: str) -> str:
        """A text that is not empty."""
        value = self.needed(name)
        if not isinstance(value, str) or not value.strip():
            self.refuse(name, f"must be a text, not {kind_of(value)}")
        return value

    def optional_text(self, name: str) -> str | None:
        """A text, or None. A blank text is None."""
        value = self.take(name)
        if value is None:
            return None
        if not isinstance(value, str):
            self.refuse(name, f"must be a text, not {kind_of(value)}")
        return value if value.strip() else None

    def word(self, name: str, words: type[Words]) -> Words:
        """One word of a list."""
        return self._as_word(name, self.needed(name), words)

    def optional_word(self, name: str, words: type[Words]) -> Words | None:
        """One word of a list, or None."""
        value = self.take(name)
        return None if value is None else self._as_word(name, value, words)

    def word_list(self, name: str, words: type[Words]) -> tuple[Words, ...]:
        """Words of a list, each once, in the order given."""
        values = self.needed(name)
        if not isinstance(values, list):
            self.refuse(name, f"must be a list, not {kind_of(values)}")
        found = [self._as_word(f"{name}[{i}]", value, words) for i, value in enumerate(values)]
        return tuple(dict.fromkeys(found))

    def whole_number(self, name: str, *, at_least: int = 0) -> int:
        """A whole number. A fraction or a truth value is refused."""
        return self._as_whole_number(name, self.needed(name), at_least)

    def optional_whole_number(self, name: str, *, at_least: int = 0) -> int | None:
        """A whole number, or None."""
        value = self.take(name)
        return None if value is None else self._as_whole_number(name, value, at_least)

    def whole_numbers(self, name: str, *, at_least: int = 0) -> tuple[int, ...]:
        """A list of whole numbers, empty when absent."""
        return tuple(
            self._as_whole_number(path, value, at_least) for path, value in self.items(name)
        )

    def optional_truth(self, name: str) -> bool | None:
        """True, false, or None."""
        value = self.take(name)
        if value is not None and not isinstance(value, bool):
            self.refuse(name, f"must be true or false, not {kind_of(value)}")
        return value

    def day(self, name: str) -> date:
        """A calendar day."""
        return self._as_day(name, self.needed(name))

    def optional_day(self, name: str) -> date | None:
        """A calendar day, or None."""
        value = self.take(name)
        return None if value is None else self._as_day(name, value)

    def time(self, name: str) -> datetime:
        """A moment, with its zone, to the second."""
        return self._as_time(name, self.needed(name))

    def optional_time(self, name: str) -> datetime | None:
        """A moment, or None."""
        value = self.take(name)
        return None if value is None else self._as_time(name, value)

    def table(self, name: str) -> "CheckedFields":
        """A table inside this one."""
        return CheckedFields(self.needed(name), self.at(name), self._refuse, self._time_of)

    def optional_table(self, name: str) -> "CheckedFields | None":
        """A table inside this one, or None."""
        value = self.take(name)
        if value is None:
            return None
        return CheckedFields(value, self.at(name), self._refuse, self._time_of)

    def tables(self, name: str) -> "list[CheckedFields]":
        """The tables of a list, empty when absent."""
        return [
            CheckedFields(value, self.at(path), self._refuse, self._time_of)
            for path, value in self.items(name)
        ]

    def items(self, name: str) -> list[tuple[str, Any]]:
        """The raw values of a list with their paths below this table, empty when absent."""
        values = self.take(name)
        if values is None:
            return []
        if not isinstance(values, list):
            self.refuse(name, f"must be a list, not {kind_of(values)}")
        return [(f"{name}[{i}]", value) for i, value in enumerate(values)]

    def _as_word(self, name: str, value: Any, words: type[Words]) -> Words:
        try:
            return words(value)
        except (ValueError, TypeError):
            pass
        choices = ", ".join(word.value for word in words)
        self.refuse(name, f"{shown(value)} is not one of: {choices}")

    def _as_whole_number(self, name: str, value: Any, at_least: int) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            self.refuse(name, f"must be a whole number, not {kind_of(value)}")
        if value < at_least:
            self.refuse(name, f"must be {at_least} or more, not {value}")
        return value

    def _as_day(self, name: str, value: Any) -> date:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if not isinstance(value, str):
            self.refuse(name, f"must be a date such as 2026-03-31, not {kind_of(value)}")
        # `fromisoformat` also takes 20260331 and 2026-W14-2; a person's file has one form.
        if len(value) == len("2026-03-31") and value[4] == value[7] == "-":
            try:
                day = date.fromisoformat(value)
            except ValueError as impossible:
                self.refuse(name, f"{shown(value)} is not a date: {impossible}")
            self._check_year(name, day)
            return day
        self.refuse(name, f"{shown(value)} is not a date such as 2026-03-31")

    def _as_time(self, name: str, value: Any) -> datetime:
        if not isinstance(value, str):
            self.refuse(name, f"must be a time such as 2026-03-31T16:30, not {kind_of(value)}")
        if "T" not in value:
            self.refuse(name, f"{shown(value)} is not a time such as 2026-03-31T16:30")
        try:
            at = datetime.fromisoformat(value).replace(microsecond=0)
            if at.tzinfo is None and self._time_of is not None:
                at = self._time_of(at)
        except (ValueError, OverflowError) as impossible:
            self.refuse(name, f"{shown(value)} is not a time: {impossible}")
        self._check_year(name, at)
        return at

    def _check_year(self, name: str, day: date) -> None:
        if day.year not in KNOWN_YEARS:
            self.refuse(name, f"the year {day.year} cannot be meant")


def shown(value: object) -> str:
    """A wrong value as an error shows it: on one line, and short."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def kind_of(value: object) -> str:
    """What a wrong value is, in plain words."""
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a text",
        list: "a list",
        dict: "a table",
        type(None): "nothing",
    }
    name = names.get(type(value), type(value).__name__)
    return "an empty text" if value == "" else name
