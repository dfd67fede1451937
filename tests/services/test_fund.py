"""The restoration fund on a real store."""

from datetime import date

import pytest

from field_app.domain.records.fund import Aim, Fund, Purchase, PurchaseCategory, PurchaseState
from field_app.domain.records.record import AGENCY_CASE_ID, new_id
from field_app.errors import InputError
from field_app.services.fund import FundService, PurchaseEntry
from field_app.services.notebook import Notebook
from tests.services.notebooks import a_youth

SEED_CATEGORIES = {
    "RFD-04": "therapeutic_recreational",
    "RFD-05": "sports",
    "RFD-06": "college_tours",
    "RFD-07": "tutoring",
    "RFD-08": "conference_fees",
    "RFD-09": "hygiene_self_care",
    "RFD-10": "diapers_baby",
    "RFD-11": "clothing",
    "RFD-12": "books",
}


@pytest.fixture
def funds(notebook: Notebook) -> FundService:
    return FundService(notebook)


@pytest.fixture
def managed(supervisor: Notebook) -> FundService:
    return FundService(supervisor)


def a_fund(managed: FundService, **limits: int | None) -> Fund:
    fund = Fund(case_id=AGENCY_CASE_ID, name="Restoration", **limits)  # type: ignore[arg-type]
    saved = managed.save_fund(fund)
    return managed.allocate(saved.record_id, 100_000)


def an_entry(notebook: Notebook, fund: Fund, **values: object) -> PurchaseEntry:
    filled: dict[str, object] = {
        "case_id": values.pop("case_id", None) or a_youth(notebook).case_id,
        "fund_id": fund.record_id,
        "category": PurchaseCategory.BOOKS,
        "aims": (Aim.WELL_BEING,),
        "amount_cents": 1250,
        **values,
    }
    return PurchaseEntry(**filled)  # type: ignore[arg-type]


@pytest.mark.requirement(
    "RFD-03", "RFD-04", "RFD-05", "RFD-06", "RFD-07", "RFD-08", "RFD-09", "RFD-11", "RFD-12"
)
def test_there_are_the_nine_categories_of_the_policy_and_other() -> None:
    assert [category.value for category in PurchaseCategory] == [
        *SEED_CATEGORIES.values(),
        "other",
    ]


@pytest.mark.requirement("RFD-01")
def test_by_default_every_purchase_waits_for_a_supervisor_and_none_is_blocked(
    notebook: Notebook, funds: FundService, managed: FundService
) -> None:
    fund = a_fund(managed)

    purchase = funds.request(an_entry(notebook, fund))

    assert purchase.state is PurchaseState.NEEDS_APPROVAL
    assert managed.approve(purchase.record_id).state is PurchaseState.APPROVED
    bought = funds.bought(purchase.record_id)
    assert bought.state is PurchaseState.BOUGHT
    assert managed.reimbursed(bought.record_id).state is PurchaseState.REIMBURSED
    assert [move.state.value for move in managed.of_fund(fund.record_id)[0].moves] == [
        "needs_approval",
        "approved",
        "bought",
        "reimbursed",
    ]


def test_below_the_threshold_nothing_waits(
    notebook: Notebook, funds: FundService, managed: FundService
) -> None:
    fund = a_fund(managed, approval_above_cents=2000)

    purchase = funds.request(an_entry(notebook, fund, bought_on=date(2026, 3, 9)))

    assert purchase.state is PurchaseState.BOUGHT


def test_money_spent_above_a_limit_is_written_down_and_waits(
    notebook: Notebook, funds: FundService, managed: FundService
) -> None:
    fund = a_fund(managed, approval_above_cents=1000)

    purchase = funds.request(an_entry(notebook, fund, bought_on=date(2026, 3, 9)))

    assert purchase.state is PurchaseState.NEEDS_APPROVAL
    assert funds.balance(fund.record_id).spent == 1250
    assert managed.approve(purchase.record_id).state is PurchaseState.BOUGHT


def test_the_cap_of_a_quarter_counts_what_the_youth_has_had(
    notebook: Notebook, funds: FundService, managed: FundService
) -> None:
    fund = a_fund(managed, approval_above_cents=None, youth_quarter_cap_cents=2000)
    first = funds.request(an_entry(notebook, fund))

    second = funds.request(an_entry(notebook, fund, case_id=first.case_id))
    others = funds.request(an_entry(notebook, fund))

    assert (first.state, second.state) == (PurchaseState.APPROVED, PurchaseState.NEEDS_APPROVAL)
    assert others.state is PurchaseState.APPROVED


def test_an_advocate_does_not_approve_and_nobody_approves_their_own(
    notebook: Notebook, funds: FundService, managed: FundService
) -> None:
    fund = a_fund(managed)
    purchase = funds.request(an_entry(notebook, fund))
    own = managed.request(an_entry(notebook, fund))

    with pytest.raises(InputError) as advocate:
        funds.approve(purchase.record_id)
    with pytest.raises(InputError) as herself:
        managed.approve(own.record_id)

    assert (advocate.value.code, herself.value.code) == ("managers_only", "own_approval")


def test_a_refused_purchase_costs_nothing_and_may_be_asked_for_again(
    notebook: Notebook, funds: FundService, managed: FundService
) -> None:
    fund = a_fund(managed)
    purchase = funds.request(an_entry(notebook, fund))

    refused = managed.refuse(purchase.record_id, reason="the library lends it")

    assert refused.state is PurchaseState.REFUSED
    assert funds.balance(fund.record_id).left == 100_000
    assert funds.ask(purchase.record_id).state is PurchaseState.NEEDS_APPROVAL


