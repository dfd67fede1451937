"""The change feed: everything that a person may know, in the order of the agency's counter.

Position of an item = max(its number, the number at which the person's present span of access to
its case began). Seven sources give their next items in that order; the page is their merge, cut at
the limit. Six of them walk an index from the cursor; the seventh, the backfill, delivers a case
whole at the number at which access to it began. So a page costs what it holds, and a look at
nothing new costs one row, whatever the history.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from sync.protocol.cursor import Cursor
from sync.protocol.feed import GrantEntry, StaffEntry, Withdrawal
from sync.protocol.keys import SealedCaseKey
from sync.protocol.limits import PAGE_BYTES
from sync.protocol.roles import Role
from sync.server.case_keys import KEY, sealed_key
from sync.server.devices import Caller, entry
from sync.server.feed_queries import (
    BEGUN,
    DEVICE_ENTRIES,
    EARLY_KEYS,
    KEYS,
    RECORD_ROWS,
    SPAN_QUERIES,
    STAFF_ENTRIES,
    WITHDRAWALS,
)
from sync.server.grants import GRANT
from sync.server.prepared import Row, together
from sync.server.records import RECORD, RunPlace
from sync.server.sync_answer import RECORD_FIELDS, FeedParts

# Ranks of items at one position, in the order in which a device can use them.
STAFF_RANK, DEVICE_RANK, GRANT_RANK, KEY_RANK, RECORD_RANK, WITHDRAWAL_RANK = "123456"
END = "~"
"""Sorts after every item: the cursor of a feed that was read to its end."""

Item = tuple[int, str, int, Any]
"""One thing to deliver: position, key, bytes of a sealed record, row.

