"""A transaction without a session: the same promises, and a session that joins when wanted."""

from pathlib import Path

import pytest
from sqlmodel import col, select

from field_app.errors import LockedError, StoreError
from field_app.store import Database
from tests.store.notebook import KEY, SCHEMA, Note, a_notebook, open_notebook, texts_of

INSERT = "INSERT INTO note (record_id, case_id, deleted, text) VALUES (?, 'case', 0, ?)"


def test_what_the_driver_wrote_is_there_after_closing_and_opening(tmp_path: Path) -> None:
    with a_notebook(tmp_path, ["first"]) as database:
        before = database.position.seq
        with database.work(write=True) as work:
            work.driver.execute(INSERT, ("n2", "second"))
        assert database.position.seq == before + 1

    with open_notebook(tmp_path) as database:
        assert sorted(texts_of(database)) == ["first", "second"]


def test_a_session_joins_the_same_transaction(tmp_path: Path) -> None:
    with a_notebook(tmp_path) as database:
        before = database.position.seq
        with database.work(write=True) as work:
            work.driver.execute(INSERT, ("n1", "by the driver"))
            assert work.session.exec(select(col(Note.text))).all() == ["by the driver"]
            work.session.add(Note(record_id="n2", text="by the session"))
        assert database.position.seq == before + 1

        assert sorted(texts_of(database)) == ["by the driver", "by the session"]
        with database.transaction() as session:
            session.add(Note(record_id="n3", text="afterwards"))
    with open_notebook(tmp_path) as database:
        assert len(texts_of(database)) == 3


@pytest.mark.parametrize("with_session", [False, True])
def test_an_exception_takes_everything_back(tmp_path: Path, with_session: bool) -> None:
    with a_notebook(tmp_path, ["first"]) as database:
        before = database.position
        with pytest.raises(ZeroDivisionError), database.work(write=True) as work:  # noqa: PT012
            work.driver.execute(INSERT, ("n2", "lost"))
            if with_session:
                work.session.add(Note(record_id="n3", text="lost too"))
                work.session.flush()
            _ = 1 / 0

        assert texts_of(database) == ["first"]
        assert database.position == before


def test_what_is_written_while_reading_is_dropped(tmp_path: Path) -> None:
    with a_notebook(tmp_path, ["first"]) as database:
        with database.work(write=False) as work:
            work.driver.execute(INSERT, ("n2", "dropped"))
            work.session.add(Note(record_id="n3", text="dropped too"))
            work.session.flush()

        assert texts_of(database) == ["first"]


def test_nobody_commits_inside(tmp_path: Path) -> None:
    with a_notebook(tmp_path, ["first"]) as database:
        with (  # noqa: PT012
            pytest.raises(RuntimeError, match="do not commit"),
            database.work(write=True) as work,
        ):
            work.driver.execute(INSERT, ("n2", "too early"))
            work.driver.commit()

        assert texts_of(database) == ["first"]


def test_a_store_for_reading_only_takes_no_work(tmp_path: Path) -> None:
    with a_notebook(tmp_path, ["first"]) as database:
        folder = database.folder
    with Database.open(folder, KEY, SCHEMA, read_only=True) as database:
        with pytest.raises(StoreError), database.work(write=True):
            pass
        with database.work(write=False) as work:
            assert work.driver.execute("SELECT text FROM note").fetchall() == [("first",)]


def test_a_closed_store_takes_no_work(tmp_path: Path) -> None:
    with a_notebook(tmp_path) as database:
        pass
    with pytest.raises(LockedError), database.work(write=False):
        pass
