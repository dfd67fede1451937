"""Joining an agency with a code and seeing work arrive: a real centre, a real store, a browser."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.finding import first
from tests.journeys.fletdrive import Window, server
from tests.journeys.serve_demo import PASSPHRASE
from tests.sync.serving import LocalCentre

PICTURES = Path(__file__).parent / "pictures"


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCentre]:
    with LocalCentre.serving(tmp_path_factory.mktemp("centre"), None) as local:
        yield local


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    # The centre dates what it signs by the real clock, so the device's clock has to run as well.
    with server("tests.journeys.serve_demo", str(data), "running") as address:
        yield address


def test_a_device_joins_with_a_code_and_sees_what_was_received(window: Window, centre: LocalCentre):
    _, _, code = centre.new_agency()
    window.type("passphrase", PASSPHRASE)
    window.tap("unlock")
    window.see_id("lock")
    window.tap_on(window.tab("Sync"))
    window.see("This record is on this device only")
    window.tap("enrol")
    window.type("code", code.text())
    window.type("centre", centre.url)
    window.tap("look")
    window.see_id("join", 30_000)
    window.see("this device founds the agency")
    window.tap("join")

    window.see_id("words-written", 30_000)
    words = dict(re.findall(r"Word (\d+): (\w+)", window.snapshot()))
    window.tap("words-written")
    for place in (1, 2):
        field = window.by_id(f"check-word-{place}")
        number = re.findall(r"\d+", field.get_attribute("aria-label") or "")[0]
        window.type(f"check-word-{place}", words[number])
    window.tap("words-finish")
    window.see("This device belongs to your agency now")
    window.tap("to-sync")
    before = received(window)

    window.tap_on(window.tab("Add"))
    window.tap(first(window, "add-contact-"))
    window.tap("channel-text")
    window.tap("outcome-reached")
    window.see("Saved, ")
    window.tap_on(window.tab("Sync"))
    window.tap("sync-now")

    window.see(f"All {before + 1} received", 30)
    window.picture(PICTURES / "journey-sync.png")
    assert window.snapshot().count("Contact") >= 1


def received(window: Window) -> int:
    """Return how many changes were received, once nothing waits any more."""
    end = time.monotonic() + 60
    while not (found := re.search(r"All (\d+) received", window.snapshot())):
        assert time.monotonic() < end, window.snapshot()
        window.settle()
    return int(found.group(1))
