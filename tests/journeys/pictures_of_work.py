"""Pictures of the field's screens, to look at: `python -m tests.journeys.pictures_of_work [NAME]`.

Phone and laptop, light and dark, English and Spanish, over the demo's agency, into `pictures/`
beside this file (not kept in git). With a NAME only pictures whose name holds it are taken.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.journeys.finding import first, scroll
from tests.journeys.fletdrive import LAPTOP, PHONE, Window, browser, server
from tests.journeys.serve_demo import PASSPHRASE

FOLDER = Path(__file__).parent / "pictures"


class Tour:
    """One walk through the screens in one look."""

    def __init__(self, window: Window, look: str, wanted: str) -> None:
        self.window, self.look, self.wanted = window, look, wanted

    def shot(self, name: str) -> None:
        self.window.settle(500)
        self.window.picture(FOLDER / f"{name}-{self.look}.png")

    def close(self) -> None:
        self.window.tap("panel-close")

    def panel(self, name: str, identifier: str) -> None:
        if self.wanted and self.wanted not in name:
            return
        self.window.tap(identifier)
        self.window.see_id("panel-close")
        self.shot(name)
        self.close()

    def walk(self) -> None:
        window = self.window
        window.type("passphrase", PASSPHRASE)
        window.tap("unlock")
        window.see_id("lock")
        steps: list[tuple[str, Callable[[], Any]]] = [
            ("today", self.today),
            ("log", self.log),
            ("why", lambda: self.panel("why", first(window, "due-"))),
            ("add", self.add),
            ("daily", self.daily),
            ("caseload", self.caseload),
            ("person", self.person),
            ("intake", self.intake),
        ]
        for name, step in steps:
            if not self.wanted or self.wanted in name:
                step()

    def today(self) -> None:
        self.shot("today")
        scroll(self.window, 1200)
        self.shot("today-below")
        scroll(self.window, -4000)

    def log(self) -> None:
        self.window.tap(first(self.window, "due-", "-log", "weekly_contact"))
        self.window.see_id("panel-close")
        self.shot("log")
        self.window.tap("channel-face_to_face")
        self.shot("log-visit")
        self.window.tap("log-more")
        scroll(self.window, 900)
        self.shot("log-more")
        self.close()

    def add(self) -> None:
        names = {"en": "Add", "es": "Agregar"}
        self.window.tap_on(self.window.tab(names[self.look.split("-")[0]]))
        self.shot("add")
        self.close()

    def daily(self) -> None:
        scroll(self.window, -9000)
        if self.window.by_id("open-daily").count():
            self.panel("daily", "open-daily")

    def caseload(self) -> None:
        names = {"en": "Caseload", "es": "Casos"}
        self.window.tap_on(self.window.tab(names[self.look.split("-")[0]]))
        self.shot("caseload")
        self.window.tap("filters")
        self.shot("caseload-filters")
        self.window.tap("filters")
        self.window.type("caseload-search", "school")
        self.shot("caseload-search")
        self.window.type("caseload-search", "")

    def person(self) -> None:
        names = {"en": "Caseload", "es": "Casos"}
        self.window.tap_on(self.window.tab(names[self.look.split("-")[0]]))
        self.window.tap(first(self.window, "person-"))
        self.shot("person")
        scroll_by = 1500
        self._scroll_detail(scroll_by)
        self.shot("person-below")
        self._scroll_detail(-4000)
        for part in ("contacts", "services", "people"):
            self.window.tap(f"part-{part}")
            self.shot(f"person-{part}")
            self._scroll_detail(scroll_by)
            self.shot(f"person-{part}-below")
            self._scroll_detail(-6000)
        self.window.tap("part-overview")
        self.panel("person-dial", "dial")
        if not (self.window.page.viewport_size or PHONE)["width"] >= 840:
            self.window.tap("back")

    def _scroll_detail(self, by: int) -> None:
        scroll(self.window, by, at=0.6)

    def intake(self) -> None:
        names = {"en": "Add", "es": "Agregar"}
        self.window.tap_on(self.window.tab(names[self.look.split("-")[0]]))
        scroll(self.window, 900)
        self.window.tap("add-youth")
        self.window.type("alias", "L.")
        self.shot("intake")
        self.window.tap("is-missing-yes")
        self._scroll_detail(1500)
        self.shot("intake-below")


LOOKS: dict[str, dict[str, Any]] = {
    "en-light-phone": {"size": PHONE, "locale": "en-US", "color_scheme": "light"},
    "es-dark-phone": {"size": PHONE, "locale": "es-US", "color_scheme": "dark"},
    "en-light-laptop": {"size": LAPTOP, "locale": "en-US", "color_scheme": "light"},
    "es-dark-laptop": {"size": LAPTOP, "locale": "es-US", "color_scheme": "dark"},
}


def main(wanted: str = "", look_wanted: str = "") -> None:
    """Take the pictures."""
    with (
        tempfile.TemporaryDirectory() as data,
        server("tests.journeys.serve_demo", data) as address,
        sync_playwright() as playwright,
    ):
        for look, client in LOOKS.items():
            if look_wanted not in look:
                continue
            with browser(
                playwright, client["size"], color_scheme=client["color_scheme"]
            ) as context:
                window = Window(context.pages[0]).open(address)
                _speak(window, look.split("-")[0])
                Tour(window, look, wanted).walk()


def _speak(window: Window, language: str) -> None:
    chip = window.by_id(f"language-{language}")
    if chip.count():
        window.tap_on(chip)


if __name__ == "__main__":
    main(*sys.argv[1:])
