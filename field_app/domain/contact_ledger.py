"""A participant's contacts in order of time, sorted once into credits and attempts for each duty.

Periods are then found by bisection. The ledger holds every contact; what lies after the moment
asked about is cut off when counting, so one ledger serves every moment.
"""

from bisect import bisect_left, bisect_right
from operator import attrgetter
from typing import NamedTuple

from field_app.domain.calendar import LocalCalendar
from field_app.domain.facts import ContactFacts, DaySpan, Facts
from field_app.domain.program import CountingRule, Counts, Readings
from field_app.domain.vocabulary import Channel, Outcome, Service


class Entry(NamedTuple):
    """A contact with its moment (seconds) and its local day (ordinal)."""

    second: int
    day: int
    contact: ContactFacts


_by_second = attrgetter("second")


class Tally:
    """The contacts that one kind of duty counts: credits, visits beyond one a day, and attempts."""

    __slots__ = (
        "attempt_days",
        "attempts",
        "credit_days",
        "credit_seconds",
        "credits",
        "reached",
        "reached_seconds",
        "uncounted",
    )

    def __init__(self, reached: list[Entry], attempts: list[Entry], *, one_per_day: bool) -> None:
        self.reached = reached
        self.reached_seconds = [entry.second for entry in reached]
        self.credits = reached
        self.uncounted: list[Entry] = []
        if one_per_day:
            self.credits = []
            day_with_credit = 0
            for entry in reached:
                if entry.day == day_with_credit:
                    self.uncounted.append(entry)
                else:
                    self.credits.append(entry)
                    day_with_credit = entry.day
        self.credit_days = [entry.day for entry in self.credits]
        self.credit_seconds = [entry.second for entry in self.credits]
        self.attempts = attempts
        self.attempt_days = [entry.day for entry in attempts]

    def first_reached(self, from_second: int, until_second: int) -> Entry | None:
        """The first reached contact from one moment on, if it is not after the other."""
        position = bisect_left(self.reached_seconds, from_second)
        if position < len(self.reached) and self.reached[position].second <= until_second:
            return self.reached[position]
        return None

    def attempts_between(self, from_second: int, until_second: int) -> list[Entry]:
        """The attempts from one moment through another."""
        return [entry for entry in self.attempts if from_second <= entry.second <= until_second]

    def known_credits(self, now_second: int) -> int:
        """How many credits, from the start of the list, are not after a moment."""
        return bisect_right(self.credit_seconds, now_second)

    def known_attempts(self, now_second: int) -> int:
        """How many attempts, from the start of the list, are not after a moment."""
        return bisect_right(self.attempts, now_second, key=lambda entry: entry.second)


class ContactLedger:
    """All contacts of one participant, and the tallies made from them so far."""

    def __init__(self, facts: Facts, calendar: LocalCalendar) -> None:
        zone = calendar.zone
        contacts = sorted(facts.contacts, key=attrgetter("second"))
        self.seconds = [contact.second for contact in contacts]
        days = [
            at.toordinal() if at.tzinfo is zone else at.astimezone(zone).toordinal()
            for at in [contact.at for contact in contacts]
        ]
        entries = list(map(Entry, self.seconds, days, contacts))
        self._lanes: dict[Service, dict[Channel, list[Entry]]] = {}
        for entry in entries:
            for service in entry.contact.services:
                lanes = self._lanes.get(service)
                if lanes is None:
                    lanes = self._lanes[service] = {}
                lanes.setdefault(entry.contact.channel, []).append(entry)
        self._waivers = facts.video_waivers
        self._tallies: dict[tuple[object, ...], Tally] = {}

    def next_after(self, second: int) -> int | None:
        """The moment of the first contact after a moment."""
        position = bisect_right(self.seconds, second)
        return self.seconds[position] if position < len(self.seconds) else None

    def visits(self, service: Service, readings: Readings) -> Tally:
        """The face-to-face contacts of a service."""
        return self._tally(service, (Channel.FACE_TO_FACE,), True, True, readings)

    def for_rule(self, rule: CountingRule, service: Service, readings: Readings) -> Tally:
        """What a counting rule counts, under the readings in force."""
        is_visit = rule.counts is Counts.VISIT
        with_visits = is_visit or readings.visit_satisfies_contact
        return self._tally(service, rule.channels, is_visit, with_visits, readings)

    def _tally(
        self,
        service: Service,
        channels: tuple[Channel, ...],
        is_visit: bool,
        with_visits: bool,
        readings: Readings,
    ) -> Tally:
        """`with_visits`: visits count too, and with them video where it stands for a visit."""
        one_per_day = is_visit and readings.one_visit_credit_per_day
        key = (service, channels, with_visits, one_per_day, readings.video_is_face_to_face)
        tally = self._tallies.get(key)
        if tally is None:
            lanes = self._lanes.get(service, {})
            qualifying = set(channels)
            if with_visits:
                qualifying.add(Channel.FACE_TO_FACE)
            entries = [entry for channel in qualifying for entry in lanes.get(channel, ())]
            if with_visits and Channel.VIDEO not in qualifying:
                entries.extend(
                    entry
                    for entry in lanes.get(Channel.VIDEO, ())
                    if readings.video_is_face_to_face or _covered(entry.day, self._waivers)
                )
            entries.sort(key=_by_second)
            reached = [one for one in entries if one.contact.outcome is Outcome.REACHED]
            attempts = [one for one in entries if one.contact.outcome is not Outcome.REACHED]
            tally = Tally(reached, attempts, one_per_day=one_per_day)
            self._tallies[key] = tally
        return tally


def ledger_of(facts: Facts, calendar: LocalCalendar) -> ContactLedger:
    """The ledger of a participant's facts, made on first use and kept with them."""
    kept: tuple[LocalCalendar, ContactLedger] | None = facts.__dict__.get("_ledger")
    if kept is None or kept[0] is not calendar:
        kept = (calendar, ContactLedger(facts, calendar))
        facts.__dict__["_ledger"] = kept
    return kept[1]


def _covered(day: int, spans: tuple[DaySpan, ...]) -> bool:
    return any(
        span.first_day.toordinal() <= day and (span.to is None or day <= span.to.toordinal())
        for span in spans
    )
