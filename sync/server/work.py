"""One write transaction of an agency: its numbers and its audit entries.

The agency row is the last lock. Whoever holds it gives numbers, so the order of numbers is the
order of commits, and a reader who has seen number n has seen everything below it.
"""

from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, insert, update

from sync.protocol.audit import audit_entry_hash
from sync.protocol.wire import canonical_json
from sync.server.database import table_of
from sync.server.prepared import Prepared
from sync.server.tables import Agency, AuditRow

AGENCY = table_of(Agency)
AUDIT = table_of(AuditRow)
_THIS = AGENCY.c.agency == bindparam("this_agency")
# Locks the row, gives the first numbers and reads the rest of it in one statement.
_TAKE = Prepared(
    update(AGENCY)
    .where(_THIS)
    .values(seq=AGENCY.c.seq + bindparam("count"))
    .returning(AGENCY.c.seq, AGENCY.c.audit_number, AGENCY.c.audit_hash, AGENCY.c.generation),
    "count",
    "this_agency",
)
_FINISH = Prepared(
    update(AGENCY)
    .where(_THIS)
    .values({name: bindparam(name) for name in ("seq", "audit_number", "audit_hash")}),
    "seq",
    "audit_number",
    "audit_hash",
    "this_agency",
)


@dataclass
class Work:
    """What one transaction does to an agency.

    Attributes:
        connection: The transaction.
        agency: Row number of the agency.
        actor: Device id of whoever acts; empty for the host itself.
        now: The server's clock, in milliseconds.
        generation: Of the agency, once its row is locked; None until then.
        audit_number: Number of the last audit entry, likewise.
        audit_hash: Its hash, likewise.
    """

    connection: Connection
    agency: int
    actor: str
    now: int
    generation: int | None = None
    audit_number: int = 0
    audit_hash: bytes = b""
    _seq: int | None = None
    _stored_seq: int = 0
    _entries: list[dict[str, object]] = field(default_factory=list)

    @property
    def head(self) -> int | None:
        """The last number that was given; None while the agency's row is not locked."""
        return self._seq

    def take(self, count: int = 1) -> int:
        """Return the first of `count` new numbers. Call it after every other lock is held."""
        if self._seq is None:
            row = _TAKE.rows(self.connection, count, self.agency)[0]
            self._seq, self.audit_number, self.audit_hash, self.generation = row
            self._stored_seq = row[0]
        else:
            self._seq += count
        first: int = self._seq - count + 1
        return first

    def audit(self, act: str, **subjects: str | int | None) -> None:
        """Add an entry to the agency's audit chain. Ids and words of this protocol only."""
        self.take(0)
        self.audit_number += 1
        self.audit_hash = audit_entry_hash(
            self.audit_hash, self.audit_number, self.now, self.actor, act, subjects
        )
        self._entries.append(
            {
                "agency": self.agency,
                "number": self.audit_number,
                "at": self.now,
                "actor": self.actor,
                "act": act,
                "subjects": canonical_json(subjects).decode(),
                "hash": self.audit_hash,
            }
        )

    def finish(self) -> None:
        """Write what the first numbers did not: the last statement before the commit."""
        if self._entries:
            self.connection.execute(insert(AUDIT), self._entries)
        if self._entries or self._seq not in (None, self._stored_seq):
            values = (self._seq, self.audit_number, self.audit_hash, self.agency)
            _FINISH.run(self.connection, *values)
