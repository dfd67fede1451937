"""Services a participant receives, the phases of advocacy, and the decisions that move their ends.

They are small records of their own, so that two people who extend a phase and log its end on two
phones never edit one row. What they mean for due dates is the program engine's work.
"""

from dataclasses import dataclass
from datetime import date, datetime

from field_app.domain.records.first_response import (
    BackpackItem,
    HandOff,
    Necessity,
    PartyPresent,
    PlacementType,
    ReferralSource,
)
from field_app.domain.records.missing import PersonTold
from field_app.domain.records.record import Record
from field_app.domain.vocabulary import DecisionKind, DocumentKind, Phase, Service


@dataclass(frozen=True, kw_only=True)
class Referral(Record):
    """The referral and its assignment by DCFS (REF-01 to REF-14).

    Attributes:
        submitted_at: When the CSW e-mailed the referral (the stricter clock is shown, REF-14).
        assigned_at: When the agency received the Assignment Alert: the clock of intake deadlines.
        csw_contacted_at: When the agency and the CSW talked (REF-12).
        reasons: Reasons ticked on the form, as the agency words them (REF-11).
        youth_amenable: Whether the youth wants to work with an advocate (REF-09).
        scsw_approved_on: Day of the supervising CSW's approval (REF-10).
        was_missing: Whether the youth was missing at referral (REF-05).
        override_reason: Why a supervisor took the referral all the same; mostly empty.
        override_by: Who decided so.
    """

    submitted_at: datetime | None = None
    assigned_at: datetime | None = None
    csw_contacted_at: datetime | None = None
    reasons: tuple[str, ...] = ()
    youth_amenable: bool | None = None
    scsw_approved_on: date | None = None
    was_missing: bool = False
    override_reason: str = ""
    override_by: str = ""


@dataclass(frozen=True, kw_only=True)
class FirstResponse(Record):
    """A first response: the call (T0), the arrival, and what the protocol asks for after it.

    Attributes:
        called_at: Call from DCFS or Probation: T0 of every clock (FRP-02).
        source: Who called (DAT-27); None when nobody wrote it down.
        arrived_at: In person ("I am here", FRP-03).
        late_reason: A `LateReason` when the arrival took longer than the protocol allows.
        late_note: What the reason's word does not say.
        parties: Who took part in the joint response (FRP-05).
        necessities: Basic necessities given (FRP-06).
        backpack: What was given of the backpack (FRP-07).
        safety_plan_at: When the 72-hour safety plan was made (FRP-08).
        medical_hub_at: When the hub was offered, accompanied or declined; never clinical detail.
        medical_hub_outcome: "offered", "accompanied" or "declined".
        emergency_mdt_at: When an emergency MDT met, if one did (FRP-16).
        initial_mdt_at: When the initial MDT met.
        hotline_called_at: When the Child Protection Hotline was called (FRP-22).
        hotline_called_by: Role of whoever called it; mostly not the advocate.
        csw_arrived_at: When the CSW came: another agency's duty, only observed (FRP-04).
        placement: Where the youth stays for now, by type only (FRP-24).
        hand_offs: From one on-call advocate to the next (FRP-10).
        available_until: Until when an advocate stays with or close to the youth (FRP-10).
        not_needed_at: When the youth no longer needed somebody close, before that.
        closed_on: Last local day of case management, when it ended.
        close_reason: Why it ended before its floor.
    """

    called_at: datetime | None = None
    source: ReferralSource | None = None
    arrived_at: datetime | None = None
    late_reason: str = ""
    late_note: str = ""
    parties: tuple[PartyPresent, ...] = ()
    necessities: tuple[Necessity, ...] = ()
    backpack: tuple[BackpackItem, ...] = ()
    safety_plan_at: datetime | None = None
    medical_hub_at: datetime | None = None
    medical_hub_outcome: str = ""
    emergency_mdt_at: datetime | None = None
    initial_mdt_at: datetime | None = None
    hotline_called_at: datetime | None = None
    hotline_called_by: str = ""
    csw_arrived_at: datetime | None = None
    placement: PlacementType | None = None
    hand_offs: tuple[HandOff, ...] = ()
    available_until: datetime | None = None
    not_needed_at: datetime | None = None
    closed_on: date | None = None
    close_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ServicePeriod(Record):
    """One service given to one participant, from the day the agency received it.

    Attributes:
        service: Which service.
        received_at: When the agency received the referral for it: the clock of first contacts.
        ended_on: Last local day, inclusive; None while it goes on.
        end_reason: In plain words.
        empowerment_offered_on: Parent advocacy: when the Parent Empowerment Program was offered.
        empowerment_answer: "accepted", "declined" or "later".
    """

    service: Service = Service.ADVOCACY
    received_at: datetime | None = None
    ended_on: date | None = None
    end_reason: str = ""
    empowerment_offered_on: date | None = None
    empowerment_answer: str = ""


@dataclass(frozen=True, kw_only=True)
class PhasePeriod(Record):
    """One phase of advocacy; both days are inclusive, the next phase starts the day after."""

    service_period_id: str = ""
    phase: Phase = Phase.STABILIZATION
    starts_on: date | None = None
    ends_on: date | None = None
    end_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Decision(Record):
    """A dated decision: a first month or a phase is extended, or the youth has stabilized.

    Attributes:
        period_id: The service period (first month) or phase period that it moves.
        decision: Extended (needs `until`) or stabilized.
        decided_on: Local day of the decision.
        until: New last day of an extension, inclusive.
        reason: Why, in plain words.
    """

    period_id: str = ""
    decision: DecisionKind = DecisionKind.EXTENDED
    decided_on: date | None = None
    until: date | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class DocumentDone(Record):
    """A paper that was given or finished (packet, assessment, plan), on a local day.

    `outcome` is "done", or why a parent's packet was closed without it: "not_safe", "no_parent",
    "declined".
    """

    document: DocumentKind = DocumentKind.INTRODUCTORY_PACKET_PARTICIPANT
    done_on: date | None = None
    outcome: str = "done"
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class MissingEpisode(Record):
    """Days on which a youth was missing from care. Nothing is excused or closed by it.

    Attributes:
        missing_from: First local day.
        returned_on: Last local day missing, inclusive; None while the youth is missing.
        reported_to: Who was told, as short words of an import file.
        told: Who was told, when, how, and under which number (ATM-07, X-12).
        note: What matters for the next contact; no story is required.
    """

    missing_from: date | None = None
    returned_on: date | None = None
    reported_to: tuple[str, ...] = ()
    told: tuple[PersonTold, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Waiver(Record):
    """A dated, agency-wide permission: on its days, video counts as a face-to-face visit."""

    covers: str = "video"
    starts_on: date | None = None
    ends_on: date | None = None
    source: str = ""
