"""The one translation mechanism: keys of the TOML files to sentences of a language.

Screens reach it through `field_app.ui.i18n.t`, which knows the language of the session; reports
and the command line make a `Translator` themselves. Nothing here knows a screen toolkit.
"""

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "es")
DEFAULT_LANGUAGE = "en"
FOLDER = Path(__file__).parent

Entry = str | Mapping[str, str] | tuple[str, ...]


class CatalogError(Exception):
    """Two files of a language fill one key, or a word was asked for that is not there."""


def _flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Entry]]:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, list):
            yield key, tuple(str(item) for item in value)
        elif isinstance(value, dict) and "other" in value and set(value) <= {"one", "other"}:
            yield key, {form: str(words) for form, words in value.items()}
        elif isinstance(value, dict):
            yield from _flatten(value, f"{key}.")
        else:
            raise CatalogError(f"{key} is neither words, a list of words nor a table.")


@lru_cache
def load(language: str) -> Mapping[str, Entry]:
    """Return every key of a language. Raises CatalogError when two files fill one key."""
    entries: dict[str, Entry] = {}
    for path in sorted((FOLDER / language).glob("*.toml")):
        for key, entry in _flatten(tomllib.loads(path.read_text(encoding="utf-8"))):
            if key in entries:
                raise CatalogError(f"{language}/{path.name} fills {key}, which another file fills.")
            entries[key] = entry
    return entries


def enum_key(word: StrEnum) -> str:
    """Return the key of a stored word: `Channel.PHONE` is `channel.phone`."""
    name = "".join(f"_{c.lower()}" if c.isupper() else c for c in type(word).__name__).lstrip("_")
    return f"{name}.{word.value}"


class Translator:
    """Speaks one language: sentences, counts, dates and numbers."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else DEFAULT_LANGUAGE
        self._entries = load(self.language)

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence of `key` with its values filled in.

        A sentence that counts takes `count`. Raises CatalogError for an unknown key.
        """
        entry = self._entry(key)
        if isinstance(entry, tuple):
            raise CatalogError(f"{key} is a list of words; ask for it with words().")
        if not isinstance(entry, str):
            if "count" not in values:
                raise CatalogError(f"{key} counts; it needs a count.")
            entry = entry["one"] if values["count"] == 1 and "one" in entry else entry["other"]
        return entry.format(**values) if values else entry

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def words(self, key: str) -> tuple[str, ...]:
        """Return a list of words, such as the names of the months."""
        entry = self._entry(key)
        if not isinstance(entry, tuple):
            raise CatalogError(f"{key} is no list of words.")
        return entry

    def word(self, value: StrEnum) -> str:
        """Return the translation of a stored word of the vocabulary."""
        return self(enum_key(value))

    def date(self, day: dt.date, *, weekday: bool = False) -> str:
        """Return a calendar day as people write it: Nov 22, 2026; 22 nov 2026."""
        key = "calendar.weekday_date" if weekday else "calendar.date"
        return self(
            key,
            day=day.day,
            month=self.words("calendar.months_short")[day.month - 1],
            year=day.year,
            weekday=self.words("calendar.weekdays_short")[day.weekday()],
        )

    def month(self, day: dt.date) -> str:
        """Return the month of a day: November 2026; noviembre de 2026."""
        month = self.words("calendar.months")[day.month - 1]
        return self("calendar.month_of_year", month=month, year=day.year)

    def time(self, moment: dt.time | dt.datetime) -> str:
        """Return hours and minutes of a day of 24 hours, as given: convert to local time first."""
        return f"{moment.hour:02d}:{moment.minute:02d}"

    def number(self, value: float, decimals: int = 0) -> str:
        """Return a number with the separators of the language.

        Spanish follows the usage of the United States and Mexico: 1,234.5.
        """
        return f"{value:,.{decimals}f}"

    def _entry(self, key: str) -> Entry:
        try:
            return self._entries[key]
        except KeyError:
            raise CatalogError(f"{self.language} has no words for {key}.") from None
