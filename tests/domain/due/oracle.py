"""The counting rules once more, day by day, straight from rules.md: slow, and without the engine.

It knows the default readings' numbers by heart and takes a scenario as plain tables, so that a
mistake in the engine's cutting, bisecting or prorating cannot hide in it.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from math import ceil
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Los_Angeles")
ONE_DAY = timedelta(days=1)
VISIT = ("face_to_face",)
TALK = ("phone", "text", "social_media")


class Expected(NamedTuple):
    """What one period comes to."""

    rule: str
    first: date
    last: date
    required: int
    done: int
    attempts: int
    state: str


def expected(scenario: dict[str, Any], as_of: datetime) -> set[Expected]:
    """Every period of every counting rule, agency targets left out."""
    found: set[Expected] = set()
    for service in scenario.get("services", []):
        name = service["service"]
        if at(service["received_at"]) > as_of:
            continue
        if name == "advocacy":
            for phase in service["phases"]:
                days = phase_days(phase, service, as_of)
                minimum = 4 if phase["phase"] == "stabilization" else 2
                rule = phase["phase"]
                found |= periods(
                    scenario, as_of, f"{rule}.face_to_face", name, days, "month", VISIT, minimum
                )
                found |= periods(
                    scenario, as_of, f"{rule}.weekly_contact", name, days, "week", TALK, 1
                )
            continue
        first_month, ongoing = service_days(scenario, service, as_of)
        if name == "survivor_advocacy":
            prefix = "survivor"
            found |= periods(
                scenario,
                as_of,
                "survivor.first_month.daily_contact",
                name,
                first_month,
                "day",
                TALK,
                1,
            )
            found |= periods(
                scenario, as_of, "survivor.ongoing.face_to_face", name, ongoing, "month", VISIT, 2
            )
            found |= periods(
                scenario, as_of, "survivor.ongoing.weekly_contact", name, ongoing, "week", TALK, 1
            )
        else:
            prefix = "parent"
            if service.get("contact_safe") is None:
                continue
        closed = prefix == "parent" and not service["contact_safe"]
        found |= periods(
            scenario,
            as_of,
            f"{prefix}.first_month.face_to_face",
            name,
            first_month,
            "week",
            VISIT,
            1,
            closed=closed,
        )
    return found


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def day(text: str) -> date:
    return date.fromisoformat(text)


def months_later(start: date, months: int) -> date:
    """The same day some months later, or the last of a month that is too short."""
    month0 = start.month - 1 + months
    year, month = start.year + month0 // 12, month0 % 12 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def days_between(first: date, last: date) -> list[date]:
    return [first + n * ONE_DAY for n in range((last - first).days + 1)]


def horizon(as_of: datetime) -> date:
    """Far enough that every open period that has begun reaches its calendar end."""
    return as_of.date() + 70 * ONE_DAY


def phase_days(phase: dict[str, Any], service: dict[str, Any], as_of: datetime) -> list[date]:
    last = horizon(as_of)
    for end in (phase.get("to"), service.get("ended_on")):
        if end and day(end) <= as_of.date():
            last = min(last, day(end))
    first = day(phase["from"])
    return days_between(first, last) if first <= as_of.date() else []


def service_days(
    scenario: dict[str, Any], service: dict[str, Any], as_of: datetime
) -> tuple[list[date], list[date]]:
    """Each day of a service, in its first month or after it."""
    received = at(service["received_at"]).date()
    start = received
    for contact in sorted(scenario.get("contacts", []), key=lambda one: str(one["at"])):
        moment = at(contact["at"])
        if (
            service["service"] in contact["services"]
            and contact["channel"] in VISIT
            and contact["outcome"] == "reached"
            and moment <= as_of
            and moment.date() >= received
        ):
            if moment.date() < months_later(received, 1):
                start = moment.date()
            break
    month = set(days_between(received, months_later(start, 1) - ONE_DAY))
    closed_by_stabilizing = False
    for decision in sorted(service.get("decisions", []), key=lambda one: str(one["on"])):
        on = day(decision["on"])
        if on > as_of.date():
            continue
        if decision["kind"] == "stabilized":
            month = {one for one in month if one <= on}
            closed_by_stabilizing = True
        else:
            begin = on if closed_by_stabilizing else max(month)
            month |= set(days_between(begin, day(decision["until"])))
            closed_by_stabilizing = False
    last = horizon(as_of)
    if service.get("ended_on") and day(service["ended_on"]) <= as_of.date():
        last = day(service["ended_on"])
    every = days_between(received, max(last, max(month)) if last == horizon(as_of) else last)
    return ([one for one in every if one in month], [one for one in every if one not in month])


def periods(
    scenario: dict[str, Any],
    as_of: datetime,
    rule: str,
    service: str,
    active: list[date],
    per: str,
    channels: tuple[str, ...],
    minimum: int,
    *,
    closed: bool = False,
) -> set[Expected]:
    """Gather the active days period by period; a gap between days is a border too."""
    found: set[Expected] = set()
    group: list[date] = []
    for one in [*active, date.max]:
        if group and (one - group[-1] != ONE_DAY or unit(one, per) != unit(group[-1], per)):
            if group[0] <= as_of.date():
                found.add(
                    judge(
                        scenario, as_of, rule, service, group, per, channels, minimum, closed=closed
                    )
                )
            group = []
        group.append(one)
    return found


def unit(one: date, per: str) -> object:
    if per == "month":
        return (one.year, one.month)
    return one if per == "day" else one.isocalendar()[:2]


def judge(
    scenario: dict[str, Any],
    as_of: datetime,
    rule: str,
    service: str,
    days: list[date],
    per: str,
    channels: tuple[str, ...],
    minimum: int,
    *,
    closed: bool,
) -> Expected:
    required, assessed = minimum, True
    if per == "month":
        in_month = monthrange(days[0].year, days[0].month)[1]
        assessed = len(days) == in_month or len(days) >= 7
        required = ceil(Fraction(minimum * len(days), in_month))
    elif per == "week":
        assessed = len(days) >= 4
    reached, attempts = [], 0
    for contact in known(scenario, as_of, service, channels):
        if at(contact["at"]).date() in days:
            if contact["outcome"] == "reached":
                reached.append(at(contact["at"]).date())
            else:
                attempts += 1
    done = len(set(reached)) if channels == VISIT else len(reached)
    end = datetime.combine(days[-1], time(23, 59, 59), ZONE)
    if not assessed:
        state, required = "not_assessed", 0
    elif closed:
        state = "closed"
    elif done >= required:
        state = "met"
    elif as_of <= end:
        state = "due"
    elif not rule.startswith("parent") and any(one in missing(scenario, as_of) for one in days):
        state = "not_met_missing"
    else:
        state = "not_met"
    return Expected(rule, days[0], days[-1], required, done, attempts, state)


def known(
    scenario: dict[str, Any], as_of: datetime, service: str, channels: tuple[str, ...]
) -> Iterator[dict[str, Any]]:
    for contact in scenario.get("contacts", []):
        if (
            at(contact["at"]) <= as_of
            and service in contact["services"]
            and contact["channel"] in channels
        ):
            yield contact


def missing(scenario: dict[str, Any], as_of: datetime) -> set[date]:
    days: set[date] = set()
    for span in scenario.get("missing", []):
        if day(span["from"]) <= as_of.date():
            last = horizon(as_of)
            if span.get("to") and day(span["to"]) <= as_of.date():
                last = day(span["to"])
            days |= set(days_between(day(span["from"]), last))
    return days
