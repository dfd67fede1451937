"""What a store holds: its tables, their version, the steps from older ones, what is searched.

The store is generic over this. A table needs one primary-key column; a column that was added later
needs a default, so that a log from before it can be loaded.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import Column, MetaData, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

_DIALECT = sqlite.dialect()


ITEM_TEXTS = ("words", "note", "name", "who", "agency")
"""The fields of an item that search looks into; ids and stored words are not for people."""


@dataclass(frozen=True)
class SearchSource:
    """A table whose text can be searched for.

    Attributes:
        table: The table's name.
        id_column: The column that names the record in a hit.
        case_column: The column that names the record's case.
        text_columns: The columns whose words are found.
        deleted_column: A truth value that hides a row from search, where the table has one.
        item_columns: Columns with lists of items as JSON; the texts of `ITEM_TEXTS` are found.
    """

    table: str
    id_column: str
    case_column: str
    text_columns: tuple[str, ...]
    deleted_column: str | None = None
    item_columns: tuple[str, ...] = ()

    @property
    def searched_columns(self) -> tuple[str, ...]:
        """All columns whose words are found."""
        return (*self.text_columns, *self.item_columns)


@dataclass(frozen=True)
class AttachmentSource:
    """A table whose rows name attachment files and hold their keys, so that they can be verified.

    A row whose key is NULL has no file.
    """

    table: str
    id_column: str
    key_column: str


@dataclass(frozen=True)
class Migration:
    """A named step from `from_version` to the next one, applied to the loaded database in memory.

    Tables and columns that only the older version had are there while the steps run, and gone
    afterwards. New columns stand on their default, or on an empty value of their type.
    """

    name: str
    from_version: int
    apply: Callable[[sqlite3.Connection], None]


@dataclass(frozen=True)
class TableShape:
    """A table as the store sees it. `key` is the primary-key column."""

    name: str
    key: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Schema:
    """The tables of a store and everything that belongs to them. Raises ValueError when unsound."""

    metadata: MetaData
    version: int
    migrations: Sequence[Migration] = ()
    search: Sequence[SearchSource] = ()
    attachments: Sequence[AttachmentSource] = ()
    shapes: dict[str, TableShape] = field(init=False)

    def __post_init__(self) -> None:
        shapes = {table.name: _shape(table) for table in self.metadata.sorted_tables}
        object.__setattr__(self, "shapes", shapes)
        versions = [migration.from_version for migration in self.migrations]
        if versions != list(range(self.version - len(versions), self.version)):
            raise ValueError(f"the migrations from {versions} do not lead to {self.version}")
        for searched in self.search:
            named = (searched.id_column, searched.case_column, *searched.searched_columns)
            hidden = (searched.deleted_column,) if searched.deleted_column else ()
            _check_columns(shapes, searched.table, (*named, *hidden))
        for files in self.attachments:
            _check_columns(shapes, files.table, (files.id_column, files.key_column))

    @property
    def columns(self) -> dict[str, list[str]]:
        """The columns by table, in the order of the log's rows."""
        return {shape.name: list(shape.columns) for shape in self.shapes.values()}

    def create_tables(self) -> Iterable[str]:
        """Return the statements that make the tables."""
        return self._create_tables

    def create_indexes(self) -> Iterable[str]:
        """Return the statements that make the indexes: run after loading, which is faster."""
        return self._create_indexes

    # Compiled once: for sixty tables it takes as long as the rest of opening a small store.
    @cached_property
    def _create_tables(self) -> tuple[str, ...]:
        return tuple(
            str(CreateTable(table).compile(dialect=_DIALECT))
            for table in self.metadata.sorted_tables
        )

    @cached_property
    def _create_indexes(self) -> tuple[str, ...]:
        return tuple(
            str(CreateIndex(index).compile(dialect=_DIALECT))
            for table in self.metadata.sorted_tables
            for index in sorted(table.indexes, key=lambda index: str(index.name))
        )

    def default_of(self, table: str, column: str) -> Any:
        """Return the value of a column for rows from before it, as SQLite stores it.

        Raises KeyError when the column may not be NULL and has no default. A default that is
        computed is computed once for all rows.
        """
        found: Column[Any] = self.metadata.tables[table].columns[column]
        default: Any = found.default
        if default is not None and not default.is_sequence:
            value = default.arg
            if callable(value):
                value = value(None)
            bind = found.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)
            return bind(value) if bind is not None else value
        if found.nullable:
            return None
        raise KeyError(f"{table}.{column}")

    def has_server_default(self, table: str, column: str) -> bool:
        """Tell whether SQLite itself fills the column when a row does not name it."""
        return self.metadata.tables[table].columns[column].server_default is not None


def quoted(name: str) -> str:
    """Return the name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _shape(table: Table) -> TableShape:
    keys = list(table.primary_key.columns)
    if len(keys) != 1:
        raise ValueError(f"table {table.name} needs exactly one primary-key column")
    if any(constraint.deferrable for constraint in table.foreign_key_constraints):
        # A violation would come up at COMMIT, when the frame is on the medium already.
        raise ValueError(f"table {table.name} has a deferrable foreign key")
    return TableShape(table.name, keys[0].name, tuple(column.name for column in table.columns))


def _check_columns(shapes: dict[str, TableShape], table: str, columns: Iterable[str]) -> None:
    shape = shapes.get(table)
    missing = [column for column in columns if shape is None or column not in shape.columns]
    if missing:
        raise ValueError(f"there is no {table}.{missing[0]}")
