"""From a plan to records: months of believable work with one youth, the same for the same seed."""

from datetime import timedelta

from field_app.demo.case_history import (
    write_first_response,
    write_goals,
    write_missing,
    write_phase,
    write_referral,
    write_team,
    write_youth,
)
from field_app.demo.cases import CasePlan
from field_app.demo.contact_history import write_contacts
from field_app.demo.other_services import write_parent, write_survivor
from field_app.demo.pen import Pen
from field_app.domain.records.contact import COUNTY_ZONE
from field_app.domain.records.service import ServicePeriod
from field_app.domain.vocabulary import Service


def write_case(pen: Pen, plan: CasePlan) -> None:
    """Write everything that a plan says."""
    first_days_ago = plan.phases[0][1]
    received_at = pen.local(pen.day(first_days_ago), 10, 20)
    if plan.response is not None:
        received_at = pen.now - timedelta(hours=plan.response.hours_ago)
        first_days_ago = (pen.today - received_at.astimezone(COUNTY_ZONE).date()).days
    begins_ago = (first_days_ago, *(days_ago for _, days_ago in plan.phases[1:]))

    youth = write_youth(pen, plan, received_at)
    write_referral(pen, youth, plan, received_at)
    if plan.response is not None:
        write_first_response(pen, youth, plan.response)
    advocacy = ServicePeriod(
        record_id=pen.new_id(),
        case_id=youth.case_id,
        service=Service.ADVOCACY,
        received_at=received_at,
    )
    pen.add(advocacy, received_at + timedelta(minutes=20))
    goals = write_goals(pen, youth, plan)
    write_team(pen, youth, received_at)
    write_missing(pen, youth, plan)
    for place, (phase, _) in enumerate(plan.phases):
        is_last = place + 1 == len(plan.phases)
        ends_ago = None if is_last else begins_ago[place + 1] + 1
        write_phase(pen, youth, plan, advocacy, phase, begins_ago[place], ends_ago)
        write_contacts(pen, youth, plan, phase, begins_ago[place], ends_ago or 0, goals)
    if plan.survivor is not None:
        write_survivor(pen, youth, plan, plan.survivor)
    if plan.parent is not None:
        write_parent(pen, youth, plan, plan.parent)
