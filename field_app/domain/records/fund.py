"""The restoration fund: purchases for a youth, in whole cents, from wish to reimbursement.

Nothing blocks in the field: a purchase above a limit is written down like any other and waits for
an approval. What was spent before the answer came counts as spent. Limits are settings of the fund.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from field_app.domain.records.items import Item
from field_app.domain.records.record import Record


class PurchaseCategory(StrEnum):
    """The nine categories of FYI 19-32, and other, which needs a justification (RFD-03)."""

    THERAPEUTIC_RECREATIONAL = "therapeutic_recreational"
    SPORTS = "sports"
    COLLEGE_TOURS = "college_tours"
    TUTORING = "tutoring"
    CONFERENCE_FEES = "conference_fees"
    HYGIENE_SELF_CARE = "hygiene_self_care"
    DIAPERS_BABY = "diapers_baby"
    CLOTHING = "clothing"
    BOOKS = "books"
    OTHER = "other"


SENSITIVE_CATEGORIES = frozenset({PurchaseCategory.DIAPERS_BABY})
"""Categories that tell something about the youth; shared lists show them as other (RFD-10)."""


class Aim(StrEnum):
    """What a purchase supports; at least one (RFD-02)."""

    SAFETY = "safety"
    PERMANENCY = "permanency"
    WELL_BEING = "well_being"
    SELF_SUFFICIENCY = "self_sufficiency"


class PurchaseState(StrEnum):
    """Where a purchase stands."""

    PLANNED = "planned"
    NEEDS_APPROVAL = "needs_approval"
    APPROVED = "approved"
    REFUSED = "refused"
    BOUGHT = "bought"
    REIMBURSED = "reimbursed"


class FundPurpose(StrEnum):
    """Restoration fund, or incentives for taking part, which are kept apart (PRA-19)."""

    RESTORATION = "restoration"
    INCENTIVES = "incentives"


TRANSITIONS: dict[PurchaseState, frozenset[PurchaseState]] = {
    PurchaseState.PLANNED: frozenset(
        {PurchaseState.NEEDS_APPROVAL, PurchaseState.APPROVED, PurchaseState.BOUGHT}
    ),
    PurchaseState.NEEDS_APPROVAL: frozenset(
        {PurchaseState.APPROVED, PurchaseState.BOUGHT, PurchaseState.REFUSED}
    ),
    PurchaseState.APPROVED: frozenset(
        {PurchaseState.BOUGHT, PurchaseState.NEEDS_APPROVAL, PurchaseState.REFUSED}
    ),
    PurchaseState.REFUSED: frozenset({PurchaseState.NEEDS_APPROVAL}),
    PurchaseState.BOUGHT: frozenset({PurchaseState.NEEDS_APPROVAL, PurchaseState.REIMBURSED}),
    PurchaseState.REIMBURSED: frozenset(),
}
"""Where a purchase may go from a state. A corrected amount can send one back for approval."""


@dataclass(frozen=True, kw_only=True)
class Allocation(Item):
    """Money put into a fund (negative: taken out)."""

    on: date | None = None
    amount_cents: int = 0
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Fund(Record):
    """A fund of the agency, with its limits. Lives in the agency's case.

    Attributes:
        name: As the agency calls it.
        purpose: Restoration or incentives.
        currency: ISO 4217 code of every amount in it.
        allocations: Money put in.
        approval_above_cents: A purchase above this waits for approval; 0 means every one does
            (the default: RFD-01), None means none does.
        purchase_cap_cents: Largest single purchase without approval; None for no cap.
        youth_quarter_cap_cents: Most for one youth in a calendar quarter without approval.
        is_active: Whether it is offered for new purchases.
    """

    name: str = ""
    purpose: FundPurpose = FundPurpose.RESTORATION
    currency: str = "USD"
    allocations: tuple[Allocation, ...] = ()
    approval_above_cents: int | None = 0
    purchase_cap_cents: int | None = None
    youth_quarter_cap_cents: int | None = None
    is_active: bool = True


@dataclass(frozen=True, kw_only=True)
class PurchaseMove(Item):
    """A move from one state to the next: who, when, and why."""

    state: PurchaseState = PurchaseState.PLANNED
    at: datetime | None = None
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Correction(Item):
    """What stood there before a correction, and why it was made."""

    at: datetime | None = None
    by: str = ""
    reason: str = ""
    was_cents: int = 0
    was_category: PurchaseCategory = PurchaseCategory.OTHER


@dataclass(frozen=True, kw_only=True)
class Purchase(Record):
    """One purchase for one youth.

    Attributes:
        fund_id: The fund that pays.
        category: One of the nine, or other.
        justification: Why, for other (RFD-03).
        aims: What it supports; at least one.
        amount_cents: In the smallest unit of the currency; never negative.
        currency: ISO 4217 code, that of the fund.
        vendor: Where it is bought.
        what: What it is, in a few words.
        needed_on: Local day it was written down for; decides the quarter of the cap.
        bought_on: Local day on which money was spent; None while it was not.
        receipt_id: Record id of the receipt's attachment; None while it is missing.
        no_receipt_reason: Why there is none, when there will not be one.
        state: Where it stands.
        moves: How it got there.
        corrections: What stood there before, with the reasons.
        requested_by: Staff id of whoever wrote it down first: somebody else approves.
    """

    fund_id: str = ""
    category: PurchaseCategory = PurchaseCategory.OTHER
    justification: str = ""
    aims: tuple[Aim, ...] = ()
    amount_cents: int = 0
    currency: str = "USD"
    vendor: str = ""
    what: str = ""
    needed_on: date | None = None
    bought_on: date | None = None
    receipt_id: str | None = None
    no_receipt_reason: str = ""
    state: PurchaseState = PurchaseState.PLANNED
    moves: tuple[PurchaseMove, ...] = ()
    corrections: tuple[Correction, ...] = ()
    requested_by: str = ""

    @property
    def is_spent(self) -> bool:
        """Whether the fund's money is gone: bought, or bought and waiting for the approval."""
        if self.state in (PurchaseState.BOUGHT, PurchaseState.REIMBURSED):
            return True
        return self.state is PurchaseState.NEEDS_APPROVAL and self.bought_on is not None

    @property
    def is_committed(self) -> bool:
        """Whether it may still cost the fund its amount."""
        return not self.is_spent and self.state in (
            PurchaseState.NEEDS_APPROVAL,
            PurchaseState.APPROVED,
        )

    @property
    def lacks_receipt(self) -> bool:
        """Whether money was spent and no receipt is there, nor a reason why not."""
        return self.is_spent and self.receipt_id is None and not self.no_receipt_reason
