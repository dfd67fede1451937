"""Outcomes: what became of the changes that were sent, checked against the signed receipts.

Every outcome is an entry of this device's chain. The chain is computed here, from the bytes that
were sent, and must end in the head that the centre signed: else nothing of the answer is used.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sync.client.authors import read_text
from sync.client.departures import return_to_case
from sync.client.errors import ContradictoryAnswer
from sync.client.identity import Identity
from sync.client.receiving import Receiver
from sync.client.replica import (
    Base,
    Json,
    OpenChange,
    Position,
    SentChange,
    Standing,
    Transaction,
)
from sync.protocol.errors import Refusal, SealBroken, SignatureInvalid
from sync.protocol.push import Outcome, SyncAnswer
from sync.protocol.receipts import (
    ChainHead,
    ReceiptEntry,
    Status,
    chain_hash,
    chain_start,
    verify_chain_head,
)
from sync.protocol.sealing import open_record

MOST_CONFLICTS = 12
"""Times that one record may conflict in one run. More is a fault of the centre, not of people."""

CONFLICT_REPEATS = "conflict_repeats"


@dataclass
class Tally:
    """What came of the changes of one run."""

    received: int = 0
    late: int = 0
    conflicts: int = 0
    refused: int = 0
    conflicts_of: dict[str, int] = field(default_factory=dict)


def check_head(identity: Identity, position: Position, head: ChainHead) -> None:
    """Check that a head is the centre's word about this device in this generation.

    Raises:
        ContradictoryAnswer: It is not.
    """
    try:
        verify_chain_head(head, identity.server)
    except SignatureInvalid as error:
        raise ContradictoryAnswer(str(error), code="receipt_wrong") from None
    named = (head.agency_id, head.device_id, head.generation)
    if named != (identity.agency_id, identity.device_id, position.generation):
        raise ContradictoryAnswer("A receipt names another device.", code="receipt_wrong")


class Outcomes:
    """Applies the outcomes of one answer."""

    def __init__(
        self, tx: Transaction, identity: Identity, receiver: Receiver, tally: Tally
    ) -> None:
        """Apply inside a transaction; conflicts go to the receiver."""
        self._tx = tx
        self._identity = identity
        self._receiver = receiver
        self._tally = tally

    def apply(
        self, answer: SyncAnswer, sent: Sequence[SentChange], later: Sequence[ReceiptEntry] = ()
    ) -> None:
        """Apply one outcome a sent change, and store its receipt.

        `later` are the receipts that follow, up to the head that the centre signed: those of a
        batch that it has and that is not repeated in this call.

        Raises:
            ContradictoryAnswer: The outcomes or receipts do not fit what was sent.
        """
        position = self._tx.position()
        outcomes = answer.outcomes
        numbers = [(o.device_seq, o.record_id) for o in outcomes]
        if numbers != [(s.change.device_seq, s.change.record_id) for s in sent]:
            raise ContradictoryAnswer("The centre answered for other changes than were sent.")
        for outcome, change in zip(outcomes, sent, strict=True):
            accepted = outcome.status is Status.ACCEPTED
            if accepted and outcome.revision != change.change.base_revision + 1:
                raise ContradictoryAnswer("The centre accepted a change as another revision.")
        entries = [_entry(o, s) for o, s in zip(outcomes, sent, strict=True)]
        reached = self._check_chain(position, answer.chain_head, entries, later)
        if entries:
            identity = self._identity
            self._tx.add_receipts(position.generation, identity.device_id, entries)
            if not later:
                self._tx.put_chain_head(answer.chain_head)
            self._tx.remove_sent(entries[-1].device_seq)
            self._tx.set_position(
                replace(
                    position,
                    acked_seq=entries[-1].device_seq,
                    chain_hash=reached.hex(),
                )
            )
        self._settle(outcomes, sent, position.generation)

    def _check_chain(
        self,
        position: Position,
        head: ChainHead,
        entries: Sequence[ReceiptEntry],
        later: Sequence[ReceiptEntry],
    ) -> bytes:
        """Check that the entries lead to the signed head; return the chain's hash after them."""
        identity = self._identity
        if entries:  # else nothing of the head is kept, and the answer itself is signed
            check_head(identity, position, head)
        start = bytes.fromhex(position.chain_hash) or chain_start(
            identity.agency_id, identity.device_id, position.generation
        )
        reached = chain_hash(start, entries)
        last = entries[-1].device_seq if entries else position.acked_seq
        numbers = [last, *(entry.device_seq for entry in later)]
        is_gapless = numbers == list(range(last, last + len(numbers)))
        leads_there = head.device_seq == numbers[-1] and head.hash == chain_hash(reached, later)
        if not (is_gapless and leads_there):
            raise ContradictoryAnswer(
                "The centre's receipts do not fit what was sent. Nothing was marked as received.",
                code="receipt_wrong",
            )
        return reached

    def _settle(
        self, outcomes: Sequence[Outcome], sent: Sequence[SentChange], generation: int
    ) -> None:
        ids = [change.change.record_id for change in sent]
        waiting = self._tx.open_changes(ids)
        bases = self._tx.bases(ids)
        leaving = self._tx.leaving()
        new_bases: list[Base] = []
        opened: list[OpenChange] = []
        contested: list[Outcome] = []
        accepted: list[SentChange] = []
        for outcome, frozen in zip(outcomes, sent, strict=True):
            change = frozen.change
            later = waiting.get(change.record_id)
            if outcome.status is Status.ACCEPTED:
                self._tally.received += 1
                text = (
                    frozen_text(self._tx, self._identity, frozen, generation)
                    if later is not None
                    else None
                )
                new_bases.append(
                    Base(
                        change.record_id,
                        change.case_id,
                        outcome.revision,
                        generation,
                        frozen.sealed_hash,
                        change.deleted,
                        outcome.received_at,
                        text,
                    )
                )
                self._receiver.touched.add(change.case_id)
                if change.case_id in leaving:
                    accepted.append(frozen)
                continue
            if outcome.status is Status.RECEIVED_LATE:
                self._tally.late += 1
                if later is None and change.case_id not in leaving:
                    self._go_back(change.record_id, bases.get(change.record_id), new_bases)
                self._receiver.touched.add(change.case_id)
                continue
            kept = (
                frozen_text(self._tx, self._identity, frozen, generation)
                if change.case_id in leaving
                else None
            )
            again = later or OpenChange(change.record_id, change.case_id, frozen.edit_id, kept=kept)
            if outcome.status is Status.CONFLICT:
                again = self._conflict(again)
                contested.append(outcome)
            elif outcome.code in (Refusal.KEY_MISSING, Refusal.OPENING_MISSING):
                self._tx.forget_deposits(change.case_id)
                self._tx.mark_deposits_due([change.case_id])
                again = self._conflict(again)
            else:
                self._tally.refused += 1
                code = outcome.code.value if outcome.code is not None else "refused"
                again = replace(again, attention=code)
            opened.append(again)
        self._tx.put_bases(new_bases)
        self._tx.put_open(opened)
        self._return_where_accepted(accepted, generation)
        self._receiver.receive([o.current for o in contested if o.current is not None])

    def _conflict(self, change: OpenChange) -> OpenChange:
        """Count a change that has to be sent again; one that never ends needs a person."""
        times = self._tally.conflicts_of.get(change.record_id, 0) + 1
        self._tally.conflicts_of[change.record_id] = times
        self._tally.conflicts += 1
        if times > MOST_CONFLICTS:
            return replace(change, attention=CONFLICT_REPEATS)
        return change

    def _return_where_accepted(self, accepted: Sequence[SentChange], generation: int) -> None:
        """Show a case that was being left again: only who has access has changes accepted.

        What is accepted is written here, because the feed brings no device its own records.
        A revoked device hears old answers again and shows nothing.
        """
        if not accepted or self._tx.position().standing is not Standing.ACTIVE:
            return
        texts = (frozen_text(self._tx, self._identity, each, generation) for each in accepted)
        self._tx.write([self._tx.parse(text) for text in texts])
        for case_id in {each.change.case_id for each in accepted}:
            return_to_case(self._tx, case_id)

    def _go_back(self, record_id: str, base: Base | None, new_bases: list[Base]) -> None:
        """Show the last state of the centre again: the late change lies in somebody's inbox."""
        if base is None:
            self._tx.erase([record_id])
        elif base.text is not None:
            self._tx.write([self._tx.parse(base.text)])
            new_bases.append(replace(base, text=None))


