"""The one line of a due list: "2 of 4 visits this month, 9 days left", in English or Spanish."""

from datetime import datetime

from field_app.domain.due.obligation import Obligation, State
from field_app.domain.due.wording import Wording
from field_app.domain.policy.periods import DAYS_OF_A_WEEK
from field_app.domain.policy.program import CountingRule, DeadlineRule

SECONDS_OF_A_MINUTE = 60
SECONDS_OF_AN_HOUR = 3600


def title(obligation: Obligation, language: str = "en") -> str:
    """Return the name of the duty."""
    return obligation.rule_in_force.title(language)


def sentence(obligation: Obligation, as_of: datetime, language: str = "en") -> str:
    """Return where a duty stands, in one line. `as_of` is the moment it is read at.

    `as_of` is compared by local day, so it must carry a zone.
    """
    wording = Wording(language)
    if isinstance(obligation.rule_in_force, CountingRule):
        return _counting_sentence(obligation, as_of, wording)
    return _deadline_sentence(obligation, as_of, wording)


def _counting_sentence(obligation: Obligation, as_of: datetime, wording: Wording) -> str:
    rule = obligation.rule_in_force
    assert isinstance(rule, CountingRule)  # noqa: S101 - asked for counting rules only
    due_at, state = obligation.due_at, obligation.state
    assert due_at is not None  # noqa: S101 - a period has an end
    if state is State.CLOSED:
        return _closed(obligation, wording)
    days_left = (due_at.date() - as_of.astimezone(due_at.tzinfo).date()).days
    unit = wording.count(f"unit.{rule.counts.value}", obligation.required)
    if state is State.NOT_ASSESSED:
        return f"{title(obligation, wording.language)}, {wording.say('line.not_assessed')}"
    parts = [
        wording.say(
            "line.count",
            done=obligation.done,
            required=obligation.required,
            unit=unit,
            period=_period(obligation, wording, is_over=days_left < 0),
        )
    ]
    if state is State.MET:
        parts.append(wording.say("line.done"))
    elif state is State.DUE and days_left == 0 and obligation.period.unit_days > 1:
        parts.append(wording.say("line.last_day"))
    elif state is State.DUE and days_left > 0:
        parts.append(wording.count("line.days_left", days_left))
    elif state is State.NOT_MET_MISSING:
        parts.append(wording.say("line.missing"))
    if state is not State.MET and obligation.attempts:
        parts.append(wording.count("line.attempts", obligation.attempts))
    return ", ".join(parts)


def _period(obligation: Obligation, wording: Wording, *, is_over: bool) -> str:
    unit_days = obligation.period.unit_days
    first, last = obligation.first_day, obligation.last_day or obligation.first_day
    if unit_days == 1:
        name = "day"
    elif unit_days == DAYS_OF_A_WEEK:
        name = "week"
    else:
        name = "month" if unit_days <= 31 else "two_months"
    if not is_over:
        return wording.say(f"line.period.{name}.now")
    if name == "month":
        return wording.say("line.period.month.past", month=wording.month(first), year=first.year)
    if name == "two_months":
        months = {"first": wording.month(first), "last": f"{wording.month(last)} {last.year}"}
        return wording.say("line.period.two_months.past", **months)
    return wording.say(f"line.period.{name}.past", first=wording.day(first))


def _deadline_sentence(obligation: Obligation, as_of: datetime, wording: Wording) -> str:
    name, state, due_at = title(obligation, wording.language), obligation.state, obligation.due_at
    rule = obligation.rule_in_force
    if state is State.CLOSED:
        return _closed(obligation, wording)
    if state is State.NOT_MET:
        return wording.say("line.not_met", title=name)
    if state in (State.MET, State.MET_LATE):
        if isinstance(rule, DeadlineRule) and rule.is_floor:
            return wording.say("line.floor_met", title=name)
        key = "line.done_on" if state is State.MET else "line.done_late"
        done_on = obligation.trace.closed_on
        return wording.say(key, title=name, day=wording.day(done_on) if done_on else "")
    if due_at is None:
        return wording.say("line.no_deadline", title=name)
    days_left = (due_at.date() - as_of.astimezone(due_at.tzinfo).date()).days
    if state is State.DUE:
        if days_left > 1:
            return wording.count("line.due_in", days_left, title=name)
        key = "line.due_tomorrow" if days_left == 1 else "line.due_today"
        return wording.say(key, title=name, time=wording.time(due_at))
    if days_left < 0:
        return wording.count("line.late_days", -days_left, title=name)
    late_seconds = int(as_of.timestamp()) - (obligation.due_second or 0)
    if late_seconds >= SECONDS_OF_AN_HOUR:
        return wording.count("line.late_hours", late_seconds // SECONDS_OF_AN_HOUR, title=name)
    minutes = max(1, late_seconds // SECONDS_OF_A_MINUTE)
    return wording.count("line.late_minutes", minutes, title=name)


def _closed(obligation: Obligation, wording: Wording) -> str:
    reason = wording.word(obligation.reason or "")
    return wording.say("line.closed", title=title(obligation, wording.language), reason=reason)
