"""The database: ordinary SQLModel sessions over SQLite in memory, journalled commit by commit.

Opening replays the sealed log into memory. After that every read is SQLite's; a commit seals the
rows it changed into one frame, which is on the medium before the commit returns. Closing forgets.

Threads may call anything; one has its turn at a time.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlmodel import Session

from field_app.errors import LockedError, StoreDamagedError, StoreError
from field_app.store.compaction import is_worthwhile, write_snapshot
from field_app.store.connection import JournalledConnection, make_engine, open_memory
from field_app.store.dirty_rows import DirtyRows
from field_app.store.files import disk_errors, make_private_folder
from field_app.store.folder import (
    clean_leftovers,
    require_no_store,
    require_store,
)
from field_app.store.frames import Anchor
from field_app.store.journal import encode_frame, schema_part, snapshot_frames
from field_app.store.loading import Loaded, Loader, load
from field_app.store.log_reader import LogReader, Progress
from field_app.store.notices import Notice, rolled_back
from field_app.store.schema import Schema, quoted
from field_app.store.sealed_log import LOG_NAME, SealedLog
from field_app.store.search import SearchHit, SearchIndex
from field_app.store.store_lock import StoreLock
from field_app.store.verify import VerifyReport, check_attachments
from field_app.store.work import Work


@dataclass(frozen=True)
class Snapshot:
    """A store at one moment: its rows as the frames of a log, the keys of its attachments by id."""

    folder: Path
    payloads: list[bytes]
    attachment_keys: dict[str, bytes]


class Database:
    """An open store. Made by `create` or `open`; `close` forgets everything it held.

    Attributes:
        schema: What the store holds.
        notices: What opening found that had to be said and stopped nothing.
        problem: In salvage, why an ordinary opening was refused; else None.
    """

    def __init__(
        self,
        folder: Path,
        data_key: bytes,
        schema: Schema,
        connection: JournalledConnection,
        lock: StoreLock,
        loaded: Loaded,
        log: SealedLog | None,
        position: Anchor,
        log_bytes: int,
    ) -> None:
        """Used by `create` and `open`. Without a log the database is for reading only."""
        self.schema = schema
        self.notices: list[Notice] = []
        self.problem: StoreDamagedError | None = None
        self._folder = folder
        self._data_key = data_key
        self._connection = connection
        self._lock = lock
        self._lineage = loaded.lineage
        self._snapshot_bytes = loaded.snapshot_bytes
        self._shape_is_known = loaded.shape_is_known
        self._log = log
        self._read_position = position
        self._read_bytes = log_bytes
        self._turn_lock = threading.Lock()
        self._turn_of: int | None = None
        self._may_commit = False
        self._closed = False
        self._search = SearchIndex(connection, schema.search)
        self._dirty = DirtyRows(connection, schema)
        self._engine = make_engine(connection)
        connection.commit_hook = self._commit

    # Opening and closing

    @classmethod
    def create(cls, folder: Path, data_key: bytes, schema: Schema) -> "Database":
        """Make an empty store in the folder, and open it.

        Raises StoreError when one is there already, StoreInUseError or DiskError.
        """
        with disk_errors("the data folder"):
            make_private_folder(folder)
        lock = StoreLock.take(folder)
        connection = open_memory()
        try:
            require_no_store(folder)
            Loader(connection, schema).finish()
            log = write_snapshot(connection, schema, folder, data_key, [])
            # Its name comes last: a log under its name is whole from the first moment.
            log.install(folder / LOG_NAME)
        except BaseException:
            connection.drop()
            lock.release()
            raise
        loaded = Loaded([], log.size_bytes, shape_is_known=True, migrated=False)
        return cls(
            folder,
            data_key,
            schema,
            connection,
            lock,
            loaded,
            log,
            log.position,
            log.size_bytes,
        )

    @classmethod
    def open(
        cls,
        folder: Path,
        data_key: bytes,
        schema: Schema,
        *,
        progress: Progress | None = None,
        read_only: bool = False,
        anchor: Anchor | None = None,
        salvage: bool = False,
    ) -> "Database":
        """Read the store in the folder into memory.

        `progress` is called with bytes done and bytes in all. `anchor` is the last `position` that
        was kept outside the folder; with it a whole older copy is noticed. `salvage` opens what can
        be verified of a damaged log, for reading only, and says why in `problem`.

        Raises StoreMissingError, StoreInUseError, StoreDamagedError, StoreNewerError, DiskError,
        or StoreError when a migration fails. None of them changes a byte.
        """
        read_only = read_only or salvage
        require_store(folder)
        lock = StoreLock.take(folder, shared=read_only)
        connection = open_memory()
        try:
            reader = LogReader(folder / LOG_NAME, data_key, anchor=anchor, salvage=salvage)
            loaded = load(connection, schema, reader, progress)
            _check_lineage(reader, loaded.lineage, anchor)
            log = None
            if not read_only:
                log = reader.into_log()
                clean_leftovers(folder, reader.header.file_id)
            database = cls(
                folder,
                data_key,
                schema,
                connection,
                lock,
                loaded,
                log,
                reader.position,
                reader.end,
            )
            if log is not None and loaded.migrated:
                database.compact()
        except BaseException:
            connection.drop()
            lock.release()
            raise
        database.notices = reader.notices
        database.problem = reader.problem
        return database

    def close(self) -> None:
        """Wait for the session in progress, then forget everything. A second call does nothing."""
        with self._turn(closing=True):
            if self._closed:
                return
            self._closed = True
            self._engine.dispose()
            self._connection.drop()
            self._data_key = b""
            try:
                if self._log is not None:
                    self._log.close()
            finally:
                self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # Reading and writing

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Give a session to read with. What it changes is rolled back.

        Objects stay usable after the end, with what was loaded of them. Raises LockedError when
        the store was closed, RuntimeError inside another session of the same thread.
        """
        with self._turn():
            session = Session(self._engine, expire_on_commit=False)
            try:
                yield session
            finally:
                session.close()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session to write with: all of it is on the medium at the end, or none of it.

        An exception rolls back. Do not commit inside: the end does. Raises DiskError when it could
        not be saved, and what `session` raises.
        """
        with self._turn():
            self._require_writable()
            session = Session(self._engine, expire_on_commit=False)
            try:
                yield session
                self._may_commit = True
                session.commit()
            except BaseException:
                self._may_commit = False
                session.rollback()
                raise
            finally:
                self._may_commit = False
                session.close()

    @contextmanager
    def work(self, *, write: bool) -> Iterator[Work]:
        """Give one transaction without a session, to write with or (dropped at its end) to read.

        Otherwise as `transaction` and `session`, and it raises what they raise.
        """
        with self._turn():
            if write:
                self._require_writable()
            connection = self._connection
            connection.execute("BEGIN")
            work = Work(connection, lambda: Session(self._engine, expire_on_commit=False))
            try:
                yield work
                if write:
                    self._finish(work)
            finally:
                self._may_commit = False
                if connection.in_transaction:
                    connection.rollback()
                if work.made_session is not None:
                    work.made_session.close()

    def _finish(self, work: Work) -> None:
        if work.made_session is not None:
            work.made_session.flush()
        self._may_commit = True
        self._connection.commit()

    def search(self, query: str, limit: int = 50) -> list[SearchHit]:
        """Return the records in which all words of `query` occur, best first.

        The last word may be a beginning. Anything may be typed. Raises as `session` does.
        """
        with self._turn():
            return self._search.find(query, limit)

    def prepare_search(self) -> None:
        """Build the search index now, so that the first search does not wait for it.

        Takes about as long as opening. Call it when the first screen is there.
        """
        with self._turn():
            self._search.prepare()

    def snapshot(self) -> Snapshot:
        """Return all rows and attachment keys of one moment, for a backup."""
        with self._turn():
            first = {"bulk": True, "schema": schema_part(self.schema)}
            rows = snapshot_frames(self._connection, self.schema)
            payloads = [encode_frame(first), *(encode_frame(frame) for frame in rows)]
            return Snapshot(self._folder, payloads, self._attachment_keys())

    @classmethod
    def verify(
        cls,
        folder: Path,
        data_key: bytes,
        schema: Schema,
        *,
        anchor: Anchor | None = None,
        progress: Progress | None = None,
    ) -> VerifyReport:
        """Check everything in the folder, and change nothing.

        Raises what `open` raises, except that a damaged log is a finding of the report.
        """
        with cls.open(
            folder, data_key, schema, progress=progress, anchor=anchor, salvage=True
        ) as database:
            return VerifyReport(
                frames=database.position.seq,
                log_bytes=database.log_bytes,
                rows=database._row_counts(),
                attachments=check_attachments(folder, database._attachment_keys()),
                notices=tuple(database.notices),
                problem=database.problem,
            )

    def _row_counts(self) -> dict[str, int]:
        counts = {}
        for table in self.schema.shapes:
            query = f"SELECT count(*) FROM {quoted(table)}"  # noqa: S608
            counts[table] = int(self._connection.execute(query).fetchone()[0])
        return counts

    def _attachment_keys(self) -> dict[str, bytes]:
        keys: dict[str, bytes] = {}
        for source in self.schema.attachments:
            key = quoted(source.key_column)
            query = (
                f"SELECT {quoted(source.id_column)}, {key} FROM {quoted(source.table)} "  # noqa: S608
                f"WHERE {key} IS NOT NULL"
            )
            keys.update(self._connection.execute(query))
        return keys

    @property
    def folder(self) -> Path:
        """The folder of the store; the attachments lie beside the log."""
        return self._folder

    @property
    def read_only(self) -> bool:
        """Whether no transaction is possible."""
        return self._log is None

    @property
    def position(self) -> Anchor:
        """The place after the last save: keep it outside the folder as the anchor."""
        return self._log.position if self._log is not None else self._read_position

    @property
    def log_bytes(self) -> int:
        """Size of the log on disk, as far as it holds."""
        return self._log.size_bytes if self._log is not None else self._read_bytes

    # Compaction

    def compact(self) -> None:
        """Write the log anew without its past. Raises DiskError: the old log then goes on."""
        with self._turn():
            log = self._require_writable()
            lineage = [*self._lineage, log.position]
            new = write_snapshot(
                self._connection, self.schema, self._folder, self._data_key, lineage
            )
            new.install(self._folder / LOG_NAME, replacing=log)
            self._log, self._lineage = new, lineage
            self._snapshot_bytes = new.size_bytes
            self._shape_is_known = True

    def compact_if_worthwhile(self) -> bool:
        """Compact when the log has doubled. Return whether it was done.

        Never called by a save: call it when nobody waits, such as at locking.
        """
        with self._turn():
            log = self._require_writable()
            wanted = is_worthwhile(log.size_bytes, self._snapshot_bytes)
        if wanted:
            self.compact()
        return wanted

    # Inside

    @contextmanager
    def _turn(self, *, closing: bool = False) -> Iterator[None]:
        me = threading.get_ident()
        if self._turn_of == me:
            raise RuntimeError(
                "this thread is inside a session already: hand that one on instead of opening "
                "a second, which would wait for the first for ever"
            )
        with self._turn_lock:
            if self._closed and not closing:
                raise LockedError("The record is locked. Unlock it, then try again.")
            self._turn_of = me
            try:
                yield
            finally:
                self._dirty.forget()
                self._turn_of = None

    def _require_writable(self) -> SealedLog:
        if self._log is None:
            raise StoreError(
                "The record is open for reading only, so nothing can be saved. "
                "Restore a backup or sync again to go on.",
                code="store_read_only",
            )
        if self._log.broken is not None:
            raise self._log.broken
        return self._log

    def _commit(self, commit_in_memory: Callable[[], None]) -> None:
        """Seal what the transaction changed, then commit in memory: the connection's hook."""
        try:
            if not self._may_commit:
                raise RuntimeError("do not commit inside: `transaction` does so at its end")
            changes = self._dirty.take()
            if changes is not None:
                self._append(changes)
        except BaseException:
            # SQLAlchemy takes a commit that failed for one that is over, and does not roll back.
            self._connection.rollback()
            raise
        # Nothing between the medium and memory may fail: constraints are all immediate (`Schema`).
        commit_in_memory()

    def _append(self, changes: dict[str, Any]) -> None:
        log = self._require_writable()
        if not self._shape_is_known:
            changes = {"schema": schema_part(self.schema), **changes}
        log.append(encode_frame(changes))
        self._shape_is_known = True


def _check_lineage(reader: LogReader, lineage: list[Anchor], anchor: Anchor | None) -> None:
    """Judge an anchor that was taken in a log from before a compaction."""
    if anchor is None or anchor.file_id == reader.header.file_id:
        return
    last = next((link for link in lineage if link.file_id == anchor.file_id), None)
    if last is None:
        reader.judge(rolled_back("another log than the anchor's"))
    elif anchor.seq > last.seq or (anchor.seq == last.seq and anchor.tag != last.tag):
        reader.judge(rolled_back("a compaction of an older log"))
