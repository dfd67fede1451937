"""The tables of the device's store, as SQLModel classes: one a kind of record, named as its noun.

A table has the columns of its domain class, no more and no less (a test compares them), and no
foreign key to another record: what a record points to may arrive later, in any order. The tables
of `device.py` are the device's own and never travel.
"""

from field_app.store.tables.agency import StaffMemberRow, WaiverRow
from field_app.store.tables.contact import ContactRow, GoalRow
from field_app.store.tables.device import ChangeRow, DraftRow, PreferenceRow
from field_app.store.tables.header import RecordRow
from field_app.store.tables.participant import ParticipantRow, TeamMemberRow
from field_app.store.tables.service import (
    DecisionRow,
    DocumentRow,
    FirstResponseRow,
    MissingEpisodeRow,
    PhasePeriodRow,
    ReferralRow,
    ServicePeriodRow,
)

SCHEMA_VERSION = 1
"""Version of the tables below. A step of `migrations.py` leads to every later one."""

TABLES: dict[str, type[RecordRow]] = {
    str(table.__tablename__): table
    for table in (
        ParticipantRow,
        TeamMemberRow,
        ReferralRow,
        FirstResponseRow,
        ServicePeriodRow,
        PhasePeriodRow,
        DecisionRow,
        ContactRow,
        GoalRow,
        DocumentRow,
        MissingEpisodeRow,
        WaiverRow,
        StaffMemberRow,
    )
}
"""The table of every kind of record, by the kind's word (`domain.kinds`)."""

__all__ = [
    "SCHEMA_VERSION",
    "TABLES",
    "ChangeRow",
    "ContactRow",
    "DecisionRow",
    "DocumentRow",
    "DraftRow",
    "FirstResponseRow",
    "GoalRow",
    "MissingEpisodeRow",
    "ParticipantRow",
    "PhasePeriodRow",
    "PreferenceRow",
    "RecordRow",
    "ReferralRow",
    "ServicePeriodRow",
    "StaffMemberRow",
    "TeamMemberRow",
    "WaiverRow",
]
