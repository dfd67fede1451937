"""The kinds of record and the words that name them on disk, in import files and on the wire.

One registry, read by the store, by import and export, and by sync: a kind that is not here does
not exist anywhere.
"""

from field_app.domain.contact import Contact, Goal
from field_app.domain.participant import Participant, TeamMember
from field_app.domain.record import Record
from field_app.domain.service import (
    Decision,
    DocumentDone,
    FirstResponse,
    MissingEpisode,
    PhasePeriod,
    Referral,
    ServicePeriod,
    Waiver,
)
from field_app.domain.staff import StaffMember

KINDS: dict[str, type[Record]] = {
    "participant": Participant,
    "team_member": TeamMember,
    "referral": Referral,
    "first_response": FirstResponse,
    "service_period": ServicePeriod,
    "phase_period": PhasePeriod,
    "decision": Decision,
    "contact": Contact,
    "goal": Goal,
    "document": DocumentDone,
    "missing_episode": MissingEpisode,
    "waiver": Waiver,
    "staff_member": StaffMember,
}

KIND_OF: dict[type[Record], str] = {record: kind for kind, record in KINDS.items()}
