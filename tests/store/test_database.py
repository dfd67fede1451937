"""Sessions and transactions: what is saved stays, what fails leaves no trace."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from field_app.errors import (
    LockedError,
    StoreDamagedError,
    StoreError,
    StoreInUseError,
    StoreMissingError,
)
from field_app.store import Database
from tests.store.notebook import KEY, SCHEMA, Note, Person, a_notebook, open_notebook, texts_of


def test_what_was_saved_is_there_after_closing_and_opening(tmp_path: Path) -> None:
    with a_notebook(tmp_path, ["first", "second"]):
        pass

    with open_notebook(tmp_path) as database:
        assert texts_of(database) == ["first", "second"]
        assert database.notices == []


def test_objects_stay_readable_after_their_session_ended(tmp_path: Path) -> None:
    with a_notebook(tmp_path, ["first"]) as database:
        with database.session() as session:
            note = session.exec(select(Note)).one()
        with database.transaction() as session:
            person = Person(record_id="p", name="Ana")
            session.add(person)

        assert (note.text, person.name) == ("first", "Ana")


def test_an_exception_in_a_transaction_saves_nothing(tmp_path: Path) -> None:
    with a_notebook(tmp_path, ["first"]) as database:
        before = database.position
        with pytest.raises(ZeroDivisionError), database.transaction() as session:  # noqa: PT012
            session.add(Note(record_id="x", text="lost"))
            session.flush()
            _ = 1 / 0

        assert texts_of(database) == ["first"]
        assert database.position == before


def test_one_transaction_is_one_frame_and_reading_is_none(tmp_path: Path) -> None:
    with a_notebook(tmp_path) as database:
        before = database.position.seq
        with database.transaction() as session:
            session.add_all([Note(record_id=f"n{i}") for i in range(50)])
        with database.transaction() as session:
            session.exec(select(Note)).all()
        with database.session() as session:
            session.exec(select(Note)).all()

        assert database.position.seq == before + 1


def test_a_reading_session_saves_nothing_and_may_not_commit(tmp_path: Path) -> None:
    with a_notebook(tmp_path, ["first"]) as database:
        with database.session() as session:
            session.add(Note(record_id="x", text="lost"))
            session.flush()
        assert texts_of(database) == ["first"]

        for opened in (database.session, database.transaction):
            with opened() as session:
                session.add(Note(record_id="x", text="lost"))
                with pytest.raises(RuntimeError, match="do not commit"):
                    session.commit()
                session.rollback()
        assert texts_of(database) == ["first"]


@pytest.mark.parametrize("outer", ["session", "transaction"])
@pytest.mark.parametrize("inner", ["session", "transaction"])
def test_a_session_inside_a_session_says_so_instead_of_hanging(
    tmp_path: Path, outer: str, inner: str
) -> None:
    with a_notebook(tmp_path) as database:
        with (
            pytest.raises(RuntimeError, match="inside a session already"),
            getattr(database, outer)(),
            getattr(database, inner)(),
        ):
            pass
        with database.session() as session:
            assert session.exec(select(Note)).all() == []


def test_eight_threads_lose_nothing_and_keep_no_rolled_back_row(tmp_path: Path) -> None:
    acknowledged: list[str] = []

    def work(worker: int) -> None:
        for number in range(25):
            record_id = f"{worker}-{number}"
            try:
                with database.transaction() as session:
                    session.add(Note(record_id=record_id, text="kept"))
                    session.flush()
                    if number % 2:
                        raise KeyError(record_id)
                acknowledged.append(record_id)
            except KeyError:
                with database.session() as session:
                    assert session.get(Note, record_id) is None

    with a_notebook(tmp_path) as database:
        threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    with open_notebook(tmp_path) as database, database.session() as session:
        kept = {note.record_id for note in session.exec(select(Note))}
    assert kept == set(acknowledged)
    assert len(kept) == 8 * 13


def test_an_interrupt_in_a_statement_loses_the_transaction_and_not_the_database(
    tmp_path: Path,
) -> None:
    with a_notebook(tmp_path, ["first"]) as database:
        with pytest.raises(KeyboardInterrupt), database.transaction() as session:  # noqa: PT012
            session.add(Note(record_id="x", text="lost"))
            session.flush()
            session.connection().invalidate()  # what SQLAlchemy does after an interrupt
            raise KeyboardInterrupt

        assert texts_of(database) == ["first"]
        with database.transaction() as session:
            session.add(Note(record_id="y", text="second"))
    with open_notebook(tmp_path) as database:
        assert texts_of(database) == ["first", "second"]


def test_a_closed_database_says_that_it_is_locked(tmp_path: Path) -> None:
    database = a_notebook(tmp_path, ["first"])
    database.close()
    database.close()

    with pytest.raises(LockedError), database.session():
        pass
    with pytest.raises(LockedError):
        database.search("first")


def test_a_second_opening_is_refused_and_readers_share(tmp_path: Path) -> None:
    with a_notebook(tmp_path, ["first"]):
        with pytest.raises(StoreInUseError):
            open_notebook(tmp_path)
        with pytest.raises(StoreInUseError):
            open_notebook(tmp_path, read_only=True)

    with open_notebook(tmp_path, read_only=True) as one, open_notebook(tmp_path, read_only=True):
        assert texts_of(one) == ["first"]
        with pytest.raises(StoreError, match="reading only"), one.transaction():
            pass
        with pytest.raises(StoreInUseError):
            open_notebook(tmp_path)


def test_creating_replaces_no_store(tmp_path: Path) -> None:
    a_notebook(tmp_path, ["first"]).close()

    with pytest.raises(StoreError, match="already"):
        Database.create(tmp_path, KEY, SCHEMA)
    (tmp_path / "data.log").unlink()
    with pytest.raises(StoreError, match="already"):
        Database.create(tmp_path, KEY, SCHEMA)
    with pytest.raises(StoreDamagedError, match="missing"):
        open_notebook(tmp_path)


def test_a_creation_that_a_crash_cut_short_can_be_done_again(tmp_path: Path) -> None:
    a_notebook(tmp_path).close()
    (tmp_path / "data.log").rename(tmp_path / "data.log.new")

    with pytest.raises(StoreMissingError):
        open_notebook(tmp_path)
    with a_notebook(tmp_path, ["first"]) as database:
        assert texts_of(database) == ["first"]
    assert len(list(tmp_path.glob("data.log*"))) == 2


def test_a_note_never_appears_in_an_error(tmp_path: Path) -> None:
    add_again = text("INSERT INTO note (record_id, text) VALUES (:i, :t)")
    values = {"i": "note-0", "t": "Ana hides at her aunt's"}

    with a_notebook(tmp_path, ["first"]) as database:
        with pytest.raises(IntegrityError) as refused, database.transaction() as session:
            session.execute(add_again, values)

        assert "hides" not in str(refused.value)


def test_progress_is_told_up_to_the_last_byte(tmp_path: Path) -> None:
    a_notebook(tmp_path, [str(number) for number in range(20)]).close()
    told: list[tuple[int, int]] = []

    with open_notebook(tmp_path, progress=lambda done, size: told.append((done, size))):
        pass

    size = (tmp_path / "data.log").stat().st_size
    assert told[-1] == (size, size)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_the_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    a_notebook(folder, ["first"]).close()

    assert folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())
