"""Freezing a batch: number, base and sealed bytes are fixed, and stored, before the first send.

From then on a change is only ever repeated, byte for byte; whatever is edited later is another
change. Runs are cut here too, at 32 changes or 1 MiB, and never split again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from pydantic_core import to_json

from sync.client.authors import mark_text
from sync.client.identity import Identity
from sync.client.replica import (
    Base,
    HeldKey,
    Json,
    OpenChange,
    SentChange,
    SentRun,
    Transaction,
    Written,
)
from sync.protocol.envelope import (
    Change,
    associated_data,
    leaf_of,
    pack_head,
    sign_leaves,
)
from sync.protocol.ids import AGENCY_CASE_ID, MANAGERS_CASE_ID
from sync.protocol.keys import new_case_key
from sync.protocol.limits import CHANGES_PER_CALL, CHANGES_PER_RUN, RUN_BYTES
from sync.protocol.roles import Role
from sync.protocol.sealing import seal_record

BATCH_BYTES = 3 * 1024 * 1024
"""Sealed bytes after which a batch is closed; base64 of it stays well below one body's limit."""

TOO_LARGE = "too_large"
MISSING = "missing"


def write(values: Json) -> Written:
    """Return a record's JSON values as they are sealed."""
    return Written(to_json(values), bool(values.get("deleted", False)))


def newest_key(keys: Sequence[HeldKey]) -> HeldKey | None:
    """Return the key to seal under: the highest vouched epoch, of equals the lowest id."""
    vouched = [held for held in keys if held.is_vouched]
    return min(vouched, key=lambda held: (-held.key.epoch, held.key.key_id), default=None)


def key_for(tx: Transaction, identity: Identity, case_id: str) -> HeldKey | None:
    """Return the key to seal a case's records under, made now when this device opens the case.

    None when the case is somebody else's and its key has not arrived: its changes wait.
    """
    held = newest_key(tx.keys_of_case(case_id))
    if held is not None:
        return held
    reserved = case_id in (AGENCY_CASE_ID, MANAGERS_CASE_ID)
    if reserved and identity.role is not Role.DATA_MANAGER:
        return None
    opened_elsewhere = bool(
        tx.bases_of_case(case_id) or tx.held_of_case(case_id) or tx.grants_of_case(case_id)
    )
    if opened_elsewhere:
        return None
    return make_key(tx, case_id, epoch=1)


def make_key(tx: Transaction, case_id: str, *, epoch: int) -> HeldKey:
    """Make a key for a case and remember that it must be sealed to everyone concerned."""
    made = HeldKey(new_case_key(case_id, epoch=epoch), made_here=True, sealed_for="", seq=0)
    tx.put_key(made)
    tx.mark_deposits_due([case_id])
    return made


def freeze(tx: Transaction, identity: Identity, most: int = CHANGES_PER_CALL) -> list[SentRun]:
    """Freeze the next batch of open changes; return it by number, as `Transaction.sent_runs` does.

    A record that is on its way is left out, so that none is in flight twice.
    """
    position = tx.position()
    keys: dict[str, HeldKey] = {}
    candidates = _candidates(tx, identity, most, keys)
    ids = [change.record_id for change in candidates]
    bases = tx.bases(ids)
    texts = tx.written([c.record_id for c in candidates if c.kept is None])
    frozen: list[_Frozen] = []
    refused: list[OpenChange] = []
    size = 0
    for candidate in candidates:
        key = keys[candidate.case_id]
        text = texts.get(candidate.record_id) if candidate.kept is None else write(candidate.kept)
        if text is None:
            refused.append(replace(candidate, attention=MISSING))
            continue
        number = position.last_seq + len(frozen) + 1
        try:
            sent = _seal(identity, position.generation, number, candidate, text, key, bases)
        except ValueError:
            refused.append(replace(candidate, attention=TOO_LARGE))
            continue
        frozen.append(sent)
        size += len(sent.sent.change.sealed)
        if size > BATCH_BYTES:
            break
    if refused:
        tx.put_open(refused)
    if not frozen:
        return []
    runs = [_signed(identity, position.generation, run) for run in _runs(frozen)]
    tx.add_sent(runs)
    tx.remove_open([each.sent.change.record_id for each in frozen])
    tx.set_position(replace(position, last_seq=position.last_seq + len(frozen)))
    return runs


def _candidates(
    tx: Transaction, identity: Identity, most: int, keys: dict[str, HeldKey]
) -> list[OpenChange]:
    """Return the changes to freeze, and put the keys of their cases into `keys`.

    What has to wait for its case's key holds back nothing of the other cases.
    """
    keyless: set[str] = set()
    while True:
        candidates = tx.sendable(most, keyless)
        for case_id in {change.case_id for change in candidates} - keys.keys():
            key = key_for(tx, identity, case_id)
            if key is None:
                keyless.add(case_id)
            else:
                keys[case_id] = key
        if all(change.case_id in keys for change in candidates):
            return candidates


@dataclass(frozen=True, slots=True)
class _Frozen:
    """A frozen change, and its leaf for the run that it will be part of."""

    sent: SentChange
    leaf: bytes


def _seal(
    identity: Identity,
    generation: int,
    number: int,
    candidate: OpenChange,
    text: Written,
    key: HeldKey,
    bases: dict[str, Base],
) -> _Frozen:
    base = bases.get(candidate.record_id)
    base_revision = base.revision if base is not None else 0
    head = pack_head(
        identity.agency_id,
        candidate.case_id,
        candidate.record_id,
        identity.device_id,
        key.key.key_id,
        generation,
        base_revision,
        number,
        text.deleted,
    )
    made_on = base.sealed_hash if base is not None else None
    sealed = seal_record(mark_text(text.text, made_on), key.key.key, associated_data(head))
    sealed_hash = sha256(sealed).digest()
    # Checked while it is made: that costs less than `model_construct`.
    change = Change(
        record_id=candidate.record_id,
        case_id=candidate.case_id,
        base_revision=base_revision,
        device_seq=number,
        key_id=key.key.key_id,
        deleted=text.deleted,
        sealed=sealed,
    )
    return _Frozen(SentChange(change, candidate.edit_id, sealed_hash), leaf_of(head, sealed_hash))


def _signed(identity: Identity, generation: int, run: Sequence[_Frozen]) -> SentRun:
    signature = sign_leaves(
        identity.keys.signing,
        identity.agency_id,
        identity.device_id,
        generation,
        run[0].sent.change.device_seq,
        [each.leaf for each in run],
    )
    return SentRun(tuple(each.sent for each in run), signature)


def _runs(frozen: Sequence[_Frozen]) -> list[list[_Frozen]]:
    runs: list[list[_Frozen]] = []
    size = 0
    for each in frozen:
        length = len(each.sent.change.sealed)
        if not runs or len(runs[-1]) == CHANGES_PER_RUN or size + length > RUN_BYTES:
            runs.append([])
            size = 0
        runs[-1].append(each)
        size += length
    return runs
