"""The restoration fund: write down a purchase, approve it, buy it, keep its receipt, correct it.

Nothing blocks in the field: what lies above a limit of the fund waits for an approval, also when
the money is spent already. A device that works alone asks for none: nobody could give it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from field_app.domain.records.attachment import Attachment
from field_app.domain.records.fund import (
    TRANSITIONS,
    Aim,
    Allocation,
    Correction,
    Fund,
    Purchase,
    PurchaseCategory,
    PurchaseMove,
    PurchaseState,
)
from field_app.domain.records.fund_balance import (
    LARGEST_AMOUNT_CENTS,
    TWO_DIGIT_CURRENCIES,
    Balance,
    balance,
    needs_approval,
)
from field_app.domain.records.items import with_item
from field_app.domain.records.record import AGENCY_CASE_ID
from field_app.domain.vocabulary import ParticipantKind
from field_app.errors import InputError
from field_app.services.lookup import (
    day_not_in_future,
    require,
    require_manager,
    require_participant,
    require_words,
)
from field_app.services.notebook import Notebook
from field_app.store.repositories import device
from field_app.store.repositories.records import Records


@dataclass(frozen=True, kw_only=True)
class PurchaseEntry:
    """What somebody fills in for a purchase; `bought_on` only when the money is spent."""

    case_id: str
    fund_id: str
    category: PurchaseCategory
    aims: tuple[Aim, ...]
    amount_cents: int
    justification: str = ""
    vendor: str = ""
    what: str = ""
    bought_on: date | None = None
    receipt_id: str | None = None


class FundService:
    """Funds and purchases."""

    def __init__(
        self, notebook: Notebook, *, is_in_agency: Callable[[], bool] = lambda: True
    ) -> None:
        """Work in an open notebook; `is_in_agency` tells whether anybody else could approve."""
        self._notebook = notebook
        self._is_in_agency = is_in_agency

    def asks_approval(self) -> bool:
        """Return whether purchases above a limit wait: not on a device that works alone."""
        return self._is_in_agency()

    # Funds: managers

    def save_fund(self, fund: Fund) -> Fund:
        """Make a fund, or change its name or limits.

        Raises:
            InputError: The person is no manager, the name is empty, the currency is not one with
                hundredths, or it would change under purchases that are there.
        """
        name = require_words(fund.name, "Give the fund a name.", "name")
        if fund.currency not in TWO_DIGIT_CURRENCIES:
            raise InputError("This currency is not known here.", field="currency", code="currency")
        for limit in (
            fund.approval_above_cents,
            fund.purchase_cap_cents,
            fund.youth_quarter_cap_cents,
        ):
            if limit is not None:
                _check_amount(limit)
        with self._notebook.write() as records:
            require_manager(records, self._notebook.author_id)
            before = records.find(Fund, fund.record_id)
            if before is not None and before.currency != fund.currency:
                raise InputError(
                    "A fund keeps its currency. Make a new fund instead.",
                    field="currency",
                    code="currency_fixed",
                )
            return records.save(replace(fund, name=name, case_id=AGENCY_CASE_ID))

    def allocate(self, fund_id: str, amount_cents: int, *, note: str = "") -> Fund:
        """Put money into a fund; a negative amount takes it out."""
        _check_amount(abs(amount_cents))
        with self._notebook.write() as records:
            require_manager(records, self._notebook.author_id)
            fund = require(records, Fund, fund_id, field="fund_id")
            put_in = Allocation(
                on=self._notebook.today(), amount_cents=amount_cents, note=note.strip()
            )
            return records.save(replace(fund, allocations=with_item(fund.allocations, put_in)))

    def funds(self, *, all_of_them: bool = False) -> list[Fund]:
        """Return the funds offered for purchases, or all of them."""
        with self._notebook.read() as records:
            return [fund for fund in records.all_of(Fund) if fund.is_active or all_of_them]

    # A purchase, from wish to reimbursement

    def plan(self, entry: PurchaseEntry, *, form: str | None = None) -> Purchase:
        """Write down a wish. It costs the fund nothing and asks nobody yet."""
        return self._write(entry, form, asking=False)

    def request(self, entry: PurchaseEntry, *, form: str | None = None) -> Purchase:
        """Write down a purchase, bought already or not; above a limit it waits for approval.

        The draft of `form` is cleared in the same transaction.

        Raises:
            InputError: The amount is impossible, no aim is given, other has no justification, or
                the participant or fund is not on this device.
        """
        return self._write(entry, form, asking=True)

    def ask(self, purchase_id: str) -> Purchase:
        """Turn a wish into a request, or ask again after a refusal."""
        with self._notebook.write() as records:
            purchase = require(records, Purchase, purchase_id)
            if purchase.state not in (PurchaseState.PLANNED, PurchaseState.REFUSED):
                raise _wrong_state(purchase)
            asked_again = purchase.state is PurchaseState.REFUSED
            waits = self._waits(records, purchase) or (asked_again and self.asks_approval())
            state = PurchaseState.NEEDS_APPROVAL if waits else PurchaseState.APPROVED
            return records.save(self._moved(purchase, state))

    def approve(self, purchase_id: str, *, reason: str = "") -> Purchase:
        """Approve a purchase: approved, or bought when the money is spent already.

        Raises:
            InputError: It does not wait, the person is no manager, or asked for it themself in
                an agency.
        """
        return self._decide(purchase_id, reason, is_approved=True)

    def refuse(self, purchase_id: str, *, reason: str) -> Purchase:
        """Refuse a purchase, with the reason. Money spent already is then not the fund's."""
        require_words(reason, "Say in a few words why.", "reason")
        return self._decide(purchase_id, reason, is_approved=False)

    def bought(
        self,
        purchase_id: str,
        *,
        bought_on: date | None = None,
        amount_cents: int | None = None,
        receipt_id: str | None = None,
    ) -> Purchase:
        """Note that money was spent, today unless given, and what it came to in the end.

        A final amount above what was approved, or spending before the approval came, waits.
        """
        day = bought_on or self._notebook.today()
        day_not_in_future(day, self._notebook.today(), "bought_on")
        with self._notebook.write() as records:
            purchase = require(records, Purchase, purchase_id)
            if purchase.is_spent or purchase.state is PurchaseState.REFUSED:
                raise _wrong_state(purchase)
            was = purchase
            if amount_cents is not None:
                _check_amount(amount_cents)
                purchase = replace(purchase, amount_cents=amount_cents)
            purchase = replace(
                purchase, bought_on=day, receipt_id=receipt_id or purchase.receipt_id
            )
            covered = was.state is PurchaseState.APPROVED and (
                purchase.amount_cents <= was.amount_cents
            )
            still_waits = was.state is PurchaseState.NEEDS_APPROVAL and self.asks_approval()
            waits = still_waits or (not covered and self._waits(records, purchase))
            state = PurchaseState.NEEDS_APPROVAL if waits else PurchaseState.BOUGHT
            return records.save(self._moved(purchase, state))

    def reimbursed(self, purchase_id: str) -> Purchase:
        """Note that the advocate got the money back."""
        with self._notebook.write() as records:
            require_manager(records, self._notebook.author_id)
            purchase = require(records, Purchase, purchase_id)
            return records.save(self._moved(purchase, PurchaseState.REIMBURSED))

    def attach_receipt(self, purchase_id: str, receipt_id: str) -> Purchase:
        """Name the attachment that is the receipt."""
        with self._notebook.write() as records:
            purchase = require(records, Purchase, purchase_id)
            receipt = require(records, Attachment, receipt_id, field="receipt_id")
            if receipt.case_id != purchase.case_id:
                raise InputError("This receipt belongs to another participant.", field="receipt_id")
            return records.save(replace(purchase, receipt_id=receipt_id, no_receipt_reason=""))

    def no_receipt(self, purchase_id: str, *, reason: str) -> Purchase:
        """Note why there will be no receipt."""
        why = require_words(reason, "Say in a few words why there is none.", "no_receipt_reason")
        with self._notebook.write() as records:
            purchase = require(records, Purchase, purchase_id)
            return records.save(replace(purchase, no_receipt_reason=why))

    def correct(
        self,
        purchase_id: str,
        *,
        reason: str,
        amount_cents: int | None = None,
        category: PurchaseCategory | None = None,
        aims: Iterable[Aim] | None = None,
        vendor: str | None = None,
        what: str | None = None,
        justification: str | None = None,
    ) -> Purchase:
        """Correct a purchase; what stood there stays in it with the reason.

        A higher amount that lies above a limit waits for approval again, unless the advocate has
        the money back already.
        """
        why = require_words(reason, "Say in a few words why it is corrected.", "reason")
        with self._notebook.write() as records:
            was = require(records, Purchase, purchase_id)
            correction = Correction(
                at=self._notebook.now(),
                by=self._notebook.author_id,
                reason=why,
                was_cents=was.amount_cents,
                was_category=was.category,
            )
            corrected = replace(
                was,
                amount_cents=was.amount_cents if amount_cents is None else amount_cents,
                category=category or was.category,
                aims=was.aims if aims is None else tuple(dict.fromkeys(aims)),
                vendor=was.vendor if vendor is None else vendor.strip(),
                what=was.what if what is None else what.strip(),
                justification=was.justification if justification is None else justification.strip(),
                corrections=with_item(was.corrections, correction),
            )
            _check(corrected)
            rose = corrected.amount_cents > was.amount_cents
            granted = was.state in (PurchaseState.APPROVED, PurchaseState.BOUGHT)
            if rose and granted and self._waits(records, corrected):
                corrected = self._moved(corrected, PurchaseState.NEEDS_APPROVAL, why)
            return records.save(corrected, reason=why)

    def take_back(self, purchase_id: str, *, reason: str = "taken back at once") -> None:
        """Delete a purchase that should not be there; its history stays."""
        with self._notebook.write() as records:
            purchase = records.find(Purchase, purchase_id)
            if purchase is not None:
                records.delete(purchase, reason=reason)

    # Reading

    def find(self, purchase_id: str) -> Purchase | None:
        """Return one purchase, or None."""
        with self._notebook.read() as records:
            return records.find(Purchase, purchase_id)

    def of_case(self, case_id: str) -> list[Purchase]:
        """Return a youth's purchases, the latest first."""
        return self._purchases(lambda p: p.case_id == case_id, case_id=case_id)

    def of_fund(self, fund_id: str) -> list[Purchase]:
        """Return all purchases of a fund that are on this device, the latest first."""
        return self._purchases(lambda p: p.fund_id == fund_id)

    def waiting(self) -> list[Purchase]:
        """Return the purchases that wait for an approval, the latest first."""
        return self._purchases(lambda p: p.state is PurchaseState.NEEDS_APPROVAL)

    def missing_receipts(self) -> list[Purchase]:
        """Return what was bought and has neither a receipt nor a reason, the latest first."""
        return self._purchases(lambda p: p.lacks_receipt)

    def balance(self, fund_id: str, *, case_id: str | None = None) -> Balance:
        """Return where a fund stands (one youth's part), as far as this device knows its cases."""
        with self._notebook.read() as records:
            fund = require(records, Fund, fund_id, field="fund_id")
            return balance(fund, records.all_of(Purchase), case_id=case_id)

    # Inside

    def _write(self, entry: PurchaseEntry, form: str | None, *, asking: bool) -> Purchase:
        today = self._notebook.today()
        day_not_in_future(entry.bought_on, today, "bought_on")
        with self._notebook.write() as records:
            require_participant(records, entry.case_id, ParticipantKind.YOUTH)
            fund = require(records, Fund, entry.fund_id, field="fund_id")
            purchase = Purchase(
                case_id=entry.case_id,
                fund_id=fund.record_id,
                category=entry.category,
                justification=entry.justification.strip(),
                aims=tuple(dict.fromkeys(entry.aims)),
                amount_cents=entry.amount_cents,
                currency=fund.currency,
                vendor=entry.vendor.strip(),
                what=entry.what.strip(),
                needed_on=entry.bought_on or today,
                bought_on=entry.bought_on,
                receipt_id=entry.receipt_id,
                requested_by=self._notebook.author_id,
            )
            _check(purchase)
            state = PurchaseState.PLANNED
            if asking or entry.bought_on is not None:
                if self._waits(records, purchase):
                    state = PurchaseState.NEEDS_APPROVAL
                else:
                    state = PurchaseState.BOUGHT if entry.bought_on else PurchaseState.APPROVED
            saved = records.save(replace(purchase, state=state, moves=(self._move(state),)))
            if form is not None:
                device.discard_draft(records.session, form)
            return saved

    def _decide(self, purchase_id: str, reason: str, *, is_approved: bool) -> Purchase:
        with self._notebook.write() as records:
            require_manager(records, self._notebook.author_id)
            purchase = require(records, Purchase, purchase_id)
            if purchase.state is not PurchaseState.NEEDS_APPROVAL:
                raise _wrong_state(purchase)
            is_own = purchase.requested_by == self._notebook.author_id
            if is_own and self.asks_approval():
                raise InputError(
                    "Somebody else decides on what you asked for yourself.", code="own_approval"
                )
            state = PurchaseState.REFUSED
            if is_approved:
                spent = purchase.bought_on is not None
                state = PurchaseState.BOUGHT if spent else PurchaseState.APPROVED
            return records.save(self._moved(purchase, state, reason))

    def _waits(self, records: Records, purchase: Purchase) -> bool:
        if not self.asks_approval():
            return False
        fund = records.find(Fund, purchase.fund_id)
        others = records.of_case(Purchase, purchase.case_id)
        return fund is None or needs_approval(fund, purchase, others)

    def _moved(self, purchase: Purchase, state: PurchaseState, reason: str = "") -> Purchase:
        still_waits = state is purchase.state is PurchaseState.NEEDS_APPROVAL
        if not still_waits and state not in TRANSITIONS[purchase.state]:
            raise _wrong_state(purchase)
        return replace(
            purchase, state=state, moves=with_item(purchase.moves, self._move(state, reason))
        )

    def _move(self, state: PurchaseState, reason: str = "") -> PurchaseMove:
        return PurchaseMove(
            state=state,
            at=self._notebook.now(),
            by=self._notebook.author_id,
            reason=reason.strip(),
        )

    def _purchases(
        self, fits: Callable[[Purchase], bool], *, case_id: str | None = None
    ) -> list[Purchase]:
        with self._notebook.read() as records:
            found = [p for p in records.all_of(Purchase, case_id=case_id) if fits(p)]
        return sorted(found, key=lambda p: (p.needed_on or date.min, p.created_at), reverse=True)


def _check_amount(cents: int) -> None:
    if not 0 <= cents <= LARGEST_AMOUNT_CENTS:
        raise InputError(
            "This amount is not possible. Look at the decimal point.",
            field="amount_cents",
            code="amount_too_large",
        )


def _check(purchase: Purchase) -> None:
    _check_amount(purchase.amount_cents)
    if purchase.amount_cents == 0:
        raise InputError("Type an amount such as 12.50.", field="amount_cents", code="no_amount")
    if not purchase.aims:
        raise InputError(
            "Choose at least one aim: safety, permanency, well-being or self-sufficiency.",
            field="aims",
            code="no_aim",
        )
    if purchase.category is PurchaseCategory.OTHER and not purchase.justification:
        raise InputError(
            "Say in a few words what it is for.", field="justification", code="no_justification"
        )


def _wrong_state(purchase: Purchase) -> InputError:
    return InputError(
        "This cannot be done with the purchase as it stands. Open it again.",
        field="state",
        code="purchase_state",
        state=purchase.state.value,
    )