No two have the same position and key, so items sort by these. A record's row is read once the page
is cut.
"""


@dataclass(slots=True)
class Page:
    """One page of the feed, and what its answer needs beside it."""

    feed: FeedParts
    cursor: Cursor
    more: bool
    runs: set[RunPlace]
    cases: set[str]


def read_page(
    connection: Connection, caller: Caller, cursor: Cursor | None, limit: int, *, is_sqlite: bool
) -> Page:
    """Return the next page after a cursor.

    Args:
        connection: A transaction that sees one moment.
        caller: Whose feed it is, read in the same transaction: its head bounds the page.
        cursor: None to read from the start.
        limit: Most items.
        is_sqlite: Which of two forms of a query the database plans well.
    """
    head = caller.head
    cursor = cursor or Cursor(0, "", head)
    if cursor.position >= head and cursor.item == END:
        return empty_page(cursor)
    items = sorted(_Reader(connection, caller, cursor, limit + 1, is_sqlite).items())
    kept = _within_bytes(items[:limit])
    more = len(items) > len(kept)
    if more:
        end = Cursor(kept[-1][0], kept[-1][1], cursor.whole)
    else:
        end = Cursor(head, END, cursor.whole)
    return _page(connection, caller, kept, end, more)


def empty_page(cursor: Cursor) -> Page:
    """Return a page of nothing: the feed was read to its end."""
    return Page(FeedParts(), cursor, False, set(), set())


def _within_bytes(items: list[Item]) -> list[Item]:
    """Return the items up to the one before the record that would be too much: one record fits."""
    held = 0
    for index, (_, _, size, _) in enumerate(items):
        if size and held and held + size > PAGE_BYTES:
            return items[:index]
        held += size
    return items


class _Reader:
    """The sources of one page: each gives at most `most` items beyond the cursor."""

    def __init__(
        self, connection: Connection, caller: Caller, cursor: Cursor, most: int, is_sqlite: bool
    ) -> None:
        self.connection = connection
        self.caller = caller
        self.cursor = cursor
        self.most = most
        self.queries = SPAN_QUERIES[caller.role is Role.DATA_MANAGER, is_sqlite]

    def items(self) -> Iterator[Item]:
        """Give the items of all sources; the first `most` in order are the page."""
        caller, cursor = self.caller, self.cursor
        who = (caller.agency, caller.staff_id, caller.device_id)
        with together(self.connection):
            # One look instead of six: a small sync nearly always brings records and nothing else.
            # After the end of a feed nothing at the cursor's own position can follow.
            after = cursor.position + (cursor.item == END)
            look = self.queries.look.ask(self.connection, *who, after)
            # Written within the span of access, but not by this device itself.
            records = self.queries.records.ask(
                self.connection, *who, cursor.position, cursor.whole, self.most + 1
            )
        looked = look.fetchone()
        yield from self._beyond(
            (seq, RECORD_RANK + one, size, None) for seq, one, size in records.fetchall()
        )
        sources = (
            self._staff,
            self._devices,
            self._withdrawals,
            self._grants,
            self._keys,
            self._backfill,
        )
        for has_items, source in zip(looked, sources, strict=True):
            if has_items:
                yield from source()

    def _beyond(self, items: Iterator[Item]) -> Iterator[Item]:
        place = (self.cursor.position, self.cursor.item)
        return (item for item in items if (item[0], item[1]) > place)

    def _rows(self, query: Any) -> Sequence[Any]:
        parameters = {
            "agency": self.caller.agency,
            "staff_id": self.caller.staff_id,
            "device_id": self.caller.device_id,
            "position": self.cursor.position,
            # One more than needed: the item at the cursor itself is read again and dropped.
            "most": self.most + 1,
        }
        return self.connection.execute(query, parameters).all()

    def _staff(self) -> Iterator[Item]:
        rows = self._rows(STAFF_ENTRIES)
        return self._beyond((row.seq, STAFF_RANK + row.staff_id, 0, row) for row in rows)

    def _devices(self) -> Iterator[Item]:
        rows = self._rows(DEVICE_ENTRIES)
        return self._beyond((row.seq, DEVICE_RANK + row.device_id, 0, row) for row in rows)

    def _withdrawals(self) -> Iterator[Item]:
        rows = self._rows(WITHDRAWALS)
        return self._beyond((row.seq, WITHDRAWAL_RANK + row.case_id, 0, row) for row in rows)

    def _grants(self) -> Iterator[Item]:
        rows = self._rows(self.queries.grants)
        return self._beyond((row.seq, GRANT_RANK + row.grant_id, 0, row) for row in rows)

    def _keys(self) -> Iterator[Item]:
        rows = self._rows(KEYS)
        return self._beyond((row.seq, KEY_RANK + row.key_id + row.sealer, 0, row) for row in rows)

    def _backfill(self) -> Iterator[Item]:
        """Give each case that existed before access to it began, whole, at that number."""
        begun = self._rows(BEGUN)
        left = self.most
        for case_id, began in begun:
            for item in self._beyond(iter(self._earlier(case_id, began, left))):
                left -= 1
                yield item
            if left <= 0:
                return

    def _earlier(self, case_id: str, began: int, most: int) -> list[Item]:
        after = self.cursor.item if self.cursor.position == began else ""
        items: list[Item] = []
        grant_rows = self.connection.execute(
            select(GRANT).where(
                GRANT.c.agency == self.caller.agency,
                GRANT.c.case_id == case_id,
                GRANT.c.seq < began,
            )
        )
        items += [(began, GRANT_RANK + row.grant_id, 0, row) for row in grant_rows]
        key_rows = self.connection.execute(
            select(KEY).where(
                KEY.c.agency == self.caller.agency,
                KEY.c.case_id == case_id,
                KEY.c.recipient == self.caller.device_id,
                KEY.c.seq < began,
            )
        )
        items += [(began, KEY_RANK + row.key_id + row.sealer, 0, row) for row in key_rows]
        after_record = after[1:] if after.startswith(RECORD_RANK) else ""
        records = self.connection.execute(
            select(RECORD.c.record_id, func.length(RECORD.c.sealed))
            .where(
                RECORD.c.agency == self.caller.agency,
                RECORD.c.case_id == case_id,
                RECORD.c.seq < began,
                RECORD.c.record_id > after_record,
            )
            .order_by(RECORD.c.record_id)
            .limit(most)
        )
        items += [(began, RECORD_RANK + record_id, size, None) for record_id, size in records]
        return sorted(items)


def _page(
    connection: Connection, caller: Caller, items: Sequence[Item], cursor: Cursor, more: bool
) -> Page:
    of_rank: dict[str, list[Any]] = {rank: [] for rank in "123456"}
    wanted: list[str] = []
    for _, key, _, row in items:
        if key[0] == RECORD_RANK:
            wanted.append(key[1:])
        else:
            of_rank[key[0]].append(row)
    rows = RECORD_ROWS.rows(connection, caller.agency, wanted) if wanted else []
    found = {row[0]: row for row in rows}
    records = [found[record_id] for record_id in wanted]
    keys = [sealed_key(row) for row in of_rank[KEY_RANK]]
    keys += _early_keys(connection, caller, records, keys, cursor.position)
    feed = FeedParts(
        staff=[StaffEntry.model_validate(dict(row._mapping)) for row in of_rank[STAFF_RANK]],
        devices=[entry(row, caller.device_id) for row in of_rank[DEVICE_RANK]],
        grants=[GrantEntry.model_validate(dict(row._mapping)) for row in of_rank[GRANT_RANK]],
        keys=keys,
        records=records,
        withdrawals=[
            Withdrawal(case_id=row.case_id, seq=row.seq) for row in of_rank[WITHDRAWAL_RANK]
        ],
    )
    places = {(row[_DEVICE], row[_GENERATION], row[_RUN_FIRST]) for row in records}
    return Page(feed, cursor, more, places, {row[_CASE] for row in records})


_CASE, _GENERATION, _DEVICE, _KEY = map(
    RECORD_FIELDS.index, ("case_id", "generation", "device_id", "key_id")
)
_RUN_FIRST = len(RECORD_FIELDS)


def _early_keys(
    connection: Connection,
    caller: Caller,
    records: Sequence[Row],
    delivered: Sequence[SealedCaseKey],
    position: int,
) -> list[SealedCaseKey]:
    """Return keys that the page's records need and whose own turn comes later."""
    needed = {row[_KEY] for row in records} - {key.key_id for key in delivered}
    if not needed or position >= caller.head:
        return []  # at the end of the feed every key had its turn
    parameters = {
        "agency": caller.agency,
        "cases": sorted({row[_CASE] for row in records if row[_KEY] in needed}),
        "needed": sorted(needed),
        "device_id": caller.device_id,
        "position": position,
    }
    return [sealed_key(row) for row in connection.execute(EARLY_KEYS, parameters)]


def cut_to_bytes(rows: Iterable[Any], limit: int) -> tuple[list[Any], bool]:
    """Return the rows of one page of records, read one by one, and whether more follows."""
    page: list[Any] = []
    held = 0
    for row in rows:
        held += len(row.sealed)
        if len(page) == limit or (page and held > PAGE_BYTES):
            return page, True
        page.append(row)
    return page, False
