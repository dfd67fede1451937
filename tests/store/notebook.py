"""A small schema to try the store with, and stores of it: no table of the app is needed."""

import sqlite3
from pathlib import Path

from sqlalchemy import MetaData
from sqlmodel import Field, SQLModel

from field_app.store import AttachmentSource, Database, KdfCost, Schema, SearchSource

KEY = bytes(range(32))
CHEAP = KdfCost(memory_kib=8 * 1024, passes=1, lanes=1)  # the least that is allowed
PASSPHRASE = "lemon harbor tuesday violin"

METADATA = MetaData()


class NotebookRow(SQLModel):
    """Base of the tables below, apart from those of the app."""

    metadata = METADATA


class Person(NotebookRow, table=True):
    """Whom notes are about; deleting one deletes the notes (a cascade of SQLite's)."""

    __tablename__ = "person"
    record_id: str = Field(primary_key=True)
    name: str = ""
    code: str | None = Field(default=None, unique=True)


class Note(NotebookRow, table=True):
    """A note with every kind of value that SQLite keeps."""

    __tablename__ = "note"
    record_id: str = Field(primary_key=True)
    case_id: str = Field(index=True, default="case")
    person_id: str | None = Field(default=None, foreign_key="person.record_id", ondelete="CASCADE")
    text: str = ""
    minutes: int | None = None
    weight: float | None = None
    photo: bytes | None = None
    deleted: bool = False


class Paper(NotebookRow, table=True):
    """An attachment: its file's id and key."""

    __tablename__ = "paper"
    record_id: str = Field(primary_key=True)
    file_name: str = ""
    key: bytes | None = None


SCHEMA = Schema(
    METADATA,
    version=1,
    search=[
        SearchSource("note", "record_id", "case_id", ("text",), deleted_column="deleted"),
        SearchSource("person", "record_id", "record_id", ("name",)),
    ],
    attachments=[AttachmentSource("paper", "record_id", "key")],
)


def open_notebook(folder: Path, **options: object) -> Database:
    """Open the notebook in the folder with the test's key."""
    return Database.open(folder, KEY, SCHEMA, **options)  # type: ignore[arg-type]


def a_notebook(folder: Path, texts: list[str] | None = None) -> Database:
    """Return an open notebook with one note, and one save, a text."""
    database = Database.create(folder, KEY, SCHEMA)
    for number, text in enumerate(texts or []):
        with database.transaction() as session:
            session.add(Note(record_id=f"note-{number}", text=text))
    return database


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of all tables, with the storage class of each value."""
    found: dict[str, list[tuple[object, ...]]] = {}
    connection: sqlite3.Connection = database._connection
    for shape in SCHEMA.shapes.values():
        values = ", ".join(f'"{name}", typeof("{name}")' for name in shape.columns)
        query = f'SELECT {values} FROM "{shape.name}" ORDER BY "{shape.key}"'
        found[shape.name] = connection.execute(query).fetchall()
    return found


def texts_of(database: Database) -> list[str]:
    """Return the texts of the notes in the order of their ids."""
    return [str(row[6]) for row in everything(database)["note"]]
