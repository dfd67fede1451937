"""Releases of information, what was disclosed, and the talk about the limits of confidentiality."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from field_app.domain.records.agency_setting import SettingName
from field_app.domain.records.release import (
    ConfidentialityTalk,
    DataClass,
    Disclosure,
    LegalBasis,
    Release,
    SignerRole,
    live_release,
)
from field_app.errors import InputError
from field_app.services.agency import number_of
from field_app.services.lookup import (
    day_not_in_future,
    require,
    require_participant,
    require_words,
)
from field_app.services.marks import check_mark
from field_app.services.notebook import Notebook

LONGEST_RELEASE_DAYS = 366  # "reasonably time-limited": never longer than a year


@dataclass(frozen=True, kw_only=True)
class ReleaseEntry:
    """What is filled in for a release. Both confirmations have to be given by a person."""

    case_id: str
    recipient: str
    purpose: str
    data_classes: tuple[DataClass, ...]
    signer: SignerRole = SignerRole.YOUTH
    signer_is_not_abuser: bool = False
    youth_agrees: bool = False
    starts_on: date | None = None
    expires_on: date | None = None
    initials: str = ""
    strokes: tuple[str, ...] = ()
    language: str = ""


class ReleaseService:
    """Releases and disclosures of one participant at a time."""

    def __init__(self, notebook: Notebook) -> None:
        """Work in an open notebook."""
        self._notebook = notebook

    def sign(self, entry: ReleaseEntry) -> Release:
        """Save a signed release. It ends after the agency's days (30 unless set) by default.

        Raises:
            InputError: Recipient, purpose or data are missing, several recipients are named, the
                dates are impossible, the signer may be part of the harm, the youth does not agree,
                or there is no mark.
        """
        recipient = require_words(entry.recipient, "Name the one recipient.", "recipient")
        if any(mark in recipient for mark in (";", "\n", " & ")):
            raise InputError(
                "One release is for one recipient. Write another one for each of the others.",
                field="recipient",
                code="one_recipient",
            )
        purpose = require_words(entry.purpose, "Say what it is for.", "purpose")
        if not entry.data_classes:
            raise InputError(
                "Choose what may be shared.", field="data_classes", code="no_data_class"
            )
        if not entry.signer_is_not_abuser:
            raise InputError(
                "Confirm that whoever signs is not part of the harm.",
                field="signer_is_not_abuser",
                code="signer_unsafe",
            )
        if not entry.youth_agrees:
            raise InputError(
                "The youth's own agreement is always needed.",
                field="youth_agrees",
                code="youth_agrees",
            )
        mark = check_mark(entry.initials, entry.strokes)
        with self._notebook.write() as records:
            require_participant(records, entry.case_id)
            starts = entry.starts_on or self._notebook.today()
            days = number_of(records, SettingName.RELEASE_DAYS)
            expires = entry.expires_on or starts + timedelta(days=days)
            if not starts <= expires <= starts + timedelta(days=LONGEST_RELEASE_DAYS):
                raise InputError(
                    "A release ends after it starts, and within a year.",
                    field="expires_on",
                    code="release_dates",
                )
            return records.save(
                Release(
                    case_id=entry.case_id,
                    recipient=recipient,
                    purpose=purpose,
                    data_classes=tuple(dict.fromkeys(entry.data_classes)),
                    starts_on=starts,
                    expires_on=expires,
                    signer=entry.signer,
                    signer_is_not_abuser=True,
                    youth_agrees=True,
                    initials=mark.initials,
                    strokes=mark.strokes,
                    language=entry.language,
                )
            )

    def revoke(self, release_id: str) -> Release:
        """Take a release back from today on; a second time changes nothing."""
        with self._notebook.write() as records:
            release = require(records, Release, release_id)
            day = release.revoked_on or self._notebook.today()
            return records.save(replace(release, revoked_on=day))

    def live_release(
        self,
        case_id: str,
        data_class: DataClass,
        *,
        recipient: str | None = None,
        on: date | None = None,
    ) -> Release | None:
        """Return the release under which a class of data may be told today, or None."""
        day = on or self._notebook.today()
        with self._notebook.read() as records:
            found = records.of_case(Release, case_id)
        return live_release(found, data_class, day, recipient=recipient)

    def disclose(
        self,
        case_id: str,
        *,
        recipient: str,
        data_classes: Iterable[DataClass],
        basis: LegalBasis = LegalBasis.RELEASE,
        basis_note: str = "",
    ) -> list[Disclosure]:
        """Log that something was told, under live releases or another legal basis.

        Returns an entry for each release that it rests on, for an entry names one; one entry
        under another basis.

        Raises:
            InputError: Nothing is named, there is no live release for one of the classes, or
                another basis has no word about where it comes from.
        """
        who = require_words(recipient, "Name the recipient.", "recipient")
        classes = tuple(dict.fromkeys(data_classes))
        if not classes:
            raise InputError("Choose what was told.", field="data_classes", code="no_data_class")
        told: dict[str | None, list[DataClass]] = {}
        with self._notebook.write() as records:
            require_participant(records, case_id)
            if basis is LegalBasis.RELEASE:
                releases = records.of_case(Release, case_id)
                for data_class in classes:
                    release = live_release(
                        releases, data_class, self._notebook.today(), recipient=who
                    )
                    if release is None:
                        raise InputError(
                            "No release is in force for this recipient and these data. "
                            "Ask the youth, and write the release first.",
                            field="data_classes",
                            code="no_live_release",
                        )
                    told.setdefault(release.record_id, []).append(data_class)
            elif basis is not LegalBasis.OWN_COPY and not basis_note.strip():
                raise InputError(
                    "Say what it rests on: the order, the law or the contract.",
                    field="basis_note",
                    code="words_needed",
                )
            return [
                records.save(
                    Disclosure(
                        case_id=case_id,
                        recipient=who,
                        data_classes=tuple(told_under),
                        disclosed_at=self._notebook.now(),
                        basis=basis,
                        basis_note=basis_note.strip(),
                        release_id=release_id,
                    )
                )
                for release_id, told_under in (told or {None: [*classes]}).items()
            ]

    def log_confidentiality_talk(
        self,
        case_id: str,
        *,
        held_on: date | None = None,
        language: str = "",
        understood: bool | None = None,
    ) -> ConfidentialityTalk:
        """Note the talk about the limits of confidentiality (X-01)."""
        day = held_on or self._notebook.today()
        day_not_in_future(day, self._notebook.today(), "held_on")
        with self._notebook.write() as records:
            require_participant(records, case_id)
            return records.save(
                ConfidentialityTalk(
                    case_id=case_id, held_on=day, language=language, understood=understood
                )
            )

    def of_case(self, case_id: str) -> list[Release]:
        """Return a participant's releases, live or not, oldest first."""
        with self._notebook.read() as records:
            return records.of_case(Release, case_id)

    def disclosures(self, case_id: str) -> list[Disclosure]:
        """Return what was disclosed of a participant, oldest first."""
        with self._notebook.read() as records:
            return records.of_case(Disclosure, case_id)

    def confidentiality_talks(self, case_id: str) -> list[ConfidentialityTalk]:
        """Return the talks about confidentiality, oldest first."""
        with self._notebook.read() as records:
            return records.of_case(ConfidentialityTalk, case_id)
