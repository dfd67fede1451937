"""Why: what is asked, when the clock started, what was counted and what was not, in plain words.

Written from the trace of an obligation and from nothing else, in English or Spanish, for a person
who does not know the policy. Quotes stay in English.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from field_app.domain.due.obligation import Obligation, State
from field_app.domain.due.trace import Credit, Note, NoteKind, Trace, WarningTime
from field_app.domain.due.wording import Wording
from field_app.domain.policy.calendar import CountedDays, SkippedBecause
from field_app.domain.policy.program import Bimonthly, CountingRule, DeadlineRule, LimitUnit, Per

MOST_LISTED = 12  # days or contacts written out; a line with more is no longer read

_NUMBERED_NOTES = (NoteKind.YOUTH_MISSING, NoteKind.LATE_ENTRY)


class LineKind(StrEnum):
    """What a line of the explanation is about, so that a screen can lay it out."""

    ASKED = "asked"
    STATE = "state"
    CLOCK = "clock"
    COUNTED = "counted"
    SKIPPED = "skipped"
    DUE = "due"
    SECOND_DATE = "second_date"
    REQUIRED = "required"
    CREDITS = "credits"
    UNCOUNTED = "uncounted"
    ATTEMPTS = "attempts"
    NOTE = "note"
    WARNINGS = "warnings"
    QUOTE = "quote"
    TARGET = "target"
    READING = "reading"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class ExplanationLine:
    """One short line."""

    kind: LineKind
    text: str


def explain(obligation: Obligation, language: str = "en") -> tuple[ExplanationLine, ...]:
    """Return the explanation of an obligation, line by line."""
    wording = Wording(language)
    trace = obligation.trace
    lines = [ExplanationLine(LineKind.ASKED, _asked(obligation, trace, wording))]
    if isinstance(obligation.rule_in_force, CountingRule):
        lines.extend(_counting_lines(obligation, trace, wording))
    else:
        lines.extend(_deadline_lines(obligation, trace, wording))
    lines.extend(_common_lines(obligation, trace, wording))
    return tuple(lines)


def why(obligation: Obligation, language: str = "en") -> str:
    """Return the explanation as one text, a line each."""
    return "\n".join(line.text for line in explain(obligation, language))


def state_text(obligation: Obligation, language: str = "en") -> str:
    """Return where the obligation stands, in one sentence."""
    wording = Wording(language)
    rule = obligation.rule_in_force
    if obligation.state is State.CLOSED:
        return wording.say("state.closed", reason=_plain(wording.word(obligation.reason or "")))
    if obligation.state is State.NOT_MET and isinstance(rule, DeadlineRule):
        return wording.say("state.not_met.floor")
    return wording.say(f"state.{obligation.state.value}")


# -- what is asked ------------------------------------------------------------------------------


def _asked(obligation: Obligation, trace: Trace, wording: Wording) -> str:
    rule = obligation.rule_in_force
    title = rule.title(wording.language)
    if isinstance(rule, CountingRule):
        minimum = trace.proration.minimum if trace.proration else rule.minimum
        channels = wording.listed([wording.word(one.value) for one in rule.channels], "or")
        key = f"asked.{rule.counts.value}.{_per(rule, trace)}"
        return wording.count(key, minimum, channels=channels)
    assert isinstance(rule, DeadlineRule)  # noqa: S101 - the only other kind
    if rule.is_floor:
        return wording.count("asked.floor", rule.limit)
    if rule.unit in (LimitUnit.PHASE_END, LimitUnit.FIRST_VISIT, LimitUnit.NONE):
        return wording.say(f"asked.{rule.unit.value}", title=title)
    return wording.count(f"asked.{rule.unit.value}", rule.limit, title=title)


def _per(rule: CountingRule, trace: Trace) -> str:
    if rule.per is Per.BIMONTHLY and trace.readings.bimonthly is Bimonthly.EVERY_TWO_MONTHS:
        return "two_months"
    return rule.per.value


# -- counting rules -----------------------------------------------------------------------------


def _counting_lines(
    obligation: Obligation, trace: Trace, wording: Wording
) -> Iterator[ExplanationLine]:
    first, last = obligation.first_day, obligation.last_day or obligation.first_day
    period = wording.count(
        "clock.period",
        obligation.period.active_days,
        first=wording.day(first, with_year=first.year != last.year or first == last),
        last=wording.day(last, with_year=True),
    )
    yield ExplanationLine(LineKind.CLOCK, period)
    if trace.span is not None:
        yield ExplanationLine(LineKind.CLOCK, wording.say(f"span.{trace.span.value}"))
    yield ExplanationLine(LineKind.REQUIRED, _required(obligation, trace, wording))
    yield from _contact_lines(trace, wording)
    if obligation.state is not State.NOT_ASSESSED:
        result = wording.say("result.count", done=obligation.done, required=obligation.required)
        yield ExplanationLine(
            LineKind.STATE, f"{result} {state_text(obligation, wording.language)}"
        )
    if obligation.due_at is not None and obligation.state is State.DUE:
        due = wording.say("due", when=wording.moment(obligation.due_at))
        yield ExplanationLine(LineKind.DUE, due)


def _required(obligation: Obligation, trace: Trace, wording: Wording) -> str:
    proration = trace.proration
    assert proration is not None  # noqa: S101 - every counting trace has one
    values = {
        "active": proration.active_days,
        "days": proration.period_days,
        "minimum": proration.minimum,
        "min_days": proration.min_days,
        "required": proration.required,
    }
    if obligation.state is State.NOT_ASSESSED:
        return wording.say("not_assessed", **values)
    if proration.is_prorated:
        return wording.say("prorated", **values)
    if proration.active_days < proration.period_days:
        return wording.say("part_in_full", **values)
    return wording.say("whole.day" if proration.period_days == 1 else "whole", **values)


def _contact_lines(trace: Trace, wording: Wording) -> Iterator[ExplanationLine]:
    if trace.credits:
        text = wording.say("credits", n=len(trace.credits), list=_days(trace.credits, wording))
    else:
        text = wording.say("credits.none")
    yield ExplanationLine(LineKind.CREDITS, text)
    if trace.uncounted:
        listed = _days(trace.uncounted, wording)
        text = wording.say("uncounted", n=len(trace.uncounted), list=listed)
        yield ExplanationLine(LineKind.UNCOUNTED, text)
    yield from _attempts(trace, wording)


def _attempts(trace: Trace, wording: Wording) -> Iterator[ExplanationLine]:
    if trace.attempts:
        shown = [
            f"{wording.day(one.day)} {wording.word(one.contact.channel.value)}, "
            f"{wording.word(one.contact.outcome.value)}"
            for one in trace.attempts[:MOST_LISTED]
        ]
        text = wording.say(
            "attempts", n=len(trace.attempts), list=_cut("; ".join(shown), trace.attempts)
        )
        yield ExplanationLine(LineKind.ATTEMPTS, text)


def _days(credits: tuple[Credit, ...], wording: Wording) -> str:
    shown = ", ".join(f"{wording.day(one.day)}" for one in credits[:MOST_LISTED])
    return _cut(shown, credits)


def _cut(shown: str, everything: tuple[Credit, ...]) -> str:
    return f"{shown}, …" if len(everything) > MOST_LISTED else shown


# -- deadlines --------------------------------------------------------------------------------


def _deadline_lines(
    obligation: Obligation, trace: Trace, wording: Wording
) -> Iterator[ExplanationLine]:
    rule = obligation.rule_in_force
    assert isinstance(rule, DeadlineRule)  # noqa: S101 - asked for deadlines only
    if trace.clock is not None:
        at, day = trace.clock.at, trace.clock.day
        when = wording.moment(at) if at is not None else wording.day(day, with_year=True)
        clock = wording.say(f"clock.{trace.clock.clock.value}", when=when)
        yield ExplanationLine(LineKind.CLOCK, clock)
    if trace.days is not None:
        yield from _day_lines(trace.days, wording)
    elif rule.unit in (LimitUnit.HOURS, LimitUnit.MINUTES):
        yield ExplanationLine(LineKind.COUNTED, wording.say("counted.elapsed"))
    if obligation.due_at is not None:
        due = wording.say("due", when=wording.moment(obligation.due_at))
        yield ExplanationLine(LineKind.DUE, due)
    if trace.second is not None:
        text = wording.say(
            "second",
            from_day=wording.day(trace.second.at.date()),
            when=wording.moment(trace.second.due_at),
        )
        yield ExplanationLine(LineKind.SECOND_DATE, text)
    if trace.closed_on is not None and not rule.is_floor:
        when = (
            wording.moment(trace.closed_at)
            if trace.closed_at is not None
            else wording.day(trace.closed_on, with_year=True)
        )
        yield ExplanationLine(LineKind.CREDITS, wording.say("done_at", when=when))
    yield from _attempts(trace, wording)
    yield ExplanationLine(LineKind.STATE, state_text(obligation, wording.language))
    if trace.empowerment is not None:
        terms = trace.empowerment
        topics = [topic.es if wording.language == "es" else topic.en for topic in terms.topics]
        text = wording.say(
            "empowerment",
            sessions=terms.sessions,
            minutes=terms.session_minutes,
            topics=len(topics),
            list="; ".join(topics),
        )
        yield ExplanationLine(LineKind.NOTE, text)


def _day_lines(days: CountedDays, wording: Wording) -> Iterator[ExplanationLine]:
    zero = wording.day(days.day_zero)
    if len(days.counted) <= MOST_LISTED:
        listed = ", ".join(
            f"{wording.day(day)} ({number})" for number, day in enumerate(days.counted, start=1)
        )
        text = wording.say("counted.days", days=listed, zero=zero)
    else:
        text = wording.say("counted.many", n=len(days.counted), zero=zero)
    yield ExplanationLine(LineKind.COUNTED, text)
    if days.skipped:
        listed = ", ".join(
            f"{wording.day(one.on)} ({wording.say('skipped.weekend')})"
            if one.because is SkippedBecause.WEEKEND
            else f"{wording.day(one.on)} ({one.name(wording.language)})"
            for one in days.skipped
        )
        yield ExplanationLine(LineKind.SKIPPED, wording.say("skipped", days=listed))


# -- for both ---------------------------------------------------------------------------------


def _common_lines(
    obligation: Obligation, trace: Trace, wording: Wording
) -> Iterator[ExplanationLine]:
    for note in trace.notes:
        yield ExplanationLine(LineKind.NOTE, _note(note, wording))
    if trace.warnings:
        yield ExplanationLine(LineKind.WARNINGS, _warnings(obligation, trace.warnings, wording))
    if obligation.is_agency_target:
        yield ExplanationLine(LineKind.TARGET, wording.say("agency_target"))
    else:
        yield ExplanationLine(LineKind.QUOTE, wording.say("quote", quote=obligation.quote))
    for name in trace.readings_used:
        reading = wording.reading(name, getattr(trace.readings, name))
        yield ExplanationLine(LineKind.READING, wording.say("reading", reading=reading))
    if not obligation.is_agency_target:
        effective = obligation.rule_in_force.effective_from or trace.version.effective_from
        day = wording.day(max(effective, trace.version.effective_from), with_year=True)
        source = wording.say("source", source=obligation.source, day=day)
        yield ExplanationLine(LineKind.SOURCE, source)


def _note(note: Note, wording: Wording) -> str:
    values: dict[str, object] = {"word": _plain(wording.word(note.word))}
    if note.day is not None:
        values["day"] = wording.day(note.day)
    if note.until is not None:
        values["until"] = wording.day(note.until, with_year=True)
    key = f"note.{note.kind.value}"
    if note.kind in _NUMBERED_NOTES:
        return wording.count(key, note.number, **values)
    return wording.say(key, **values)


def _warnings(obligation: Obligation, warnings: tuple[WarningTime, ...], wording: Wording) -> str:
    rule = obligation.rule_in_force
    is_hours = isinstance(rule, DeadlineRule) and bool(rule.warn_after_hours)
    shown: list[str] = []
    for one in warnings:
        text = wording.count("warnings.hours" if is_hours else "warnings.days", one.number)
        if one.is_reached:
            text = wording.say("warnings.reached", warning=text)
        shown.append(text)
    key = "warnings.hours_after" if is_hours else "warnings.days_before"
    return wording.say(key, list=wording.listed(shown))


def _plain(text: str) -> str:
    """A text that a person typed, on one line and without an end mark of its own."""
    return " ".join(text.split()).rstrip(".")
