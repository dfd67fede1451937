"""Whatever transactions do, the log read back equals the memory."""

import random
import shutil
from pathlib import Path

import pytest
from sqlalchemy import bindparam, insert, text, update
from sqlalchemy.exc import IntegrityError, SAWarning
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, select

from field_app.store import Database
from field_app.store.work import driver_of
from tests.store.notebook import Note, Person, a_notebook, everything, open_notebook

SEEDS = 12
TRANSACTIONS = 400
UNICODE = "Ñandú 𝄞 \x00 \u202e\n\"'\\ "


class _Wanted(Exception):
    """Ends a transaction on purpose."""


def an_id(rng: random.Random) -> str:
    return f"r{rng.randrange(60)}"


def a_value(rng: random.Random) -> str:
    return rng.choice([UNICODE, "x" * rng.randrange(400), "", str(rng.random())])


def add_by_orm(session: Session, rng: random.Random) -> None:
    note = Note(
        record_id=an_id(rng),
        text=a_value(rng),
        minutes=rng.choice([None, 0, -1, 2**62]),
        weight=rng.choice([None, 0.1, -0.0, 1e300, float("inf"), 3.0]),
        photo=rng.choice([None, b"", rng.randbytes(40)]),
    )
    if session.get(Note, note.record_id) is None:
        session.add(note)


def change_by_orm(session: Session, rng: random.Random) -> None:
    note = session.get(Note, an_id(rng))
    if note is not None:
        note.text = a_value(rng)
        note.person_id = rng.choice([None, *session.exec(select(Person.record_id)).all()])


def delete_by_orm(session: Session, rng: random.Random) -> None:
    note = session.get(Note, an_id(rng))
    if note is not None:
        session.delete(note)


def insert_in_bulk(session: Session, rng: random.Random) -> None:
    rows = [
        {"record_id": f"b{rng.randrange(10**9)}", "text": a_value(rng), "case_id": an_id(rng)}
        for _ in range(rng.randrange(1, 30))
    ]
    session.execute(insert(Note), rows)


def put_whole_rows(session: Session, rng: random.Random, count: int = 0) -> None:
    """Say what the rows are, as sync does: fewer than are listened to, or more."""
    columns = ("record_id", "photo", "text", "minutes", "case_id", "person_id", "weight", "deleted")
    rows = [
        (an_id(rng), rng.choice([None, b"a"]), a_value(rng), 1, an_id(rng), None, 0.5, False)
        for _ in range(count or rng.choice([3, 90]))
    ]
    others = ", ".join(f"{name} = excluded.{name}" for name in columns[1:])
    driver_of(session).put_rows(
        f"INSERT INTO note ({', '.join(columns)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
        f"ON CONFLICT (record_id) DO UPDATE SET {others}",
        "note",
        columns,
        rows,
    )


def put_whole_rows_for_nothing(session: Session, rng: random.Random) -> None:
    savepoint = session.begin_nested()
    put_whole_rows(session, rng)
    savepoint.rollback()


def update_in_bulk(session: Session, rng: random.Random) -> None:
    table = Note.__table__  # type: ignore[attr-defined]
    statement = update(table).where(table.c.record_id == bindparam("which"))
    session.connection().execute(
        statement, [{"which": an_id(rng), "text": a_value(rng)} for _ in range(5)]
    )


def update_many_raw(session: Session, rng: random.Random) -> None:
    session.execute(
        text("UPDATE note SET minutes = :m, weight = weight + 1 WHERE record_id > :i"),
        {"m": rng.randrange(100), "i": an_id(rng)},
    )


def delete_many_raw(session: Session, rng: random.Random) -> None:
    session.execute(
        text("DELETE FROM note WHERE record_id LIKE :i"), {"i": f"%{rng.randrange(10)}"}
    )


def replace_raw(session: Session, rng: random.Random) -> None:
    """Replace a person: by its id, or by the unique code of another one, who then is gone."""
    session.execute(
        text("INSERT OR REPLACE INTO person (record_id, name, code) VALUES (:i, :n, :c)"),
        {"i": f"p{rng.randrange(8)}", "n": a_value(rng), "c": f"c{rng.randrange(5)}"},
    )


