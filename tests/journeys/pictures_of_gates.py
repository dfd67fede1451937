"""Pictures of what stands before Today, and of what leaves it: the doors and the exit."""

from tests.journeys.pictures_stores import NAME, PASSPHRASE
from tests.journeys.pictures_tour import Tour, scenes


def first_run(tour: Tour) -> None:
    """Welcome, name and passphrase with its strength, the recovery words and their check."""
    tour.take_all("first-run")
    tour.tap("start")
    tour.type("name", NAME)
    tour.type("new-passphrase", "violin")
    tour.take("first-run-weak")
    tour.type("new-passphrase", PASSPHRASE)
    tour.type("new-passphrase-again", PASSPHRASE)
    tour.take("first-run-strong")
    tour.tap("make")
    tour.window.see_id("words-written", 30_000)
    tour.take_all("recovery-words")
    tour.tap("words-written")
    tour.take("recovery-words-check")


def unlock(tour: Tour) -> None:
    """The locked door, a wrong passphrase, the way back with the words."""
    tour.take_all("unlock")
    tour.type("passphrase", "violin")
    tour.tap("unlock")
    tour.see("unlock.wrong", count=2)
    tour.take("unlock-wrong")
    tour.tap("forgotten")
    tour.take_all("unlock-forgotten")
    tour.tap("recover-back")


def quick_exit(tour: Tour) -> None:
    """The page that the quick exit leads to."""
    tour.unlock()
    tour.window.by_id("quick-exit").click()
    tour.window.page.wait_for_url("**/exit.html")
    tour.take("quick-exit")


SCENES = {
    **scenes("fresh", first_run, is_at_the_door=True),
    **scenes("empty", unlock, is_at_the_door=True),
    **scenes("demo", quick_exit, is_at_the_door=True),
}
