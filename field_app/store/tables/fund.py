"""Tables of funds and of what was bought from them."""

from datetime import date
from typing import Any

from sqlmodel import Field

from field_app.store.columns import JsonValue
from field_app.store.tables.header import RecordRow


class FundRow(RecordRow, table=True):
    """`domain.records.fund.Fund`."""

    __tablename__ = "fund"
    name: str = ""
    purpose: str
    currency: str = "USD"
    allocations: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonValue)
    # No default: the mapper would write it in place of a None, which means that none waits.
    approval_above_cents: int | None = None
    purchase_cap_cents: int | None = None
    youth_quarter_cap_cents: int | None = None
    is_active: bool = True


class PurchaseRow(RecordRow, table=True):
    """`domain.records.fund.Purchase`."""

    __tablename__ = "purchase"
    fund_id: str = ""
    category: str
    justification: str = ""
    aims: list[str] = Field(default_factory=list, sa_type=JsonValue)
    amount_cents: int = 0
    currency: str = "USD"
    vendor: str = ""
    what: str = ""
    needed_on: date | None = None
    bought_on: date | None = None
    receipt_id: str | None = None
    no_receipt_reason: str = ""
    state: str
    moves: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonValue)
    corrections: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonValue)
    requested_by: str = ""