def delete_a_person_with_the_notes(session: Session, rng: random.Random) -> None:
    session.execute(text("DELETE FROM person WHERE record_id = :i"), {"i": f"p{rng.randrange(8)}"})


def rename_a_key(session: Session, rng: random.Random) -> None:
    session.execute(
        text("UPDATE OR IGNORE note SET record_id = :new WHERE record_id = :old"),
        {"new": an_id(rng), "old": an_id(rng)},
    )


def swap_unique_codes(session: Session, rng: random.Random) -> None:
    people = session.exec(select(Person.record_id, Person.code)).all()
    if len(people) >= 2:
        (one, code_one), (two, code_two) = rng.sample(list(people), 2)
        statement = text("UPDATE person SET code = :c WHERE record_id = :i")
        for record_id, code in ((one, None), (two, code_one), (one, code_two)):
            session.execute(statement, {"i": record_id, "c": code})


def roll_a_savepoint_back(session: Session, rng: random.Random) -> None:
    savepoint = session.begin_nested()
    insert_in_bulk(session, rng)
    update_many_raw(session, rng)
    savepoint.rollback()


def keep_a_savepoint(session: Session, rng: random.Random) -> None:
    with session.begin_nested():
        insert_in_bulk(session, rng)


def use_raw_savepoints(session: Session, rng: random.Random) -> None:
    session.execute(text("SAVEPOINT mine"))
    update_many_raw(session, rng)
    session.execute(text(rng.choice(["ROLLBACK TO mine", "RELEASE mine"])))


def fail_in_the_middle(session: Session, rng: random.Random) -> None:
    insert_in_bulk(session, rng)
    raise _Wanted


def break_a_constraint(session: Session, rng: random.Random) -> None:
    insert_in_bulk(session, rng)
    session.execute(text("INSERT INTO note (record_id, person_id) VALUES ('bad', 'nobody')"))


STEPS = [
    add_by_orm,
    add_by_orm,
    change_by_orm,
    delete_by_orm,
    insert_in_bulk,
    put_whole_rows,
    put_whole_rows,
    put_whole_rows_for_nothing,
    update_in_bulk,
    update_many_raw,
    delete_many_raw,
    replace_raw,
    replace_raw,
    delete_a_person_with_the_notes,
    rename_a_key,
    swap_unique_codes,
    roll_a_savepoint_back,
    keep_a_savepoint,
    use_raw_savepoints,
    fail_in_the_middle,
    break_a_constraint,
]


def transact(database: Database, rng: random.Random) -> None:
    try:
        with database.transaction() as session:
            for step in rng.choices(STEPS, k=rng.randrange(1, 4)):
                step(session, rng)
    # Stale, and the warning: raw SQL deleted what the ORM changed or wanted to delete.
    except (_Wanted, IntegrityError, StaleDataError, SAWarning):
        pass


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_log_read_back_equals_the_memory(tmp_path: Path, seed: int, no_fsync: None) -> None:
    rng = random.Random(seed)
    folder, copy = tmp_path / "store", tmp_path / "copy"
    with a_notebook(folder) as database:
        for number in range(1, TRANSACTIONS + 1):
            transact(database, rng)
            if rng.random() < 0.02:
                database.compact()
            if number % 100 == 0:
                shutil.copytree(folder, copy, dirs_exist_ok=False)
                with open_notebook(copy) as reread:
                    assert everything(reread) == everything(database)
                    assert found_by_search(reread) == found_by_search(database)
                shutil.rmtree(copy)
        assert len(everything(database)["note"]) > 10


def test_a_row_that_changes_after_it_was_put_is_logged_as_it_ends(
    tmp_path: Path, no_fsync: None
) -> None:
    rng = random.Random(1)
    with a_notebook(tmp_path / "store") as database:
        with database.transaction() as session:
            put_whole_rows(session, rng, count=90)
            session.execute(text("UPDATE note SET text = 'later' WHERE record_id = 'r7'"))
            session.execute(text("DELETE FROM note WHERE record_id = 'r8'"))
        shutil.copytree(tmp_path / "store", tmp_path / "copy")
        with open_notebook(tmp_path / "copy") as reread:
            assert everything(reread) == everything(database)
            assert "later" in str(everything(reread))


def found_by_search(database: Database) -> set[str]:
    return {hit.record_id for hit in database.search("ñandú", 10_000)}
