"""Sheets for print or sharing: only for those who may have them, and logged when they leave.

The PDF library takes a third of the app's start: it is loaded when a sheet is made.
"""

from datetime import date

from field_app.domain.policy.program import EmpowermentTerms, Program
from field_app.domain.records.contact import Goal
from field_app.domain.records.empowerment import EmpowermentTarget
from field_app.domain.records.hand_over import AlreadyTold, HandOverPage
from field_app.domain.records.participant import Participant
from field_app.domain.records.record import named_id
from field_app.domain.records.release import (
    DataClass,
    Disclosure,
    LegalBasis,
    Release,
    live_release,
)
from field_app.domain.records.safety_plan import (
    PlanAcknowledgement,
    PlanAudience,
    SafetyPlanVersion,
    in_order,
)
from field_app.errors import InputError
from field_app.reports.sheet import Sheet
from field_app.services.empowerment import EmpowermentService
from field_app.services.lookup import require
from field_app.services.notebook import Notebook
from field_app.services.safety_plans import release_for_plan
from field_app.store.repositories.records import Records


class SheetService:
    """Makes sheets; every one that is not the person's own needs a live release."""

    def __init__(self, notebook: Notebook, program: Program) -> None:
        """Work in an open notebook; the program names the topics of a certificate."""
        self._notebook = notebook
        self._program = program

    def safety_plan(
        self,
        version_id: str,
        *,
        language: str,
        audience: PlanAudience = PlanAudience.YOUTH,
        recipient: str = "",
    ) -> Sheet:
        """Return a version for print: the youth's own copy, or a part for one recipient.

        The disclosure is logged in the same transaction.

        Raises:
            InputError: No release for safety plans to this recipient is in force.
        """
        from field_app.reports.safety_plan_pdf import safety_plan_pdf

        now, today = self._notebook.now(), self._notebook.today()
        with self._notebook.write() as records:
            version = require(records, SafetyPlanVersion, version_id)
            release = None
            if audience is not PlanAudience.YOUTH or recipient.strip():
                release = release_for_plan(records, version.case_id, recipient, today)
            numbers = in_order(
                one
                for one in records.of_case(SafetyPlanVersion, version.case_id)
                if one.plan_id == version.plan_id
            )
            marks = [
                mark
                for mark in records.of_case(PlanAcknowledgement, version.case_id)
                if mark.version_id == version_id
            ]
            sheet = safety_plan_pdf(
                version,
                number=numbers.index(version) + 1,
                audience=audience,
                is_shared=release is not None,
                acknowledgements=marks,
                language=language,
                made_at=now,
            )
            self._log(records, version.case_id, DataClass.SAFETY_PLAN, recipient, release)
            return sheet

    def hand_over(self, case_id: str, *, language: str, recipient: str = "") -> Sheet:
        """Return the hand-over page: the youth's own, or for one recipient under a release.

        Raises:
            InputError: There is no page yet, or no release for it to this recipient is in force.
        """
        from field_app.reports.hand_over_pdf import hand_over_pdf

        now, today = self._notebook.now(), self._notebook.today()
        with self._notebook.write() as records:
            participant = require(records, Participant, case_id, field="case_id")
            page = require(records, HandOverPage, named_id(case_id, "hand_over_page"))
            release = None
            if recipient.strip():
                release = live_release(
                    records.of_case(Release, case_id),
                    DataClass.HAND_OVER,
                    today,
                    recipient=recipient,
                )
                if release is None:
                    raise InputError(
                        "No release is in force for the hand-over page to this recipient. "
                        "Ask the youth, and write the release first.",
                        field="recipient",
                        code="no_live_release",
                    )
            sheet = hand_over_pdf(
                page,
                alias=participant.alias,
                told=records.of_case(AlreadyTold, case_id),
                goals=records.of_case(Goal, case_id),
                safe_contact=participant.safe_contact,
                language=language,
                made_at=now,
            )
            self._log(records, case_id, DataClass.HAND_OVER, recipient, release)
            return sheet

    def certificate(
        self, case_id: str, *, name: str, language: str, completed_on: date | None = None
    ) -> Sheet:
        """Return the certificate of the Parent Empowerment Program: the parent's own paper.

        Raises:
            InputError: The program is not complete, or the name is empty.
        """
        from field_app.reports.certificate_pdf import certificate_pdf

        day = completed_on or self._notebook.today()
        terms = self._terms(day)
        target = EmpowermentTarget(terms.sessions, terms.session_minutes, len(terms.topics))
        return certificate_pdf(
            name=name,
            progress=EmpowermentService(self._notebook, target).progress(case_id),
            completed_on=day,
            language=language,
            made_at=self._notebook.now(),
        )

    def topics(self, language: str) -> list[str]:
        """Return the names of the Parent Empowerment Program's topics, in their order."""
        return _names(self._terms(self._notebook.today()), language)

    def _terms(self, day: date) -> EmpowermentTerms:
        version = self._program.version_on(day.toordinal()) or self._program.versions[-1]
        return version.empowerment

    def _log(
        self,
        records: Records,
        case_id: str,
        data_class: DataClass,
        recipient: str,
        release: Release | None,
    ) -> None:
        records.save(
            Disclosure(
                case_id=case_id,
                recipient=recipient.strip(),
                data_classes=(data_class,),
                disclosed_at=self._notebook.now(),
                basis=LegalBasis.OWN_COPY if release is None else LegalBasis.RELEASE,
                release_id=None if release is None else release.record_id,
            )
        )


def _names(terms: EmpowermentTerms, language: str) -> list[str]:
    return [topic.es if language == "es" else topic.en for topic in terms.topics]
