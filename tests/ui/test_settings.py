"""Settings: a choice counts at once, is kept, and the passphrase and words can be changed."""

import re

import flet as ft
import pytest

from field_app.ui import theme as themes
from tests.ui.conftest import AppWindow, Windows
from tests.ui.fakes import PASSPHRASE, WORDS
from tests.ui.harness import LAPTOP

LONG = "violin harbor pepper seven"


async def go(window: AppWindow, route: str) -> None:
    window.controller.navigate(route)
    await window.settle(20)


async def test_another_language_is_spoken_everywhere_at_once(opened: Windows):
    window = await opened(is_unlocked=True)
    await go(window, "/more/settings")

    await window.tap("language-es")
    await window.until(lambda: window.app_session.kept.preferences.get("language") == "es")

    assert window.shows("^Bloquear sin uso")
    assert not window.shows("Lock when")
    bar = window.views()[0].navigation_bar
    assert [tab.label for tab in bar.destinations] == ["Hoy", "Casos", "Agregar", "Enviar", "Más"]
    assert window.device.language == "es"


@pytest.mark.parametrize(
    ("choice", "mode", "surface"),
    [
        ("dark", ft.ThemeMode.DARK, themes.LIGHT.surface),
        ("contrast", ft.ThemeMode.LIGHT, themes.CONTRAST.surface),
        ("light", ft.ThemeMode.LIGHT, themes.LIGHT.surface),
    ],
)
async def test_a_theme_is_put_on_and_kept(opened: Windows, choice, mode, surface):
    window = await opened(is_unlocked=True)
    await go(window, "/more/settings")

    await window.tap(f"theme-{choice}")
    await window.until(lambda: window.app_session.kept.preferences.get("theme") == choice)

    assert window.page.theme_mode is mode
    assert window.page.theme.scaffold_bgcolor == surface
    assert window.device.theme == choice


async def test_lock_times_count_from_the_choice_on(opened: Windows):
    window = await opened(is_unlocked=True)
    await go(window, "/more/settings")

    await window.tap("idle-lock-15")
    await window.until(lambda: window.controller._lock_times.idle_seconds == 900)
    await window.tap("background-lock-0")
    await window.until(lambda: window.controller._lock_times.background_seconds == 0)

    assert window.app_session.kept.preferences.get("idle_lock_minutes") == 15
    chosen = [s.identifier for s in window.on_top(ft.Semantics) if s.checked]
    assert {"idle-lock-15", "background-lock-0"} <= set(chosen)


@pytest.mark.parametrize("size", [(390, 844), LAPTOP])
async def test_the_passphrase_is_changed_with_the_current_one(opened: Windows, size):
    window = await opened(size, is_unlocked=True)
    await go(window, "/more/settings/passphrase")

    await window.enter("current-passphrase", PASSPHRASE)
    await window.enter("new-passphrase", LONG)
    await window.enter("new-passphrase-again", LONG)
    await window.tap("change")
    await window.until(lambda: window.shows("Your passphrase was changed"))

    assert window.app_session.passphrase == LONG
    assert window.page.route == "/more/settings"


async def test_a_wrong_current_passphrase_changes_nothing(opened: Windows):
    window = await opened(is_unlocked=True)
    await go(window, "/more/settings/passphrase")

    await window.enter("current-passphrase", "wrong")
    await window.enter("new-passphrase", LONG)
    await window.enter("new-passphrase-again", LONG)
    await window.tap("change")
    await window.until(lambda: window.by_id("current-passphrase").error)

    assert window.app_session.passphrase == PASSPHRASE


async def test_new_recovery_words_are_shown_once_and_checked(opened: Windows):
    window = await opened(is_unlocked=True)
    await go(window, "/more/settings/recovery-words")

    await window.tap("make-words")
    assert window.by_id("current-passphrase").error
    await window.enter("current-passphrase", PASSPHRASE)
    await window.tap("make-words")
    await window.until(lambda: window.has("words-written"))
    await window.tap("words-written")
    for place in (1, 2):
        number = int(re.findall(r"\d+", window.by_id(f"check-word-{place}").label)[0])
        await window.enter(f"check-word-{place}", WORDS[-number])
    await window.tap("words-finish")
    await window.settle(20)

    assert window.shows("new recovery words are in force")
    assert "apple" not in window.everything()


async def test_a_wrong_passphrase_makes_no_new_words(opened: Windows):
    window = await opened(is_unlocked=True)
    await go(window, "/more/settings/recovery-words")

    await window.enter("current-passphrase", "wrong")
    await window.tap("make-words")
    await window.until(lambda: window.by_id("current-passphrase").error)

    assert window.app_session.words == WORDS
