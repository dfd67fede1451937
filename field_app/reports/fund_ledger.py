"""The fund's ledger as CSV: one line a purchase, totals that add up to the cent.

Read by people in a spreadsheet, so its words are in their language, and no cell may start a
formula: a text that begins like one gets an apostrophe in front (OWASP, CSV Injection). Dates and
amounts are the same in every language: 2026-03-02, 1234.50.
"""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from field_app.domain.records.fund import SENSITIVE_CATEGORIES, Fund, Purchase, PurchaseCategory
from field_app.domain.records.fund_balance import Balance, balance, money_text
from field_app.locales.catalog import Translator

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
BYTE_ORDER_MARK = "\ufeff"  # without it, spreadsheets read UTF-8 accents wrongly

COLUMNS = (
    "date",
    "participant",
    "category",
    "aims",
    "what",
    "vendor",
    "state",
    "amount",
    "currency",
    "spent",
    "receipt",
    "corrections",
)


@dataclass(frozen=True)
class LedgerTotals:
    """The sums of a ledger in cents: of all lines, and of those that count as spent."""

    lines: int
    amount: int
    spent: int


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(FORMULA_STARTS) else text


def ledger_csv(
    fund: Fund,
    purchases: Iterable[Purchase],
    *,
    alias_of: Callable[[str], str],
    language: str,
    show_sensitive: bool = False,
) -> str:
    """Return the ledger of a fund: its purchases by date, then totals and what is left.

    `alias_of` gives the alias of a case. Sensitive categories stand as "other", without their
    words, unless they are asked for (RFD-10).
    """
    say = Translator(language)
    own = _of_fund(fund, purchases)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([say(f"ledger.column.{name}") for name in COLUMNS])
    for purchase in own:
        writer.writerow(_row(say, purchase, alias_of(purchase.case_id), show_sensitive))
    sums = totals(fund, own)
    standing = balance(fund, own)
    for name, cents in _closing(sums, standing):
        closing = [say(f"ledger.sum.{name}"), "", "", money_text(cents), fund.currency]
        writer.writerow(["", "", "", "", *closing])
    return BYTE_ORDER_MARK + text.getvalue()


def totals(fund: Fund, purchases: Iterable[Purchase]) -> LedgerTotals:
    """Return the sums of the fund's lines."""
    own = _of_fund(fund, purchases)
    return LedgerTotals(
        lines=len(own),
        amount=sum(purchase.amount_cents for purchase in own),
        spent=sum(purchase.amount_cents for purchase in own if purchase.is_spent),
    )


def _of_fund(fund: Fund, purchases: Iterable[Purchase]) -> list[Purchase]:
    own = [p for p in purchases if p.fund_id == fund.record_id and not p.deleted]
    return sorted(own, key=lambda p: (str(p.bought_on or p.needed_on or ""), p.record_id))


def _row(say: Translator, purchase: Purchase, alias: str, show_sensitive: bool) -> list[str]:
    hidden = purchase.category in SENSITIVE_CATEGORIES and not show_sensitive
    category = PurchaseCategory.OTHER if hidden else purchase.category
    day = purchase.bought_on or purchase.needed_on
    receipt = purchase.no_receipt_reason or say("ledger.receipt_missing")
    if purchase.receipt_id:
        receipt = say("ledger.receipt_here")
    corrections = "; ".join(
        f"{money_text(correction.was_cents)}: {correction.reason}"
        for correction in purchase.corrections
    )
    texts = [
        day.isoformat() if day else "",
        alias,
        say.word(category),
        ", ".join(say.word(aim) for aim in purchase.aims),
        "" if hidden else purchase.what,
        "" if hidden else purchase.vendor,
        say.word(purchase.state),
    ]
    return [
        *map(safe_cell, texts),
        money_text(purchase.amount_cents),
        safe_cell(purchase.currency),
        money_text(purchase.amount_cents if purchase.is_spent else 0),
        safe_cell(receipt if purchase.is_spent else ""),
        safe_cell("" if hidden else corrections),
    ]


def _closing(sums: LedgerTotals, standing: Balance) -> list[tuple[str, int]]:
    return [
        ("total", sums.amount),
        ("allocated", standing.allocated),
        ("spent", standing.spent),
        ("committed", standing.committed),
        ("left", standing.left),
    ]
