"""How long the due list takes. Run by hand: `python -m tests.benchmarks.bench_due [--profile]`.

Full and incremental computation are measured in the same run, in turns, so that a busy machine
slows both; the best and the median of the turns are shown. Two caseloads: the usual one (advocacy
through its three phases with a survivor advocate in the first three months, two years of contacts)
and the heaviest (every participant has all three services for two years, 420 obligations each).
Limits: 60 participants under 150 ms, after one contact under 5 ms, 500 participants under 1.5 s.
"""

import argparse
import cProfile
import gc
import pstats
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from time import perf_counter, process_time

from field_app.domain.due.due_book import DueBook
from field_app.domain.due.facts import (
    ContactFacts,
    Facts,
    ParticipantFacts,
    PhaseFacts,
    ReferralFacts,
    ServiceFacts,
)
from field_app.domain.due.obligations import obligations
from field_app.domain.policy.calendar import last_day_of_service
from field_app.domain.policy.program import Program
from field_app.domain.vocabulary import Channel, Outcome, Phase, Service
from field_app.programs import default_program

DAYS = 730
CONTACTS_A_WEEK = 6
CASELOAD = 60
SUPERVISED = 500
TURNS = 9
SUPERVISOR_TURNS = 3


def a_moment(program: Program) -> datetime:
    return datetime(2026, 11, 20, 15, 0, tzinfo=program.zone)


def a_participant(number: int, program: Program, *, is_heavy: bool = True) -> Facts:
    """Two years: of all three services, or of what one youth usually receives."""
    chance = random.Random(number)
    received = a_moment(program) - timedelta(days=DAYS - chance.randrange(20))
    first = received.date()
    phases, start = [], first
    for phase, months in ((Phase.STABILIZATION, 4), (Phase.MAINTENANCE, 6)):
        end = last_day_of_service(start, months)
        phases.append(PhaseFacts(phase, start, end))
        start = end + timedelta(days=1)
    phases.append(PhaseFacts(Phase.TRANSITION, start))
    services: tuple[ServiceFacts, ...] = (
        ServiceFacts(Service.ADVOCACY, received, phases=tuple(phases)),
        ServiceFacts(
            Service.SURVIVOR_ADVOCACY,
            received,
            ended_on=None if is_heavy else first + timedelta(days=90),
        ),
    )
    if is_heavy:
        services += (ServiceFacts(Service.PARENT_ADVOCACY, received, contact_safe=True),)
    contacts = []
    for day in range(DAYS):
        if chance.random() < CONTACTS_A_WEEK / 7:
            at = datetime.combine(first + timedelta(days=day), datetime.min.time(), program.zone)
            contacts.append(
                ContactFacts(
                    at + timedelta(hours=chance.randrange(9, 20)),
                    chance.choice(list(Channel)),
                    chance.choice([Outcome.REACHED, Outcome.REACHED, Outcome.NO_ANSWER]),
                    (chance.choice(list(Service)),),
                )
            )
    return Facts(
        ParticipantFacts(f"P{number}"),
        referral=ReferralFacts(assigned_at=received),
        services=services,
        contacts=tuple(contacts),
    )


def a_caseload(count: int, program: Program, *, is_heavy: bool = True) -> list[Facts]:
    """Facts that nothing was computed from yet."""
    return [a_participant(number, program, is_heavy=is_heavy) for number in range(count)]


def with_a_contact(facts: Facts, at: datetime) -> Facts:
    contact = ContactFacts(at, Channel.PHONE, Outcome.REACHED, (Service.ADVOCACY,))
    return replace(facts, contacts=(*facts.contacts, contact))


def milliseconds(work: Callable[[], object]) -> tuple[float, float]:
    """Time passed, and time of this process alone: on a busy machine they differ widely."""
    gc.collect()
    started, started_alone = perf_counter(), process_time()
    work()
    return (perf_counter() - started) * 1000, (process_time() - started_alone) * 1000


def fill(book: DueBook, caseload: list[Facts]) -> None:
    for facts in caseload:
        book.put(facts)
    book.refresh(a_moment(book.program))


def after_one_contact(book: DueBook, changed: Facts) -> None:
    book.put(changed)
    if book.refresh(a_moment(book.program)) != {changed.participant.id}:
        raise AssertionError("others were computed again")


def measure(program: Program) -> None:
    now = a_moment(program)
    times: dict[str, list[tuple[float, float]]] = {}

    def note(name: str, work: Callable[..., object], *given: object) -> None:
        times.setdefault(name, []).append(milliseconds(partial(work, *given)))

    for kind, is_heavy in (("usual", False), ("heaviest", True)):
        for turn in range(TURNS):
            caseload = a_caseload(CASELOAD, program, is_heavy=is_heavy)
            book = DueBook(program)
            note(f"{kind}, 60, full (limit 150)", fill, book, caseload)
            changed = with_a_contact(caseload[turn], now - timedelta(minutes=5))
            note(f"{kind}, 60, after one contact (limit 5)", after_one_contact, book, changed)
            note(f"{kind}, 60, nothing changed", book.refresh, now)
        for _ in range(SUPERVISOR_TURNS):
            book = DueBook(program)
            caseload = a_caseload(SUPERVISED, program, is_heavy=is_heavy)
            note(f"{kind}, 500, full (limit 1500)", fill, book, caseload)
        count = sum(len(entry.obligations) for entry in book.entries())
        print(f"{kind}: {count} obligations of {SUPERVISED} participants")
    for name, values in times.items():
        passed, alone = zip(*values, strict=True)
        print(
            f"{name:42} best {min(passed):8.2f} ms, median {median(passed):8.2f} ms; "
            f"process alone {min(alone):8.2f} ms, {median(alone):8.2f} ms"
        )


def profile(program: Program) -> None:
    caseload, now = a_caseload(CASELOAD, program), a_moment(program)
    profiler = cProfile.Profile()
    profiler.runcall(lambda: [obligations(one, program, now) for one in caseload])
    pstats.Stats(profiler).sort_stats("tottime").print_stats(20)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", action="store_true")
    chosen = parser.parse_args()
    (profile if chosen.profile else measure)(default_program())
