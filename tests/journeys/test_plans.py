"""A safety plan in a real browser: written, finished, printed, and read in the youth's own hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.finding import first
from tests.journeys.fletdrive import Window, server
from tests.journeys.serve_demo import PASSPHRASE

WORDS = "I make my brother laugh"


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    with server("tests.journeys.serve_demo", str(data)) as address:
        yield address


def unlock(window: Window) -> None:
    window.type("passphrase", PASSPHRASE)
    window.tap("unlock")
    window.see_id("lock")


def test_a_plan_is_written_and_finished(window: Window):
    unlock(window)
    window.tap_on(window.tab("Caseload"))
    window.tap(first(window, "person-"))
    window.tap("part-plans")
    window.tap("safety-full")
    window.tap("begin-questions")
    window.type("line-words", WORDS)
    window.tap("line-next")
    window.see("What makes a day hard?")
    window.tap("panel-close")
    window.see(WORDS)

    window.tap("finish-plan")
    window.see_id("agree-save")
    window.type("agree-initials", "M.R.")
    window.tap("agree-save")

    window.see("The youth · M.R.")


def test_the_youths_own_copy_is_downloaded_under_a_neutral_name(window: Window):
    window.tap("version-agree")  # folded, so that what stands below comes on screen
    window.tap("version-print")
    with window.page.expect_download() as download:
        window.tap("print-own")

    assert download.value.suggested_filename == "plan-2026-11-20.pdf"
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    window.tap("panel-close")


def test_youth_mode_cannot_be_left_without_the_passphrase(window: Window):
    window.tap("hand-phone-over")
    window.see("This is your plan")
    window.see(WORDS)

    window.page.go_back()
    window.settle(500)
    window.see(WORDS)
    expect(window.by_id("back")).to_have_count(0)
    window.page.keyboard.press("Escape")
    window.settle()
    window.see(WORDS)

    window.reload()
    assert WORDS not in window.markup()
    window.type("passphrase", "a guess that is wrong")
    window.tap("unlock")
    window.see("does not fit")
    assert WORDS not in window.markup()

    unlock(window)
    window.see_id("lock")