def frozen_text(tx: Transaction, identity: Identity, frozen: SentChange, generation: int) -> Json:
    """Return what a frozen change says; its key is here, because it sealed it."""
    change = frozen.change
    head = change.head(identity.agency_id, identity.device_id, generation)
    for held in tx.keys_named(change.key_id):
        try:
            text = open_record(change.sealed, held.key.key, head.associated_data())
        except SealBroken:
            continue
        return read_text(text, change.record_id, change.case_id, change.deleted)
    raise AssertionError("a change was frozen under a key that is gone")


def reopen(tx: Transaction, identity: Identity, generation: int) -> None:
    """Turn frozen changes back into open ones: their numbers died with a generation or an id."""
    sent = tx.sent()
    later = tx.open_changes([frozen.change.record_id for frozen in sent])
    leaving = tx.leaving()
    tx.put_open(
        OpenChange(
            frozen.change.record_id,
            frozen.change.case_id,
            frozen.edit_id,
            kept=(
                frozen_text(tx, identity, frozen, generation)
                if frozen.change.case_id in leaving
                else None
            ),
        )
        for frozen in sent
        if frozen.change.record_id not in later
    )
    if sent:
        tx.remove_sent(sent[-1].change.device_seq)


def _entry(outcome: Outcome, sent: SentChange) -> ReceiptEntry:
    return ReceiptEntry(
        device_seq=outcome.device_seq,
        status=outcome.status,
        record_id=outcome.record_id,
        revision=outcome.revision,
        seq=outcome.seq,
        sealed_hash=sent.sealed_hash,
        received_at=outcome.received_at,
    )
