"""One write transaction of an agency: its numbers and its audit entries.

The agency row is the last lock. Whoever holds it gives numbers, so the order of numbers is the
order of commits, and a reader who has seen number n has seen everything below it.
"""

from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, insert, select, update

from sync.protocol.audit import audit_entry_hash
from sync.protocol.wire import canonical_json
from sync.server.database import table_of
from sync.server.tables import Agency, AuditRow

AGENCY = table_of(Agency)
AUDIT = table_of(AuditRow)
_LOCK = (
    select(AGENCY.c.seq, AGENCY.c.audit_number, AGENCY.c.audit_hash)
    .where(AGENCY.c.agency == bindparam("agency"))
    .with_for_update()
)
_FINISH = (
    update(AGENCY)
    .where(AGENCY.c.agency == bindparam("this_agency"))
    .values({name: bindparam(name) for name in ("seq", "audit_number", "audit_hash")})
)


@dataclass
class Work:
    """What one transaction does to an agency.

    Attributes:
        connection: The transaction.
        agency: Row number of the agency.
        actor: Device id of whoever acts; empty for the host itself.
        now: The server's clock, in milliseconds.
    """

    connection: Connection
    agency: int
    actor: str
    now: int
    _seq: int | None = None
    _audit_number: int = 0
    _audit_hash: bytes = b""
    _entries: list[dict[str, object]] = field(default_factory=list)

    def _lock(self) -> None:
        if self._seq is None:
            row = self.connection.execute(_LOCK, {"agency": self.agency}).one()
            self._seq, self._audit_number, self._audit_hash = row

    def take(self, count: int = 1) -> int:
        """Return the first of `count` new numbers. Call it after every other lock is held."""
        self._lock()
        assert self._seq is not None  # noqa: S101 - set by _lock
        first = self._seq + 1
        self._seq += count
        return first

    def audit(self, act: str, **subjects: str | int | None) -> None:
        """Add an entry to the agency's audit chain. Ids and words of this protocol only."""
        self._lock()
        self._audit_number += 1
        self._audit_hash = audit_entry_hash(
            self._audit_hash, self._audit_number, self.now, self.actor, act, subjects
        )
        self._entries.append(
            {
                "agency": self.agency,
                "number": self._audit_number,
                "at": self.now,
                "actor": self.actor,
                "act": act,
                "subjects": canonical_json(subjects).decode(),
                "hash": self._audit_hash,
            }
        )

    def finish(self) -> None:
        """Write the counter and the audit chain. The last statement before the commit."""
        if self._seq is None:
            return
        if self._entries:
            self.connection.execute(insert(AUDIT), self._entries)
        self.connection.execute(
            _FINISH,
            {
                "this_agency": self.agency,
                "seq": self._seq,
                "audit_number": self._audit_number,
                "audit_hash": self._audit_hash,
            },
        )
