"""Money: typed amounts, limits, and balances that hold after any history and any merge."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from field_app.domain.records.fund import (
    TRANSITIONS,
    Aim,
    Allocation,
    Correction,
    Fund,
    Purchase,
    PurchaseState,
)
from field_app.domain.records.fund_balance import (
    LARGEST_AMOUNT_CENTS,
    balance,
    money_text,
    needs_approval,
    parse_amount,
    quarter_of,
)
from field_app.domain.records.items import with_item
from field_app.domain.records.merge import merge_records
from field_app.domain.records.record import AGENCY_CASE_ID, new_id
from field_app.errors import InputError
from field_app.locales.catalog import LANGUAGES
from field_app.reports.fund_ledger import ledger_csv, totals

FUND = Fund(
    record_id=new_id(),
    case_id=AGENCY_CASE_ID,
    name="Restoration",
    allocations=(Allocation(amount_cents=500_000),),
)
CASES = [new_id(), new_id()]
T0 = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("12", 1200),
        ("12.5", 1250),
        ("12.50", 1250),
        ("12,50", 1250),
        ("0.07", 7),
        ("1,234", 123_400),
        ("1,234.50", 123_450),
        ("1.234,50", 123_450),
        (" $ 12.50 ", 1250),
    ],
)
def test_a_typed_amount_is_read_in_cents(typed: str, cents: int) -> None:
    assert parse_amount(typed) == cents


@pytest.mark.parametrize(
    "typed", ["", "abc", "12.345", "1,23,4", "-5", "1e3", "12.5.1", ".", "٣", "12,", "1,2345"]
)
def test_an_amount_that_may_be_a_slip_is_refused(typed: str) -> None:
    with pytest.raises(InputError):
        parse_amount(typed)


@given(st.integers(0, 10_000_000))
def test_an_amount_written_and_read_is_the_same(cents: int) -> None:
    assert parse_amount(money_text(cents)) == cents


@given(st.text(max_size=12))
def test_anything_typed_is_an_amount_or_an_input_error(typed: str) -> None:
    try:
        cents = parse_amount(typed)
    except InputError:
        return

    assert 0 <= cents <= LARGEST_AMOUNT_CENTS


def test_a_quarter_is_that_of_the_calendar() -> None:
    assert [quarter_of(date(2026, month, 1)) for month in (1, 3, 4, 12)] == [
        (2026, 1),
        (2026, 1),
        (2026, 2),
        (2026, 4),
    ]


def test_a_cap_is_met_exactly_without_an_approval() -> None:
    fund = replace(FUND, approval_above_cents=None, purchase_cap_cents=1000)

    assert not needs_approval(fund, a_purchase(1000), [])
    assert needs_approval(fund, a_purchase(1001), [])


def a_purchase(cents: int, state: PurchaseState = PurchaseState.APPROVED) -> Purchase:
    return Purchase(
        record_id=new_id(),
        case_id=CASES[0],
        created_at=T0,
        updated_at=T0,
        fund_id=FUND.record_id,
        aims=(Aim.SAFETY,),
        amount_cents=cents,
        needed_on=date(2026, 3, 1),
        state=state,
    )


amounts = st.integers(1, 20_000)
states = st.sampled_from(PurchaseState)
purchases = st.builds(
    lambda cents, state, case, bought: replace(
        a_purchase(cents, state), case_id=case, bought_on=date(2026, 3, 2) if bought else None
    ),
    amounts,
    states,
    st.sampled_from(CASES),
    st.booleans(),
)


def edited(purchase: Purchase, draw: st.DataObject) -> Purchase:
    """Return a purchase after a random correction or move, as a phone may save it."""
    if draw.draw(st.booleans()):
        cents = draw.draw(amounts)
        correction = Correction(at=T0, reason="r", was_cents=purchase.amount_cents)
        return replace(
            purchase,
            amount_cents=cents,
            corrections=with_item(purchase.corrections, correction),
        )
    following = sorted(TRANSITIONS[purchase.state])
    return replace(purchase, state=draw.draw(st.sampled_from(following or [purchase.state])))


@settings(max_examples=60)
@given(st.lists(purchases, max_size=6), st.data())
def test_the_ledger_balances_after_any_history_and_any_merge(
    bases: list[Purchase], draw: st.DataObject
) -> None:
    merged = []
    for base in bases:
        mine, theirs = edited(base, draw), edited(base, draw)
        result = merge_records(base, mine, theirs)
        assert isinstance(result.record, Purchase)
        assert set(result.record.corrections) == {*mine.corrections, *theirs.corrections}
        merged.append(result.record)

    whole = balance(FUND, merged)
    parts = [balance(FUND, merged, case_id=case) for case in CASES]
    ledger = ledger_csv(FUND, merged, alias_of=str, language=draw.draw(st.sampled_from(LANGUAGES)))
    rows = list(csv.reader(ledger.splitlines()))
    lines = rows[1 : 1 + len(merged)]
    cents = [parse_amount(row[7]) for row in lines]

    assert sum(cents) == totals(FUND, merged).amount
    assert sum(parse_amount(row[9]) for row in lines) == whole.spent
    assert whole.spent == sum(part.spent for part in parts)
    assert whole.committed == sum(part.committed for part in parts)
    assert whole.left == whole.allocated - whole.spent - whole.committed


@given(st.lists(purchases, max_size=8))
def test_every_purchase_is_counted_once_at_most(found: list[Purchase]) -> None:
    standing = balance(FUND, found)

    free = sum(p.amount_cents for p in found if p.state is PurchaseState.REFUSED)
    assert standing.spent + standing.committed + standing.planned + free == sum(
        p.amount_cents for p in found
    )


def test_a_purchase_of_another_fund_does_not_count() -> None:
    other = replace(a_purchase(100), fund_id=new_id())

    assert balance(FUND, [other]).left == 500_000
