"""Work beside contacts, written through the services as a person would: a plan, sessions, an MDT.

One youth's safety plan and team meeting, and the first sessions of the parents in the empowerment
program. Money is left out: a fund is a manager's to make, and reaches an advocate by sync.
"""

from datetime import timedelta

from field_app.domain.records.gatherings import Meeting, MeetingDecision, MeetingKind
from field_app.domain.records.participant import Participant
from field_app.domain.records.record import new_id
from field_app.domain.records.safety_plan import PlanEntry, PlanSection
from field_app.domain.vocabulary import ParticipantKind, Phase
from field_app.services.empowerment import SessionEntry
from field_app.services.workspace import Workspace

PLAN = (
    (PlanSection.STRENGTHS, "I make people laugh, and I notice when something is off."),
    (PlanSection.TRIGGERS, "Shouting in the next room."),
    (PlanSection.WHAT_HELPS, "Music on, door open, cold water."),
    (PlanSection.SAFE_PLACES, "The library on the corner."),
)

SESSIONS = ((21, (1, 2)), (14, (3,)), (7, (4,)))
"""Days ago on which a session was held, and the topics it covered."""


def write_everyday_work(workspace: Workspace) -> None:
    """Write it into a store that holds the demo's caseload."""
    entries = workspace.caseload.entries()
    steady = [entry.participant for entry in entries if entry.phase is Phase.MAINTENANCE]
    for youth in steady[:1]:
        _write_plan(workspace, youth)
        _write_meeting(workspace, youth)
    for entry in entries:
        is_parent = entry.participant.participant_kind is ParticipantKind.PARENT
        if is_parent and entry.participant.contact_safe:
            _write_sessions(workspace, entry.participant)


def _write_plan(workspace: Workspace, youth: Participant) -> None:
    plan = workspace.safety_plans.begin(youth.case_id)
    for section, words in PLAN:
        workspace.safety_plans.put_entry(
            plan.record_id, PlanEntry(item_id=new_id(), section=section, words=words)
        )


def _write_meeting(workspace: Workspace, youth: Participant) -> None:
    now = workspace.notebook.now()
    workspace.meetings.log(
        Meeting(
            record_id=new_id(),
            case_id=youth.case_id,
            meeting_kind=MeetingKind.ONGOING_MDT,
            held_at=now - timedelta(days=9),
            minutes=50,
            youth_present=True,
            youth_voice="I want to stay at my school.",
            decisions=(
                MeetingDecision(
                    item_id=new_id(),
                    words="The school stays the same; a bus pass is asked for.",
                    who="CSW",
                ),
            ),
            next_on=(now + timedelta(days=19)).date(),
        )
    )


def _write_sessions(workspace: Workspace, parent: Participant) -> None:
    now = workspace.notebook.now()
    for days_ago, topics in SESSIONS:
        workspace.empowerment.log(
            parent.case_id, SessionEntry(topics=topics, held_at=now - timedelta(days=days_ago))
        )
