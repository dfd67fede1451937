"""The paper that all sheets share: Letter size, calm type, page numbers, no name in the properties.

The built-in fonts of PDF need no font file, work offline, and hold every Spanish letter (Latin-1).
Typographic marks that Latin-1 lacks are written plainly; any other character becomes "?", and
`Sheet.replaced` counts them, so that the screen can say so before somebody prints.
"""

import unicodedata
from datetime import datetime

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from field_app.domain.records.strokes import fitted
from field_app.reports.sheet import Sheet

FONT = "Helvetica"
MARGIN_MM = 18
BIG_PT, TITLE_PT, HEADING_PT, TEXT_PT, SMALL_PT = 24, 20, 13, 11, 9
LINE_MM = 6
MARK_INDENT_MM, MARK_WIDTH_MM, MARK_HEIGHT_MM, MARK_GAP_MM = 70, 48, 14, 3
MARK_LINE_MM = 0.5  # as a ballpoint draws
SIGNATURE_MM = 80
INK = (28, 33, 36)
ACCENT = (0, 95, 96)

PLAIN = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2026": "...",
        "\u2022": "-",
        "\u20ac": "EUR",
        "\u00a0": " ",
        "\u200b": None,
        "\ufe0f": None,
        "\t": " ",
        "\r": None,
    }
)


class SheetPdf:
    """Writes one sheet from top to bottom."""

    def __init__(self, *, page_words: str, made_at: datetime, language: str) -> None:
        """Begin a sheet.

        `page_words` is "Page {number} of {total}" in the sheet's language; empty for no numbers.
        """
        self.replaced = 0
        self._pdf = _NumberedPdf(page_words.format(number="%d", total="{nb}"))
        self._pdf.set_creation_date(made_at)
        self._pdf.set_lang(language)
        self._pdf.set_margin(MARGIN_MM)
        self._pdf.set_auto_page_break(True, MARGIN_MM)
        self._pdf.add_page()

    def title(self, text: str) -> None:
        """Write the title."""
        self._write(text, TITLE_PT, bold=True, colour=ACCENT, line_mm=10)
        self.gap()

    def heading(self, text: str) -> None:
        """Write a heading, never alone at the foot of a page."""
        if self._pdf.will_page_break(3 * LINE_MM):
            self._pdf.add_page()
        self._pdf.ln(2)
        self._write(text, HEADING_PT, bold=True, colour=ACCENT, line_mm=7)

    def text(self, text: str, *, bold: bool = False, centred: bool = False) -> None:
        """Write a paragraph."""
        self._write(text, TEXT_PT, bold=bold, centred=centred)

    def big(self, text: str, *, colour: tuple[int, int, int] = INK) -> None:
        """Write a line in the middle, large: the name on a certificate."""
        self._write(text, BIG_PT, bold=True, centred=True, colour=colour, line_mm=13)

    def frame(self) -> None:
        """Draw a frame around the page, two fine lines."""
        self._pdf.set_draw_color(*ACCENT)
        for edge_mm, width_mm in ((10, 1.0), (12.5, 0.3)):
            with self._pdf.local_context(line_width=width_mm):
                self._pdf.rect(
                    edge_mm, edge_mm, self._pdf.w - 2 * edge_mm, self._pdf.h - 2 * edge_mm
                )

    def small(self, text: str) -> None:
        """Write a paragraph in small type."""
        self._write(text, SMALL_PT, line_mm=5)

    def bullet(self, text: str) -> None:
        """Write one line of a list."""
        self._pdf.set_x(MARGIN_MM + 2)
        self._pdf.set_font(FONT, size=TEXT_PT)
        self._pdf.set_text_color(*INK)
        self._pdf.cell(4, LINE_MM, "-")
        self._pdf.multi_cell(
            0, LINE_MM, self._plain(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )

    def gap(self, lines: float = 0.5) -> None:
        """Leave some room."""
        self._pdf.ln(lines * LINE_MM)

    def mark(self, label: str, initials: str, strokes: tuple[str, ...]) -> None:
        """Write who agreed, with the initials or the drawn mark beside it."""
        if self._pdf.will_page_break(MARK_HEIGHT_MM + MARK_GAP_MM):
            self._pdf.add_page()
        left, top = self._pdf.get_x(), self._pdf.get_y()
        self._pdf.set_font(FONT, size=TEXT_PT)
        self._pdf.set_text_color(*INK)
        self._pdf.cell(MARK_INDENT_MM, MARK_HEIGHT_MM, self._plain(label))
        if initials:
            self._pdf.set_font(FONT, style="I", size=HEADING_PT)
            self._pdf.cell(MARK_WIDTH_MM, MARK_HEIGHT_MM, self._plain(initials))
            left += MARK_WIDTH_MM
        self._pdf.set_draw_color(*INK)
        with self._pdf.local_context(line_width=MARK_LINE_MM):
            for points in fitted(strokes, MARK_WIDTH_MM, MARK_HEIGHT_MM):
                placed = [(left + MARK_INDENT_MM + x, top + y) for x, y in points]
                if len(placed) > 1:
                    self._pdf.polyline(placed)
                else:  # a tap without a drag
                    self._pdf.set_fill_color(*INK)
                    self._pdf.circle(*placed[0], radius=MARK_LINE_MM, style="F")
        self._pdf.set_xy(MARGIN_MM, top + MARK_HEIGHT_MM + MARK_GAP_MM)

    def line_to_sign(self, label: str, *, centred: bool = False) -> None:
        """Draw an empty line to sign on, with what it is for under it."""
        self._pdf.ln(18)
        top, left = self._pdf.get_y(), float(MARGIN_MM)
        if centred:
            left = (self._pdf.w - SIGNATURE_MM) / 2
        self._pdf.set_draw_color(*INK)
        self._pdf.line(left, top, left + SIGNATURE_MM, top)
        self._write(label, SMALL_PT, centred=centred, line_mm=5)

    def finish(self, file_name: str) -> Sheet:
        """Return the sheet. The file name is part of nothing that could name a person."""
        return Sheet(bytes(self._pdf.output()), file_name, self.replaced)

    def _write(
        self,
        text: str,
        size_pt: int,
        *,
        bold: bool = False,
        centred: bool = False,
        colour: tuple[int, int, int] = INK,
        line_mm: float = LINE_MM,
    ) -> None:
        self._pdf.set_font(FONT, style="B" if bold else "", size=size_pt)
        self._pdf.set_text_color(*colour)
        self._pdf.multi_cell(
            0,
            line_mm,
            self._plain(text),
            align="C" if centred else "L",
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    def _plain(self, text: str) -> str:
        shown = []
        for letter in unicodedata.normalize("NFC", text).translate(PLAIN):
            fits = letter == "\n" or (letter.isprintable() and ord(letter) < 256)
            self.replaced += not fits
            shown.append(letter if fits else "?")
        return "".join(shown)


class _NumberedPdf(FPDF):
    """A document with "Page 1 of 2" at the foot of every page."""

    def __init__(self, page_words: str) -> None:
        super().__init__(format="Letter")
        self._page_words = page_words

    def footer(self) -> None:
        """Called by fpdf2 at the end of every page."""
        if not self._page_words:
            return
        self.set_y(-12)
        self.set_font(FONT, size=SMALL_PT)
        self.set_text_color(*INK)
        self.cell(0, 6, self._page_words.replace("%d", str(self.page_no())), align="C")
