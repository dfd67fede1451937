"""Attachments: sealed in chunks, whole or refused, and never removed unasked."""

import hashlib
import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from field_app.errors import InputError, StoreDamagedError
from field_app.store import Attachments, Database
from field_app.store.chunks import CHUNK_BYTES, SEALED_CHUNK_BYTES
from tests.store.notebook import KEY, SCHEMA, Paper, a_notebook

PHOTO = b"planted photo " * 100


def content(attachments: Attachments, attachment_id: str, key: bytes) -> bytes:
    return b"".join(attachments.read(attachment_id, key))


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1])
def test_what_was_written_is_read_back_whatever_its_size(tmp_path: Path, size: int) -> None:
    attachments, data = Attachments(tmp_path), os.urandom(size)

    stored = attachments.write("photo", [data[:1000], b"", data[1000:]])

    assert content(attachments, "photo", stored.key) == data
    assert stored.size_bytes == size
    assert stored.chunks == max(1, -(-size // CHUNK_BYTES))
    chunks = [attachments.sealed_chunk("photo", index) for index in range(stored.chunks)]
    assert hashlib.sha256(b"".join(chunks)).digest() == stored.digest
    with pytest.raises(IndexError):
        attachments.sealed_chunk("photo", stored.chunks)

    attachments.write_sealed("copy-under-the-wrong-id", chunks)
    with pytest.raises(StoreDamagedError):
        content(attachments, "copy-under-the-wrong-id", stored.key)
    elsewhere = Attachments(tmp_path / "other")
    elsewhere.write_sealed("photo", chunks)
    assert content(elsewhere, "photo", stored.key) == data


def test_each_file_has_a_key_of_its_own_and_shows_nothing(tmp_path: Path) -> None:
    attachments = Attachments(tmp_path)
    one, two = attachments.write("one", [PHOTO]), attachments.write("two", [PHOTO])

    assert one.key != two.key
    with pytest.raises(StoreDamagedError):
        content(attachments, "one", two.key)
    for path in (tmp_path / "attachments").iterdir():
        assert b"planted" not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0


def test_every_flipped_bit_and_every_cut_of_a_file_is_said(tmp_path: Path) -> None:
    attachments = Attachments(tmp_path)
    key = attachments.write("photo", [b"short"]).key
    path = tmp_path / "attachments" / "photo"
    whole = path.read_bytes()

    changed = [bytearray(whole) for _ in range(len(whole) * 8)]
    for bit, data in enumerate(changed):
        data[bit // 8] ^= 1 << bit % 8
    for data in (*changed, *(whole[:length] for length in range(len(whole))), whole + b"\0"):
        path.write_bytes(data)
        with pytest.raises(StoreDamagedError, match="Nothing was deleted"):
            content(attachments, "photo", key)


def test_chunks_cannot_be_cut_off_swapped_or_repeated(tmp_path: Path) -> None:
    attachments = Attachments(tmp_path)
    key = attachments.write("photo", [os.urandom(2 * CHUNK_BYTES + 10)]).key
    path = tmp_path / "attachments" / "photo"
    whole = path.read_bytes()
    head, body = whole[:8], whole[8:]
    one, two = body[:SEALED_CHUNK_BYTES], body[SEALED_CHUNK_BYTES : 2 * SEALED_CHUNK_BYTES]
    rest = body[2 * SEALED_CHUNK_BYTES :]

    for parts in ((one,), (one, two), (two, one, rest), (one, one, rest), (one, rest), (rest,)):
        path.write_bytes(head + b"".join(parts))
        with pytest.raises(StoreDamagedError):
            content(attachments, "photo", key)


def test_a_file_that_is_too_large_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    attachments = Attachments(tmp_path, max_bytes=3 * 1024 * 1024)

    def endless() -> Iterator[bytes]:
        while True:
            yield bytes(100_000)

    with pytest.raises(InputError, match="larger than 3 MB"):
        attachments.write("film", endless())

    assert list((tmp_path / "attachments").iterdir()) == []


def test_a_long_file_is_never_held_whole(tmp_path: Path, no_fsync: None) -> None:
    attachments, size = Attachments(tmp_path), 40 * CHUNK_BYTES
    piece = bytes(100_000)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]

    key = attachments.write("scan", (piece for _ in range(size // len(piece)))).key
    for _ in attachments.read("scan", key):
        pass

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak - before < 8 * CHUNK_BYTES


def test_a_missing_file_is_said_and_an_id_is_never_taken_twice(tmp_path: Path) -> None:
    attachments = Attachments(tmp_path)
    with pytest.raises(StoreDamagedError, match="missing"):
        content(attachments, "photo", bytes(32))
    key = attachments.write("photo", [b"first"]).key

    with pytest.raises(ValueError, match="taken"):
        attachments.write("photo", [b"second"])

    assert content(attachments, "photo", key) == b"first"
    assert attachments.ids() == {"photo"}


@pytest.mark.parametrize("bad", ["", "../keyfile.json", "a/b", ".hidden", "x" * 65, "a.new", "ñ"])
def test_an_id_never_leaves_the_folder(tmp_path: Path, bad: str) -> None:
    with pytest.raises(ValueError, match="attachment id"):
        Attachments(tmp_path).write(bad, [b""])


def test_only_old_files_that_no_row_names_are_removed_and_only_when_told(tmp_path: Path) -> None:
    attachments = Attachments(tmp_path)
    for name in ("named", "orphan", "young"):
        attachments.write(name, [b"x"])
    (tmp_path / "attachments" / "unfinished.new").write_bytes(b"half")
    now = 2_000_000_000.0
    for path in (tmp_path / "attachments").iterdir():
        age = 10 if path.name == "young" else 10_000
        os.utime(path, (now - age, now - age))

    removed = attachments.remove_unreferenced({"named"}, grace_seconds=3600, now=now)

    assert removed == 2
    assert attachments.ids() == {"named", "young"}
    attachments.remove("young")
    attachments.remove("young")
    assert attachments.ids() == {"named"}


def test_verify_reads_every_attachment_and_says_which_are_wrong(tmp_path: Path) -> None:
    attachments = Attachments(tmp_path)
    with a_notebook(tmp_path) as database, database.transaction() as session:
        for name in ("good", "broken", "lost", "orphan"):
            key = attachments.write(name, [PHOTO]).key
            if name != "orphan":
                session.add(Paper(record_id=name, key=key))
        session.add(Paper(record_id="removed", key=None))
    assert Database.verify(tmp_path, KEY, SCHEMA).ok
    attachments.remove("lost")
    path = tmp_path / "attachments" / "broken"
    path.write_bytes(path.read_bytes()[:-1])

    report = Database.verify(tmp_path, KEY, SCHEMA)

    assert not report.ok
    assert report.problem is None
    files = report.attachments
    assert (files.checked, files.missing, files.damaged) == (1, ("lost",), ("broken",))
    assert files.unreferenced == 1
    assert report.rows == {"person": 0, "note": 0, "paper": 4}
    assert report.frames == 2
