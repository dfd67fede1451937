"""What holds for every word a person reads, in both languages."""

import ast
import importlib
import pkgutil
import re
import string
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

from field_app import domain, errors
from field_app.domain import vocabulary
from field_app.locales import catalog
from field_app.locales.catalog import LANGUAGES, CatalogError, Translator, enum_key

ROOT = Path(catalog.__file__).parents[1]
UI = ROOT / "ui"


def word_lists() -> list[type[StrEnum]]:
    """Return the word lists that people read: the vocabulary, and any with a word translated."""
    keys = catalog.load("en")
    found: dict[str, type[StrEnum]] = {}
    for module in pkgutil.walk_packages(domain.__path__, f"{domain.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, StrEnum) and value is not StrEnum:
                is_read = any(enum_key(word) in keys for word in value)
                if is_read or value.__module__ == vocabulary.__name__:
                    found[value.__name__] = value
    return [found[name] for name in sorted(found)]


# Keys that are built from a stored word: the enumerations, and error codes.
WORD_LISTS = word_lists()
BUILT_FROM_CODES = ("errors.",)

# Names of organisations stay as they are in every language.
PROPER_NAMES = {
    "meeting_partner.childrens_law_center",
    "meeting_partner.alliance_for_childrens_rights",
}

# Words that the work does not use of anyone, as parts of words, in either language.
FORBIDDEN = (
    *("prostitut", "offender", "non-complian", "noncomplian", "a runaway", "the runaway"),
    *("runaways", "delincuente", "infractor", "incumplidor", "fugitiv", "fugad"),
    *("failed", "fracasad", "fracasó", "falló", "fallid"),
)


def forms(entry: catalog.Entry) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, tuple):
        yield from entry
    else:
        yield from entry.values()


def placeholders(entry: catalog.Entry) -> set[str]:
    return {
        name
        for words in forms(entry)
        for _, name, _, _ in string.Formatter().parse(words)
        if name is not None
    }


def sources(folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(folder.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def used_keys() -> tuple[set[str], set[str]]:
    """Return the strings of the sources, and the beginnings of keys that are built."""
    whole, beginnings = set(), set()
    for folder in (UI, ROOT / "reports", ROOT / "commands"):
        for _, tree in sources(folder):
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    whole.add(node.value)
                elif isinstance(node, ast.JoinedStr) and isinstance(
                    first := node.values[0], ast.Constant
                ):
                    beginnings.add(str(first.value))
    return whole, {b for b in beginnings if re.fullmatch(r"[a-z_]+\.(\w+\.)*\w*", b)}


def test_both_languages_have_the_same_keys():
    english, spanish = (set(catalog.load(language)) for language in LANGUAGES)

    assert english - spanish == set(), "missing in Spanish"
    assert spanish - english == set(), "missing in English"


def test_both_languages_fill_in_the_same_values():
    english, spanish = (catalog.load(language) for language in LANGUAGES)

    assert {
        key: (placeholders(english[key]), placeholders(spanish[key]))
        for key in english
        if placeholders(english[key]) != placeholders(spanish[key])
    } == {}


def test_what_counts_in_one_language_counts_in_the_other():
    english, spanish = (catalog.load(language) for language in LANGUAGES)

    assert [key for key in english if type(english[key]) is not type(spanish[key])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_are_empty(language: str):
    entries = catalog.load(language)

    assert [key for key, entry in entries.items() if not all(w.strip() for w in forms(entry))] == []


def test_spanish_is_not_left_in_english():
    english, spanish = (catalog.load(language) for language in LANGUAGES)
    # Short words, such as Sync or Color, may be the same in both.
    long = [
        key
        for key, entry in english.items()
        if any(len(re.sub(r"{.*?}", "", words)) > 15 for words in forms(entry))
    ]

    same = {key for key in long if english[key] == spanish[key]}
    assert sorted(same - PROPER_NAMES) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_wrongs_anyone(language: str):
    found = [
        (key, word)
        for key, entry in catalog.load(language).items()
        for words in forms(entry)
        for word in FORBIDDEN
        if word in words.casefold()
    ]

    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words", WORD_LISTS, ids=lambda words: words.__name__)
def test_every_stored_word_is_translated(language: str, words: type[StrEnum]):
    speak = Translator(language)

    assert [word for word in words if enum_key(word) not in speak] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_error_is_translated(language: str):
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.FieldAppError)
    ]

    assert len(kinds) > 5
    assert [k.code for k in kinds if f"errors.{k.code}" not in Translator(language)] == []


def test_every_error_of_the_services_has_words_of_its_own():
    speak = Translator("es")
    codes = {
        keyword.value.value
        for _, tree in sources(ROOT / "services")
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword)
        for keyword in [node]
        if keyword.arg == "code" and isinstance(keyword.value, ast.Constant)
    }
    # Files of the command line speak for themselves: line and field are named there.
    told = {code for code in codes if not code.startswith("transfer_")}

    assert told
    assert sorted(code for code in told if f"errors.{code}" not in speak) == []


