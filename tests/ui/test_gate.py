"""First run, unlock, recovery: what each shows and does."""

import re

import flet as ft
import pytest

from field_app.app import FieldNotes
from field_app.errors import DiskError, InputError, StoreDamagedError
from field_app.locales.catalog import Translator
from field_app.store.passphrase import require_strong
from field_app.ui.state import Gate
from tests.ui.conftest import AppWindow, Windows
from tests.ui.fakes import NAME, PASSPHRASE, WORDS, FakeSession
from tests.ui.harness import LAPTOP

LONG = "violin harbor pepper seven"


async def fill_first_run(window: AppWindow, *, again: str = LONG) -> None:
    await window.tap("start")
    await window.enter("name", NAME)
    await window.enter("new-passphrase", LONG)
    await window.enter("new-passphrase-again", again)
    await window.tap("make")


async def copy_words(window: AppWindow) -> None:
    for place in (1, 2):
        number = int(re.findall(r"\d+", window.by_id(f"check-word-{place}").label)[0])
        await window.enter(f"check-word-{place}", WORDS[number - 1].upper() + " ")


async def test_a_device_without_notes_begins_with_the_first_run(opened: Windows):
    window = await opened(exists=False)

    assert window.has("start")
    assert window.has("quick-exit")
    assert not window.has("lock")


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("", "empty"),
        ("password1", "common"),
        ("violinviolinviolin", "repeat"),
        ("abcdefgh", "sequence"),
        ("qwertyuiop", "keyboard"),
        ("Mai 2026-11-22", "date"),
        ("a mole", "add_words"),
        ("480216", "pin_needs_keystore"),
    ],
)
def test_why_a_passphrase_is_refused_is_told_in_every_language(typed: str, hint: str):
    with pytest.raises(InputError) as refused:
        require_strong(typed, has_keystore=False)
    english, spanish = Translator("en"), Translator("es")

    assert refused.value.code == f"passphrase_{hint}"
    assert english(f"errors.passphrase_{hint}") != spanish(f"errors.passphrase_{hint}")


async def test_the_first_run_ends_in_the_open_app(opened: Windows):
    window = await opened(exists=False)

    await fill_first_run(window)
    await window.until(lambda: window.has("words-written"))
    assert all(window.shows(f"^{n}. {word}$") for n, word in enumerate(WORDS, start=1))
    await window.tap("words-written")
    assert not window.shows("apple")
    await copy_words(window)
    await window.tap("words-finish")

    assert window.controller.state.gate is Gate.OPEN
    assert "apple" not in window.everything()


async def test_a_word_that_was_not_written_down_is_asked_again(opened: Windows):
    window = await opened(exists=False)
    await fill_first_run(window)
    await window.until(lambda: window.has("words-written"))
    await window.tap("words-written")

    await copy_words(window)
    await window.enter("check-word-2", "something")
    await window.tap("words-finish")

    assert window.controller.state.gate is Gate.FIRST_RUN
    assert window.by_id("check-word-2").error
    await window.tap("words-again")
    assert window.has("recovery-words")


async def test_passphrases_that_differ_are_refused_beside_the_second(opened: Windows):
    window = await opened(exists=False)

    await fill_first_run(window, again="violin harbor")

    assert window.by_id("new-passphrase-again").error
    assert window.app_session.status == "new"


async def test_a_weak_passphrase_is_refused_with_what_would_help(opened: Windows):
    window = await opened(exists=False)
    await window.tap("start")
    await window.enter("name", NAME)

    await window.enter("new-passphrase", "short")
    await window.tap("make")

    assert "four words" in window.by_id("new-passphrase").error
    assert window.has("strength")


async def test_a_name_is_asked_for(opened: Windows):
    window = await opened(exists=False)
    await window.tap("start")

    await window.tap("make")

    assert window.by_id("name").error
    assert window.by_id("new-passphrase").error


async def test_a_full_disk_is_told_on_the_first_run(opened: Windows):
    window = await opened(exists=False)
    window.app_session.refusal = DiskError("secret detail", code="disk_full")

    await fill_first_run(window)
    await window.until(lambda: window.shows("storage of the device is full"))

    assert not window.shows("secret detail")


async def test_unlocking_opens_the_app(opened: Windows):
    window = await opened()

    await window.unlock()

    assert window.controller.state.gate is Gate.OPEN


async def test_a_wrong_passphrase_tells_how_many_tries_are_left(opened: Windows):
    window = await opened()

    await window.enter("passphrase", "wrong")
    await window.tap("unlock")
    await window.until(lambda: window.by_id("passphrase").error)

    assert "4 more wrong tries" in window.by_id("passphrase").error
    assert window.by_id("passphrase").value == ""
    assert "wrong" not in [field.value for field in window.all(ft.TextField)]


