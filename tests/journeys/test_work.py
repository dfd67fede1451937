"""A working day in a real browser over a real store: taps counted, drafts kept, Spanish, a laptop.

The journeys follow each other in one window. `Window.taps` counts taps only, as a person would.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.journeys.finding import first, identifiers, scroll
from tests.journeys.fletdrive import LAPTOP, Window, browser, server
from tests.journeys.serve_demo import PASSPHRASE

PICTURES = Path(__file__).parent / "pictures"
NOTE = "she laughed about the bus"


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    with server("tests.journeys.serve_demo", str(data)) as address:
        yield address


def unlock(window: Window) -> None:
    window.type("passphrase", PASSPHRASE)
    window.tap("unlock")
    window.see_id("lock")


def to_top(window: Window) -> None:
    """Scroll up to the first card, again while a sheet that is closing swallows the wheel."""
    for _ in range(5):
        scroll(window, -20_000)
        if identifiers(window, "open-daily"):
            return


def to_head(window: Window, identifier: str) -> None:
    """Scroll a page up until what stands at its head can be reached."""
    for _ in range(5):
        scroll(window, -20_000)
        if identifiers(window, identifier):
            return


def test_a_contact_that_reached_the_youth_takes_three_taps_from_today(window: Window):
    unlock(window)
    log = first(window, "due-", "-log", "weekly_contact")
    window.taps = 0

    window.tap(log)
    window.tap("channel-text")
    window.tap("outcome-reached")

    window.see("Saved, ")
    assert window.taps == 3  # journeys.md allows 4


def test_an_unanswered_attempt_takes_three_taps(window: Window):
    log = first(window, "due-", "-log", "weekly_contact")
    window.taps = 0

    window.tap(log)
    window.tap("channel-phone")
    window.tap("outcome-no_answer")

    window.see("Saved, ")
    assert window.taps == 3


def test_a_contact_begun_from_add_takes_four_taps(window: Window):
    window.taps = 0

    window.tap_on(window.tab("Add"))
    window.tap(first(window, "add-contact-"))
    window.tap("channel-phone")
    window.tap("outcome-reached")

    window.see("Saved, ")
    assert window.taps == 4


def test_a_half_written_note_survives_a_reload(window: Window):
    to_top(window)
    window.tap(first(window, "due-", "-log", "weekly_contact"))
    window.tap("log-more")
    window.type("note", NOTE)
    window.reload()
    window.see_id("unlock")
    window.settle(800)  # a window that comes back is drawn anew, locked, a moment later
    assert NOTE not in window.markup()

    unlock(window)
    window.tap(first(window, "draft-contact:"))

    window.by_id("note").focus()  # Flutter gives a field's text to the page when it has the focus
    expect(window.by_id("note")).to_have_value(NOTE)
    window.tap("draft-discard")
    window.tap("panel-close")


def test_daily_contacts_take_two_taps_a_person(window: Window):
    to_top(window)
    window.tap(first(window, "open-daily"))
    window.see_id("daily-save")
    people = [i.removesuffix("-reached") for i in identifiers(window, "daily-", "-reached")]
    assert people
    for person in people:
        window.taps = 0
        case_id = person.removeprefix("daily-")
        window.tap(f"daily-channel-{case_id}-phone")
        window.tap(f"{person}-reached")
        assert window.taps <= 2

    window.tap("daily-save")
    window.see("Saved, ")


def test_search_finds_a_word_of_a_note(window: Window):
    window.tap_on(window.tab("Caseload"))
    window.type("caseload-search", "school sho")
    window.see("school show")
    assert identifiers(window, "hit-")
    window.type("caseload-search", "")


def test_intake_opens_a_case(window: Window):
    window.tap_on(window.tab("Add"))
    window.tap(first(window, "add-youth"))
    window.type("alias", "Zoe")
    window.tap("intake-save")
    window.see("Saved, ")
    window.see("What is owed")
    window.see("Zoe")
    window.tap("back")


def test_a_missing_youth_is_noted_and_one_tap_says_who_was_told(window: Window):
    window.tap_on(window.tab("Caseload"))
    window.tap(first(window, "person-"))
    window.tap("part-services")
    window.tap(first(window, "missing"))
    window.tap("missing-save")
    window.see_id("told-other")

    window.tap("told-now-csw")
    window.tap("tell-ncmec")
    window.type("told-number", "1400238")
    window.tap("told-save")

    window.see("number 1400238")
    window.tap("panel-close")
    to_head(window, "missing-card")
    window.see("Not told yet, as far as we know: Supervisor, Law enforcement, Attorney")
    window.tap("came-back")
    window.see_id("welcome-back")


def test_a_meeting_is_written_down_and_completed_later(window: Window):
    window.tap(first(window, "add-meeting"))
    window.tap("meeting-kind-cft")
    window.tap("partners-dcfs")
    window.tap("meeting-save")
    window.see("Saved, ")

    window.tap(first(window, "meeting-"))
    window.tap("decisions-add")
    window.type("decision-words", "Transport is arranged")
    window.tap("decision-save")
    window.see_id("meeting-change")
    window.see("Transport is arranged")
    window.tap("panel-close")
    to_head(window, "back")
    window.tap("back")


def test_why_is_told_in_spanish(window: Window):
    window.tap("lock")
    window.tap("language-es")
    unlock(window)
    window.tap_on(window.tab("Hoy"))
    line = next(
        i
        for i in [first(window, "due-", "", "weekly_contact"), *identifiers(window, "due-")]
        if "weekly_contact" in i and not i.endswith("-log")
    )
    window.tap(line)
    window.see("Por qué")
    window.see("FYI 19-32")
    window.settle(700)  # the sheet slides up after it can be read aloud
    window.picture(PICTURES / "journey-why-es.png")
    window.tap("panel-close")


def test_on_a_laptop_list_participant_and_form_stand_side_by_side(
    playwright: Playwright, address: str
):
    with browser(playwright, LAPTOP) as context:
        laptop = Window(context.pages[0]).open(address)
        unlock(laptop)
        laptop.tap_on(laptop.tab("Casos"))
        person = first(laptop, "person-")
        laptop.tap(person)
        laptop.see_chosen(person)
        laptop.tap("log-contact")

        laptop.see_id("outcome-reached")
        laptop.see_id("part-overview")
        laptop.see_id(person)
        laptop.settle(700)
        laptop.picture(PICTURES / "journey-laptop.png")
