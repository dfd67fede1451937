"""Takes pictures of the screens, to be looked at by a person.

    python -m tests.journeys.pictures                      every screen, phone, light, English
    python -m tests.journeys.pictures today why --size all --theme all --language all
    python -m tests.journeys.pictures conflict --language es --text 200
    python -m tests.journeys.pictures --list

They go to `tests/journeys/pictures/`, which git ignores, as `SCREEN-SIZE-THEME-LANGUAGE.png`. To
add a screen, add a function to one of the `pictures_of_…` files: it begins on Today (at the locked
door in `pictures_of_gates`) and may go anywhere; what it cannot reach is told at the end.
"""

import argparse
import sys
import tempfile
from itertools import product
from pathlib import Path

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Playwright, sync_playwright

from tests.journeys import (
    pictures_of_gates,
    pictures_of_joining,
    pictures_of_people,
    pictures_of_the_day,
)
from tests.journeys.fletdrive import LAPTOP, PHONE, Window, browser, server
from tests.journeys.pictures_stores import STORES, Look, Office
from tests.journeys.pictures_tour import Scene, Tour

FOLDER = Path(__file__).parent / "pictures"
SIZES = {"phone": PHONE, "laptop": LAPTOP}
# What Flet would choose paints in a thread of its own, some time after the words are there.
PAINTS_AT_ONCE = {"FLET_WEB_RENDERER": "canvaskit"}
THEMES = ("light", "dark", "contrast")
LANGUAGES = ("en", "es")
SCENES: dict[str, Scene] = (
    pictures_of_gates.SCENES
    | pictures_of_the_day.SCENES
    | pictures_of_people.SCENES
    | pictures_of_joining.SCENES
)


def chosen(names: list[str]) -> dict[str, Scene]:
    """Return the scenes that were asked for by name or by the name of their store."""
    unknown = set(names) - set(SCENES) - set(STORES)
    if unknown:
        raise SystemExit(f"no such screen: {', '.join(sorted(unknown))} (see --list)")
    return {
        name: scene
        for name, scene in SCENES.items()
        if not names or name in names or scene.store in names
    }


def take(playwright: Playwright, office: Office, look: Look, scenes: dict[str, Scene]) -> list[str]:
    """Take the pictures of one look; return what could not be reached."""
    missed: list[str] = []
    for store, make in STORES.items():
        wanted = {name: scene for name, scene in scenes.items() if scene.store == store}
        if not wanted:
            continue
        with tempfile.TemporaryDirectory() as folder:
            made = make(Path(folder) / "data", look, office)
            with (
                server(
                    "tests.journeys.serve", str(made.folder), made.clock, **PAINTS_AT_ONCE
                ) as address,
                browser(playwright, SIZES[look.size], locale=look.language) as context,
            ):
                tour = Tour(Window(context.pages[0]), address, look, made, FOLDER)
                for name, scene in wanted.items():
                    try:
                        tour.begin(scene)
                        scene.walk(tour)
                    except (AssertionError, BrowserError) as trouble:
                        missed.append(f"{name} ({look}): {str(trouble).splitlines()[0]}")
                        tour.forget()
                    if scene.is_at_the_door:
                        tour.forget()
            for what, where in tour.hard_to_tap.items():
                print(f"hard to tap: {what} ({where})", flush=True)
    return missed


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="pictures", description="Takes pictures of the screens.")
    parser.add_argument("screens", nargs="*", metavar="SCREEN")
    parser.add_argument("--list", action="store_true", help="the names of the screens")
    parser.add_argument("--text", type=int, default=100, metavar="PERCENT", help="size of text")
    for name, values in (("size", SIZES), ("theme", THEMES), ("language", LANGUAGES)):
        first, *_ = values
        parser.add_argument(f"--{name}", nargs="+", choices=[*values, "all"], default=[first])
    return parser.parse_args()


def main() -> None:
    """Take what was asked for, and say what could not be taken."""
    asked = read_arguments()
    scenes = chosen(asked.screens)
    if asked.list:
        for name, scene in scenes.items():
            print(f"{scene.store:9} {name}")
        return
    every = {"size": SIZES, "theme": THEMES, "language": LANGUAGES}
    kinds = [list(all_) if "all" in vars(asked)[n] else vars(asked)[n] for n, all_ in every.items()]
    missed: list[str] = []
    with sync_playwright() as playwright, Office.open() as office:
        for size, theme, language in product(*kinds):
            look = Look(size, theme, language, asked.text)
            missed += take(playwright, office, look, scenes)
            print(f"{look}: done", flush=True)
    print(f"the pictures are in {FOLDER.relative_to(Path.cwd())}")
    if missed:
        sys.exit("could not be taken:\n" + "\n".join(missed))


if __name__ == "__main__":
    main()
