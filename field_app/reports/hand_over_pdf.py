"""The hand-over page for print: who somebody is and what helps, so that nothing is asked twice."""

from collections.abc import Iterable
from datetime import datetime

from field_app.domain.records.contact import COUNTY_ZONE, Goal
from field_app.domain.records.hand_over import AlreadyTold, HandOverPage, HandOverSection
from field_app.domain.records.participant import SafeContact
from field_app.locales.catalog import Translator
from field_app.reports.sheet import Sheet
from field_app.reports.sheet_pdf import SheetPdf


def hand_over_pdf(
    page: HandOverPage,
    *,
    alias: str,
    told: Iterable[AlreadyTold],
    goals: Iterable[Goal],
    safe_contact: SafeContact,
    language: str,
    made_at: datetime,
) -> Sheet:
    """Return the page as a sheet. Of what was told already it names topics, never content."""
    say = Translator(language)
    pdf = SheetPdf(page_words=say("sheet.page"), made_at=made_at, language=say.language)
    pdf.title(alias)
    pdf.text(say("hand_over_sheet.title"), bold=True)
    if page.youth_saw_on is None:
        pdf.small(say("hand_over_sheet.not_yet"))
    else:
        pdf.small(say("hand_over_sheet.youth_saw", date=say.date(page.youth_saw_on)))
    topics = [one.topic for one in told if one.do_not_ask]
    for section in HandOverSection:
        words = [line.words for line in page.lines if line.goes_over and line.section is section]
        if section is HandOverSection.DO_NOT_ASK:
            words += topics
        if words:
            pdf.heading(say.word(section))
            for line in words:
                pdf.bullet(line)
    open_goals = [goal.words for goal in goals if goal.reached_on is None]
    if open_goals:
        pdf.heading(say("hand_over_sheet.goals"))
        for goal in open_goals:
            pdf.bullet(goal)
    if safe_contact.is_known:
        pdf.heading(say("hand_over_sheet.safe_contact"))
        for line in _contact_lines(say, safe_contact):
            pdf.bullet(line)
    return pdf.finish(f"page-{made_at.astimezone(COUNTY_ZONE):%Y-%m-%d}.pdf")


def _contact_lines(say: Translator, rule: SafeContact) -> Iterable[str]:
    # The code word is left out: on paper it would be no secret any more.
    if rule.channels:
        yield ", ".join(say.word(channel) for channel in rule.channels)
    if rule.hours:
        yield say("hand_over_sheet.hours", hours=rule.hours)
    if rule.voicemail_ok is not None:
        answer = "voicemail_yes" if rule.voicemail_ok else "voicemail_no"
        yield say(f"hand_over_sheet.{answer}")
    if rule.note:
        yield rule.note
