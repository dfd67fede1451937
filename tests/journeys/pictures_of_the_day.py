"""Pictures of the day's work: Today, why, logging, adding, the caseload, settings."""

from tests.journeys.pictures_tour import Tour, scenes


def today_empty(tour: Tour) -> None:
    """Today with nobody in it."""
    tour.take("today-empty")


def caseload_empty(tour: Tour) -> None:
    """The caseload with nobody in it."""
    tour.go_to("caseload")
    tour.take("caseload-empty")


def today(tour: Tour) -> None:
    """What is due, down to what was logged and who is quiet."""
    tour.take("today")
    tour.scroll(1200, at=0.3)
    tour.take("today-middle")
    tour.scroll(at=0.3)
    tour.take("today-end")


def why(tour: Tour) -> None:
    """The reason behind a date, to its last line."""
    tour.tap_first("due-", within="weekly_contact")
    tour.window.see_id("panel-close")
    tour.take("why")
    tour.scroll(500)
    tour.take("why-middle")
    tour.scroll()
    tour.take("why-end")


def log_contact(tour: Tour) -> None:
    """The quick form, a visit, and everything unfolded."""
    tour.tap_first("due-", "-log", "weekly_contact")
    tour.window.see_id("panel-close")
    tour.take("log")
    tour.tap("channel-face_to_face")
    tour.take("log-visit")
    tour.tap("log-more")
    tour.take("log-more")
    tour.scroll()
    tour.take("log-more-end")


def daily(tour: Tour) -> None:
    """The daily contacts of first-month youths."""
    tour.tap("open-daily")
    tour.window.see_id("daily-save")
    tour.take_all("daily")


def add(tour: Tour) -> None:
    """Everything that can be added."""
    tour.go_to("add")
    tour.take_all("add")


def caseload(tour: Tour) -> None:
    """The caseload, its filters, a search with hits and one without."""
    tour.go_to("caseload")
    tour.take_all("caseload")
    tour.scroll(-20_000)
    tour.tap("filters")
    tour.take("caseload-filters")
    tour.tap("filters")
    tour.type("caseload-search", "school")
    tour.take("caseload-search")
    tour.type("caseload-search", "zeppelin")
    tour.take("caseload-no-hits")
    tour.type("caseload-search", "")


def intake(tour: Tour) -> None:
    """A new youth, and the gate of somebody who is missing."""
    tour.go_to("add")
    tour.tap("add-youth")
    tour.take("intake")
    tour.type("alias", "L.")
    tour.tap("is-missing-yes")
    tour.take("intake-missing")
    tour.scroll()
    tour.take("intake-end")
    tour.tap("intake-more")
    tour.scroll()
    tour.take("intake-more")


def intake_parent(tour: Tour) -> None:
    """A new parent or caregiver."""
    tour.go_to("add")
    tour.tap("add-parent")
    tour.take_all("intake-parent")


def first_response(tour: Tour) -> None:
    """A first response with its clocks, unfolded."""
    tour.tap_first("response-", "-open")
    tour.take("response")
    tour.scroll(600)
    tour.take("response-middle")
    tour.scroll()
    tour.take("response-end")


def more(tour: Tour) -> None:
    """The last tab, and the settings beside it on a laptop."""
    tour.go_to("more")
    tour.take("more")


def settings(tour: Tour) -> None:
    """Language, colours, lock times, readings in force."""
    tour.go_to("more")
    tour.tap("settings")
    tour.take_all("settings")


def change_passphrase(tour: Tour) -> None:
    """Another passphrase, with one that is too short."""
    settings_of(tour)
    tour.tap("change-passphrase")
    tour.type("new-passphrase", "violin harbor")
    tour.take("change-passphrase")


def new_words(tour: Tour) -> None:
    """New recovery words."""
    settings_of(tour)
    tour.tap("new-words")
    tour.take("new-words")


def settings_of(tour: Tour) -> None:
    """Go to the settings."""
    tour.go_to("more")
    tour.tap("settings")


def backup(tour: Tour) -> None:
    """An encrypted backup."""
    tour.go_to("more")
    tour.tap("backup")
    tour.type("new-passphrase", "2026-11-22")
    tour.take("backup")


def fund(tour: Tour) -> None:
    """The restoration fund of the agency, before there is one."""
    tour.go_to("more")
    tour.tap("fund")
    tour.take("fund-empty")


SCENES = {
    **scenes("empty", today_empty, caseload_empty),
    **scenes("demo", today, why, log_contact, daily, add, caseload, intake, intake_parent),
    **scenes("demo", first_response, more, settings, change_passphrase, new_words, backup, fund),
}
