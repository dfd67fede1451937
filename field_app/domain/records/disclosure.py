"""What may stand in anything that leaves for the county or a funder: the private parts are cut.

A stage of change is never shown to the county (PRA-12); what a youth says about themselves, and
duties of the law, stay inside; a category that tells of a child is shown as other (RFD-10).
"""

from dataclasses import replace
from typing import Any

from field_app.domain.records.codec import to_json
from field_app.domain.records.contact import Contact, Goal
from field_app.domain.records.duties import RecordsDemand, ReporterFollowUp
from field_app.domain.records.fund import SENSITIVE_CATEGORIES, Purchase, PurchaseCategory
from field_app.domain.records.hand_over import AlreadyTold, HandOverPage
from field_app.domain.records.items import without_unknown
from field_app.domain.records.missing import WelcomeBack
from field_app.domain.records.profile import Profile
from field_app.domain.records.record import Record, own_fields
from field_app.domain.records.safety_plan import PlanAcknowledgement, SafetyPlan, SafetyPlanVersion

NEVER_SHARED: tuple[type[Record], ...] = (
    AlreadyTold,
    HandOverPage,
    PlanAcknowledgement,
    Profile,
    RecordsDemand,
    ReporterFollowUp,
    SafetyPlan,
    SafetyPlanVersion,
    WelcomeBack,
)
"""Kinds that stay, whole: they go out only to a named recipient under a live release."""

PRIVATE_FIELDS: dict[type[Record], frozenset[str]] = {
    Goal: frozenset({"stages"}),
    # The narrative of a contact is privileged: counts go out, notes do not.
    Contact: frozenset({"note"}),
    Purchase: frozenset({"what", "vendor", "justification", "corrections", "moves"}),
}


def for_county(record: Record) -> dict[str, Any] | None:
    """Return a record's JSON values without what the county never sees; None when it stays whole.

    Fields of newer versions are left out: this version cannot judge them.
    """
    if isinstance(record, NEVER_SHARED):
        return None
    own = {name: without_unknown(getattr(record, name)) for name in own_fields(type(record))}
    values = to_json(replace(record, **own))
    hidden = PRIVATE_FIELDS.get(type(record), frozenset()) | set(record.extra)
    shared = {name: value for name, value in values.items() if name not in hidden}
    if isinstance(record, Purchase) and record.category in SENSITIVE_CATEGORIES:
        shared["category"] = PurchaseCategory.OTHER.value
    return shared
