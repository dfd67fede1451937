"""First run, lock, wrong passphrase, Spanish, quick exit: the real app in a real browser.

The journeys of this module follow each other in one window, as a person's first day does.
"""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.fletdrive import Window

NAME = "Marisol Quintero"
PASSPHRASE = "violin harbor pepper seven lantern"


def unlock(window: Window) -> None:
    for _ in range(3):
        window.type("passphrase", PASSPHRASE)
        window.tap("unlock")
        # The browser may hold what was filled in right after a reload without having told the app;
        # the app then says that nothing was typed, and a person types again.
        if "Type your passphrase." not in window.snapshot():
            break
    window.see_id("lock")


def test_a_language_is_chosen_before_there_is_anything_on_the_device(window: Window, data: Path):
    assert not data.exists()

    window.tap("language-es")
    window.see("Bienvenida")
    window.tap("language-en")

    window.see("Welcome")
    assert [path.name for path in data.iterdir()] == ["device.json"]


def test_first_run_ends_in_an_open_notebook(window: Window, data: Path):
    window.tap("start")
    window.type("name", NAME)
    window.type("new-passphrase", PASSPHRASE)
    window.see("Strong")
    window.type("new-passphrase-again", PASSPHRASE)
    window.tap("make")

    window.see_id("words-written")
    words = dict(re.findall(r"Word (\d+): (\w+)", window.snapshot()))
    assert len(words) >= 12
    window.tap("words-written")
    for place in (1, 2):
        field = window.by_id(f"check-word-{place}")
        number = re.findall(r"\d+", field.get_attribute("aria-label") or "")[0]
        window.type(f"check-word-{place}", words[number])
    window.tap("words-finish")

    expect(window.tab("Today")).to_be_visible()
    window.see_id("lock")
    stored = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    assert NAME.encode() not in stored


def test_locking_removes_every_name_from_the_page(window: Window):
    window.tap_on(window.tab("More"))
    window.tap("lock")

    window.see_id("passphrase")
    assert NAME not in window.markup()
    assert window.page.get_by_role("tab").count() == 0


def test_a_wrong_passphrase_is_said_beside_its_field(window: Window):
    window.type("passphrase", "violin harbor")
    window.tap("unlock")

    window.see("That passphrase does not fit")
    window.see_id("passphrase")


def test_the_right_passphrase_opens_after_a_wrong_one(window: Window):
    unlock(window)

    expect(window.tab("Today")).to_be_visible()


def test_quick_exit_is_one_tap_and_back_finds_only_the_locked_door(window: Window):
    window.tap_on(window.tab("More"))
    window.tap("settings")

    window.by_id("quick-exit").click()

    window.page.wait_for_url("**/exit.html")
    assert window.page.title() == "Notes"
    assert NAME not in window.markup()
    window.page.go_back()
    assert window.page.url.endswith("/exit.html")

    # A browser may pass over the exit page, and history can be walked in leaps.
    window.page.evaluate("history.go(-3)")
    window.page.wait_for_url(lambda url: not url.endswith("/exit.html"))
    window.wait_until_drawn()
    window.see_id("passphrase")
    assert NAME not in window.markup()
    assert window.page.get_by_role("tab").count() == 0


def test_a_reload_while_open_ends_at_the_locked_door(window: Window):
    unlock(window)

    window.reload()

    window.see_id("passphrase")
    assert window.page.get_by_role("tab").count() == 0


def test_spanish_before_and_after_unlocking(window: Window):
    window.tap("language-es")
    window.see("Escriba su frase de acceso")
    unlock(window)

    window.see("Bloquear sin uso")  # where the lock came
    window.tap("back")
    expect(window.tab("Hoy")).to_be_visible()
    assert window.page.title() == "Field Notes"

    window.reload()
    window.see("Escriba su frase de acceso")
