"""The first month of survivor and parent advocacy: where it ends, and what decisions make of it.

It runs from the day of receipt through one month of service counted from the first visit (or from
receipt, by the reading). `extended` moves its last day; `stabilized` ends it on its day; an
extension after that opens it again from its own day. All other days of the service are ongoing.
"""

from dataclasses import dataclass
from datetime import date

from field_app.domain.due.facts import DecisionFacts
from field_app.domain.policy.calendar import last_day_of_service
from field_app.domain.vocabulary import DecisionKind
from field_app.errors import InputError

DaySpans = tuple[tuple[int, int | None], ...]


@dataclass(frozen=True, slots=True)
class FirstMonth:
    """Days as ordinals, inclusive. `ongoing` ends with None while the service is open.

    `started_by_visit` is the first visit's day when the month is counted from it. `late` are the
    extensions recorded after the last day that they move.
    """

    first_month: DaySpans
    ongoing: DaySpans
    started_by_visit: int | None
    counted_last_day: int
    decisions: tuple[DecisionFacts, ...]
    late: tuple[DecisionFacts, ...]


def first_month_of(
    *,
    received: int,
    first_visit: int | None,
    months: int,
    decisions: tuple[DecisionFacts, ...],
    ended: int | None,
    today: int,
    path: str,
) -> FirstMonth:
    """Return the days of the first month and the ongoing days, as known on `today`.

    `first_visit` is the first visit's day on or after receipt, None when it is not to be used.
    Raises InputError, naming a field below `path`, for a decision that cannot be.
    """
    from_receipt = last_day_of_service(date.fromordinal(received), months).toordinal()
    if first_visit is not None and not received <= first_visit <= from_receipt:
        first_visit = None
    counted_last = from_receipt
    if first_visit is not None:
        counted_last = last_day_of_service(date.fromordinal(first_visit), months).toordinal()

    spans = [[received, counted_last]]
    decided_last = 0  # the last day by decision alone
    is_stabilized = was_stabilized = False
    applied: list[DecisionFacts] = []
    late: list[DecisionFacts] = []
    for index, decision in sorted(enumerate(decisions), key=lambda numbered: numbered[1].on):
        on = decision.on.toordinal()
        if on < received:
            raise InputError(
                f"{decision.on} is before the service was received on {date.fromordinal(received)}",
                field=f"{path}.decisions[{index}].on",
            )
        if on > today:
            continue
        applied.append(decision)
        if decision.kind is DecisionKind.STABILIZED:
            spans[-1][1] = decided_last = min(spans[-1][1], on)
            is_stabilized = was_stabilized = True
            continue
        # "The last day then in force": a visit made later had not yet moved it.
        had_visit = first_visit is not None and first_visit <= on
        then_counted = counted_last if had_visit else from_receipt
        last_then = decided_last if was_stabilized else max(decided_last, then_counted)
        until = decision.until.toordinal() if decision.until else 0
        if until <= last_then or (is_stabilized and until < on):
            raise InputError(
                f"{decision.until} does not extend: the last day is "
                f"{date.fromordinal(last_then)} already",
                field=f"{path}.decisions[{index}].until",
            )
        decided_last = until
        if is_stabilized:
            spans.append([on, until])
            is_stabilized = False
            continue
        if on > last_then:
            late.append(decision)
        spans[-1][1] = until if was_stabilized else max(until, counted_last)

    first_spans, ongoing = _split(spans, received, ended)
    return FirstMonth(first_spans, ongoing, first_visit, counted_last, tuple(applied), tuple(late))


def _split(spans: list[list[int]], received: int, ended: int | None) -> tuple[DaySpans, DaySpans]:
    """The first-month days joined where they touch, and the days between and after them."""
    joined: list[list[int]] = []
    for first, last in spans:
        if ended is not None:
            last = min(last, ended)
        if last < first:
            continue
        if joined and first <= joined[-1][1] + 1:
            joined[-1][1] = max(joined[-1][1], last)
        else:
            joined.append([first, last])
    ongoing: list[tuple[int, int | None]] = []
    next_day = received
    for first, last in joined:
        if first > next_day:
            ongoing.append((next_day, first - 1))
        next_day = last + 1
    if ended is None or next_day <= ended:
        ongoing.append((next_day, ended))
    return tuple((first, last) for first, last in joined), tuple(ongoing)
