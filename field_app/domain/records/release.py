"""Releases of information: one recipient, one purpose, named data, an end, and a way back (X-02).

Nothing about a participant goes out without a live release or a recorded legal basis (DAT-33), and
a release is never a condition of service.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from field_app.domain.records.record import Record

DEFAULT_RELEASE_DAYS = 30  # reasonably time-limited: X-02 recommends 30 days


class DataClass(StrEnum):
    """What may be released; each is ticked on its own."""

    ATTENDANCE = "attendance"
    SAFETY_PLAN = "safety_plan"
    PLANS_AND_GOALS = "plans_and_goals"
    ASSESSMENT = "assessment"
    LINKAGES = "linkages"
    PLACEMENT = "placement"
    COURT_DATES = "court_dates"
    CONTACT_DETAILS = "contact_details"
    HAND_OVER = "hand_over"


class SignerRole(StrEnum):
    """Who signs; the minor's own agreement is always asked as well (X-04)."""

    YOUTH = "youth"
    PARENT = "parent"
    GUARDIAN = "guardian"
    COURT = "court"


class LegalBasis(StrEnum):
    """Why something was disclosed."""

    RELEASE = "release"
    OWN_COPY = "own_copy"
    COURT_ORDER = "court_order"
    STATUTE = "statute"
    CONTRACT_REPORTING = "contract_reporting"
    EMERGENCY = "emergency"


@dataclass(frozen=True, kw_only=True)
class Release(Record):
    """One release to one recipient.

    Attributes:
        recipient: The one person or office.
        purpose: What for.
        data_classes: What may be told.
        starts_on: First local day.
        expires_on: Last local day, inclusive.
        revoked_on: Local day from which it no longer holds; None while it does.
        signer: Who signed.
        signer_is_not_abuser: Confirmed that whoever signed is not part of the harm (X-04).
        youth_agrees: The youth's own agreement.
        initials: Typed initials, or empty when a mark was drawn.
        strokes: The drawn mark.
        language: In which language it was explained.
    """

    recipient: str = ""
    purpose: str = ""
    data_classes: tuple[DataClass, ...] = ()
    starts_on: date | None = None
    expires_on: date | None = None
    revoked_on: date | None = None
    signer: SignerRole = SignerRole.YOUTH
    signer_is_not_abuser: bool = False
    youth_agrees: bool = False
    initials: str = ""
    strokes: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Disclosure(Record):
    """Something that was told or handed out, to whom, and on which basis (DAT-33)."""

    recipient: str = ""
    data_classes: tuple[DataClass, ...] = ()
    disclosed_at: datetime | None = None
    basis: LegalBasis = LegalBasis.RELEASE
    basis_note: str = ""
    release_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ConfidentialityTalk(Record):
    """The talk about the limits of confidentiality, as the privilege asks for (X-01)."""

    held_on: date | None = None
    language: str = ""
    understood: bool | None = None


def is_live(release: Release, day: date) -> bool:
    """Return whether a release holds on a local day."""
    return (
        not release.deleted
        and release.signer_is_not_abuser
        and release.youth_agrees
        and release.starts_on is not None
        and release.expires_on is not None
        and release.starts_on <= day <= release.expires_on
        and (release.revoked_on is None or day < release.revoked_on)
    )


def live_release(
    releases: Iterable[Release], data_class: DataClass, day: date, *, recipient: str | None = None
) -> Release | None:
    """Return the release under which a class of data may be told on a day, or None.

    With a recipient only a release for that one fits; of several, the one that ends last.
    """
    wanted = None if recipient is None else recipient.strip().casefold()
    fitting = [
        release
        for release in releases
        if is_live(release, day)
        and data_class in release.data_classes
        and wanted in (None, release.recipient.strip().casefold())
    ]
    return max(fitting, key=lambda r: (r.expires_on or day, r.record_id), default=None)
