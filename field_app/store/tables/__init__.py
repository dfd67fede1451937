"""The tables of the device's store, as SQLModel classes: one a kind of record, named as its noun.

A table has the columns of its domain class, no more and no less (a test compares them), and no
foreign key to another record: what a record points to may arrive later, in any order. The tables
of `device.py` are the device's own and never travel.
"""

from field_app.store.tables.agency import (
    AgencySettingRow,
    StaffMemberRow,
    TrainingDoneRow,
    WaiverRow,
)
from field_app.store.tables.attachment import AttachmentRow
from field_app.store.tables.conflict import ConflictRow
from field_app.store.tables.contact import ContactRow, GoalRow
from field_app.store.tables.device import ChangeRow, DraftRow, PreferenceRow
from field_app.store.tables.fund import FundRow, PurchaseRow
from field_app.store.tables.gatherings import (
    CourtSupportRow,
    EmpowermentSessionRow,
    MeetingRow,
    WorkshopAttendanceRow,
)
from field_app.store.tables.hand_over import AlreadyToldRow, HandOverPageRow, WelcomeBackRow
from field_app.store.tables.header import RecordRow
from field_app.store.tables.participant import ParticipantRow, TeamMemberRow
from field_app.store.tables.plans import (
    AdvocacyPlanRow,
    LinkageRow,
    ScreeningResultRow,
    StrengthsNeedsAssessmentRow,
)
from field_app.store.tables.profile import PlacementPeriodRow, ProfileRow
from field_app.store.tables.release import (
    ConfidentialityTalkRow,
    DisclosureRow,
    RecordsDemandRow,
    ReleaseRow,
    ReporterFollowUpRow,
)
from field_app.store.tables.replica import LOCAL_PREFIX
from field_app.store.tables.safety_plan import (
    PlanAcknowledgementRow,
    PlanCopyRow,
    SafetyPlanRow,
    SafetyPlanVersionRow,
)
from field_app.store.tables.service import (
    DecisionRow,
    DocumentRow,
    FirstResponseRow,
    MissingEpisodeRow,
    PhasePeriodRow,
    ReferralRow,
    ServicePeriodRow,
)
from field_app.store.tables.visit_check import VisitCheckRow

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
        SafetyPlanRow,
        SafetyPlanVersionRow,
        PlanAcknowledgementRow,
        PlanCopyRow,
        StrengthsNeedsAssessmentRow,
        AdvocacyPlanRow,
        LinkageRow,
        ScreeningResultRow,
        FundRow,
        PurchaseRow,
        EmpowermentSessionRow,
        WorkshopAttendanceRow,
        MeetingRow,
        CourtSupportRow,
        ReleaseRow,
        DisclosureRow,
        ConfidentialityTalkRow,
        ReporterFollowUpRow,
        RecordsDemandRow,
        AlreadyToldRow,
        HandOverPageRow,
        WelcomeBackRow,
        VisitCheckRow,
        ProfileRow,
        PlacementPeriodRow,
        AttachmentRow,
        TrainingDoneRow,
        AgencySettingRow,
        ConflictRow,
    )
}
"""The table of every kind of record, by the kind's word (`domain.records.kinds`)."""

__all__ = [
    "LOCAL_PREFIX",
    "SCHEMA_VERSION",
    "TABLES",
    "AdvocacyPlanRow",
    "AgencySettingRow",
    "AlreadyToldRow",
    "AttachmentRow",
    "ChangeRow",
    "ConfidentialityTalkRow",
    "ConflictRow",
    "ContactRow",
    "CourtSupportRow",
    "DecisionRow",
    "DisclosureRow",
    "DocumentRow",
    "DraftRow",
    "EmpowermentSessionRow",
    "FirstResponseRow",
    "FundRow",
    "GoalRow",
    "HandOverPageRow",
    "LinkageRow",
    "MeetingRow",
    "MissingEpisodeRow",
    "ParticipantRow",
    "PhasePeriodRow",
    "PlacementPeriodRow",
    "PlanAcknowledgementRow",
    "PlanCopyRow",
    "PreferenceRow",
    "ProfileRow",
    "PurchaseRow",
    "RecordRow",
    "RecordsDemandRow",
    "ReferralRow",
    "ReleaseRow",
    "ReporterFollowUpRow",
    "SafetyPlanRow",
    "SafetyPlanVersionRow",
    "ScreeningResultRow",
    "ServicePeriodRow",
    "StaffMemberRow",
    "StrengthsNeedsAssessmentRow",
    "TeamMemberRow",
    "TrainingDoneRow",
    "VisitCheckRow",
    "WaiverRow",
    "WelcomeBackRow",
    "WorkshopAttendanceRow",
]
