"""Every code that sync can come upon has words in both languages, so that nobody reads a code."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import field_app
import sync
from field_app.errors import SyncError
from field_app.locales.catalog import LANGUAGES, Translator
from field_app.services.centre_calls import OUTCOME_UNKNOWN
from field_app.services.sync import ON_DEVICE, as_sync_error
from field_app.ui import i18n
from field_app.ui.components import sync_words
from sync.client import (
    attachments,
    comparing,
    directory,
    errors,
    freezing,
    outcomes,
    pages,
    receiving,
    standing,
)
from sync.protocol.errors import Code, Problem, Refusal

FAILURES = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.SyncFailure)
]


def called_codes(*names: str) -> Iterator[str]:
    """Yield the codes that are spelled out in calls of these names on a device."""
    client = Path(sync.__file__).parent / "client"
    app = Path(field_app.__file__).parent
    for path in [*client.glob("*.py"), *app.glob("services/*.py"), *app.glob("store/*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name not in names:
                continue
            values = node.args[:1] if name == "note_problem" else []
            values += [k.value for k in node.keywords if k.arg == "code"]
            for value in values:
                if isinstance(value, ast.Constant):
                    yield str(value.value)


ENDING = sorted(
    {code.value for code in Code}
    | {kind.code for kind in FAILURES}
    | set(called_codes(*(kind.__name__ for kind in FAILURES)))
)
HERE = sorted({ON_DEVICE, *called_codes("DiskError")})
NOTED = sorted(
    set(called_codes("note_problem"))
    | {standing.LOST_AT_CENTRE, receiving.OLD_REVISION}
    | {receiving.CHANGED_REVISION, receiving.MOVED_RECORD}
    | {pages.GRANT_UNFOUNDED, pages.SECOND_OPENING, comparing.CASE_READ_AGAIN}
    | {directory.CERTIFICATE_INVALID, directory.CERTIFICATE_OLD, directory.DIRECTORY_INCOMPLETE}
    | {directory.STATEMENT_FORGED, directory.STATEMENT_OLD}
    | {attachments._problem_of(code.value) for code in attachments._FINAL}
    | {attachments._problem_of("damaged")}
)
UNSENT = sorted(
    {refusal.value for refusal in Refusal}
    | {outcomes.CONFLICT_REPEATS, freezing.MISSING, freezing.TOO_LARGE}
)


@pytest.fixture(params=LANGUAGES)
def speak(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Translator:
    spoken = Translator(request.param)
    for module in (sync_words, i18n):
        monkeypatch.setattr(module, "translator", lambda: spoken)
    monkeypatch.setattr(sync_words, "t", spoken)
    return spoken


def test_the_codes_are_found():
    assert {"receipt_wrong", "offline", "storage_full"} <= set(ENDING)
    assert {"disk_full", "store_broken", "on_device"} <= set(HERE)
    assert {"attachment_too_large", "not_certified_yet", "case_read_again"} <= set(NOTED)


@pytest.mark.parametrize("code", ENDING)
def test_a_sync_that_ended_early_says_why(speak: Translator, code: str):
    words = sync_words.trouble_words(code)

    assert words
    # What only the makers can act on is told with its word, for whoever is asked about it.
    assert f"trouble.{code}" in speak or code in words


@pytest.mark.parametrize("code", HERE)
def test_a_sync_that_failed_on_the_device_does_not_blame_the_centre(speak: Translator, code: str):
    assert f"trouble.{code}" in speak


@pytest.mark.parametrize("code", [code.value for code in Code])
def test_an_act_that_the_centre_refuses_says_that_the_centre_did(speak: Translator, code: str):
    problem = Problem(title="No", status=400, code=Code(code))

    words = i18n.error_words(as_sync_error(errors.CentreRefused(problem)))

    unreached = (speak("errors.sync"), speak("errors.unexpected"))
    assert words not in unreached


@pytest.mark.parametrize("code", sorted(set(ENDING) - {code.value for code in Code}))
def test_an_act_that_did_not_come_about_has_words(speak: Translator, code: str):
    error = as_sync_error(errors.SyncFailure("did not come about", code=code))

    assert i18n.error_words(error) != speak("errors.unexpected")


def test_an_act_that_may_have_been_done_does_not_say_that_nothing_was_changed(speak: Translator):
    words = i18n.error_words(SyncError("No answer.", code=OUTCOME_UNKNOWN))

    assert words == speak(f"errors.{OUTCOME_UNKNOWN}")


@pytest.mark.parametrize("code", UNSENT)
def test_a_change_that_waits_for_a_person_says_why(speak: Translator, code: str):
    assert sync_words.unsent_words(code) != speak("unsent.other")


@pytest.mark.parametrize("code", NOTED)
def test_what_a_sync_came_upon_is_said(speak: Translator, code: str):
    assert sync_words.note_words(code) != speak("sync_note.other")


def test_a_word_of_a_newer_centre_is_told_in_general(speak: Translator):
    assert "from_the_future" in sync_words.trouble_words("from_the_future")
    assert sync_words.unsent_words("from_the_future") == speak("unsent.other")
    assert sync_words.note_words("from_the_future") == speak("sync_note.other")
