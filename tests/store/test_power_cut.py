"""A power cut at any byte of the last save: all that was acknowledged is there; saving goes on."""

from pathlib import Path

import pytest

from field_app.errors import StoreDamagedError
from field_app.store.sealed_log import LOG_NAME
from tests.store.notebook import Note, a_notebook, open_notebook, texts_of


@pytest.fixture(name="cut_short")
def _cut_short(tmp_path: Path) -> tuple[bytes, bytes, bytes]:
    """Return a log of one note, the frame of a second one, and the head that knows the first."""
    with a_notebook(tmp_path, ["first"]) as database:
        acknowledged = (tmp_path / LOG_NAME).read_bytes()
        (head,) = tmp_path.glob("data.log.head-*")
        claim = head.read_bytes()
        with database.transaction() as session:
            session.add(Note(record_id="unconfirmed", text="second"))
    whole = (tmp_path / LOG_NAME).read_bytes()
    return acknowledged, whole[len(acknowledged) :], claim


def put(folder: Path, log: bytes, claim: bytes) -> None:
    (folder / f"{LOG_NAME}.torn").unlink(missing_ok=True)
    (folder / LOG_NAME).write_bytes(log)
    (head,) = folder.glob("data.log.head-*")
    head.write_bytes(claim)


def test_a_cut_at_every_byte_of_the_last_frame_loses_nothing_acknowledged(
    tmp_path: Path, cut_short: tuple[bytes, bytes, bytes]
) -> None:
    acknowledged, frame, claim = cut_short

    for length in range(1, len(frame)):
        put(tmp_path, acknowledged + frame[:length], claim)
        with open_notebook(tmp_path) as database:
            assert texts_of(database) == ["first"], length
            assert [notice.code for notice in database.notices] == ["torn_tail"], length
        assert (tmp_path / f"{LOG_NAME}.torn").read_bytes() == frame[:length]


def test_blocks_that_were_never_written_lose_nothing_acknowledged(
    tmp_path: Path, cut_short: tuple[bytes, bytes, bytes]
) -> None:
    acknowledged, frame, claim = cut_short
    size = len(frame)
    tails = [bytes(size)]
    tails += [frame[:length] + bytes(size - length) for length in (1, 4, 8, 20, 100, size - 1)]
    tails += [bytes(length) + frame[length:] for length in (8, 100, size - 1)]

    for number, tail in enumerate(tails):
        put(tmp_path, acknowledged + tail, claim)
        with open_notebook(tmp_path) as database:
            assert texts_of(database) == ["first"], number
            with database.transaction() as session:
                session.add(Note(record_id="z", text="again"))
        with open_notebook(tmp_path) as database:
            assert texts_of(database) == ["first", "again"], number
            assert database.notices == []


def test_a_frame_that_made_it_without_being_acknowledged_is_kept(
    tmp_path: Path, cut_short: tuple[bytes, bytes, bytes]
) -> None:
    acknowledged, frame, claim = cut_short
    put(tmp_path, acknowledged + frame, claim)

    with open_notebook(tmp_path) as database:
        assert sorted(texts_of(database)) == ["first", "second"]
        assert database.notices == []


def test_a_cut_frame_that_the_head_knows_is_damage(
    tmp_path: Path, cut_short: tuple[bytes, bytes, bytes]
) -> None:
    acknowledged, frame, _ = cut_short
    (head,) = tmp_path.glob("data.log.head-*")
    put(tmp_path, acknowledged + frame[:-1], head.read_bytes())

    with pytest.raises(StoreDamagedError):
        open_notebook(tmp_path)
    assert (tmp_path / LOG_NAME).read_bytes() == acknowledged + frame[:-1]


def test_a_reader_reports_a_torn_tail_and_leaves_it(
    tmp_path: Path, cut_short: tuple[bytes, bytes, bytes]
) -> None:
    acknowledged, frame, claim = cut_short
    put(tmp_path, acknowledged + frame[:50], claim)

    with open_notebook(tmp_path, read_only=True) as database:
        assert [notice.code for notice in database.notices] == ["torn_tail"]
    assert (tmp_path / LOG_NAME).read_bytes() == acknowledged + frame[:50]
