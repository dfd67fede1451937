"""The answer to a sync, written as JSON from rows: no object is built for a record.

What is written here is exactly what `SyncAnswer` would write; the tests hold the two together.
Ids and numbers were checked when they came in, so nothing here needs escaping.
"""

import json
from binascii import b2a_base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sync.protocol.audit import AuditHead
from sync.protocol.feed import DeviceEntry, GrantEntry, StaffEntry, Withdrawal
from sync.protocol.keys import SealedCaseKey
from sync.protocol.push import KeyOutcome
from sync.protocol.receipts import ChainHead
from sync.server.prepared import Row
from sync.server.push import Told

_URL_SAFE = bytes.maketrans(b"+/", b"-_")

RECORD_FIELDS = (
    "record_id",
    "case_id",
    "base_revision",
    "revision",
    "seq",
    "generation",
    "device_id",
    "device_seq",
    "key_id",
    "deleted",
    "received_at",
    "sealed",
)
"""Columns of a record as the feed delivers it, in the order of `record_json`."""


@dataclass(slots=True)
class FeedParts:
    """One page of the feed: `Feed`, with its records as rows that begin with `RECORD_FIELDS`."""

    staff: Sequence[StaffEntry] = ()
    devices: Sequence[DeviceEntry] = ()
    grants: Sequence[GrantEntry] = ()
    keys: Sequence[SealedCaseKey] = ()
    records: Sequence[Row] = ()
    withdrawals: Sequence[Withdrawal] = ()


@dataclass(slots=True, kw_only=True)
class AnswerParts:
    """The fields of `SyncAnswer`, before they are written."""

    generation: int
    outcomes: Sequence[Told] = ()
    key_outcomes: Sequence[KeyOutcome] = ()
    feed: FeedParts | None = None
    runs: Sequence[Row] = ()
    cursor: str | None = None
    more: bool = False
    digests: Sequence[tuple[str, bytes]] = ()
    chain_head: ChainHead
    audit_head: AuditHead
    server_time: int
    lease_days: int
    inbox_open: int | None = None
    revoked: bool = False


def answer_json(parts: AnswerParts) -> bytes:
    """Return the body of the answer."""
    return (
        f'{{"generation":{parts.generation},'
        f'"outcomes":[{",".join(map(_outcome, parts.outcomes))}],'
        f'"key_outcomes":{_messages(parts.key_outcomes)},'
        f'"feed":{"null" if parts.feed is None else _feed(parts.feed)},'
        f'"runs":[{",".join(map(_run, parts.runs))}],'
        f'"cursor":{_text(parts.cursor)},'
        f'"more":{_flag(parts.more)},'
        f'"digests":[{",".join(map(_digest, parts.digests))}],'
        f'"chain_head":{_chain_head(parts.chain_head)},'
        f'"audit_head":{_audit_head(parts.audit_head)},'
        f'"server_time":{parts.server_time},'
        f'"lease_days":{parts.lease_days},'
        f'"inbox_open":{"null" if parts.inbox_open is None else parts.inbox_open},'
        f'"revoked":{_flag(parts.revoked)}}}'
    ).encode()


def _chain_head(head: ChainHead) -> str:
    return (
        f'{{"agency_id":"{head.agency_id}","device_id":"{head.device_id}",'
        f'"generation":{head.generation},"device_seq":{head.device_seq},'
        f'"hash":"{_bytes(head.hash)}","at":{head.at},"signature":"{_bytes(head.signature)}"}}'
    )


def _audit_head(head: AuditHead) -> str:
    return (
        f'{{"agency_id":"{head.agency_id}","generation":{head.generation},"number":{head.number},'
        f'"hash":"{_bytes(head.hash)}","at":{head.at},"signature":"{_bytes(head.signature)}"}}'
    )


def record_json(row: Row) -> str:
    """Return a record as `Record` writes itself."""
    record, case, base, revision, seq, generation, device, number, key, deleted, at, sealed = row[
        :12
    ]
    return (
        f'{{"record_id":"{record}","case_id":"{case}","base_revision":{base},'
        f'"revision":{revision},"seq":{seq},"generation":{generation},"device_id":"{device}",'
        f'"device_seq":{number},"key_id":"{key}","deleted":{"true" if deleted else "false"},'
        f'"received_at":{at},"sealed":"{_bytes(sealed)}"}}'
    )


def _outcome(told: Told) -> str:
    current = "null" if told.current is None else told.current.model_dump_json()
    return (
        f'{{"device_seq":{told.device_seq},"status":"{told.status}",'
        f'"record_id":"{told.record_id}","revision":{told.revision},"seq":{told.seq},'
        f'"received_at":{told.received_at},"code":{_text(told.code)},"current":{current}}}'
    )


def _feed(feed: FeedParts) -> str:
    return (
        f'{{"staff":{_messages(feed.staff)},"devices":{_messages(feed.devices)},'
        f'"grants":{_messages(feed.grants)},"keys":{_messages(feed.keys)},'
        f'"records":[{",".join(map(record_json, feed.records))}],'
        f'"withdrawals":{_messages(feed.withdrawals)}}}'
    )


def _run(row: Row) -> str:
    device_id, generation, first_seq, leaves, signature = row
    return (
        f'{{"device_id":"{device_id}","generation":{generation},"first_seq":{first_seq},'
        f'"leaves":"{_bytes(leaves)}","signature":"{_bytes(signature)}"}}'
    )


def _digest(case: tuple[str, bytes]) -> str:
    return f'{{"case_id":"{case[0]}","digest":"{_bytes(case[1])}"}}'


def _messages(messages: Iterable[Any]) -> str:
    return f"[{','.join([message.model_dump_json() for message in messages])}]"


def _text(value: str | None) -> str:
    return "null" if value is None else json.dumps(value)


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _bytes(value: bytes) -> str:
    return b2a_base64(value, newline=False).translate(_URL_SAFE).decode("ascii")
