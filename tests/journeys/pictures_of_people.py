"""Pictures of one participant: overview, timeline, services, plans, people, visits."""

from tests.journeys.pictures_tour import Tour, scenes


def open_person(tour: Tour, part: str = "overview") -> None:
    """Open the first participant of the caseload, at a part of the page."""
    tour.go_to("caseload")
    tour.tap_first("person-")
    tour.window.see_id("part-overview")
    tour.window.tap(f"part-{part}")


def person(tour: Tour) -> None:
    """The overview, from the rule of contact to the phase."""
    open_person(tour)
    tour.take_all("person")


def timeline(tour: Tour) -> None:
    """Contacts, newest first, and one of them."""
    open_person(tour, "contacts")
    tour.take("person-contacts")
    tour.tap_first("contact-")
    tour.window.see_id("panel-close")
    tour.take("contact")
    tour.tap("contact-correct")
    tour.take("contact-correct")


def services(tour: Tour) -> None:
    """Services, phases, papers, missing episodes, referral."""
    open_person(tour, "services")
    tour.take("person-services")
    tour.scroll(700)
    tour.take("person-services-middle")
    tour.scroll()
    tour.take("person-services-end")


def decide(tour: Tour) -> None:
    """What can be decided about a service: move, extend, end."""
    open_person(tour, "services")
    tour.tap("service-advocacy")
    tour.window.see_id("panel-close")
    tour.take("service")
    for choice in ("move", "extend", "end"):
        if tour.window.by_id(f"decision-{choice}").count():
            tour.window.tap(f"decision-{choice}")
            tour.take(f"service-{choice}")


def start_service(tour: Tour) -> None:
    """Another service begins."""
    open_person(tour, "services")
    tour.tap("start-service")
    tour.window.see_id("panel-close")
    tour.take("service-start")


def missing(tour: Tour) -> None:
    """Somebody went missing."""
    open_person(tour, "services")
    tour.tap("missing")
    tour.window.see_id("panel-close")
    tour.take("missing")


def paper(tour: Tour) -> None:
    """A paper that is done."""
    open_person(tour, "services")
    tour.tap_first("paper-")
    tour.window.see_id("panel-close")
    tour.take("paper")


def plans(tour: Tour) -> None:
    """The ways to the plans."""
    open_person(tour, "plans")
    tour.take("person-plans")


def safety_plan(tour: Tour) -> None:
    """A safety plan as it is worked on, and one question of it."""
    open_person(tour, "plans")
    tour.tap("safety-full")
    tour.take("safety-plan")
    tour.tap("begin-questions")
    tour.take("safety-plan-question")
    tour.type("line-words", "I make my brother laugh")
    tour.tap("line-save")
    tour.take_all("safety-plan-line")


def people(tour: Tour) -> None:
    """The people around a participant, and one of them."""
    open_person(tour, "people")
    tour.take_all("person-people")
    tour.tap("add-member")
    tour.window.see_id("panel-close")
    tour.take_all("team-member")


def dial(tour: Tour) -> None:
    """The rule of contact before a call."""
    open_person(tour)
    tour.window.tap("dial")
    tour.take("dial")


def visit_check(tour: Tour) -> None:
    """A check-in before a visit."""
    open_person(tour)
    tour.tap("check-in-open")
    tour.window.see_id("panel-close")
    tour.take("visit-check")
    tour.tap("minutes-60", "check-in")
    tour.window.see_id("visit-running")
    tour.take("visit-running")


def youth_mode(tour: Tour) -> None:
    """The plan in the youth's own hand."""
    open_person(tour, "plans")
    tour.tap("safety-full")
    tour.tap("hand-phone-over")
    tour.window.see_id("lock")  # "give back" is below the fold
    tour.take_all("youth-mode")
    tour.forget()


SCENES = scenes(
    "demo",
    *(person, timeline, services, decide, start_service, missing, paper),
    *(plans, safety_plan, people, dial, visit_check, youth_mode),
)
