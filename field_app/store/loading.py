"""From frames to tables: replays a log into SQLite in memory, also one of an older schema.

Rows are loaded by the names of their columns. What the log does not know stands on its default;
what only the log knows is kept in columns of its own until the migrations have run, and is refused
(`StoreNewerError`) when no migration can be meant.
"""

import sqlite3
from dataclasses import dataclass
from typing import Any

from field_app.errors import StoreError, StoreNewerError
from field_app.store.frames import Anchor
from field_app.store.journal import decode_frame, decode_lineage
from field_app.store.log_reader import LogReader, Progress
from field_app.store.schema import Schema, quoted


class Loader:
    """Applies the frames of one log in order.

    Attributes:
        version: The schema version of the rows read last.
        lineage: The logs that this one was compacted from.
        is_stale: The log's rows have another shape than the schema: the next frame must say so.
        is_bulk: The frame applied last belongs to the snapshot of a compaction.
    """

    def __init__(self, connection: sqlite3.Connection, schema: Schema) -> None:
        """Make the tables, without their indexes, in an empty database."""
        self.version = schema.version
        self.lineage: list[Anchor] = []
        self.is_stale = True
        self.is_bulk = True
        self._connection = connection
        self._schema = schema
        self._inserts: dict[str, str] = {}
        self._deletes: dict[str, str] = {}
        self._legacy_tables: dict[str, str] = {}
        self._legacy_columns: list[tuple[str, str]] = []
        self._keys: dict[str, set[Any]] | None = None
        self._key_positions: dict[str, int] = {}
        for statement in schema.create_tables():
            connection.execute(statement)
        # Constraints held when the rows were written; checking them again row by row would see
        # states in the middle of a transaction.
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("BEGIN")

    def apply(self, payload: bytes) -> None:
        """Apply one frame. Raises StoreNewerError, or StoreError when it cannot be applied."""
        frame = decode_frame(payload)
        self.is_bulk = bool(frame.get("bulk"))
        if "schema" in frame:
            self._take_schema(frame["schema"])
        if "lineage" in frame:
            self.lineage = decode_lineage(frame["lineage"])
        try:
            self._apply_rows(frame.get("del", {}), frame.get("put", {}))
        except sqlite3.Error as error:
            raise StoreError(
                "The record on this device cannot be loaded with this version of the app "
                f"({type(error).__name__}). Nothing was changed. Update the app, then try again.",
                code="store_unloadable",
            ) from error

    def _apply_rows(self, deletions: dict[str, list[Any]], puts: dict[str, list[Any]]) -> None:
        for table, keys in deletions.items():
            self._connection.executemany(self._deletes[table], [(key,) for key in keys])
            if self._keys is not None:
                self._keys[table].difference_update(keys)
        for table, rows in puts.items():
            self._connection.executemany(self._inserts[table], rows)
            if self._keys is not None:
                key = self._key_positions[table]
                self._keys[table].update(row[key] for row in rows)

    def _take_schema(self, part: dict[str, Any]) -> None:
        self.version = int(part["version"])
        tables: dict[str, list[str]] = part["tables"]
        if self.version > self._schema.version:
            raise _newer()
        self.is_stale = self.version != self._schema.version or tables != self._schema.columns
        if self.version < self._schema.version and self._keys is None:
            # A migration may add a UNIQUE, and REPLACE would then drop rows without a word.
            self._keys = {}
        for table, columns in tables.items():
            self._prepare(table, columns)

    def _prepare(self, table: str, columns: list[str]) -> None:
        shape = self._schema.shapes.get(table)
        if shape is None:
            key = self._prepare_legacy_table(table, columns)
            filled: dict[str, str] = {}
        else:
            key = shape.key
            self._prepare_legacy_columns(table, [c for c in columns if c not in shape.columns])
            filled = {
                column: self._literal_default(table, column)
                for column in shape.columns
                if column not in columns and not self._schema.has_server_default(table, column)
            }
        if self._keys is not None:
            self._keys.setdefault(table, set())
            self._key_positions[table] = columns.index(key)
        names = ", ".join(quoted(column) for column in (*columns, *filled))
        values = ", ".join([*("?" for _ in columns), *filled.values()])
        self._inserts[table] = f"INSERT OR REPLACE INTO {quoted(table)} ({names}) VALUES ({values})"  # noqa: S608
        self._deletes[table] = f"DELETE FROM {quoted(table)} WHERE {quoted(key)} = ?"  # noqa: S608

    def _prepare_legacy_table(self, table: str, columns: list[str]) -> str:
        if self.version == self._schema.version:
            raise _newer()
        if table not in self._legacy_tables:
            # The key is the first column that the older version listed: tables of the record
            # start with it, and `Schema` keeps the order of the class.
            self._legacy_tables[table] = columns[0]
            names = ", ".join(quoted(column) for column in columns[1:])
            rest = f", {names}" if names else ""
            self._connection.execute(
                f"CREATE TABLE {quoted(table)} ({quoted(columns[0])} PRIMARY KEY{rest})"
            )
        return self._legacy_tables[table]

    def _prepare_legacy_columns(self, table: str, columns: list[str]) -> None:
        if columns and self.version == self._schema.version:
            raise _newer()
        for column in columns:
            if (table, column) not in self._legacy_columns:
                self._legacy_columns.append((table, column))
                self._connection.execute(f"ALTER TABLE {quoted(table)} ADD COLUMN {quoted(column)}")

    def _literal_default(self, table: str, column: str) -> str:
        try:
            value = self._schema.default_of(table, column)
        except KeyError:
            if self.version == self._schema.version:
                raise ValueError(
                    f"{table}.{column} is new, may not be NULL and has no default: "
                    "give it one, or raise the schema version with a migration"
                ) from None
            value = ""  # the migration's to fill
        literal: str = self._connection.execute("SELECT quote(?)", (value,)).fetchone()[0]
        return literal

    def finish(self) -> bool:
        """Migrate, index and commit. Return whether the log has to be written anew.

        Raises StoreError when a migration fails: the log is untouched then.
        """
        migrated = self.version < self._schema.version
        if migrated:
            self._migrate()
        for statement in self._schema.create_indexes():
            self._connection.execute(statement)
        self._connection.execute("COMMIT")
        self._connection.execute("PRAGMA foreign_keys = ON")
        return migrated

    def _migrate(self) -> None:
        name = "loading"
        try:
            self._check_row_counts()
            for migration in self._schema.migrations:
                if migration.from_version >= self.version:
                    name = migration.name
                    migration.apply(self._connection)
            name = "clearing away"
            for table, column in self._legacy_columns:
                self._connection.execute(
                    f"ALTER TABLE {quoted(table)} DROP COLUMN {quoted(column)}"
                )
            for table in self._legacy_tables:
                self._connection.execute(f"DROP TABLE {quoted(table)}")
        except Exception as error:
            raise StoreError(
                f"The record could not be brought to this version of the app (step '{name}': "
                f"{type(error).__name__}). Nothing was changed. Go back to the version before, and "
                "report this.",
                code="migration_failed",
                step=name,
            ) from error

    def _check_row_counts(self) -> None:
        first = self._schema.migrations[0].from_version if self._schema.migrations else None
        if first is None or self.version < first:
            raise ValueError(f"no step leads from version {self.version}")
        for table, keys in (self._keys or {}).items():
            query = f"SELECT count(*) FROM {quoted(table)}"  # noqa: S608
            (count,) = self._connection.execute(query).fetchone()
            if count != len(keys):
                raise ValueError(f"{len(keys) - count} rows of {table} break a new constraint")