def test_no_key_is_asked_for_that_is_not_there():
    english = catalog.load("en")
    missing = []
    for path, tree in sources(UI):
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and _name(node.func) in ("t", "speak", "words")):
                continue
            key = node.args[0] if node.args else None
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                if key.value not in english:
                    missing.append(f"{path.name}:{node.lineno} {key.value}")
            elif isinstance(key, ast.JoinedStr) and isinstance(key.values[0], ast.Constant):
                begin = str(key.values[0].value)
                if not any(known.startswith(begin) for known in english):
                    missing.append(f"{path.name}:{node.lineno} {begin}…")

    assert missing == []


def test_no_key_is_left_unused():
    whole, beginnings = used_keys()
    built = tuple(beginnings) + BUILT_FROM_CODES
    stored = {enum_key(word) for words in WORD_LISTS for word in words}
    of_dates = {key for key in catalog.load("en") if key.startswith("calendar.")}

    left = set(catalog.load("en")) - whole - stored - of_dates

    assert sorted(key for key in left if not key.startswith(built)) == []


# --- no words outside the files ---------------------------------------------------------------

SHOWN_ARGUMENTS = {
    *("label", "tooltip", "helper", "hint_text", "error", "title", "semantics_label"),
    *("words", "sentence", "alias", "log_name", "action", "confirm", "prefix", "suffix"),
    *("counter", "subtitle", "on_tap_hint_text", "group_label"),
}
SHOWING_CALLS = {
    *("Text", "TextSpan", "TextButton", "FilledButton", "OutlinedButton", "Button", "quiet"),
    *(
        "heading",
        "section_header",
        "state_chip",
        "tell",
        "tell_problem",
        "Notice",
        "FilledTonalButton",
    ),
}
WORDS = re.compile(r"(?<!#)\b[A-Za-zÀ-ÿ]{2,}")


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def spelled_out(node: ast.expr) -> Iterator[str]:
    """Yield the words in a value that do not come from a call: literals, also inside choices."""
    match node:
        case ast.Constant(value=str(words)):
            yield words
        case ast.JoinedStr(values=parts):
            for part in parts:
                yield from spelled_out(part)
        case ast.IfExp(body=body, orelse=orelse):
            yield from spelled_out(body)
            yield from spelled_out(orelse)
        case ast.BinOp(left=left, right=right):
            yield from spelled_out(left)
            yield from spelled_out(right)
        case ast.BoolOp(values=values):
            for value in values:
                yield from spelled_out(value)


def english_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        shown = [keyword.value for keyword in node.keywords if keyword.arg in SHOWN_ARGUMENTS]
        if _name(node.func) in SHOWING_CALLS:
            shown += node.args[:2]
        for value in shown:
            for words in spelled_out(value):
                if WORDS.search(words):
                    yield node.lineno, words


def test_no_words_are_spelled_out_in_the_screens():
    found = [
        f"{path.relative_to(UI)}:{line} {words!r}"
        for path, tree in sources(UI)
        for line, words in english_in(tree)
    ]

    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        'ft.Text("Hello there")',
        'ft.TextField(label="Name")',
        'ft.Text(f"{count} visits")',
        'quiet(t("a.b") if known else "Not known")',
        'icon(tooltip="Lock" + name)',
    ],
)
def test_spelled_out_words_are_found(source: str):
    assert list(english_in(ast.parse(source)))


# --- the translator -----------------------------------------------------------------------------


def test_a_count_of_one_takes_the_singular():
    speak = Translator("es")

    assert speak("settings.minutes", count=1) == "1 minuto"
    assert speak("settings.minutes", count=0) == "0 minutos"
    assert speak("settings.minutes", count=15) == "15 minutos"


def test_an_unknown_key_is_an_error():
    with pytest.raises(CatalogError, match=r"no\.such\.key"):
        Translator("en")("no.such.key")


def test_a_count_that_is_missing_is_an_error():
    with pytest.raises(CatalogError, match="needs a count"):
        Translator("en")("settings.minutes")


def test_an_unknown_language_speaks_english():
    assert Translator("xx").language == "en"


def test_two_files_that_fill_one_key_are_an_error(tmp_path, monkeypatch):
    (tmp_path / "xx").mkdir()
    for name in ("a.toml", "b.toml"):
        (tmp_path / "xx" / name).write_text('[same]\nkey = "words"\n')
    monkeypatch.setattr(catalog, "FOLDER", tmp_path)
    catalog.load.cache_clear()

    with pytest.raises(CatalogError, match=r"same\.key"):
        catalog.load("xx")
