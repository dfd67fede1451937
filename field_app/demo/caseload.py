"""The whole demo, and a caseload of any size for measurements."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random

from field_app.demo.cases import CASES, CasePlan
from field_app.demo.history import write_case
from field_app.demo.pen import Pen, Staff
from field_app.domain.records.change import Change
from field_app.domain.records.record import AGENCY_CASE_ID, Record
from field_app.domain.records.staff import StaffMember, StaffRole
from field_app.domain.vocabulary import Phase

DEMO_SEED = 1932
DAYS_OF_MONTH = 30


@dataclass(frozen=True)
class Caseload:
    """Records and their history, each list in the order in which it was written."""

    records: tuple[Record, ...]
    changes: tuple[Change, ...]


def demo_caseload(
    now: datetime,
    *,
    advocate_id: str,
    device_id: str,
    seed: int = DEMO_SEED,
    with_colleagues: bool = True,
) -> Caseload:
    """Return the fictional agency as of a moment: the same for the same arguments.

    Args:
        now: The moment.
        advocate_id: Whoever opens the demo: the fifteen youths are theirs.
        device_id: Of the one device on which all of it was written.
        seed: Of the story.
        with_colleagues: Without them where they come from the agency's own device by sync.
    """
    pen = _pen(now, advocate_id, device_id, seed)
    colleagues = _colleagues(pen)
    if with_colleagues:
        for colleague in colleagues:
            pen.add(colleague, pen.local(pen.day(400), 9, 0))
    for plan in CASES:
        write_case(pen, plan)
    return Caseload(tuple(pen.records), tuple(pen.changes))


def demo_colleagues(now: datetime, *, seed: int = DEMO_SEED) -> tuple[StaffMember, ...]:
    """Return the colleagues of `demo_caseload` for the same seed, the supervisor last."""
    return _colleagues(_pen(now, "", "", seed))


def large_caseload(
    now: datetime,
    *,
    participants: int,
    months: int,
    advocate_id: str,
    device_id: str,
    seed: int = DEMO_SEED,
) -> Iterator[Caseload]:
    """Yield youth after youth, each with that many months of contacts (about ten a month).

    The plans of the demo are taken in turn, with their present phase begun `months` ago.
    """
    pen = _pen(now, advocate_id, device_id, seed)
    for number in range(participants):
        write_case(pen, _of_length(CASES[number % len(CASES)], number, months))
        yield Caseload(tuple(pen.records), tuple(pen.changes))
        pen.records.clear()
        pen.changes.clear()


def _pen(now: datetime, advocate_id: str, device_id: str, seed: int) -> Pen:
    random = Random(seed)  # noqa: S311 - chance for a story, not for a key
    pen = Pen(random, now, Staff(advocate_id, "", "", device_id))
    pen.staff = Staff(advocate_id, pen.new_id(), pen.new_id(), device_id)
    return pen


def _colleagues(pen: Pen) -> tuple[StaffMember, ...]:
    return tuple(
        StaffMember(record_id=record_id, case_id=AGENCY_CASE_ID, display_name=name, role=role)
        for record_id, name, role in (
            (pen.staff.survivor_advocate_id, "Demo Survivor Advocate", StaffRole.SURVIVOR_ADVOCATE),
            (pen.staff.parent_advocate_id, "Demo Parent Advocate", StaffRole.PARENT_ADVOCATE),
            (pen.new_id(), "Demo Supervisor", StaffRole.SUPERVISOR),
        )
    )


def _of_length(plan: CasePlan, number: int, months: int) -> CasePlan:
    return CasePlan(
        alias=f"{plan.alias} {number + 1}",
        full_name=f"{plan.full_name} {number + 1}",
        age_years=plan.age_years,
        pronouns=plan.pronouns,
        language=plan.language,
        channels=plan.channels,
        code_word=plan.code_word,
        phases=((Phase.STABILIZATION, months * DAYS_OF_MONTH),),
    )