async def test_an_empty_passphrase_is_no_try(opened: Windows):
    window = await opened()

    await window.submit("passphrase")

    assert window.by_id("passphrase").error
    assert window.app_session.wrong_tries == 0


async def test_a_wait_is_counted_down_and_then_over(opened: Windows, monkeypatch):
    window = await opened()
    window.app_session.wait_seconds = 2

    await window.enter("passphrase", PASSPHRASE)
    await window.tap("unlock")
    await window.until(lambda: window.shows("in 2 seconds"))
    assert window.by_id("unlock").disabled
    window.app_session.wait_seconds = 0
    await window.until(lambda: window.shows("in 1 second"))
    await window.until(lambda: not window.by_id("unlock").disabled)

    await window.unlock()


async def test_a_damaged_store_is_told_and_nothing_of_its_error(opened: Windows):
    window = await opened()
    window.app_session.refusal = StoreDamagedError("frame 17 of /secret/path")

    await window.enter("passphrase", PASSPHRASE)
    await window.tap("unlock")
    await window.until(lambda: window.shows("damaged"))

    assert "/secret/path" not in window.everything()


async def test_an_error_nobody_expected_is_told_without_its_words(opened: Windows, caplog):
    window = await opened()
    window.app_session.refusal = ValueError("the note about Ana")

    await window.enter("passphrase", PASSPHRASE)
    await window.tap("unlock")
    await window.until(lambda: window.has("notice"))

    assert window.shows("Something went wrong")
    assert "Ana" not in window.everything()
    assert "Ana" not in caplog.text
    assert "ValueError" in caplog.text


async def test_a_passphrase_can_be_shown_and_hidden_by_a_named_button(opened: Windows):
    window = await opened()
    assert window.by_id("passphrase").password

    await window.tap("passphrase-reveal")

    assert not window.by_id("passphrase").password
    assert window.by_id("passphrase-reveal").tooltip == "Hide what is typed"


async def test_recovery_words_open_the_notes_and_set_a_passphrase(opened: Windows):
    window = await opened()
    await window.tap("forgotten")

    await window.enter("recovery-words-field", " ".join(WORDS))
    await window.enter("new-passphrase", LONG)
    await window.enter("new-passphrase-again", LONG)
    await window.tap("recover")
    await window.until(lambda: window.has("lock"))

    assert window.app_session.passphrase == LONG


async def test_words_that_do_not_fit_are_told_beside_them(opened: Windows):
    window = await opened()
    await window.tap("forgotten")

    await window.enter("recovery-words-field", "one two three")
    await window.enter("new-passphrase", LONG)
    await window.enter("new-passphrase-again", LONG)
    await window.tap("recover")
    await window.until(lambda: window.by_id("recovery-words-field").error)

    assert window.app_session.passphrase == PASSPHRASE
    await window.tap("recover-back")
    assert window.has("passphrase")


async def test_a_language_chosen_at_the_door_stays_after_opening(opened: Windows):
    window = await opened()

    await window.tap("language-es")
    await window.until(lambda: window.device.language == "es")
    assert window.shows("Escriba su frase de acceso")
    await window.unlock()

    assert window.controller.state.language == "es"
    assert window.app_session.kept.preferences.get("language") == "es"


async def test_the_persons_own_language_is_spoken_after_opening(opened: Windows):
    session = FakeSession()
    session.kept.preferences.set("language", "es")
    window = await opened(session=session)
    assert window.shows("Type your passphrase")

    await window.unlock()

    assert window.controller.state.language == "es"


@pytest.mark.parametrize("size", [(390, 844), LAPTOP])
async def test_every_gate_has_the_quick_exit_and_no_navigation(opened: Windows, size):
    window = await opened(size)

    for door in (Gate.FIRST_RUN, Gate.LOCKED, Gate.RECOVER):
        window.controller.state.gate = door
        await window.settle()
        assert window.has("quick-exit"), door
        assert not window.all(ft.NavigationBar) + window.all(ft.NavigationRail), door


async def test_a_new_window_takes_the_notes_from_an_older_one(opened: Windows):
    session = FakeSession()
    app = FieldNotes(session, (first := await opened(session=session)).device)
    first_of_app = await opened(session=session, app=app, is_unlocked=True)

    second = await opened(session=session, app=app)

    await first_of_app.settle()
    assert session.status == "locked"
    assert first_of_app.controller.state.gate is Gate.LOCKED
    assert second.has("passphrase")
    assert first is not second
