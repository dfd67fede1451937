"""Full-text search over names and notes: an FTS5 index in memory, never on the disk.

Built at the first search (or before, by `prepare`). From then on triggers note which rows it does
not hold yet, and the next search takes those in: a save is many times as frequent as a search, and
cutting a note into words would be a tenth of it. Accents and case do not matter, every word that is
typed must occur, and the last one may be a beginning, so that results appear while a person types.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from field_app.store.schema import ITEM_TEXTS, SearchSource, quoted

# A word as FTS5's unicode61 cuts it: letters, digits and the marks that belong to them.
_WORD = re.compile(r"[^\W_]+")


# Only so many hits of a table, the newest, are put in order. A word that is in more of them says
# too little for its rank to matter, and ranking 7,000 notes takes longer than a person types.
RANKED_HITS = 500


@dataclass(frozen=True)
class SearchHit:
    """A record in which all words occur."""

    table: str
    record_id: str
    case_id: str


def match_expression(query: str) -> str | None:
    """Return what a person typed as an FTS5 query, or None when no word is in it.

    Every word is quoted, so that nothing typed is ever read as FTS5's own syntax.
    """
    words = _WORD.findall(unicodedata.normalize("NFC", query))
    if not words:
        return None
    return " ".join(f'"{word}"' for word in words) + "*"


class SearchIndex:
    """One FTS5 table for each source. It holds the words; the text stays in the source's table."""

    def __init__(self, connection: sqlite3.Connection, sources: Sequence[SearchSource]) -> None:
        """Index nothing yet: that takes as long as reading the log, and nobody waits for it."""
        self._connection = connection
        self._sources = sources
        self._is_ready = False

    def prepare(self) -> None:
        """Index what is in the tables and not indexed yet."""
        self._connection.execute("BEGIN")
        try:
            for source in self._sources:
                for statement in _catch_up(source) if self._is_ready else _statements(source):
                    self._connection.execute(statement)
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.execute("COMMIT")
        self._is_ready = True

    def find(self, query: str, limit: int) -> list[SearchHit]:
        """Return the best `limit` hits of all sources, best first."""
        expression = match_expression(query)
        if expression is None:
            return []
        self.prepare()
        ranked: list[tuple[float, SearchHit]] = []
        for source in self._sources:
            rows = self._connection.execute(_select(source), (expression, limit))
            for rank, record_id, case_id in rows:
                ranked.append((rank, SearchHit(source.table, record_id, case_id)))
        ranked.sort(key=lambda entry: entry[0])
        return [hit for _, hit in ranked[:limit]]


def _index_name(source: SearchSource) -> str:
    return quoted(f"_search_{source.table}")


def _waiting_name(source: SearchSource) -> str:
    return quoted(f"_search_waiting_{source.table}")


def _select(source: SearchSource) -> str:
    index = _index_name(source)
    hidden = f"AND NOT t.{quoted(source.deleted_column)}" if source.deleted_column else ""
    newest = (
        f"SELECT {index}.rank AS rank, t.{quoted(source.id_column)}, "  # noqa: S608
        f"t.{quoted(source.case_column)} "
        f"FROM {index} JOIN {quoted(source.table)} AS t ON t.rowid = {index}.rowid "
        f"WHERE {index} MATCH ? {hidden} ORDER BY {index}.rowid DESC LIMIT {RANKED_HITS}"
    )
    return f"SELECT * FROM ({newest}) ORDER BY rank LIMIT ?"  # noqa: S608


def _statements(source: SearchSource) -> Iterator[str]:
    index, table = _index_name(source), quoted(source.table)
    columns = ", ".join(quoted(column) for column in source.searched_columns)
    old = _values(source, "OLD")
    content = source.table.replace("'", "''")
    fill = f"INSERT INTO {index} ({index}) VALUES ('rebuild')"  # noqa: S608
    if source.item_columns:
        # The words inside items are no columns, and FTS5 lets no view take them out of the JSON
        # (it prepares without virtual tables, and json_tree is one). So the index keeps no content.
        content = ""
        fill = (
            f"INSERT INTO {index} (rowid, {columns}) "  # noqa: S608
            f"SELECT t.rowid, {_values(source, 't')} FROM {table} AS t"
        )
    waiting = _waiting_name(source)
    wait = f"INSERT INTO {waiting} VALUES (NEW.rowid);"  # noqa: S608
    is_indexed = f"NOT EXISTS (SELECT 1 FROM {waiting} WHERE row = OLD.rowid)"  # noqa: S608
    # FTS5's external-content tables forget a row only when told the words that it had, and break
    # when told words that they never took in. One trigger an event: SQLite promises no order.
    drop = (
        f"INSERT INTO {index} ({index}, rowid, {columns}) "
        f"SELECT 'delete', OLD.rowid, {old} WHERE {is_indexed};"
    )
    yield (
        f"CREATE VIRTUAL TABLE {index} USING fts5({columns}, content='{content}', "
        "content_rowid='rowid', tokenize='unicode61 remove_diacritics 2')"
    )
    yield fill
    yield f"CREATE TABLE {waiting} (row INTEGER PRIMARY KEY)"
    forget = f"DELETE FROM {waiting} WHERE row = OLD.rowid;"  # noqa: S608
    for event, body in (
        ("INSERT", wait),
        (f"UPDATE OF {columns}", drop + forget + wait),
        ("DELETE", drop + forget),
    ):
        name = quoted(f"_search_{event.split()[0]}_{source.table}")
        yield f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {body} END"


def _catch_up(source: SearchSource) -> Iterator[str]:
    index, waiting = _index_name(source), _waiting_name(source)
    columns = ", ".join(quoted(column) for column in source.searched_columns)
    yield (
        f"INSERT INTO {index} (rowid, {columns}) "  # noqa: S608
        f"SELECT t.rowid, {_values(source, 't')} FROM {waiting} AS w "
        f"JOIN {quoted(source.table)} AS t ON t.rowid = w.row"
    )
    yield f"DELETE FROM {waiting}"  # noqa: S608


def _values(source: SearchSource, row: str) -> str:
    """Return the searched values of a row as SQL, in the order of the columns."""
    texts = [f"{row}.{quoted(column)}" for column in source.text_columns]
    keys = ", ".join(f"'{key}'" for key in ITEM_TEXTS)
    items = [
        f"(SELECT group_concat(value, ' ') FROM json_tree({row}.{quoted(column)}) "  # noqa: S608
        f"WHERE type = 'text' AND key IN ({keys}))"
        for column in source.item_columns
    ]
    return ", ".join([*texts, *items])
