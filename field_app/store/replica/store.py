"""The replica: one transaction of the encrypted store, with all its parts."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
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
from field_app.store.work import Work
from sync.client.identity import Identity, OwnKeys
from sync.client.replica import Position, Transaction
from sync.protocol.audit import AuditHead
from sync.protocol.receipts import ChainHead

STATE = table_of(SyncStateRow)
POSITION, IDENTITY, SUCCESSOR = "position", "identity", "successor"
_ALL_STATE = Prepared(select(STATE.c.name, STATE.c.value))


class StoreTransaction(OutboxPart, BasesPart, ContentsPart, PeoplePart, CaseKeysPart, ProofsPart):
    """`sync.client.replica.Transaction` over one transaction of the store."""

    def __init__(self, work: Work, now: datetime, known: "KnownState | None" = None) -> None:
        """Work in a transaction of the store.

        `known` remembers what the state's rows say, from one transaction to the next.
        """
        self.now = now
        self.driver = work.driver
        self.purged_files: list[str] = []
        self._work = work
        self._known = known if known is not None else KnownState()
        self._state: _State | None = None
        self._has_moved = False

    @property
    def session(self) -> Session:
        """A session of this transaction, for mapped objects."""
        return self._work.session

    def is_enrolled(self) -> bool:
        """Return whether this device belongs to a centre."""
        return self._read().identity is not None

    def position(self) -> Position:
        """See the port."""
        return self._read().position

    def set_position(self, position: Position) -> None:
        """See the port. Written at the end of the transaction: a round moves it five times."""
        state = self._read()
        if position != state.position:
            state.position = position
            self._has_moved = True

    def identity(self) -> Identity:
        """See the port. Raises LookupError on a device that works alone."""
        identity = self._read().identity
        if identity is None:
            raise LookupError("this device is not enrolled")
        return identity

    def set_identity(self, identity: Identity) -> None:
        """See the port."""
        self._write(IDENTITY, identity.to_json())
        self._read().identity = identity

    def successor(self) -> tuple[OwnKeys, str] | None:
        """See the port."""
        return self._read().successor

    def set_successor(self, successor: tuple[OwnKeys, str] | None) -> None:
        """See the port."""
        if successor is None:
            delete_rows(self.driver, STATE, [SUCCESSOR])
        else:
            self._write(SUCCESSOR, _successor_to_json(*successor))
        self._read().successor = successor

    def chain_head(self) -> ChainHead | None:
        """See the port."""
        return self.chain_head_of(self.position().generation, self.identity().device_id)

    def newest_witness(self) -> AuditHead | None:
        """See the port."""
        return self.newest_witness_of(self.position().generation)

    def finish(self) -> None:
        """Write what waits for the end of the transaction. Called once, by the replica."""
        if self._has_moved:
            self._write(POSITION, self.position().to_json())

    def _read(self) -> "_State":
        """Return the state, read once a transaction: a round asks ten times where it stands."""
        if self._state is None:
            self._state = self._known.read(dict(_ALL_STATE.raw(self.driver)))
        return self._state

    def _write(self, name: str, value: dict[str, Any]) -> None:
        put_rows(self.driver, STATE, [{"name": name, "value": value}])


@dataclass
class _State:
    """The rows of the state's table, read."""

    position: Position
    identity: Identity | None
    successor: tuple[OwnKeys, str] | None


class KnownState:
    """What the rows of the state said last time: an identity is long, and made of keys.

    The rows themselves are read anew in each transaction, and only what they say is remembered.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._identity: tuple[str, Identity] | None = None

    def read(self, rows: Mapping[str, str]) -> _State:
        """Return the state that the rows hold, each as JSON text."""
        position, successor = rows.get(POSITION), rows.get(SUCCESSOR)
        return _State(
            Position.from_json(json.loads(position) if position is not None else {}),
            self._identity_of(rows.get(IDENTITY)),
            None if successor is None else _successor_of(json.loads(successor)),
        )

    def _identity_of(self, text: str | None) -> Identity | None:
        if text is None:
            return None
        if self._identity is None or self._identity[0] != text:
            self._identity = (text, Identity.from_json(json.loads(text)))
        return self._identity[1]


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
        self._known = KnownState()

    @contextmanager
    def transaction(self) -> Iterator[StoreTransaction]:
        """Open a transaction to write in."""
        with self._database.work(write=True) as work:
            tx = StoreTransaction(work, self._clock(), self._known)
            yield tx
            tx.finish()
        if tx.purged_files:
            self._on_purged(tx.purged_files)

    @contextmanager
    def reading(self) -> Iterator[StoreTransaction]:
        """Open a transaction whose changes are dropped."""
        with self._database.work(write=False) as work:
            yield StoreTransaction(work, self._clock(), self._known)
