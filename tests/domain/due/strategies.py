"""Random scenarios for the property tests: sensible ones, on any day of two and a half years."""

from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

Table = dict[str, Any]

START = date(2026, 1, 1)
SERVICES = ("advocacy", "survivor_advocacy", "parent_advocacy")
CHANNELS = ("face_to_face", "phone", "text", "social_media", "video", "email")
OUTCOMES = ("reached", "reached", "reached", "no_answer", "declined", "cancelled")


def days(first: int = 0, last: int = 200) -> st.SearchStrategy[date]:
    return st.integers(first, last).map(lambda n: START + timedelta(days=n))


@st.composite
def contacts(draw: st.DrawFn) -> Table:
    """A contact by day, away from the hours that clocks skip or repeat."""
    hour, minute = draw(st.integers(3, 23)), draw(st.sampled_from((0, 30, 59)))
    at = datetime.combine(draw(days()), time(hour, minute))
    return {
        "at": at.isoformat(timespec="minutes"),
        "channel": draw(st.sampled_from(CHANNELS)),
        "outcome": draw(st.sampled_from(OUTCOMES)),
        "services": draw(st.lists(st.sampled_from(SERVICES), min_size=1, max_size=3, unique=True)),
    }


@st.composite
def advocacy(draw: st.DrawFn) -> Table:
    """Advocacy with up to three phases that follow each other, perhaps with gaps."""
    first = draw(days(0, 60))
    service: Table = {"service": "advocacy", "received_at": f"{first}T10:00", "phases": []}
    names = ["stabilization", "maintenance", "transition"][: draw(st.integers(1, 3))]
    for number, name in enumerate(names):
        last = first + timedelta(days=draw(st.integers(0, 70)))
        is_open = number == len(names) - 1 and draw(st.booleans())
        to = None if is_open else last.isoformat()
        service["phases"].append({"phase": name, "from": first.isoformat(), "to": to})
        first = last + timedelta(days=draw(st.integers(1, 9)))
    return service


@st.composite
def first_months(draw: st.DrawFn, name: str) -> Table:
    """Survivor or parent advocacy, perhaps ended, with decisions that the rules allow."""
    received = draw(days(0, 60))
    service: Table = {"service": name, "received_at": f"{received}T10:00", "decisions": []}
    if name == "parent_advocacy":
        service["contact_safe"] = draw(st.sampled_from((True, True, False, None)))
    on, last = received, received + timedelta(days=70)  # later than any first month ends
    for _ in range(draw(st.integers(0, 3))):
        on += timedelta(days=draw(st.integers(1, 40)))
        if draw(st.booleans()):
            service["decisions"].append({"kind": "stabilized", "on": on.isoformat()})
        else:
            last = max(last, on) + timedelta(days=draw(st.integers(1, 20)))
            service["decisions"].append(
                {"kind": "extended", "on": on.isoformat(), "until": last.isoformat()}
            )
    if draw(st.booleans()):
        ended = received + timedelta(days=draw(st.integers(0, 150)))
        service["ended_on"] = ended.isoformat()
    return service


@st.composite
def scenarios(draw: st.DrawFn) -> Table:
    """A scenario with any of the three services."""
    services = [
        draw(advocacy()),
        draw(first_months("survivor_advocacy")),
        draw(first_months("parent_advocacy")),
    ]
    missing = []
    if draw(st.booleans()):
        gone = draw(days())
        back = gone + timedelta(days=draw(st.integers(0, 30)))
        missing.append(
            {"from": gone.isoformat(), "to": draw(st.sampled_from((None, back.isoformat())))}
        )
    received = services[0]["received_at"]
    return {
        "participant": {"id": "Y1", "kind": "youth"},
        "referral": {"assigned_at": received, "submitted_at": received},
        "services": services,
        "contacts": draw(st.lists(contacts(), max_size=25)),
        "missing": missing,
    }


def moments() -> st.SearchStrategy[datetime]:
    """A moment to the second, naive local, away from the hours of the two changes."""
    return st.builds(
        lambda day, second: datetime.combine(day, time(4)) + timedelta(seconds=second),
        days(20, 230),
        st.sampled_from((0, 3600, 43_200, 71_999)),
    )
