"""What holds for every scenario: the oracle agrees, and time and effort only ever help."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from field_app.domain.due.explanation import LineKind, explain
from field_app.domain.due.obligation import Obligation, State
from field_app.domain.due.obligations import assess, obligations
from field_app.domain.due.scenario import read_scenario
from field_app.programs import default_program
from tests.domain.due import oracle
from tests.domain.due.strategies import contacts, moments, scenarios

PROGRAM = default_program()
EXAMPLES = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)

# Better states first; a duty that is closed or not assessed is nobody's failure.
RANK = {
    State.MET: 0,
    State.CLOSED: 0,
    State.NOT_ASSESSED: 0,
    State.MET_LATE: 1,
    State.DUE: 2,
    State.OVERDUE: 3,
    State.NOT_MET_MISSING: 3,
    State.NOT_MET: 3,
}


def found(scenario: dict[str, Any], now: datetime) -> list[Obligation]:
    return list(obligations(read_scenario(scenario, PROGRAM), PROGRAM, local(now)))


def local(moment: datetime) -> datetime:
    return PROGRAM.calendar.localize(moment)


@given(scenarios(), moments())
@settings(EXAMPLES, max_examples=150)
def test_the_engine_agrees_with_the_day_by_day_oracle(
    scenario: dict[str, Any], now: datetime
) -> None:
    counted = {
        oracle.Expected(
            one.rule,
            one.first_day,
            one.last_day,
            one.required,
            one.done,
            one.attempts,
            one.state.value,
        )
        for one in found(scenario, now)
        if one.period.unit_days and not one.is_agency_target and one.last_day
    }

    assert counted == oracle.expected(scenario, local(now))


@given(scenarios(), contacts(), moments())
@EXAMPLES
def test_a_reached_contact_that_is_not_the_first_visit_never_worsens_a_state(
    scenario: dict[str, Any], extra: dict[str, Any], now: datetime
) -> None:
    # Every service has its first visit before the contact that is added.
    scenario = {**scenario, "contacts": [*scenario["contacts"], *first_visits(scenario)]}
    extra = {**extra, "outcome": "reached"}

    before = {one.key: one for one in found(scenario, now)}
    after = {
        one.key: one for one in found({**scenario, "contacts": [*scenario["contacts"], extra]}, now)
    }

    assert before.keys() == after.keys()
    for key, old in before.items():
        assert RANK[after[key].state] <= RANK[old.state]
        assert after[key].done >= old.done


def first_visits(scenario: dict[str, Any]) -> list[dict[str, Any]]:
    """A visit for each service at the hour of its receipt, before any contact that day."""
    return [
        {
            "at": service["received_at"],
            "channel": "face_to_face",
            "outcome": "reached",
            "services": [service["service"]],
        }
        for service in scenario["services"]
    ]


@given(scenarios(), contacts(), moments(), st.sampled_from(("no_answer", "declined", "cancelled")))
@EXAMPLES
def test_an_attempt_never_changes_a_credit_or_a_state(
    scenario: dict[str, Any], extra: dict[str, Any], now: datetime, outcome: str
) -> None:
    tried = {**scenario, "contacts": [*scenario["contacts"], {**extra, "outcome": outcome}]}

    before, after = found(scenario, now), found(tried, now)

    assert [(one.key, one.required, one.done, one.state) for one in before] == [
        (one.key, one.required, one.done, one.state) for one in after
    ]
    assert all(new.attempts >= old.attempts for old, new in zip(before, after, strict=True))


@given(scenarios(), moments(), st.integers(1, 40 * 24 * 60))
@EXAMPLES
def test_with_the_facts_unchanged_time_never_un_meets(
    scenario: dict[str, Any], now: datetime, minutes: int
) -> None:
    later = now + timedelta(minutes=minutes)
    if later.hour in (1, 2):  # the hours that clocks skip or repeat
        later += timedelta(hours=2)
    known = as_known(scenario, now)

    before, after = found(known, now), {one.key: one for one in found(known, later)}

    for old in before:
        if old.state in (State.MET, State.MET_LATE):
            assert after[old.key].state is old.state


def as_known(scenario: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The scenario without what lies after a moment, so that later nothing new becomes known."""
    today, text = now.date().isoformat(), now.isoformat()

    def ended(end: str | None) -> str | None:
        return end if end is not None and end <= today else None

    services = []
    for service in scenario["services"]:
        if service["received_at"] > text:
            continue
        phases = [
            {**phase, "to": ended(phase["to"])}
            for phase in service.get("phases", [])
            if phase["from"] <= today
        ]
        decisions = [one for one in service.get("decisions", []) if one["on"] <= today]
        services.append(
            {
                **service,
                "ended_on": ended(service.get("ended_on")),
                "decisions": decisions,
                "phases": phases,
            }
        )
    return {
        **scenario,
        "services": services,
        "contacts": [one for one in scenario["contacts"] if one["at"] <= text],
        "missing": [
            {**one, "to": ended(one["to"])} for one in scenario["missing"] if one["from"] <= today
        ],
    }


