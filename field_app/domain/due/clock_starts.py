"""Clocks: from what a deadline is counted.

A rule has one clock for each call, referral, service or phase that has begun.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from field_app.domain.due.case import Case, KnownPhase, KnownService
from field_app.domain.policy.calendar import second_of
from field_app.domain.policy.program import Clock, DeadlineRule


class Start(NamedTuple):
    """A clock that has started: when, by which field of the facts, for which service or phase."""

    clock: Clock
    field: str
    second: int
    day: int
    at: datetime | None
    service: KnownService | None = None
    phase: KnownPhase | None = None


def starts(case: Case, rule: DeadlineRule) -> Iterator[Start]:
    """The clocks of a rule that have started."""
    facts = case.facts
    if rule.clock is Clock.REFERRAL_ASSIGNED:
        if facts.referral:
            yield from _start(case, rule.clock, rule.clock.value, facts.referral.assigned_at)
    elif rule.clock is Clock.CALLED:
        if facts.first_response:
            yield from _start(case, rule.clock, rule.clock.value, facts.first_response.called_at)
    elif rule.clock in (Clock.RECEIVED, Clock.ASSIGNMENT_OR_RECEIPT):
        for service in case.services:
            if service.facts.service is rule.service:
                yield from _start_of_service(case, rule, service)
    elif rule.clock is Clock.PHASE_FROM:
        for service in case.services:
            for phase in service.phases if service.facts.service is rule.service else ():
                if phase.facts.phase is rule.phase:
                    second = case.calendar.end_of_day(phase.first - 1)[0] + 1
                    field = f"{phase.path}.from"
                    yield Start(rule.clock, field, second, phase.first, None, service, phase)


def _start(
    case: Case,
    clock: Clock,
    field: str,
    moment: datetime | None,
    service: KnownService | None = None,
) -> Iterator[Start]:
    at = case.known(moment)
    if at is not None:
        second = second_of(at)
        yield Start(clock, field, second, case.calendar.day_of(at), at, service)


def _start_of_service(case: Case, rule: DeadlineRule, service: KnownService) -> Iterator[Start]:
    """The assignment of the referral comes first; a later service of the same kind has no other."""
    referral = case.facts.referral
    if rule.clock is Clock.ASSIGNMENT_OR_RECEIPT and service.is_first and referral is not None:
        starts = list(
            _start(
                case,
                Clock.REFERRAL_ASSIGNED,
                Clock.REFERRAL_ASSIGNED.value,
                referral.assigned_at,
                service,
            )
        )
        if starts:
            yield from starts
            return
    field = f"{service.path}.received_at"
    yield from _start(case, Clock.RECEIVED, field, service.facts.received_at, service)
