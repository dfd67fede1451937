"""Runs in a push: which signature covers which change, and whether each signature fits."""

from sync.protocol.envelope import HASH_BYTES, Run, verify_run
from sync.protocol.errors import Code, SignatureInvalid
from sync.protocol.push import SyncRequest
from sync.server.devices import Caller, public_key
from sync.server.judging import Judged
from sync.server.problems import Refused


def assign_runs(request: SyncRequest, judged: list[Judged]) -> None:
    """Give each change the first number of its run; together the runs cover all (`SyncRequest`)."""
    position = 0
    for run in request.runs:
        for item in judged[position : position + run.count]:
            item.run_first = run.first_seq
        position += run.count


def verify_runs(
    caller: Caller, request: SyncRequest, new: list[Judged], last: int
) -> list[tuple[int, bytes, bytes]]:
    """Return first number, leaves and signature of each run of new changes, every one verified.

    Raises:
        Refused: A run was cut, or a signature does not fit. Nothing was taken in.
    """
    if new and any(run.first_seq <= last < run.first_seq + run.count - 1 for run in request.runs):
        raise Refused(Code.MALFORMED, "A run was cut and sent again.", last_device_seq=last)
    runs: list[tuple[int, bytes, bytes]] = []
    start = 0
    for signed in request.runs:
        if signed.first_seq <= last:
            continue
        leaves = b"".join([item.leaf for item in new[start : start + signed.count]])
        start += signed.count
        run = Run.model_construct(
            device_id=caller.device_id,
            generation=caller.generation,
            first_seq=signed.first_seq,
            leaves=leaves,
            signature=signed.signature,
        )
        try:
            verify_run(caller.agency_id, run, public_key(caller.signing_key))
        except SignatureInvalid as error:
            raise Refused(Code.SIGNATURE_INVALID, str(error), status=400) from None
        runs.append((signed.first_seq, leaves, signed.signature))
    assert sum(len(leaves) for _, leaves, _ in runs) == HASH_BYTES * len(new)  # noqa: S101
    return runs