def _newer() -> StoreNewerError:
    return StoreNewerError(
        "This record was written by a newer version of the app. Nothing was changed. "
        "Update the app, then open it again.",
    )


@dataclass(frozen=True)
class Loaded:
    """What is known of a log after it was read.

    Attributes:
        lineage: The logs that it was compacted from.
        snapshot_bytes: Its size up to the end of the last compaction's snapshot.
        shape_is_known: Its rows have the shape of the schema in use.
        migrated: The rows in memory are of a newer version than the log's.
    """

    lineage: list[Anchor]
    snapshot_bytes: int
    shape_is_known: bool
    migrated: bool


def load(
    connection: sqlite3.Connection, schema: Schema, reader: LogReader, progress: Progress | None
) -> Loaded:
    """Read the whole log into the empty database.

    Raises StoreDamagedError, StoreNewerError, DiskError, or StoreError when a migration fails.
    """
    loader = Loader(connection, schema)
    snapshot_bytes, in_snapshot = 0, True
    try:
        for payload in reader.payloads(progress):
            loader.apply(payload)
            in_snapshot = in_snapshot and loader.is_bulk
            if in_snapshot:
                snapshot_bytes = reader.end
        reader.finish()
    finally:
        reader.close()
    migrated = loader.finish()
    return Loaded(loader.lineage, snapshot_bytes, not loader.is_stale, migrated)
