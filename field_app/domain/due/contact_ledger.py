"""A participant's contacts in order of time, sorted once into credits and attempts for each duty.

Periods are then found by bisection. The ledger holds every contact; what lies after the moment
asked about is cut off when counting, so one ledger serves every moment.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import replace
from operator import attrgetter
from typing import NamedTuple

from field_app.domain.due.facts import ContactFacts, Facts
from field_app.domain.policy.calendar import LocalCalendar
from field_app.domain.policy.program import CountingRule, Counts, Readings
from field_app.domain.vocabulary import Channel, Outcome, Service

_second = attrgetter("second")
_day = attrgetter("day")


class Tally:
    """The contacts that one kind of duty counts: credits, visits beyond one a day, and attempts."""

    __slots__ = ("attempt_days", "attempts", "credit_days", "credits", "reached", "uncounted")

    def __init__(
        self, reached: list[ContactFacts], attempts: list[ContactFacts], *, one_per_day: bool
    ) -> None:
        self.reached = self.credits = reached
        self.credit_days = list(map(_day, reached))
        self.uncounted: list[ContactFacts] = []
        if one_per_day and len(set(self.credit_days)) < len(reached):
            first_of_day: dict[int, ContactFacts] = {}
            for contact in reached:
                if first_of_day.setdefault(contact.day, contact) is not contact:
                    self.uncounted.append(contact)
            self.credits = list(first_of_day.values())
            self.credit_days = list(first_of_day)
        self.attempts = attempts
        self.attempt_days = list(map(_day, attempts))

    def first_reached(self, from_second: int, until_second: int) -> ContactFacts | None:
        """The first reached contact from one moment on, if it is not after the other."""
        position = bisect_left(self.reached, from_second, key=_second)
        if position < len(self.reached) and self.reached[position].second <= until_second:
            return self.reached[position]
        return None

    def attempts_between(self, from_second: int, until_second: int) -> list[ContactFacts]:
        """The attempts from one moment through another."""
        low = bisect_left(self.attempts, from_second, key=_second)
        return self.attempts[low : bisect_right(self.attempts, until_second, key=_second)]

    def known_credits(self, now_second: int) -> int:
        """How many credits, from the start of the list, are not after a moment."""
        return bisect_right(self.credits, now_second, key=_second)

    def known_attempts(self, now_second: int) -> int:
        """How many attempts, from the start of the list, are not after a moment."""
        return bisect_right(self.attempts, now_second, key=_second)


class Lane(NamedTuple):
    """The contacts of one service by one channel, in order of time."""

    reached: list[ContactFacts]
    attempts: list[ContactFacts]


def _new_lane() -> Lane:
    return Lane([], [])


class ContactLedger:
    """All contacts of one participant, and the tallies made from them so far."""

    def __init__(self, facts: Facts, calendar: LocalCalendar) -> None:
        zone = calendar.zone
        self._contacts = sorted(
            [
                contact
                if contact.at.tzinfo is zone
                else replace(contact, at=contact.at.astimezone(zone))
                for contact in facts.contacts
            ],
            key=_second,
        )
        lanes: defaultdict[tuple[Service, Channel], Lane] = defaultdict(_new_lane)
        is_reached = Outcome.REACHED
        for contact in self._contacts:
            for service in contact.services:
                lanes[service, contact.channel][contact.outcome is not is_reached].append(contact)
        self._lanes: dict[tuple[Service, Channel], Lane] = dict(lanes)
        self._waivers = facts.video_waivers
        self._tallies: dict[tuple[object, ...], Tally] = {}

    def next_after(self, second: int) -> int | None:
        """The moment of the first contact after a moment."""
        position = bisect_right(self._contacts, second, key=_second)
        return self._contacts[position].second if position < len(self._contacts) else None

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
            qualifying = dict.fromkeys(channels)
            if with_visits:
                qualifying[Channel.FACE_TO_FACE] = None
            lanes = [
                lane for channel in qualifying if (lane := self._lanes.get((service, channel)))
            ]
            if with_visits and Channel.VIDEO not in qualifying:
                lanes.extend(self._video_for_a_visit(service, readings))
            tally = Tally(
                _merged([lane.reached for lane in lanes]),
                _merged([lane.attempts for lane in lanes]),
                one_per_day=one_per_day,
            )
            self._tallies[key] = tally
        return tally

    def _video_for_a_visit(self, service: Service, readings: Readings) -> list[Lane]:
        """The video contacts that stand for visits: all by the reading, or those with a waiver."""
        lane = self._lanes.get((service, Channel.VIDEO))
        if lane is None or not (readings.video_is_face_to_face or self._waivers):
            return []
        if readings.video_is_face_to_face:
            return [lane]
        return [Lane(*([one for one in part if self._is_waived(one.day)] for part in lane))]

    def _is_waived(self, day: int) -> bool:
        return any(
            span.first_day.toordinal() <= day and (span.to is None or day <= span.to.toordinal())
            for span in self._waivers
        )


def _merged(lists: list[list[ContactFacts]]) -> list[ContactFacts]:
    """Lists in order of time as one such list. Sorting runs that are in order merges them."""
    if len(lists) == 1:
        return lists[0]
    merged = [contact for entries in lists for contact in entries]
    merged.sort(key=_second)
    return merged


def ledger_of(facts: Facts, calendar: LocalCalendar) -> ContactLedger:
    """The ledger of a participant's facts, made on first use and kept with them."""
    kept: tuple[LocalCalendar, ContactLedger] | None = facts.__dict__.get("_ledger")
    if kept is None or kept[0] is not calendar:
        kept = (calendar, ContactLedger(facts, calendar))
        facts.__dict__["_ledger"] = kept
    return kept[1]
