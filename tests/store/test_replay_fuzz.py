"""Replay takes any bytes: it reads what holds, says why it stopped, and never raises otherwise."""

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from field_app.errors import StoreError
from field_app.store.frames import (
    LOG_HEADER_BYTES,
    Anchor,
    FrameChain,
    FrameReader,
    LogHeader,
    header_crc,
)
from field_app.store.head import HEAD_BYTES, read_claim, slot
from field_app.store.log_reader import LogReader
from tests.store.notebook import KEY

HEADER = LogHeader(bytes(range(16)), bytes(range(32)))


def a_log(payloads: list[bytes]) -> bytes:
    chain, log = FrameChain(HEADER, KEY), HEADER.to_bytes()
    for payload in payloads:
        frame = chain.seal(payload)
        chain.advance(frame)
        log += frame
    return log


def replayed(log: bytes) -> tuple[list[bytes], FrameReader]:
    file = io.BytesIO(log)
    file.seek(LOG_HEADER_BYTES)
    reader = FrameReader(FrameChain(HEADER, KEY), file, len(log))
    return list(reader.payloads()), reader


@given(payloads=st.lists(st.binary(max_size=2_000), max_size=6))
def test_whatever_was_sealed_is_replayed(payloads: list[bytes]) -> None:
    read, reader = replayed(a_log(payloads))

    assert read == payloads
    assert reader.stop is None


WHOLE = [b"one", b"two" * 200, b"three"]
LOG = a_log(WHOLE)


@given(data=st.data())
def test_a_changed_log_replays_a_beginning_of_itself(data: st.DataObject) -> None:
    start = data.draw(st.integers(LOG_HEADER_BYTES, len(LOG)))
    end = data.draw(st.integers(start, len(LOG)))
    log = LOG[:start] + data.draw(st.binary(max_size=600)) + LOG[end:]

    read, reader = replayed(log)

    assert read == WHOLE[: len(read)]
    assert (reader.stop is None) == (reader.end == len(log))
    assert log[: reader.end] == LOG[: reader.end]


@given(tail=st.binary(max_size=400), seq=st.integers(0, 4), length=st.integers(0, 2**32 - 1))
def test_a_forged_header_is_never_more_than_a_stop(tail: bytes, seq: int, length: int) -> None:
    forged = length.to_bytes(4) + header_crc(length, seq).to_bytes(4)

    read, reader = replayed(LOG + forged + tail)

    assert read == WHOLE
    assert reader.stop is not None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(log=st.binary(max_size=500), head=st.none() | st.binary(max_size=200))
def test_any_files_at_all_end_in_a_sentence(tmp_path: Path, log: bytes, head: bytes | None) -> None:
    folder = tmp_path
    data = HEADER.to_bytes() + log
    (folder / "data.log").write_bytes(data)
    head_file = folder / f"data.log.head-{HEADER.file_id[:6].hex()}"
    head_file.unlink(missing_ok=True)
    if head is not None:
        head_file.write_bytes(head)

    with pytest.raises(StoreError):
        LogReader(folder / "data.log", KEY)


@given(data=st.binary(max_size=2 * HEAD_BYTES))
def test_a_head_that_nobody_signed_claims_nothing(data: bytes) -> None:
    assert read_claim(data, KEY) is None


@given(
    frames=st.integers(0, 2**63), tag=st.binary(min_size=16, max_size=16), number=st.integers(0, 1)
)
def test_one_good_half_is_a_claim(frames: int, tag: bytes, number: int) -> None:
    halves = [bytes(56), bytes(56)]
    halves[number] = slot(KEY, frames, tag, number)

    claim = read_claim(b"".join(halves), KEY)

    assert claim is not None
    assert (claim.frames, claim.tag, claim.bad_slots) == (frames, tag, 1)


@given(st.binary(max_size=100))
def test_an_anchor_reads_back_or_is_refused(data: bytes) -> None:
    if len(data) == 40:
        assert Anchor.from_bytes(data).to_bytes() == data
    else:
        with pytest.raises(ValueError, match="anchor"):
            Anchor.from_bytes(data)
