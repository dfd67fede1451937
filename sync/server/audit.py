"""The agency's audit chain, as it is read and checked. It is written by `work`."""

import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, select

from sync.protocol.audit import (
    AuditEntry,
    AuditHead,
    audit_entry_hash,
    audit_start,
    sign_audit_head,
)
from sync.server.database import table_of
from sync.server.devices import Caller
from sync.server.tables import Agency, AuditRow

AGENCY = table_of(Agency)
AUDIT = table_of(AuditRow)
_SIGNED_FOR = 10 * 1000  # milliseconds


def audit_head(key: Ed25519PrivateKey, caller: Caller, now: int) -> AuditHead:
    """Return the head of the chain of the caller's agency, signed by the server."""
    return sign_audit_head(
        key, caller.agency_id, caller.generation, caller.audit_number, caller.audit_hash, now
    )


class AuditHeads:
    """The heads that a process signed last, one an agency. Safe to share between threads.

    What was signed a moment ago is as true now, while the chain has not grown: every device of an
    agency may have the same head.
    """

    def __init__(self) -> None:
        """Remember none yet."""
        self._heads: dict[str, AuditHead] = {}

    def head(self, key: Ed25519PrivateKey, caller: Caller, now: int) -> AuditHead:
        """Return the head of the chain of the caller's agency, signed at most seconds ago."""
        head = self._heads.get(caller.agency_id)
        if (
            head is None
            or (head.generation, head.number) != (caller.generation, caller.audit_number)
            or head.hash != caller.audit_hash
            or not 0 <= now - head.at < _SIGNED_FOR
        ):
            head = self._heads[caller.agency_id] = audit_head(key, caller, now)
        return head


def entries_after(
    connection: Connection, agency: int, after: int, limit: int
) -> tuple[tuple[AuditEntry, ...], bool]:
    """Return a page of the chain and whether more follows."""
    rows = connection.execute(
        select(AUDIT)
        .where(AUDIT.c.agency == agency, AUDIT.c.number > after)
        .order_by(AUDIT.c.number)
        .limit(limit + 1)
    ).all()
    entries = tuple(
        AuditEntry(
            number=row.number,
            at=row.at,
            actor=row.actor,
            act=row.act,
            subjects=json.loads(row.subjects),
            hash=row.hash,
        )
        for row in rows[:limit]
    )
    return entries, len(rows) > limit


def first_break(connection: Connection, agency: int) -> int | None:
    """Return the number at which the stored chain does not follow, or None when it is whole."""
    row = connection.execute(
        select(AGENCY.c.agency_id, AGENCY.c.audit_number, AGENCY.c.audit_hash).where(
            AGENCY.c.agency == agency
        )
    ).one()
    expected, number = audit_start(row.agency_id), 0
    more = True
    while more:
        entries, more = entries_after(connection, agency, number, 1000)
        for entry in entries:
            number += 1
            expected = audit_entry_hash(
                expected, number, entry.at, entry.actor, entry.act, entry.subjects
            )
            if entry.number != number or entry.hash != expected:
                return number
    whole = number == row.audit_number and expected == row.audit_hash
    return None if whole else number + 1
