"""Dates, numbers and words in a language.

No locale of the machine is asked: the texts are the same everywhere.
"""

from collections.abc import Sequence
from datetime import date, datetime
from types import ModuleType

from field_app.domain.due import texts_en, texts_es

LANGUAGES = ("en", "es")
_MODULES: dict[str, ModuleType] = {"en": texts_en, "es": texts_es}


class Wording:
    """The texts of one language, filled in. Unknown languages read English."""

    def __init__(self, language: str) -> None:
        self.language = language if language in _MODULES else "en"
        self._module = _MODULES[self.language]

    def say(self, key: str, **values: object) -> str:
        """A text with its values."""
        text: str = self._module.TEXTS[key]
        return text.format(**values)

    def count(self, key: str, n: int, **values: object) -> str:
        """A text that depends on a number."""
        return self.say(f"{key}.one" if n == 1 else f"{key}.other", n=n, **values)

    def word(self, word: str) -> str:
        """A stored word as it is read; a word that is not known stays as it is."""
        known: str = self._module.WORDS.get(word, word)
        return known

    def reading(self, name: str, value: object) -> str:
        """What a reading means, in plain words."""
        texts: dict[str, str] = self._module.READINGS
        if name in texts:
            return texts[name].format(n=value)
        return texts[f"{name}.{str(value).lower()}"]

    def day(self, day: date, *, with_year: bool = False) -> str:
        return self.say(
            "day_with_year" if with_year else "day",
            weekday=self._module.WEEKDAYS[day.weekday()],
            month=self._module.MONTHS[day.month - 1],
            day=day.day,
            year=day.year,
        )

    def month(self, day: date) -> str:
        name: str = self._module.LONG_MONTHS[day.month - 1]
        return name

    def time(self, at: datetime) -> str:
        """Hours and minutes of a day of 24 hours, as on every screen."""
        return f"{at.hour:02d}:{at.minute:02d}"

    def moment(self, at: datetime) -> str:
        """A local time with its day and year."""
        return self.say("day_and_time", day=self.day(at.date(), with_year=True), time=self.time(at))

    def listed(self, words: Sequence[str], conjunction: str = "and") -> str:
        """Words as a list in a sentence, joined by `and` or `or`."""
        if len(words) < 2:
            return "".join(words)
        return f"{', '.join(words[:-1])} {self.say(conjunction)} {words[-1]}"
