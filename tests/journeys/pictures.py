"""Takes pictures of the screens: `python -m tests.journeys.pictures [NAME…]`.

Phone and laptop, light and dark, English and Spanish, into `tests/journeys/pictures/` (which git
ignores), so that a person can look at them. Names choose among `GATES` and `STEPS`. To add a
screen, add a function to `STEPS`: it starts on Today and may go anywhere.
"""

import sys
import tempfile
from collections.abc import Callable
from itertools import product
from pathlib import Path

from playwright.sync_api import sync_playwright

from field_app.bootstrap import build_app
from field_app.settings import load_settings
from tests.journeys.fletdrive import LAPTOP, PHONE, Window, browser, server
from tests.journeys.serve import CHEAP

FOLDER = Path(__file__).parent / "pictures"
NAME = "Rosa Delgado"
PASSPHRASE = "violin harbor pepper seven lantern"

SIZES = {"phone": PHONE, "laptop": LAPTOP}
LOOKS = {
    "light-en": ("light", "en"),
    "dark-en": ("dark", "en"),
    "light-es": ("light", "es"),
    "contrast-en": ("contrast", "en"),
}
WORDS = {
    "en": {"caseload": "Caseload", "add": "Add", "sync": "Sync", "more": "More"},
    "es": {"caseload": "Casos", "add": "Agregar", "sync": "Enviar", "more": "Más"},
}

Step = Callable[[Window, dict[str, str]], None]


def today(window: Window, words: dict[str, str]) -> None:
    """The screen after unlocking."""


def caseload(window: Window, words: dict[str, str]) -> None:
    window.tap_on(window.tab(words["caseload"]))


def add(window: Window, words: dict[str, str]) -> None:
    window.tap_on(window.tab(words["add"]))


def sync(window: Window, words: dict[str, str]) -> None:
    window.tap_on(window.tab(words["sync"]))


def more(window: Window, words: dict[str, str]) -> None:
    window.tap_on(window.tab(words["more"]))


def settings(window: Window, words: dict[str, str]) -> None:
    more(window, words)
    window.tap("settings")


def change_passphrase(window: Window, words: dict[str, str]) -> None:
    settings(window, words)
    window.tap("change-passphrase")
    window.type("new-passphrase", "violin harbor")


STEPS: dict[str, Step] = {
    step.__name__: step for step in (today, caseload, add, sync, more, settings, change_passphrase)
}
GATES = ("welcome", "about_you", "recovery_words", "word_check", "unlock", "wrong", "recover")


class Album:
    """Takes the pictures of one size and look."""

    def __init__(self, name: str, wanted: set[str]) -> None:
        self._name, self._wanted = name, wanted

    def __call__(self, window: Window, picture: str) -> None:
        if not self._wanted or picture in self._wanted:
            # Painting comes after the semantics, ink and focus fade: a picture is no assertion.
            window.page.wait_for_timeout(1500 if picture in ("welcome", "unlock") else 400)
            window.picture(FOLDER / f"{picture}-{self._name}.png")


def make_notes(data: Path, look: str, language: str) -> None:
    """Make a store with nobody in it, in the language and colours of the pictures."""
    app = build_app(load_settings(data), kdf=CHEAP)
    app.session.start_alone(display_name=NAME, passphrase=PASSPHRASE, language=language)
    assert app.session.workspace is not None
    app.session.workspace.preferences.set("theme", look)
    app.device_preferences.language = language
    app.device_preferences.theme = look
    app.session.lock()


def first_run(window: Window, take: Album) -> None:
    take(window, "welcome")
    window.tap("start")
    window.type("name", NAME)
    window.type("new-passphrase", "violin harbor")
    take(window, "about_you")
    window.type("new-passphrase", PASSPHRASE)
    window.type("new-passphrase-again", PASSPHRASE)
    window.tap("make")
    window.see_id("words-written")
    take(window, "recovery_words")
    window.tap("words-written")
    take(window, "word_check")


def locked_door(window: Window, take: Album) -> None:
    take(window, "unlock")
    window.type("passphrase", "violin")
    window.tap("unlock")
    take(window, "wrong")
    window.tap("forgotten")
    take(window, "recover")
    window.tap("recover-back")


def main(*names: str) -> None:
    wanted = set(names)
    unknown = wanted - set(STEPS) - set(GATES)
    if unknown:
        raise SystemExit(f"no such pictures: {', '.join(sorted(unknown))}")
    steps = {name: step for name, step in STEPS.items() if not wanted or name in wanted}
    with sync_playwright() as playwright:
        for (size_name, size), (look_name, (look, language)) in product(
            SIZES.items(), LOOKS.items()
        ):
            take = Album(f"{size_name}-{look_name}", wanted)
            with tempfile.TemporaryDirectory() as folder:
                fresh, kept = Path(folder) / "fresh", Path(folder) / "kept"
                make_notes(kept, look, language)
                app = build_app(load_settings(fresh))
                app.device_preferences.language = language
                app.device_preferences.theme = look
                with browser(playwright, size, locale=language) as context:
                    window = Window(context.pages[0])
                    if not wanted or wanted & set(GATES[:4]):
                        with server("tests.journeys.serve", str(fresh)) as address:
                            first_run(window.open(address), take)
                    with server("tests.journeys.serve", str(kept)) as address:
                        window.open(address)
                        locked_door(window, take)
                        for name, step in steps.items():
                            window.open(address)
                            window.type("passphrase", PASSPHRASE)
                            window.tap("unlock")
                            window.see_id("lock")
                            step(window, WORDS[language])
                            take(window, name)
    print(f"pictures are in {FOLDER}")


if __name__ == "__main__":
    main(*sys.argv[1:])
