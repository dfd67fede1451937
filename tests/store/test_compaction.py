"""Compaction: the past goes, the rows stay, and a crash or a full disk leaves one whole log."""

import os
import shutil
from pathlib import Path

import pytest
from sqlmodel import select

from field_app.errors import DiskError
from field_app.store.compaction import SMALL_LOG_BYTES
from field_app.store.sealed_log import LOG_NAME, SealedLog
from tests.store.notebook import Note, a_notebook, everything, open_notebook, texts_of


def test_compaction_keeps_the_rows_and_shrinks_the_log(tmp_path: Path, no_fsync: None) -> None:
    with a_notebook(tmp_path, ["first"]) as database:
        for number in range(300):
            with database.transaction() as session:
                note = session.exec(select(Note)).one()
                note.text = f"version {number}"
        before, rows = database.log_bytes, everything(database)
        database.compact()

        assert everything(database) == rows
        assert database.log_bytes < before / 50
        assert (tmp_path / LOG_NAME).stat().st_size == database.log_bytes
        with database.transaction() as session:
            session.add(Note(record_id="x", text="after"))
    with open_notebook(tmp_path) as database:
        assert texts_of(database) == ["version 299", "after"]
    assert len(list(tmp_path.glob("data.log*"))) == 2


def test_it_is_worthwhile_only_when_the_log_has_doubled(tmp_path: Path, no_fsync: None) -> None:
    with a_notebook(tmp_path, ["first"]) as database:
        assert not database.compact_if_worthwhile()
        while database.log_bytes <= SMALL_LOG_BYTES:
            with database.transaction() as session:
                session.add(Note(record_id=os.urandom(8).hex(), text=os.urandom(9_000).hex()))
        assert database.compact_if_worthwhile()
        assert not database.compact_if_worthwhile()
    with open_notebook(tmp_path) as database:
        assert not database.compact_if_worthwhile()


@pytest.mark.parametrize("leftover", ["half a log", "a whole log", "an old head"])
def test_what_a_crash_leaves_is_cleared_away(tmp_path: Path, leftover: str) -> None:
    folder, copy = tmp_path / "store", tmp_path / "copy"
    a_notebook(folder, ["first"]).close()
    shutil.copytree(folder, copy)
    with open_notebook(copy) as database:
        database.compact()
    other_log, (other_head,) = copy / LOG_NAME, list(copy.glob("data.log.head-*"))
    if leftover != "an old head":
        data = other_log.read_bytes()
        half = len(data) // 2 if leftover == "half a log" else len(data)
        (folder / "data.log.new").write_bytes(data[:half])
    shutil.copy(other_head, folder)

    with open_notebook(folder) as database:
        assert texts_of(database) == ["first"]
        database.compact()
    with open_notebook(folder) as database:
        assert texts_of(database) == ["first"]
    assert len(list(folder.glob("data.log*"))) == 2


def test_a_rename_that_fails_leaves_the_old_log_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Path, target: Path) -> Path:
        raise PermissionError(13, "refused")

    with a_notebook(tmp_path, ["first"]) as database:
        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", fail)
            with pytest.raises(DiskError):
                database.compact()
        with database.transaction() as session:
            session.add(Note(record_id="x", text="second"))
        assert len(list(tmp_path.glob("data.log*"))) == 2
    with open_notebook(tmp_path) as database:
        assert texts_of(database) == ["first", "second"]


def test_a_log_that_cannot_be_opened_again_stops_saving_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, flags: int) -> int:
        if path.name == LOG_NAME:
            raise OSError(5, "no")
        return os.open(path, flags, 0o600)

    with a_notebook(tmp_path, ["first"]) as database:
        with monkeypatch.context() as patch:
            patch.setattr("field_app.store.sealed_log.open_private", fail)
            with pytest.raises(DiskError):
                database.compact()
        with pytest.raises(DiskError, match="unlock"), database.transaction():
            pass
        assert texts_of(database) == ["first"]
    with open_notebook(tmp_path) as database:
        assert texts_of(database) == ["first"]


def test_a_new_log_replaces_no_file(tmp_path: Path) -> None:
    (tmp_path / "data.log.new").write_bytes(b"precious")

    with pytest.raises(DiskError):
        SealedLog.create(tmp_path / "data.log.new", bytes(32), beside=tmp_path / LOG_NAME)

    assert [path.name for path in tmp_path.iterdir()] == ["data.log.new"]
    assert (tmp_path / "data.log.new").read_bytes() == b"precious"
