"""How long the first picture takes, from Unlock to the list of the day, and into a long case.

Run by hand, with Chromium: `python -m tests.benchmarks.bench_screens`. The demo's store, in which
one youth has 5,000 contacts, is served to headless Chromium at phone size; each turn has a fresh
profile, so the first frame is a cold one. The time from Unlock holds the key derivation of the
journeys' cheap cost, not a person's.
"""

import tempfile
from statistics import median
from time import perf_counter

from playwright.sync_api import sync_playwright

from tests.journeys.finding import first
from tests.journeys.fletdrive import Window as AppWindow
from tests.journeys.fletdrive import browser, server
from tests.journeys.serve_demo import PASSPHRASE

TURNS = 5


def measure() -> None:
    frames, lists, cases, timelines = [], [], [], []
    with (
        tempfile.TemporaryDirectory() as folder,
        server("tests.benchmarks.serve_long", f"{folder}/data") as address,
        sync_playwright() as playwright,
    ):
        for _ in range(TURNS):
            with browser(playwright) as context:
                page = context.pages[0]
                window = AppWindow(page)  # before the page opens its socket, to hear it
                started = perf_counter()
                page.goto(address)
                page.wait_for_function(
                    "document.querySelector('flt-semantics-placeholder')"
                    " && !document.getElementById('loading')"
                )
                frames.append(perf_counter() - started)
                window.wait_until_drawn()
                window.type("passphrase", PASSPHRASE)
                started = perf_counter()
                window.by_id("unlock").click()
                window.see_id("lock", 60_000)
                lists.append(perf_counter() - started)
                window.settle()
                window.tap_on(window.tab("Caseload"))
                person = first(window, "person-")
                started = perf_counter()
                window.by_id(person).click()
                window.see_id("part-contacts", 60_000)
                cases.append(perf_counter() - started)
                window.settle()
                started = perf_counter()
                window.by_id("part-contacts").click()
                window.page.locator('[flt-semantics-identifier^="contact-"]').first.wait_for(
                    state="attached"
                )
                timelines.append(perf_counter() - started)
                window.tap("lock")
    print(f"first painted frame, cold: {median(frames):.2f} s (of {TURNS})")
    print(f"from Unlock to Today: {median(lists):.2f} s (of {TURNS})")
    print(f"opening a participant with 5,000 contacts: {median(cases):.2f} s (of {TURNS})")
    print(f"their timeline, first page: {median(timelines):.2f} s (of {TURNS})")


if __name__ == "__main__":
    measure()
