"""One sync round: what a device hands in and what it is told about it."""

from typing import Annotated

from pydantic import Field, model_validator

from sync.protocol.audit import AuditHead
from sync.protocol.envelope import Change, Record, Run, RunSignature
from sync.protocol.errors import Refusal
from sync.protocol.feed import Feed
from sync.protocol.ids import Id
from sync.protocol.keys import Recipient, SealedCaseKey
from sync.protocol.limits import CHANGES_PER_CALL, FEED_LIMIT, KEYS_PER_CALL
from sync.protocol.receipts import ChainHead, Status
from sync.protocol.wire import Count, Hash32, Message, Milliseconds, SignedStatement


class SyncRequest(Message):
    """Body of `POST /v1/sync`.

    Attributes:
        generation: The generation that the device is in.
        keys: Sealed case keys to deposit; stored before the changes are judged.
        openings: An `Opening` for every case that this call opens, signed by this device.
        changes: In the order of `device_seq`, without gaps.
        runs: The author's signatures; together they cover every change exactly once.
        acked: Highest `device_seq` whose outcome this device has stored in this generation.
        cursor: From the last answer; None to read from the start.
        limit: Most items of the feed page; 0 asks for none.
        digest_of: Cases whose digest is wanted although nothing of them moved.
        hand_in: A revoked device hands in what it has; no feed.
    """

    generation: Count
    keys: Annotated[tuple[SealedCaseKey, ...], Field(max_length=KEYS_PER_CALL)] = ()
    openings: Annotated[tuple[SignedStatement, ...], Field(max_length=CHANGES_PER_CALL)] = ()
    changes: Annotated[tuple[Change, ...], Field(max_length=CHANGES_PER_CALL)] = ()
    runs: Annotated[tuple[RunSignature, ...], Field(max_length=CHANGES_PER_CALL)] = ()
    acked: Count = 0
    cursor: Annotated[str, Field(max_length=200)] | None = None
    limit: Annotated[int, Field(ge=0, le=FEED_LIMIT)] = FEED_LIMIT
    digest_of: Annotated[tuple[Id, ...], Field(max_length=FEED_LIMIT)] = ()
    hand_in: bool = False

    @model_validator(mode="after")
    def _numbers_are_gapless_and_covered(self) -> "SyncRequest":
        numbers = [change.device_seq for change in self.changes]
        first = numbers[0] if numbers else 0
        if numbers != list(range(first, first + len(numbers))):
            raise ValueError("changes are numbered without gaps, in order")
        expected = first
        for run in self.runs:
            if run.first_seq != expected:
                raise ValueError("runs cover the changes in order, each once")
            expected += run.count
        if expected != first + len(numbers):
            raise ValueError("runs cover every change and nothing else")
        return self


class Outcome(Message):
    """What became of one change. `current` comes with a conflict, while access lasts."""

    device_seq: Count
    status: Status
    record_id: Id
    revision: Count = 0
    seq: Count = 0
    received_at: Milliseconds
    code: Refusal | None = None
    current: Record | None = None


class KeyOutcome(Message):
    """What became of a deposited key; `code` is None when it is stored (now or before)."""

    key_id: Id
    recipient: Recipient
    code: Refusal | None = None


class CaseDigest(Message):
    """The digest of a case as the centre has it, at the end of the feed."""

    case_id: Id
    digest: Hash32


class SyncAnswer(Message):
    """What one round gives.

    Attributes:
        outcomes: One a change, in order; the same again when a change is sent again.
        feed: The next page; None when `limit` was 0 or nothing may be read.
        runs: The authors' signatures of every record in `feed` and in `outcomes`.
        cursor: Store it in the same transaction as the page.
        more: Whether another page is waiting.
        digests: When `more` is false: of the cases that moved in this round, and of `digest_of`.
        chain_head: Signed head of this device's receipts.
        audit_head: Signed head of the agency's audit chain.
        lease_days: How long this device may show old cases without reaching the centre.
        inbox_open: Supervisors and data managers: open items of the inbox.
        revoked: True in the answer to a revoked device's hand-in.
    """

    generation: Count
    outcomes: tuple[Outcome, ...] = ()
    key_outcomes: tuple[KeyOutcome, ...] = ()
    feed: Feed | None = None
    runs: tuple[Run, ...] = ()
    cursor: str | None = None
    more: bool = False
    digests: tuple[CaseDigest, ...] = ()
    chain_head: ChainHead
    audit_head: AuditHead
    server_time: Milliseconds
    lease_days: Count
    inbox_open: Count | None = None
    revoked: bool = False