def test_a_purchase_that_is_reimbursed_goes_nowhere_else(
    notebook: Notebook, funds: FundService, managed: FundService
) -> None:
    fund = a_fund(managed, approval_above_cents=None)
    purchase = funds.request(an_entry(notebook, fund, bought_on=date(2026, 3, 9)))
    managed.reimbursed(purchase.record_id)

    for act in (managed.approve, funds.bought, funds.ask, managed.reimbursed):
        with pytest.raises(InputError):
            act(purchase.record_id)


def test_a_wish_costs_nothing_until_it_is_asked_for(
    notebook: Notebook, funds: FundService, managed: FundService
) -> None:
    fund = a_fund(managed, approval_above_cents=None)

    wish = funds.plan(an_entry(notebook, fund))

    assert funds.balance(fund.record_id).left == 100_000
    assert funds.balance(fund.record_id).planned == 1250
    assert funds.ask(wish.record_id).state is PurchaseState.APPROVED
    assert funds.balance(fund.record_id).left == 98_750


@pytest.mark.requirement("RFD-02", "RFD-03")
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"aims": ()}, "no_aim"),
        ({"category": PurchaseCategory.OTHER}, "no_justification"),
        ({"amount_cents": 0}, "no_amount"),
        ({"amount_cents": -5}, "amount_too_large"),
        ({"amount_cents": 10**9}, "amount_too_large"),
        ({"bought_on": date(2026, 3, 11)}, "in_future"),
        ({"fund_id": new_id()}, "not_here"),
    ],
)
def test_an_impossible_purchase_is_refused(
    notebook: Notebook,
    funds: FundService,
    managed: FundService,
    wrong: dict[str, object],
    code: str,
) -> None:
    fund = a_fund(managed)

    with pytest.raises(InputError) as caught:
        funds.request(an_entry(notebook, fund, **wrong))

    assert caught.value.code == code
    assert funds.of_fund(fund.record_id) == []


def test_a_correction_needs_a_reason_and_keeps_what_stood_there(
    notebook: Notebook, funds: FundService, managed: FundService
) -> None:
    fund = a_fund(managed, approval_above_cents=None)
    purchase = funds.request(an_entry(notebook, fund))

    with pytest.raises(InputError):
        funds.correct(purchase.record_id, reason=" ", amount_cents=1200)
    corrected = funds.correct(purchase.record_id, reason="read it wrongly", amount_cents=1200)

    assert corrected.amount_cents == 1200
    assert [(c.was_cents, c.reason) for c in corrected.corrections] == [(1250, "read it wrongly")]


def test_a_higher_final_amount_waits_again(
    notebook: Notebook, funds: FundService, managed: FundService
) -> None:
    fund = a_fund(managed)
    purchase = managed.approve(funds.request(an_entry(notebook, fund)).record_id)

    dearer = funds.bought(purchase.record_id, amount_cents=1300)

    assert dearer.state is PurchaseState.NEEDS_APPROVAL
    assert managed.approve(purchase.record_id).state is PurchaseState.BOUGHT
    corrected = funds.correct(purchase.record_id, reason="tax", amount_cents=1400)
    assert corrected.state is PurchaseState.NEEDS_APPROVAL


def test_missing_receipts_are_listed_until_there_is_one_or_a_reason(
    notebook: Notebook, funds: FundService, managed: FundService
) -> None:
    fund = a_fund(managed, approval_above_cents=None)
    purchase = funds.request(an_entry(notebook, fund, bought_on=date(2026, 3, 9)))

    assert [p.record_id for p in funds.missing_receipts()] == [purchase.record_id]
    funds.no_receipt(purchase.record_id, reason="bus ticket machine")
    assert funds.missing_receipts() == []


def test_a_fund_keeps_its_currency(managed: FundService) -> None:
    fund = a_fund(managed)

    with pytest.raises(InputError) as caught:
        managed.save_fund(
            Fund(
                record_id=fund.record_id, case_id=AGENCY_CASE_ID, name="Restoration", currency="MXN"
            )
        )

    assert caught.value.code == "currency_fixed"


def test_an_advocate_makes_no_fund(funds: FundService) -> None:
    with pytest.raises(InputError) as caught:
        funds.save_fund(Fund(case_id=AGENCY_CASE_ID, name="Mine"))

    assert caught.value.code == "managers_only"


@pytest.mark.requirement("PRA-19")
def test_a_purchase_taken_back_counts_nowhere(
    notebook: Notebook, funds: FundService, managed: FundService
) -> None:
    fund = a_fund(managed, approval_above_cents=None)
    purchase: Purchase = funds.request(an_entry(notebook, fund))

    funds.take_back(purchase.record_id)

    assert funds.balance(fund.record_id).left == 100_000
    assert funds.find(purchase.record_id) is None


def test_a_device_that_works_alone_asks_for_no_approval(
    notebook: Notebook, managed: FundService
) -> None:
    fund = a_fund(managed)
    alone = FundService(notebook, is_in_agency=lambda: False)
    waiting = FundService(notebook).request(an_entry(notebook, fund))

    wished = alone.plan(an_entry(notebook, fund))
    assert alone.request(an_entry(notebook, fund)).state is PurchaseState.APPROVED
    assert alone.ask(wished.record_id).state is PurchaseState.APPROVED
    raised = alone.correct(wished.record_id, reason="a typing slip", amount_cents=9_999)
    assert raised.state is PurchaseState.APPROVED

    # What waited already, as after an import, can still be bought.
    assert waiting.state is PurchaseState.NEEDS_APPROVAL
    assert alone.bought(waiting.record_id).state is PurchaseState.BOUGHT
