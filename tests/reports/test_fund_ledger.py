"""The ledger as CSV."""

import csv
import io
from dataclasses import replace
from datetime import date

import pytest

from field_app.domain.records.fund import (
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


def rows(*purchases: Purchase) -> list[list[str]]:
    text = ledger_csv(FUND, purchases, alias_of=lambda _: "A.")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_totals_add_up_to_the_cent() -> None:
    found = rows(*(a_purchase(amount_cents=10) for _ in range(30)))

    closing = {row[4]: row[7] for row in found[-5:]}
    assert closing == {
        "total": "3.00",
        "allocated": "100.00",
        "spent": "3.00",
        "committed": "0.00",
        "left": "97.00",
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
    )

    assert "diapers" not in text
    assert "size 2" not in text


def test_quotes_commas_and_line_breaks_stay_in_their_cell() -> None:
    found = rows(a_purchase(what='a "b", c\nd'))

    assert found[1][4] == 'a "b", c\nd'
    assert len({len(row) for row in found[:2]}) == 1
