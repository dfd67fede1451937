"""A log of another version: newer columns stand on defaults, steps transform, newer logs wait."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import JSON, Column, Index, Integer, LargeBinary, MetaData, String, Table

from field_app.errors import StoreError, StoreNewerError
from field_app.store import Database, Migration, Schema
from tests.store.notebook import KEY


def a_schema(
    *columns: Column[object], version: int = 1, migrations: Sequence[Migration] = ()
) -> Schema:
    """Return a schema of one table `note`, with an id and these columns."""
    metadata = MetaData()
    Table("note", metadata, Column("record_id", String, primary_key=True), *columns)
    return Schema(metadata, version=version, migrations=migrations)


def text_column(name: str = "text") -> Column[object]:
    return Column(name, String, nullable=False)


OLD = a_schema(text_column())


@pytest.fixture(name="old_store")
def _old_store(tmp_path: Path) -> Path:
    """Return a folder with a store of the version `OLD` and two notes."""
    with Database.create(tmp_path, KEY, OLD) as database:
        for number, words in enumerate(["Ana Lopez", "Ben Kim"]):
            run(database, f"INSERT INTO note (record_id, text) VALUES ('n{number}', '{words}')")
    return tmp_path


def run(database: Database, statement: str) -> None:
    with database.transaction() as session:
        session.connection().exec_driver_sql(statement)


def rows(database: Database, columns: str) -> list[tuple[object, ...]]:
    with database.session() as session:
        found = session.connection().exec_driver_sql(
            f"SELECT {columns} FROM note ORDER BY record_id"
        )
        return [tuple(row) for row in found]


def test_columns_that_were_added_stand_on_their_defaults(old_store: Path) -> None:
    schema = a_schema(
        Column("extra", JSON, nullable=False, default=dict),
        text_column(),
        Column("minutes", Integer, nullable=False, default=15),
        Column("place", String, nullable=False, server_default="home"),
        Column("photo", LargeBinary, nullable=True),
    )

    with Database.open(old_store, KEY, schema) as database:
        run(
            database,
            "INSERT INTO note (record_id, extra, text, minutes, place, photo) "
            "VALUES ('n2', '{}', 'Cy', 5, 'car', x'00ff')",
        )
    with Database.open(old_store, KEY, schema) as database:
        assert rows(database, "text, extra, minutes, place, photo") == [
            ("Ana Lopez", "{}", 15, "home", None),
            ("Ben Kim", "{}", 15, "home", None),
            ("Cy", "{}", 5, "car", b"\x00\xff"),
        ]


def test_a_new_column_without_a_default_is_the_programmers_mistake(old_store: Path) -> None:
    before = (old_store / "data.log").read_bytes()

    schema = a_schema(text_column(), Column("minutes", Integer, nullable=False))

    with pytest.raises(ValueError, match=r"note\.minutes is new"):
        Database.open(old_store, KEY, schema)

    assert (old_store / "data.log").read_bytes() == before


def test_rows_with_unknown_columns_or_tables_wait_for_an_update(tmp_path: Path) -> None:
    with Database.create(tmp_path, KEY, a_schema(text_column(), text_column("more"))):
        pass
    with pytest.raises(StoreNewerError, match="Update the app"):
        Database.open(tmp_path, KEY, OLD)

    other = tmp_path / "other"
    metadata = MetaData()
    Table("paper", metadata, Column("record_id", String, primary_key=True))
    Database.create(other, KEY, Schema(metadata, version=1)).close()
    with pytest.raises(StoreNewerError):
        Database.open(other, KEY, OLD)


def test_a_newer_version_is_refused_even_with_the_same_columns(tmp_path: Path) -> None:
    steps = [Migration("nothing", 1, lambda _: None)]
    Database.create(tmp_path, KEY, a_schema(text_column(), version=2, migrations=steps)).close()

    with pytest.raises(StoreNewerError):
        Database.open(tmp_path, KEY, OLD)


def split_the_name(connection: sqlite3.Connection) -> None:
    connection.execute(
        "UPDATE note SET given = substr(text, 1, instr(text, ' ') - 1), "
        "family = substr(text, instr(text, ' ') + 1)"
    )


def shout(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE note SET family = upper(family)")


SPLIT = a_schema(
    text_column("given"),
    text_column("family"),
    version=3,
    migrations=[Migration("split the name", 1, split_the_name), Migration("shout", 2, shout)],
)


def test_steps_transform_the_rows_once_and_old_columns_go(old_store: Path) -> None:
    for _ in range(2):
        with Database.open(old_store, KEY, SPLIT) as database:
            assert rows(database, "*") == [("n0", "Ana", "LOPEZ"), ("n1", "Ben", "KIM")]
    with pytest.raises(StoreNewerError):
        Database.open(old_store, KEY, OLD)


def test_a_reader_sees_the_new_shape_and_leaves_the_old_log(old_store: Path) -> None:
    before = (old_store / "data.log").read_bytes()

    with Database.open(old_store, KEY, SPLIT, read_only=True) as database:
        assert rows(database, "given") == [("Ana",), ("Ben",)]

    assert (old_store / "data.log").read_bytes() == before


def test_a_step_that_fails_leaves_the_old_log_untouched(old_store: Path) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        split_the_name(connection)
        raise KeyError("family")

    schema = a_schema(
        text_column("given"),
        text_column("family"),
        version=2,
        migrations=[Migration("split badly", 1, fail)],
    )
    before = {path.name: path.read_bytes() for path in old_store.iterdir()}

    with pytest.raises(StoreError, match="split badly") as failed:
        Database.open(old_store, KEY, schema)

    assert failed.value.code == "migration_failed"
    assert {path.name: path.read_bytes() for path in old_store.iterdir()} == before
    with Database.open(old_store, KEY, OLD) as database:
        assert rows(database, "text") == [("Ana Lopez",), ("Ben Kim",)]


def test_a_table_that_is_gone_can_be_read_by_its_step(old_store: Path) -> None:
    metadata = MetaData()
    Table("paper", metadata, Column("record_id", String, primary_key=True), text_column("title"))

    def move(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO paper SELECT record_id, text FROM note")

    schema = Schema(metadata, version=2, migrations=[Migration("notes are papers", 1, move)])

    for _ in range(2):
        with Database.open(old_store, KEY, schema) as database, database.session() as session:
            found = session.connection().exec_driver_sql("SELECT title FROM paper ORDER BY 1")
            assert found.scalars().all() == ["Ana Lopez", "Ben Kim"]


def test_a_new_unique_that_would_drop_rows_fails_aloud(old_store: Path) -> None:
    with Database.open(old_store, KEY, OLD) as database:
        run(database, "INSERT INTO note (record_id, text) VALUES ('n2', 'Ana Lopez')")
    unique = Column("text", String, nullable=False, unique=True)
    schema = a_schema(unique, version=2, migrations=[Migration("one text once", 1, lambda _: None)])

    with pytest.raises(StoreError, match="Nothing was changed"):
        Database.open(old_store, KEY, schema)


def test_a_version_that_no_step_leads_from_is_said(old_store: Path) -> None:
    schema = a_schema(text_column(), version=3, migrations=[Migration("late", 2, lambda _: None)])

    with pytest.raises(StoreError, match="Nothing was changed"):
        Database.open(old_store, KEY, schema)


def test_an_unsound_schema_is_refused() -> None:
    with pytest.raises(ValueError, match="do not lead"):
        a_schema(text_column(), version=2, migrations=[Migration("x", 5, lambda _: None)])
    metadata = MetaData()
    Table("pair", metadata, *(Column(name, String, primary_key=True) for name in ("a", "b")))
    with pytest.raises(ValueError, match="primary-key"):
        Schema(metadata, version=1)


def test_indexes_are_made_after_loading(old_store: Path) -> None:
    metadata = MetaData()
    table = Table("note", metadata, Column("record_id", String, primary_key=True), text_column())
    Index("by_text", table.c.text)

    with Database.open(old_store, KEY, Schema(metadata, version=1)) as database:
        plan = rows_of_plan(database)

    assert "by_text" in plan


def rows_of_plan(database: Database) -> str:
    with database.session() as session:
        plan = session.connection().exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT record_id FROM note WHERE text = 'Ana Lopez'"
        )
        return str(plan.all())
