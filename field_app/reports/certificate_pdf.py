"""The certificate of the Parent Empowerment Program. Only for a parent who completed it.

It is shown to others and hung on walls: the topics do not stand on it, for they would tell what
happened to the child.
"""

from datetime import date, datetime

from field_app.domain.records.empowerment import EmpowermentProgress
from field_app.errors import InputError
from field_app.locales.catalog import Translator
from field_app.reports.sheet import Sheet
from field_app.reports.sheet_pdf import ACCENT, SheetPdf


def certificate_pdf(
    *,
    name: str,
    progress: EmpowermentProgress,
    completed_on: date,
    language: str,
    made_at: datetime,
) -> Sheet:
    """Return the certificate. The name is printed and stands nowhere else in the file.

    Raises:
        InputError: The program is not complete, or the name is empty.
    """
    if not progress.is_complete:
        raise InputError(
            "Some sessions or topics are still open.", field="progress", code="not_complete"
        )
    if not name.strip():
        raise InputError("Type the name for the certificate.", field="name", code="words_needed")
    say = Translator(language)
    pdf = SheetPdf(page_words="", made_at=made_at, language=say.language)
    pdf.frame()
    pdf.gap(9)
    pdf.big(say("certificate.title"), colour=ACCENT)
    pdf.text(say("certificate.program"), bold=True, centred=True)
    pdf.gap(5)
    pdf.text(say("certificate.given_to"), centred=True)
    pdf.gap()
    pdf.big(name.strip())
    pdf.gap()
    pdf.text(say("certificate.lead", sessions=progress.target.sessions), centred=True)
    pdf.gap(2)
    pdf.text(say.date(completed_on), centred=True)
    pdf.gap(5)
    pdf.line_to_sign(say("certificate.signature"), centred=True)
    return pdf.finish(f"certificate-{completed_on:%Y-%m-%d}.pdf")
