"""Sealed case keys: deposited by devices, handed out to their recipients, opened by nobody here."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, tuple_

from sync.protocol.errors import Refusal, SignatureInvalid
from sync.protocol.keys import RECOVERY, SealedCaseKey, verify_sealed_key
from sync.protocol.push import KeyOutcome
from sync.protocol.roles import DeviceState
from sync.server.database import table_of
from sync.server.devices import Caller, public_key
from sync.server.tables import Device, SealedKey
from sync.server.work import Work

KEY = table_of(SealedKey)
DEVICE = table_of(Device)
_MANY = 300
_RECOVERABLE = select(KEY.c.case_id, KEY.c.key_id).where(
    KEY.c.agency == bindparam("agency"),
    KEY.c.case_id.in_(bindparam("cases", expanding=True)),
    KEY.c.recipient == RECOVERY,
)


def judge(
    connection: Connection, caller: Caller, keys: Sequence[SealedCaseKey], allowed: set[str]
) -> tuple[list[SealedCaseKey], list[KeyOutcome]]:
    """Return the keys that are to be stored, and one outcome for each key.

    Args:
        connection: The transaction.
        caller: Who deposits; must have sealed the keys.
        keys: What is deposited.
        allowed: Cases that the caller may seal keys for.
    """
    if not keys:
        return [], []
    wanted = {key.recipient for key in keys} - {RECOVERY}
    recipients = set(
        connection.scalars(
            select(DEVICE.c.device_id).where(
                DEVICE.c.agency == caller.agency,
                DEVICE.c.device_id.in_(sorted(wanted)),
                DEVICE.c.state == DeviceState.ACTIVE.value,
            )
        )
    )
    stored = _stored(connection, caller, keys)
    accepted: list[SealedCaseKey] = []
    outcomes: list[KeyOutcome] = []
    for key in keys:
        place = (key.case_id, key.key_id, key.recipient)
        code = _refusal(caller, key, allowed, recipients)
        if code is None and place not in stored:
            stored.add(place)
            accepted.append(key)
        outcomes.append(KeyOutcome(key_id=key.key_id, recipient=key.recipient, code=code))
    return accepted, outcomes


def _refusal(
    caller: Caller,
    key: SealedCaseKey,
    allowed: set[str],
    recipients: set[str],
) -> Refusal | None:
    if key.case_id not in allowed:
        return Refusal.NO_ACCESS
    if key.recipient != RECOVERY and key.recipient not in recipients:
        return Refusal.RECIPIENT_UNKNOWN
    if key.sealer != caller.device_id:
        return Refusal.SIGNATURE_INVALID
    try:
        verify_sealed_key(caller.agency_id, key, public_key(caller.signing_key))
    except SignatureInvalid:
        return Refusal.SIGNATURE_INVALID
    return None


def _stored(
    connection: Connection, caller: Caller, keys: Sequence[SealedCaseKey]
) -> set[tuple[str, str, str]]:
    """Return the places that this sealer filled before: sealing again gives other bytes, no news.

    Another sealer's copy does not count, or a false copy could keep the true one out.
    """
    places = [(key.case_id, key.key_id, key.recipient) for key in keys]
    found: set[tuple[str, str, str]] = set()
    for start in range(0, len(places), _MANY):
        rows = connection.execute(
            select(KEY.c.case_id, KEY.c.key_id, KEY.c.recipient).where(
                KEY.c.agency == caller.agency,
                KEY.c.sealer == caller.device_id,
                tuple_(KEY.c.case_id, KEY.c.key_id, KEY.c.recipient).in_(
                    places[start : start + _MANY]
                ),
            )
        )
        found.update((row.case_id, row.key_id, row.recipient) for row in rows)
    return found


def store(work: Work, keys: Sequence[SealedCaseKey]) -> None:
    """Store judged keys, each with a number of its own."""
    if not keys:
        return
    first = work.take(len(keys))
    work.connection.execute(
        insert(KEY),
        [
            {
                "agency": work.agency,
                "case_id": key.case_id,
                "key_id": key.key_id,
                "recipient": key.recipient,
                "epoch": key.epoch,
                "sealer": key.sealer,
                "sealed": key.sealed,
                "signature": key.signature,
                "seq": seq,
            }
            for seq, key in enumerate(keys, first)
        ],
    )
    for case_id, key_id in sorted({(key.case_id, key.key_id) for key in keys}):
        count = sum(1 for key in keys if key.key_id == key_id)
        work.audit("deposit_key", case_id=case_id, key_id=key_id, recipients=count)


def recoverable(
    connection: Connection, agency: int, case_ids: Iterable[str]
) -> set[tuple[str, str]]:
    """Return (case, key) of every key of some cases that the recovery words open."""
    wanted = sorted(set(case_ids))
    found: set[tuple[str, str]] = set()
    for start in range(0, len(wanted), _MANY):
        parameters = {"agency": agency, "cases": wanted[start : start + _MANY]}
        rows = connection.execute(_RECOVERABLE, parameters).all()
        found.update((row.case_id, row.key_id) for row in rows)
    return found


def sealed_key(row: Any) -> SealedCaseKey:
    """Return a row as it travels."""
    return SealedCaseKey.model_construct(
        case_id=row.case_id,
        key_id=row.key_id,
        epoch=row.epoch,
        recipient=row.recipient,
        sealer=row.sealer,
        sealed=row.sealed,
        signature=row.signature,
        seq=row.seq,
    )


def keys_of_case(
    connection: Connection, agency: int, case_id: str, recipient: str
) -> tuple[SealedCaseKey, ...]:
    """Return the keys of a case that are sealed to one recipient."""
    rows = connection.execute(
        select(KEY)
        .where(KEY.c.agency == agency, KEY.c.case_id == case_id, KEY.c.recipient == recipient)
        .order_by(KEY.c.seq)
    )
    return tuple(sealed_key(row) for row in rows)


def recovery_keys(
    connection: Connection, agency: int, after: int, limit: int
) -> tuple[tuple[SealedCaseKey, ...], bool]:
    """Return a page of the keys sealed to the recovery words, and whether more follows."""
    rows = connection.execute(
        select(KEY)
        .where(KEY.c.agency == agency, KEY.c.recipient == RECOVERY, KEY.c.seq > after)
        .order_by(KEY.c.seq)
        .limit(limit + 1)
    ).all()
    return tuple(sealed_key(row) for row in rows[:limit]), len(rows) > limit
