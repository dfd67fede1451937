"""The words people read: strengths first, nothing that blames, the same keys in both languages."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from enum import StrEnum

import pytest

from field_app.domain import records, vocabulary
from field_app.domain.records.change import ChangeAction
from field_app.domain.records.hand_over import HandOverSection
from field_app.domain.records.kinds import KINDS
from field_app.domain.records.plans import AssessmentSide
from field_app.domain.records.record import own_fields
from field_app.domain.records.safety_plan import PlanSection
from field_app.domain.records.staff import StaffRole
from field_app.locales.catalog import LANGUAGES, enum_key, load

FORBIDDEN = {
    "en": r"prostitut|offender|non-?complian|\bfail(ed|ure)|\brunaway|\bawol|\bvictimizer|"
    r"manipulativ|at fault|promiscu",
    "es": r"prostitut|delincuen|incumpl|fracas|fugitiv|\bfug(a|ó|arse)\b|manipulador|promiscu",
}
"""Roots of words that blame (journeys.md, Words; FRP-20, FRP-21, PRA-13)."""


def sentences(language: str) -> Iterator[tuple[str, str]]:
    for key, entry in load(language).items():
        if isinstance(entry, str):
            yield key, entry
        else:
            for words in entry.values() if hasattr(entry, "values") else entry:
                yield key, words


def record_modules() -> list[str]:
    return [
        module.name for module in pkgutil.iter_modules(records.__path__, f"{records.__name__}.")
    ]


def enumerations() -> list[type[StrEnum]]:
    found = []
    for module in (vocabulary, *map(importlib.import_module, record_modules())):
        found += [
            member
            for member in vars(module).values()
            if isinstance(member, type)
            and issubclass(member, StrEnum)
            and member.__module__ == module.__name__
        ]
    return found


@pytest.mark.requirement("FRP-20", "FRP-21", "PRA-13", "PRA-14", "DAT-29")
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_that_people_read_blames_anybody(language: str) -> None:
    blaming = re.compile(FORBIDDEN[language], re.IGNORECASE)

    assert [key for key, words in sentences(language) if blaming.search(words)] == []


def test_the_search_for_words_finds_them() -> None:
    assert re.search(FORBIDDEN["en"], "A Runaway youth", re.IGNORECASE)
    assert re.search(FORBIDDEN["es"], "La joven se fugó ayer", re.IGNORECASE)


def test_no_stored_word_or_field_blames_anybody() -> None:
    blaming = re.compile(FORBIDDEN["en"], re.IGNORECASE)
    named = [field for kind in KINDS.values() for field in own_fields(kind)]
    stored = [word.value for enumeration in enumerations() for word in enumeration]

    assert [word for word in (*KINDS, *named, *stored) if blaming.search(word)] == []


def test_both_languages_have_the_same_keys() -> None:
    assert set(load("en")) == set(load("es"))


@pytest.mark.requirement("DAT-03")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_stored_word_of_the_service_record_has_words_for_people(language: str) -> None:
    words = load(language)
    wordless = {enum_key(word) for enumeration in enumerations() for word in enumeration}

    assert wordless - set(words) - NOT_SHOWN == set()


NOT_SHOWN = {enum_key(word) for words in (StaffRole, ChangeAction) for word in words}
"""Roles of the staff and the change history are shown in words of their own."""


def test_strengths_stand_first_wherever_somebody_is_described() -> None:
    assert [
        next(iter(order)).value for order in (PlanSection, AssessmentSide, HandOverSection)
    ] == [
        "strengths",
        "strength",
        "good_at",
    ]
