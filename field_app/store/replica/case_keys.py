"""Case keys on this device, and which copies of them the centre has from here."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from field_app.store.connection import JournalledConnection
from field_app.store.replica.statements import (
    Prepared,
    delete_rows,
    put_rows,
    rows_by_id,
    table_of,
)
from field_app.store.tables.replica import CaseKeyRow, DepositDueRow, DepositRow
from sync.client.replica import HeldKey
from sync.protocol.keys import CaseKey

KEY = table_of(CaseKeyRow)
DEPOSIT = table_of(DepositRow)
DUE = table_of(DepositDueRow)

_NAMED = Prepared(
    select(KEY)
    .where(KEY.c.key_id == bindparam("key_id"))
    .order_by(KEY.c.made_here.desc(), KEY.c.seq, KEY.c.copy_id)
)
_DUE = Prepared(select(DUE.c.case_id).order_by(DUE.c.case_id))
_FORGET = Prepared(delete(DEPOSIT))
_UNCONFIRMED = update(KEY).values(seq=0, sealed_for="")
_UNCONFIRM = Prepared(_UNCONFIRMED)
_UNCONFIRM_CASE = Prepared(_UNCONFIRMED.where(KEY.c.case_id == bindparam("case")))
_CASES = Prepared(select(KEY.c.case_id).distinct())


class CaseKeysPart:
    """Keys and deposits inside a transaction."""

    driver: JournalledConnection

    def put_key(self, key: HeldKey) -> None:
        """See `sync.client.replica.Transaction`."""
        put_rows(
            self.driver,
            KEY,
            [
                {
                    "copy_id": f"{key.key.key_id}:{sha256(key.key.key).hexdigest()[:16]}",
                    "key_id": key.key.key_id,
                    "case_id": key.key.case_id,
                    "epoch": key.key.epoch,
                    "key": key.key.key,
                    "made_here": key.made_here,
                    "sealed_for": key.sealed_for,
                    "seq": key.seq,
                    "is_vouched": key.is_vouched,
                }
            ],
        )

    def keys_named(self, key_id: str) -> list[HeldKey]:
        """See the port."""
        return [_held(row) for row in _NAMED.rows(self.driver, key_id=key_id)]

    def keys_of_case(self, case_id: str) -> list[HeldKey]:
        """See the port."""
        return [_held(row) for row in rows_by_id(self.driver, KEY, [case_id], KEY.c.case_id)]

    def all_key_cases(self) -> list[str]:
        """See the port."""
        return _CASES.values(self.driver)

    def mark_deposits_due(self, case_ids: Iterable[str]) -> None:
        """See the port."""
        put_rows(self.driver, DUE, [{"case_id": case_id} for case_id in sorted(set(case_ids))])

    def deposits_due(self) -> list[str]:
        """See the port."""
        return _DUE.values(self.driver)

    def clear_deposits_due(self, case_ids: Iterable[str]) -> None:
        """See the port."""
        delete_rows(self.driver, DUE, case_ids)

    def deposited(self, case_id: str) -> set[tuple[str, str]]:
        """See the port."""
        rows = rows_by_id(self.driver, DEPOSIT, [case_id], DEPOSIT.c.case_id)
        pairs = (row.pair.partition(":") for row in rows)
        return {(key_id, recipient) for key_id, _, recipient in pairs}

    def add_deposited(self, case_id: str, pairs: Iterable[tuple[str, str]]) -> None:
        """See the port."""
        put_rows(
            self.driver,
            DEPOSIT,
            [{"pair": f"{key_id}:{recipient}", "case_id": case_id} for key_id, recipient in pairs],
        )

    def forget_deposits(self, case_id: str | None) -> None:
        """See the port."""
        if case_id is None:
            _FORGET.run(self.driver)
            _UNCONFIRM.run(self.driver)
        else:
            delete_rows(self.driver, DEPOSIT, [case_id], DEPOSIT.c.case_id)
            _UNCONFIRM_CASE.run(self.driver, case=case_id)


def _held(row: Any) -> HeldKey:
    key = CaseKey(case_id=row.case_id, key_id=row.key_id, epoch=row.epoch, key=row.key)
    return HeldKey(key, row.made_here, row.sealed_for, row.seq, row.is_vouched)