@given(scenarios(), moments())
@EXAMPLES
def test_the_active_days_of_a_phases_periods_add_up_to_the_phase(
    scenario: dict[str, Any], now: datetime
) -> None:
    by_duty: dict[int, list[Obligation]] = {}
    for one in found(scenario, now):
        if one.period.unit_days and one.rule.endswith(("weekly_contact", "face_to_face")):
            by_duty.setdefault(id(one.duty), []).append(one)
    phases = [phase for service in scenario["services"] for phase in service.get("phases", [])]
    ends = {phase["from"]: phase["to"] for phase in phases}

    for periods in by_duty.values():
        first, last = periods[0].period.first, periods[-1].period.last
        assert sum(one.period.active_days for one in periods) == last - first + 1
        to = ends.get(periods[0].first_day.isoformat())
        if periods[0].phase and to is not None and to <= now.date().isoformat():
            assert last == date.fromisoformat(to).toordinal()


WEEKLY = (
    "weekly_contact",
    "daily_contact",
    "first_month.face_to_face",
    "csw_contact",
    "first_face_to_face",
    "initial_mdt",
    "safety_plan_72h",
    "arrival",
    "case_management",
)


@pytest.mark.parametrize("weeks", [1, 2, 3])
@given(data=st.data())
@settings(EXAMPLES, max_examples=25)
def test_shifting_everything_by_whole_weeks_shifts_every_day_and_week_rule(
    data: st.DataObject, weeks: int
) -> None:
    # From 20 April to 21 May 2026 and three weeks on there is no holiday and no clock change but
    # Memorial Day on 25 May, which is why the clocks start in the first days.
    first = date(2026, 4, 13)
    start = first + timedelta(days=data.draw(st.integers(0, 10)))
    offsets = data.draw(st.lists(st.integers(0, 20), max_size=6))
    channels = data.draw(
        st.lists(st.sampled_from(("phone", "face_to_face")), min_size=6, max_size=6)
    )

    def scenario(by: timedelta) -> dict[str, Any]:
        begin = start + by
        # The readings' month is a calendar month: only rules by day and week are compared.
        return {
            "participant": {"id": "Y1"},
            "referral": {"assigned_at": f"{begin}T10:00"},
            "first_response": {"called_at": f"{begin}T22:15"},
            "services": [
                {
                    "service": "advocacy",
                    "received_at": f"{begin}T10:00",
                    "phases": [{"phase": "stabilization", "from": begin.isoformat()}],
                },
                {
                    "service": "survivor_advocacy",
                    "received_at": f"{begin}T10:00",
                    "decisions": [
                        {"kind": "stabilized", "on": (begin + timedelta(days=18)).isoformat()}
                    ],
                },
            ],
            "contacts": [
                {
                    "at": f"{begin + timedelta(days=offset)}T12:00",
                    "channel": channel,
                    "outcome": "reached",
                    "services": ["advocacy", "survivor_advocacy"],
                }
                for offset, channel in zip(offsets, channels, strict=False)
            ],
        }

    def seen(by: timedelta) -> list[tuple[Any, ...]]:
        now = datetime.combine(start + by + timedelta(days=21), datetime.min.time())
        return [
            (
                one.rule,
                one.first_day - by,
                one.last_day and one.last_day - by,
                one.required,
                one.done,
                one.attempts,
                one.state,
            )
            for one in found(scenario(by), now)
            if one.rule.endswith(WEEKLY)
        ]

    assert seen(timedelta(weeks=weeks)) == seen(timedelta())


@given(scenarios(), moments())
@settings(EXAMPLES, max_examples=40)
def test_the_explanations_numbers_are_those_of_the_result(
    scenario: dict[str, Any], now: datetime
) -> None:
    for one in found(scenario, now):
        trace = one.trace
        assert len(trace.attempts) == one.attempts
        if trace.proration is None:
            continue
        assert len(trace.credits) == one.done
        assert trace.proration.required == one.required
        lines = {line.kind: line.text for line in explain(one)}
        if one.done:
            assert f"Counted: {one.done} (" in lines[LineKind.CREDITS]
        if one.attempts:
            assert f": {one.attempts} (" in lines[LineKind.ATTEMPTS]
        if one.state is not State.NOT_ASSESSED:
            assert f"So {one.done} of {one.required}." in lines[LineKind.STATE]


@given(scenarios(), moments(), st.integers(1, 3 * 24 * 3600))
@EXAMPLES
def test_an_assessment_holds_until_the_moment_it_names(
    scenario: dict[str, Any], now: datetime, seconds: int
) -> None:
    facts = read_scenario(scenario, PROGRAM)
    first = assess(facts, PROGRAM, local(now))

    second = min(first.valid_from + seconds, first.valid_until - 1)
    again = obligations(facts, PROGRAM, PROGRAM.calendar.at(second))

    assert [as_seen(one) for one in again] == [as_seen(one) for one in first.obligations]


def as_seen(one: Obligation) -> tuple[Any, ...]:
    return (
        *one.key,
        one.period,
        one.required,
        one.done,
        one.attempts,
        one.state,
        one.reason,
        one.warning,
    )
