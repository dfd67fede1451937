"""Sealed case keys: deposited by devices, handed out to their recipients, opened by nobody here."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from sync.protocol.errors import Refusal, SignatureInvalid
from sync.protocol.keys import RECOVERY, SealedCaseKey, verify_sealed_key
from sync.protocol.push import KeyOutcome
from sync.protocol.roles import DeviceState
from sync.server.database import table_of
from sync.server.devices import Caller, public_key
from sync.server.prepared import OneOf, Prepared, many
from sync.server.tables import Device, SealedKey
from sync.server.work import Work

KEY = table_of(SealedKey)
DEVICE = table_of(Device)
_RECIPIENTS = Prepared(
    select(DEVICE.c.device_id).where(
        DEVICE.c.agency == bindparam("agency"),
        OneOf(DEVICE.c.device_id, "ids"),
        DEVICE.c.state == DeviceState.ACTIVE.value,
    ),
    "agency",
    "ids",
)
_STORED = Prepared(
    select(KEY.c.case_id, KEY.c.key_id, KEY.c.recipient).where(
        KEY.c.agency == bindparam("agency"),
        KEY.c.sealer == bindparam("sealer"),
        OneOf(KEY.c.case_id, "cases"),
    ),
    "agency",
    "sealer",
    "cases",
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
    recipients = {row[0] for row in _RECIPIENTS.rows(connection, caller.agency, many(wanted))}
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
    cases = many(key.case_id for key in keys)
    return {
        (case_id, key_id, recipient)
        for case_id, key_id, recipient in _STORED.rows(
            connection, caller.agency, caller.device_id, cases
        )
    }


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
    copies = Counter(key.key_id for key in keys)
    for case_id, key_id in sorted({(key.case_id, key.key_id) for key in keys}):
        count = copies[key_id]
        work.audit("deposit_key", case_id=case_id, key_id=key_id, recipients=count)


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
