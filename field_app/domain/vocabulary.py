"""The field's words as they are stored: one enumeration a word list.

The values are the ones of scenario files and of import files (`rules.md`), and never change once
released; what a person reads is translated from them (`locales/`).
"""

from enum import StrEnum


class ParticipantKind(StrEnum):
    """Whom a case is about; a parent or caregiver is a participant, linked to a youth."""

    YOUTH = "youth"
    PARENT = "parent"


class Service(StrEnum):
    """A service of FYI 19-32 that is given to one participant."""

    ADVOCACY = "advocacy"
    SURVIVOR_ADVOCACY = "survivor_advocacy"
    PARENT_ADVOCACY = "parent_advocacy"


class Phase(StrEnum):
    """A phase of advocacy, in the order in which they follow each other."""

    FIRST_RESPONSE = "first_response"
    STABILIZATION = "stabilization"
    MAINTENANCE = "maintenance"
    TRANSITION = "transition"


class Channel(StrEnum):
    """How a contact happened, or was tried."""

    FACE_TO_FACE = "face_to_face"
    PHONE = "phone"
    TEXT = "text"
    SOCIAL_MEDIA = "social_media"
    VIDEO = "video"
    EMAIL = "email"


class Outcome(StrEnum):
    """What became of a contact. Only `reached` is credited; the rest are attempts."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class PlaceType(StrEnum):
    """The kind of place of a visit. Never an address, which could lead someone to a child."""

    HOME = "home"
    PLACEMENT = "placement"
    SCHOOL = "school"
    COURT = "court"
    COMMUNITY = "community"
    OFFICE = "office"
    HOSPITAL = "hospital"
    DETENTION = "detention"
    VEHICLE = "vehicle"
    OTHER = "other"


class ContactPurpose(StrEnum):
    """What a contact was about, for tagging with one tap (POL-04, MNT-04, SUR-02). Never needed."""

    RAPPORT = "rapport"
    GOALS = "goals"
    SAFETY_PLANNING = "safety_planning"
    ASSESSMENT = "assessment"
    CASE_MANAGEMENT = "case_management"
    STABILIZATION = "stabilization"
    CRISIS_RESPONSE = "crisis_response"
    SUPPORT_SYSTEM = "support_system"
    REFERRAL = "referral"
    WORKSHOP = "workshop"
    MEETING = "meeting"
    TESTIFY_SUPPORT = "testify_support"
    TRANSITION = "transition"


class DecisionKind(StrEnum):
    """A dated decision about how long a first month or a phase lasts."""

    EXTENDED = "extended"
    STABILIZED = "stabilized"


class DocumentKind(StrEnum):
    """Papers that the policy asks for by the end of a phase."""

    INTRODUCTORY_PACKET_PARTICIPANT = "introductory_packet.participant"
    INTRODUCTORY_PACKET_PARENT = "introductory_packet.parent"
    STRENGTHS_NEEDS_ASSESSMENT = "strengths_needs_assessment"
    SAFETY_PLAN = "safety_plan"
    ADVOCACY_PLAN = "advocacy_plan"
    TRANSITION_ADVOCACY_PLAN = "transition_advocacy_plan"


class TeamRole(StrEnum):
    """Who else works with the participant."""

    CSW = "csw"
    PROBATION_OFFICER = "probation_officer"
    ATTORNEY = "attorney"
    CLINICIAN = "clinician"
    CAREGIVER = "caregiver"
    SCHOOL = "school"
    DETECTIVE = "detective"
    EDUCATION_CONSULTANT = "education_consultant"
    SURVIVOR_ADVOCATE = "survivor_advocate"
    ON_CALL = "on_call"
    OTHER = "other"
