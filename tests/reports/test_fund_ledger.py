"""The ledger as CSV."""

import csv
import io
from dataclasses import replace
from datetime import date

import pytest

from field_app.domain.records.fund import (
    Aim,
    Allocation,
    Fund,
    Purchase,
    PurchaseCategory,
    PurchaseState,
)
from field_app.domain.records.record import AGENCY_CASE_ID, new_id
from field_app.reports.fund_ledger import ledger_csv, safe_cell

FUND = Fund(
    record_id=new_id(), case_id=AGENCY_CASE_ID, allocations=(Allocation(amount_cents=10_000),)
)
CASE = new_id()


def a_purchase(**values: object) -> Purchase:
    purchase = Purchase(
        case_id=CASE,
        fund_id=FUND.record_id,
        amount_cents=1250,
        bought_on=date(2026, 3, 2),
        state=PurchaseState.BOUGHT,
        category=PurchaseCategory.BOOKS,
    )
    return replace(purchase, **values)  # type: ignore[arg-type]


def rows(*purchases: Purchase, language: str = "en") -> list[list[str]]:
    text = ledger_csv(FUND, purchases, alias_of=lambda _: "A.", language=language)
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_totals_add_up_to_the_cent() -> None:
    found = rows(*(a_purchase(amount_cents=10) for _ in range(30)))

    closing = {row[4]: row[7] for row in found[-5:]}
    assert closing == {
        "Total": "3.00",
        "Put in": "100.00",
        "Spent": "3.00",
        "Promised": "0.00",
        "Left": "97.00",
    }


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", '=HYPERLINK("x")']
)
def test_no_cell_starts_a_formula(text: str) -> None:
    (row,) = [row for row in rows(a_purchase(vendor=text, what=text)) if text in "".join(row)]

    assert [cell for cell in row if cell.lstrip(" ").startswith(tuple("=+-@\t\r"))] == []
    assert safe_cell("Books, 3rd = best") == "Books, 3rd = best"


@pytest.mark.requirement("RFD-10")
def test_a_sensitive_category_stands_as_other_without_its_words() -> None:
    text = ledger_csv(
        FUND,
        [a_purchase(category=PurchaseCategory.DIAPERS_BABY, what="size 2")],
        alias_of=lambda _: "A.",
        language="en",
    )

    assert "diapers" not in text.casefold()
    assert "size 2" not in text


def test_quotes_commas_and_line_breaks_stay_in_their_cell() -> None:
    found = rows(a_purchase(what='a "b", c\nd'))

    assert found[1][4] == 'a "b", c\nd'
    assert len({len(row) for row in found[:2]}) == 1


def test_the_words_are_in_the_language_and_the_numbers_stay() -> None:
    purchase = a_purchase(aims=(Aim.SAFETY, Aim.WELL_BEING), amount_cents=123_450)

    english, spanish = rows(purchase), rows(purchase, language="es")

    assert english[0][:3] == ["Date", "Participant", "Category"]
    assert spanish[0][:3] == ["Fecha", "Participante", "Categoría"]
    assert spanish[1] == [
        *("2026-03-02", "A.", "Libros", "Seguridad, Bienestar", "", "", "Comprada"),
        *("1234.50", "USD", "1234.50", "falta", ""),
    ]
    numbers = (0, 7, 8, 9)
    assert [[row[n] for n in numbers if n < len(row)] for row in spanish[1:]] == [
        [row[n] for n in numbers if n < len(row)] for row in english[1:]
    ]
    assert [row[4] for row in spanish[-5:]] == ["Total", "Puesto", "Gastado", "Prometido", "Queda"]
