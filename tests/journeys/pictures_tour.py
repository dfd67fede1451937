"""A walk through the screens in one look: what the `pictures_of_…` files are written with."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from field_app.locales.catalog import Translator
from tests.journeys.finding import first, identifiers, scroll
from tests.journeys.fletdrive import Window
from tests.journeys.pictures_stores import Look, Made

LEAST_TARGET = 44  # px, WCAG 2.5.5

# What can be tapped and is smaller than that or goes beyond the window's edge. What is half
# scrolled out of its list is cut by Flutter itself, and says nothing.
_HARD_TO_TAP = """least => {
    const roles = ['button', 'checkbox', 'radio', 'switch', 'tab'];
    const found = [];
    for (const node of document.querySelectorAll(roles.map(r => `[role=${r}]`).join())) {
        const box = node.getBoundingClientRect();
        if (!box.width || !box.height) continue;
        let list = node.parentElement;
        while (list && !/scroll|auto/.test(getComputedStyle(list).overflowY)) {
            list = list.parentElement;
        }
        const edge = list && list.getBoundingClientRect();
        if (edge && (box.top <= edge.top + 1 || box.bottom >= edge.bottom - 1)) continue;
        const isSmall = box.width < least || box.height < least;
        const isBeyond = box.left < -1 || box.right > innerWidth + 1;
        if (isSmall || isBeyond) {
            const named = node.closest('[flt-semantics-identifier]');
            const name = named ? named.getAttribute('flt-semantics-identifier') : node.innerText;
            found.push(`${name} ${Math.round(box.width)} x ${Math.round(box.height)}`);
        }
    }
    return found;
}"""


class Tour:
    """The window of one look, over one store."""

    def __init__(self, window: Window, address: str, look: Look, made: Made, folder: Path) -> None:
        self.window, self.look, self.made = window, look, made
        self._address, self._folder = address, folder
        self._is_open = False
        self.hard_to_tap: dict[str, str] = {}  # what, and where it was seen first
        self._words = Translator(look.language)
        # Flutter takes the size of text from the page's root, as a browser's own setting does.
        window.page.add_init_script(
            "document.addEventListener('DOMContentLoaded', () => "
            f"document.documentElement.style.fontSize = '{look.text_percent}%')"
        )

    # --- coming and going -----------------------------------------------------------------

    def begin(self, scene: "Scene") -> None:
        """Stand where the scene begins."""
        if scene.is_at_the_door:
            self.window.open(self._address)
            self._is_open = False
        elif self._is_open:
            self.go_home()
        else:
            self.unlock()

    def unlock(self) -> None:
        """Go through the locked door to Today."""
        self.window.open(self._address)
        self.window.type("passphrase", self.made.passphrase)
        self.window.tap("unlock")
        self.window.see_id("lock", 60_000)
        self.go_to("today")
        self._is_open = True

    def go_home(self) -> None:
        """Close what lies over Today."""
        for _ in range(6):
            for way in ("panel-close", "back"):
                if self.window.by_id(way).count():
                    self.window.tap(way)
                    break
            else:
                break
        self.go_to("today")
        scroll(self.window, -20_000)

    def forget(self) -> None:
        """Begin the next scene at the door: nobody knows where this one ended."""
        self._is_open = False

    def go_to(self, tab: str) -> None:
        """Go to a place of the navigation."""
        place = self.window.tab(self._words(f"tab.{tab}"))
        if place.get_attribute("aria-selected") != "true":
            self.window.tap_on(place)

    def see(self, key: str, **values: object) -> None:
        """Wait for the first sentence of some words, in the language of the look."""
        self.window.see(self._words(key, **values).partition(".")[0], 30)

    # --- doing ----------------------------------------------------------------------------

    def tap(self, *identifiers: str) -> None:
        """Tap one after the other, scrolling down to what is off screen."""
        for identifier in identifiers:
            self.window.tap(first(self.window, identifier))

    def identifiers(self, prefix: str) -> list[str]:
        """Return what is on screen with such an identifier."""
        return identifiers(self.window, prefix)

    def tap_first(self, prefix: str, suffix: str = "", within: str = "") -> None:
        """Tap the first thing with such an identifier."""
        self.window.tap(first(self.window, prefix, suffix, within))

    def type(self, identifier: str, words: str) -> None:
        """Fill a field."""
        self.window.type(identifier, words)

    def scroll(self, by: int = 20_000, *, at: float = 0.85) -> None:
        """Turn the wheel over what is newest: the sheet on a phone, the right edge of a laptop."""
        scroll(self.window, by, at=at if self.look.size == "laptop" else 0.5)

    # --- seeing ---------------------------------------------------------------------------

    def take(self, name: str) -> None:
        """Take a picture."""
        self.window.picture(self._folder / f"{name}-{self.look}.png")
        for what in self.window.page.evaluate(_HARD_TO_TAP, LEAST_TARGET):
            self.hard_to_tap.setdefault(what, f"{name}-{self.look}")

    def take_all(self, name: str) -> None:
        """Take a picture of the top and of the end of what scrolls."""
        self.take(name)
        self.scroll()
        self.take(f"{name}-end")


@dataclass(frozen=True)
class Scene:
    """One or more pictures over a store."""

    store: str
    walk: Callable[[Tour], None]
    is_at_the_door: bool = False


def scenes(
    store: str, *walks: Callable[[Tour], None], is_at_the_door: bool = False
) -> dict[str, Scene]:
    """Return walks as scenes, by their names."""
    return {walk.__name__: Scene(store, walk, is_at_the_door) for walk in walks}
