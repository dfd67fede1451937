"""What this device can prove: its receipts, their signed heads, and heads of the audit chain."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, func, select

from field_app.store.connection import JournalledConnection
from field_app.store.replica.receipt_runs import (
    TAKEN,
    KeptReceipt,
    count_taken_in,
    receipts_of,
    rows_of,
)
from field_app.store.replica.statements import (
    Prepared,
    delete_rows,
    put_rows,
    table_of,
)
from field_app.store.tables.replica import ChainHeadRow, ProblemRow, ReceiptRunRow, WitnessRow
from sync.protocol.audit import AuditHead
from sync.protocol.limits import AUDIT_HEADS_KEPT
from sync.protocol.receipts import ChainHead, ReceiptEntry

RECEIPT = table_of(ReceiptRunRow)
CHAIN_HEAD = table_of(ChainHeadRow)
WITNESS = table_of(WitnessRow)
PROBLEM = table_of(ProblemRow)
LAST_MOMENT = 2**63 - 1
_ALL_RECEIPTS = Prepared(
    select(RECEIPT).order_by(RECEIPT.c.generation, RECEIPT.c.first_seq, RECEIPT.c.device_id)
)
_RECEIPTS_BEFORE = Prepared(
    select(RECEIPT)
    .where(RECEIPT.c.received_at < bindparam("before"))
    .order_by(RECEIPT.c.received_at.desc(), RECEIPT.c.generation.desc(), RECEIPT.c.first_seq.desc())
    .limit(bindparam("most"))
)
_COUNT_RECEIPTS = Prepared(
    select(func.coalesce(func.sum(RECEIPT.c.last_seq - RECEIPT.c.first_seq + 1), 0))
)
_ALL_ENTRIES = Prepared(select(RECEIPT.c.entries))
_NEWEST = Prepared(
    select(WITNESS.c.head)
    .where(WITNESS.c.generation == bindparam("generation"))
    .order_by(WITNESS.c.number.desc())
    .limit(1)
)
_COUNT_WITNESSES = Prepared(select(func.count()).select_from(WITNESS))
_OLDEST = Prepared(
    select(WITNESS.c.witness_id)
    .order_by(WITNESS.c.generation, WITNESS.c.number)
    .limit(bindparam("most"))
)
_SUBJECTS = Prepared(
    select(PROBLEM.c.subject).where(PROBLEM.c.code == bindparam("code")).order_by(PROBLEM.c.at)
)
_HEAD = Prepared(select(CHAIN_HEAD.c.head).where(CHAIN_HEAD.c.chain_id == bindparam("chain_id")))


class ProofsPart:
    """Receipts, heads and problems inside a transaction."""

    driver: JournalledConnection
    now: datetime

    def add_receipts(
        self, generation: int, device_id: str, entries: Iterable[ReceiptEntry]
    ) -> None:
        """See `sync.client.replica.Transaction`."""
        put_rows(self.driver, RECEIPT, list(rows_of(generation, device_id, entries)))

    def receipts(self) -> list[KeptReceipt]:
        """Return all receipts, by generation and number."""
        return [kept for row in _ALL_RECEIPTS.rows(self.driver) for kept in receipts_of(row)]

    def newest_receipts(
        self, limit: int, before: int | None = None, *, only_taken: bool = False
    ) -> list[KeptReceipt]:
        """Return receipts, the latest first, of moments before one in milliseconds.

        `only_taken` leaves out those of changes that the centre did not take.
        """
        end = LAST_MOMENT if before is None else before
        most = limit
        while True:
            rows = _RECEIPTS_BEFORE.rows(self.driver, before=end, most=most)
            found: list[KeptReceipt] = []
            for row in rows:
                found += (
                    kept
                    for kept in reversed(receipts_of(row))
                    if not only_taken or kept.entry.status in TAKEN
                )
                if len(found) >= limit:
                    return found[:limit]
            if len(rows) < most:
                return found
            most *= 2  # there were others among them, which is rare

    def count_receipts(self) -> int:
        """Return how many receipts are kept."""
        return int(_COUNT_RECEIPTS.value(self.driver))

    def count_taken(self) -> int:
        """Return how many receipts say that the centre took the change. Reads them all."""
        return sum(count_taken_in(row.entries) for row in _ALL_ENTRIES.rows(self.driver))

    def put_chain_head(self, head: ChainHead) -> None:
        """See the port."""
        put_rows(
            self.driver,
            CHAIN_HEAD,
            [
                {
                    "chain_id": f"{head.generation}:{head.device_id}",
                    "generation": head.generation,
                    "device_id": head.device_id,
                    "head": head.model_dump_json(),
                }
            ],
        )

    def chain_head_of(self, generation: int, device_id: str) -> ChainHead | None:
        """Return the newest head of a device in a generation."""
        head = _HEAD.value(self.driver, chain_id=f"{generation}:{device_id}")
        return None if head is None else ChainHead.model_validate_json(head)

    def witness(self, head: AuditHead) -> None:
        """See the port."""
        put_rows(
            self.driver,
            WITNESS,
            [
                {
                    "witness_id": f"{head.generation}:{head.number}",
                    "generation": head.generation,
                    "number": head.number,
                    "head": head.model_dump_json(),
                }
            ],
        )
        kept = int(_COUNT_WITNESSES.value(self.driver))
        if kept > AUDIT_HEADS_KEPT:
            oldest = _OLDEST.values(self.driver, most=kept - AUDIT_HEADS_KEPT)
            delete_rows(self.driver, WITNESS, oldest)

    def newest_witness_of(self, generation: int) -> AuditHead | None:
        """Return the audit head with the highest number of a generation."""
        head = _NEWEST.value(self.driver, generation=generation)
        return None if head is None else AuditHead.model_validate_json(head)

    def note_problem(self, code: str, subject: str) -> None:
        """See the port."""
        put_rows(
            self.driver,
            PROBLEM,
            [
                {
                    "problem_id": f"{code}:{subject}",
                    "code": code,
                    "subject": subject,
                    "at": self.now,
                }
            ],
        )

    def forget_problems(self, codes: Iterable[str], subject: str | None = None) -> None:
        """See the port."""
        if subject is None:
            delete_rows(self.driver, PROBLEM, codes, PROBLEM.c.code)
        else:
            delete_rows(self.driver, PROBLEM, [f"{code}:{subject}" for code in codes])

    def problems_of(self, code: str) -> list[str]:
        """Return the subjects of the problems of a code."""
        return _SUBJECTS.values(self.driver, code=code)
