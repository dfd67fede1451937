"""What a fund has left and what needs an approval: sums in whole cents, nothing stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from field_app.domain.records.fund import Fund, Purchase, PurchaseState
from field_app.errors import InputError

LARGEST_AMOUNT_CENTS = 10_000_000  # 100,000.00: far above any purchase, below any overflow
TWO_DIGIT_CURRENCIES = frozenset({"USD", "MXN", "CAD", "EUR", "GBP"})
"""Currencies whose smallest unit is a hundredth (ISO 4217); no other one is taken."""


@dataclass(frozen=True)
class Balance:
    """A fund, or one youth's part of it, in cents.

    Attributes:
        allocated: Put into the fund; 0 for one youth's part.
        spent: Bought or reimbursed, or bought and waiting for approval.
        committed: Approved or waiting for approval, not bought yet.
        planned: Planned only.
    """

    currency: str
    allocated: int
    spent: int
    committed: int
    planned: int

    @property
    def left(self) -> int:
        """What can still be promised; negative when more was spent than put in."""
        return self.allocated - self.spent - self.committed


def balance(fund: Fund, purchases: Iterable[Purchase], *, case_id: str | None = None) -> Balance:
    """Return where a fund stands, or one youth's part of it. Deleted purchases do not count."""
    own = [
        purchase
        for purchase in purchases
        if purchase.fund_id == fund.record_id
        and not purchase.deleted
        and (case_id is None or purchase.case_id == case_id)
    ]
    allocated = sum(a.amount_cents for a in fund.allocations) if case_id is None else 0
    return Balance(
        currency=fund.currency,
        allocated=allocated,
        spent=sum(p.amount_cents for p in own if p.is_spent),
        committed=sum(p.amount_cents for p in own if p.is_committed),
        planned=sum(p.amount_cents for p in own if p.state is PurchaseState.PLANNED),
    )


def needs_approval(fund: Fund, purchase: Purchase, others: Iterable[Purchase]) -> bool:
    """Return whether a purchase waits for an approval under the fund's limits.

    `others` are purchases of the same fund and youth; the purchase itself among them is left out.
    """
    amount = purchase.amount_cents
    if fund.approval_above_cents is not None and amount > fund.approval_above_cents:
        return True
    if fund.purchase_cap_cents is not None and amount > fund.purchase_cap_cents:
        return True
    if fund.youth_quarter_cap_cents is None:
        return False
    quarter = quarter_of(purchase.needed_on)
    in_quarter = sum(
        other.amount_cents
        for other in others
        if other.record_id != purchase.record_id
        and other.case_id == purchase.case_id
        and other.fund_id == purchase.fund_id
        and not other.deleted
        and (other.is_spent or other.is_committed)
        and quarter_of(other.needed_on) == quarter
    )
    return in_quarter + amount > fund.youth_quarter_cap_cents


def quarter_of(day: date | None) -> tuple[int, int] | None:
    """Return the calendar quarter of a day as (year, 1 to 4)."""
    return None if day is None else (day.year, (day.month - 1) // 3 + 1)


def parse_amount(text: str) -> int:
    """Return typed money in cents: "12", "12.5", "12.50", "12,50", "1,234.50" and "$ 12.50".

    A point or comma with one or two digits after it is the decimal one; a comma with three groups
    thousands. Nothing is ever rounded, and "12.345" is refused: it is more likely a slip.

    Raises:
        InputError: It is no amount, has parts of a cent, or is too large.
    """
    wrong = InputError(
        "Type an amount such as 12.50.", field="amount_cents", code="amount_not_read"
    )
    cleaned = text.strip().removeprefix("$").strip().replace(" ", "")
    if not cleaned or not cleaned.isascii():
        raise wrong
    place = max(cleaned.rfind("."), cleaned.rfind(","))
    whole, decimals = cleaned, ""
    if place >= 0 and len(cleaned) - place - 1 in (1, 2):
        whole, decimals = cleaned[:place], cleaned[place + 1 :]
        grouping = "," if cleaned[place] == "." else "."
    else:
        grouping = ","
    groups = whole.split(grouping)
    if len(groups) > 1 and not (
        1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    ):
        raise wrong
    digits = "".join(groups)
    if not digits.isdigit() or (decimals and not decimals.isdigit()):
        raise wrong
    cents = int(digits) * 100 + int(decimals.ljust(2, "0") or "0")
    if cents > LARGEST_AMOUNT_CENTS:
        raise InputError(
            "The amount is too large. Look at the decimal point.",
            field="amount_cents",
            code="amount_too_large",
        )
    return cents


def money_text(cents: int) -> str:
    """Return cents as an amount with two decimals and no grouping: 123450 is "1234.50"."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"
