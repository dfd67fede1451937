"""How long the due list takes. Run by hand: `python -m tests.benchmarks.bench_due`.

Full and incremental are measured in the same run, in turns, so that a busy machine slows both.
Limits: 60 participants x 2 years under 150 ms, after one contact under 5 ms, 500 under 1.5 s.
"""

import argparse
import cProfile
import gc
import pstats
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from statistics import median
from time import perf_counter

from field_app.domain.calendar import last_day_of_service
from field_app.domain.due_book import DueBook
from field_app.domain.facts import (
    ContactFacts,
    Facts,
    ParticipantFacts,
    PhaseFacts,
    ReferralFacts,
    ServiceFacts,
)
from field_app.domain.obligations import obligations
from field_app.domain.program import Program
from field_app.domain.vocabulary import Channel, Outcome, Phase, Service
from field_app.programs import default_program

NOW = (2026, 11, 20, 15, 0)
YEARS_DAYS = 730
CONTACTS_A_WEEK = 6


def a_participant(number: int, program: Program) -> Facts:
    """Two years of three services with about six contacts a week: 600 contacts."""
    chance = random.Random(number)
    now = datetime(*NOW, tzinfo=program.zone)
    received = now - timedelta(days=YEARS_DAYS - chance.randrange(20))
    first = received.date()
    phases, start = [], first
    for phase, months in ((Phase.STABILIZATION, 4), (Phase.MAINTENANCE, 6)):
        end = last_day_of_service(start, months)
        phases.append(PhaseFacts(phase, start, end))
        start = end + timedelta(days=1)
    phases.append(PhaseFacts(Phase.TRANSITION, start))
    services = (
        ServiceFacts(Service.ADVOCACY, received, phases=tuple(phases)),
        ServiceFacts(Service.SURVIVOR_ADVOCACY, received),
        ServiceFacts(Service.PARENT_ADVOCACY, received, contact_safe=True),
    )
    contacts = []
    for day in range(YEARS_DAYS):
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


def with_contact(facts: Facts, at: datetime) -> Facts:
    contact = ContactFacts(at, Channel.PHONE, Outcome.REACHED, (Service.ADVOCACY,))
    return replace(facts, contacts=(*facts.contacts, contact))


def milliseconds(work: Callable[[], object]) -> float:
    gc.collect()
    started = perf_counter()
    work()
    return (perf_counter() - started) * 1000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--rounds", type=int, default=7)
    args = parser.parse_args()
    program = default_program()
    now = datetime(*NOW, tzinfo=program.zone)

    def fresh(count: int) -> list[Facts]:
        return [a_participant(number, program) for number in range(count)]

    def full(caseload: list[Facts]) -> int:
        return sum(len(obligations(facts, program, now)) for facts in caseload)

    if args.profile:
        caseload = fresh(60)
        profile = cProfile.Profile()
        profile.runcall(full, caseload)
        pstats.Stats(profile).sort_stats("tottime").print_stats(18)
        return

    full_ms, again_ms, one_ms, still_ms, start_ms = [], [], [], [], []
    for turn in range(args.rounds):
        caseload = fresh(60)
        full_ms.append(milliseconds(lambda caseload=caseload: full(caseload)))
        again_ms.append(milliseconds(lambda caseload=caseload: full(caseload)))
        book = DueBook(program)

        def fill(book: DueBook = book, caseload: list[Facts] = caseload) -> None:
            for facts in caseload:
                book.put(facts)
            book.refresh(now)

        start_ms.append(milliseconds(fill))
        changed = with_contact(caseload[turn], now - timedelta(minutes=5))

        def one(book: DueBook = book, changed: Facts = changed) -> None:
            book.put(changed)
            assert len(book.refresh(now)) == 1

        one_ms.append(milliseconds(one))
        still_ms.append(milliseconds(lambda book=book: book.refresh(now)))
    supervisor = fresh(500)
    supervisor_ms = [milliseconds(lambda: full(supervisor))]
    count = full(supervisor)

    print(
        f"60 participants x 2 years, contacts unsorted : {median(full_ms):7.1f} ms  (limit 150; best {min(full_ms):.1f})"
    )
    print(f"60 participants again, contacts sorted       : {median(again_ms):7.1f} ms")
    print(f"60 participants into an empty due book       : {median(start_ms):7.1f} ms")
    print(f"after one contact                            : {median(one_ms):7.2f} ms  (limit 5)")
    print(f"nothing changed                              : {median(still_ms):7.2f} ms")
    print(f"500 participants, {count} obligations     : {supervisor_ms[0]:7.1f} ms  (limit 1500)")


if __name__ == "__main__":
    assert date(*NOW[:3])
    main()
