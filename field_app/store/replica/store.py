"""The replica: one transaction of the encrypted store, with all its parts."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from field_app.store.database import Database
from field_app.store.replica.bases import BasesPart
from field_app.store.replica.case_keys import CaseKeysPart
from field_app.store.replica.contents import ContentsPart
from field_app.store.replica.outbox import OutboxPart
from field_app.store.replica.people import PeoplePart
from field_app.store.replica.proofs import ProofsPart
from field_app.store.replica.statements import Prepared, delete_rows, put_rows, table_of
from field_app.store.tables.replica import SyncStateRow
from sync.client.identity import Identity, OwnKeys
from sync.client.replica import Position, Transaction
from sync.protocol.audit import AuditHead
from sync.protocol.receipts import ChainHead

STATE = table_of(SyncStateRow)
POSITION, IDENTITY, SUCCESSOR = "position", "identity", "successor"
_ALL_STATE = Prepared(select(STATE.c.name, STATE.c.value))
_READ = "sync_state"
"""Under this name a session keeps the state that was read in it: ten reads a sync are one query.

A session is one transaction, and nothing else writes this table.
"""


@dataclass
class StoreTransaction(OutboxPart, BasesPart, ContentsPart, PeoplePart, CaseKeysPart, ProofsPart):
    """`sync.client.replica.Transaction` over a session of the store."""

    session: Session
    now: datetime
    purged_files: list[str] = field(default_factory=list)
    _states: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    """Read once a transaction: one round asks ten times where it stands."""

    def is_enrolled(self) -> bool:
        """Return whether this device belongs to a centre."""
        return self._state().identity is not None

    def position(self) -> Position:
        """See the port."""
        return self._state().position

    def set_position(self, position: Position) -> None:
        """See the port."""
        self._write(POSITION, position.to_json())
        self._state().position = position

    def identity(self) -> Identity:
        """See the port. Raises LookupError on a device that works alone."""
        identity = self._state().identity
        if identity is None:
            raise LookupError("this device is not enrolled")
        return identity

    def set_identity(self, identity: Identity) -> None:
        """See the port."""
        self._write(IDENTITY, identity.to_json())
        self._state().identity = identity

    def successor(self) -> tuple[OwnKeys, str] | None:
        """See the port."""
        return self._state().successor

    def set_successor(self, successor: tuple[OwnKeys, str] | None) -> None:
        """See the port."""
        if successor is None:
            delete_rows(self.session, STATE, [SUCCESSOR])
        else:
            self._write(SUCCESSOR, _successor_to_json(*successor))
        self._state().successor = successor

    def chain_head(self) -> ChainHead | None:
        """See the port."""
        return self.chain_head_of(self.position().generation, self.identity().device_id)

    def newest_witness(self) -> AuditHead | None:
        """See the port."""
        return self.newest_witness_of(self.position().generation)

    def _state(self) -> "_State":
        known: _State | None = self.session.info.get(_READ)
        if known is None:
            rows = _ALL_STATE.rows(self.session)
            known = self.session.info[_READ] = _State.of({row.name: row.value for row in rows})
        return known

    def _write(self, name: str, value: dict[str, Any]) -> None:
        put_rows(self.session, STATE, [{"name": name, "value": value}])


@dataclass
class _State:
    """The rows of the state's table, read."""

    position: Position
    identity: Identity | None
    successor: tuple[OwnKeys, str] | None

    @classmethod
    def of(cls, rows: dict[str, Any]) -> "_State":
        """Return the state that the rows hold."""
        identity, successor = rows.get(IDENTITY), rows.get(SUCCESSOR)
        return cls(
            Position.from_json(rows.get(POSITION, {})),
            None if identity is None else Identity.from_json(identity),
            None if successor is None else _successor_of(successor),
        )


def _successor_to_json(keys: OwnKeys, idempotency_key: str) -> dict[str, str]:
    return {
        "device_id": keys.device_id,
        "signing_seed": base64.b64encode(keys.signing_seed).decode(),
        "sealing_seed": base64.b64encode(keys.sealing_seed).decode(),
        "idempotency_key": idempotency_key,
    }


def _successor_of(values: dict[str, str]) -> tuple[OwnKeys, str]:
    keys = OwnKeys(
        values["device_id"],
        base64.b64decode(values["signing_seed"]),
        base64.b64decode(values["sealing_seed"]),
    )
    return keys, values["idempotency_key"]


def _fits(transaction: StoreTransaction) -> Transaction:
    """Let mypy compare the parts with the port."""
    return transaction


class StoreReplica:
    """`sync.client.replica.Replica` over the encrypted store."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        on_purged: Callable[[list[str]], None] = lambda _attachment_ids: None,
    ) -> None:
        """Use an open store.

        `on_purged` hears, after the commit, the ids of the attachments whose cases were removed:
        their files have to go. After a crash in between they lie there without a key.
        """
        self._database = database
        self._clock = clock
        self._on_purged = on_purged

    @contextmanager
    def transaction(self) -> Iterator[StoreTransaction]:
        """Open a transaction to write in."""
        with self._database.transaction() as session:
            tx = StoreTransaction(session, self._clock())
            yield tx
        if tx.purged_files:
            self._on_purged(tx.purged_files)

    @contextmanager
    def reading(self) -> Iterator[StoreTransaction]:
        """Open a transaction whose changes are dropped."""
        with self._database.session() as session:
            yield StoreTransaction(session, self._clock())
