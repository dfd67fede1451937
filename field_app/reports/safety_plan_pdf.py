"""A safety plan for print, one audience at a time. Who may have it is the service's question."""

from collections.abc import Iterable
from datetime import datetime

from field_app.domain.records.contact import COUNTY_ZONE
from field_app.domain.records.safety_plan import (
    PlanAcknowledgement,
    PlanAudience,
    PlanEntry,
    PlanSection,
    SafetyPlanKind,
    SafetyPlanVersion,
    entries_for,
)
from field_app.locales.catalog import Translator
from field_app.reports.sheet import Sheet
from field_app.reports.sheet_pdf import SheetPdf


def safety_plan_pdf(
    version: SafetyPlanVersion,
    *,
    number: int,
    audience: PlanAudience,
    is_shared: bool,
    acknowledgements: Iterable[PlanAcknowledgement],
    language: str,
    made_at: datetime,
) -> Sheet:
    """Return one audience's part of a version as a sheet.

    A shared sheet leaves out what is not safe to share, and who helped to make the plan.
    """
    say = Translator(language)
    pdf = SheetPdf(page_words=say("sheet.page"), made_at=made_at, language=say.language)
    pdf.title(say.word(version.plan_kind))
    finished = (version.finished_at or made_at).astimezone(COUNTY_ZONE)
    pdf.small(say("safety_plan_sheet.version", number=number, date=say.date(finished.date())))
    pdf.small(say("safety_plan_sheet.shared" if is_shared else "safety_plan_sheet.own"))
    if version.covers_until is not None:
        ends = version.covers_until.astimezone(COUNTY_ZONE)
        pdf.small(say("safety_plan_sheet.covers", date=say.date(ends.date()), time=say.time(ends)))
    for section, entries in _sections(version, audience, is_shared).items():
        pdf.heading(say.word(section))
        for entry in entries:
            pdf.bullet(entry.words)
    if version.contributors and not is_shared:
        pdf.heading(say("safety_plan_sheet.contributors"))
        for contributor in version.contributors:
            who = say.word(contributor.person)
            pdf.bullet(f"{who}: {contributor.name}" if contributor.name else who)
    if version.review_on is not None:
        pdf.gap()
        pdf.text(say("safety_plan_sheet.review", date=say.date(version.review_on)))
    marks = list(acknowledgements)
    if marks:
        pdf.heading(say("safety_plan_sheet.seen"))
        for mark in marks:
            pdf.mark(say.word(mark.person), mark.initials, mark.strokes)
    return pdf.finish(f"plan-{finished:%Y-%m-%d}.pdf")


def _sections(
    version: SafetyPlanVersion, audience: PlanAudience, is_shared: bool
) -> dict[PlanSection, list[PlanEntry]]:
    shown = [entry for entry in version.entries if not (is_shared and entry.safe_to_share is False)]
    found = entries_for(shown, audience)
    if version.plan_kind is SafetyPlanKind.COURT and PlanSection.COURT in found:
        # On the day itself nobody turns pages: the court's part comes right after the strengths.
        first = [s for s in (PlanSection.STRENGTHS, PlanSection.COURT) if s in found]
        rest = [s for s in found if s not in first]
        return {section: found[section] for section in [*first, *rest]}
    return found
