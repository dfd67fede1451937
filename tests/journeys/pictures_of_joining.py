"""Pictures of working together: joining an agency, sync, two versions, the team."""

from tests.journeys.pictures_tour import Tour, scenes


def sync_alone(tour: Tour) -> None:
    """Sync on a device that works alone."""
    tour.go_to("sync")
    tour.take_all("sync-alone")


def enrol(tour: Tour) -> None:
    """Joining with the first code of an agency; a mistyped one first."""
    tour.go_to("sync")
    tour.tap("enrol")
    tour.take("enrol")
    tour.type("code", "ABCD-EFGH")
    tour.type("centre", tour.made.centre_url)
    tour.tap("look")
    tour.see("errors.enrolment_code_mistyped")
    tour.take("enrol-mistyped")
    tour.type("code", tour.made.code)
    tour.tap("look")
    tour.window.see_id("join", 30_000)
    tour.take_all("enrol-invitation")
    tour.tap("join")
    tour.window.see_id("words-written", 30_000)
    tour.take_all("enrol-words")


def sync(tour: Tour) -> None:
    """What needs a person, what waits, what was received."""
    tour.take("today-needs-you")
    tour.go_to("sync")
    tour.window.see_id("sync-state")
    tour.take_all("sync")


def conflict(tour: Tour) -> None:
    """Two versions of each field that was written twice."""
    tour.go_to("sync")
    seen: list[str] = []
    for number in range(3):
        left = [i for i in tour.identifiers("conflict-") if i not in seen]
        if not left:
            break
        seen.append(left[0])
        tour.window.tap(left[0])
        tour.window.see_id("keep-mine")
        tour.take(f"conflict-{number + 1}")
        tour.window.tap("panel-close")


def unsent(tour: Tour) -> None:
    """A change that was not taken."""
    tour.go_to("sync")
    tour.tap_first("unsent-")
    tour.window.see_id("panel-close")
    tour.take_all("unsent")
    tour.tap("give-up")
    tour.take("unsent-drop")
    tour.forget()


def team(tour: Tour) -> None:
    """People, cases, devices and codes, the inbox."""
    open_team(tour, "people")
    tour.take("team-people")
    for part in ("cases", "devices", "inbox"):
        tour.window.tap(f"team-{part}")
        tour.take(f"team-{part}")


def open_team(tour: Tour, part: str) -> None:
    """Open the team at one of its parts."""
    tour.go_to("more")
    tour.tap("team")
    tour.window.see_id("team-people")
    tour.window.tap(f"team-{part}")


def staff_add(tour: Tour) -> None:
    """Somebody new."""
    open_team(tour, "people")
    tour.tap("add-person")
    tour.window.see_id("panel-close")
    tour.take_all("staff-add")


def staff_person(tour: Tour) -> None:
    """A colleague, and a code for a device."""
    open_team(tour, "people")
    tour.window.tap_on(tour.window.page.get_by_role("button", name="Luis Ortega").first)
    tour.window.see_id("make-code")
    tour.take("staff-person")
    tour.tap("make-code")
    tour.window.see_id("code-text", 20_000)
    tour.take_all("staff-person-code")


def case_access(tour: Tour) -> None:
    """Who may see a case; cover for a while."""
    open_team(tour, "cases")
    tour.tap_first("case-")
    tour.window.see_id("panel-close")
    tour.take("case-access")
    tour.tap("cover-yes")
    tour.take_all("case-access-cover")


def late_work(tour: Tour) -> None:
    """Work that was handed in late."""
    open_team(tour, "inbox")
    tour.tap_first("late-")
    tour.window.see_id("panel-close")
    tour.take("late-work")


SCENES = {
    **scenes("empty", sync_alone, enrol),
    **scenes("advocate", sync, conflict, unsent),
    **scenes("manager", team, staff_add, staff_person, case_access, late_work),
}
