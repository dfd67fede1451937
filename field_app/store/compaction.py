"""Compaction: a new log that holds the rows of now and nothing of their past.

It keeps deleted and corrected text from living on in old frames, and opening fast. The new log is
complete and on the medium before it takes the old one's name; a crash at any moment leaves one of
the two, whole. The new log names the one it was made from, so that an anchor of before still holds.
"""

import sqlite3
from pathlib import Path

from field_app.store.frames import Anchor
from field_app.store.journal import encode_frame, encode_lineage, schema_part, snapshot_frames
from field_app.store.schema import Schema
from field_app.store.sealed_log import LOG_NAME, SealedLog

SMALL_LOG_BYTES = 1 << 18  # below this, a log is read in some milliseconds whatever is in it
GROWTH = 2  # worth it when the log is this many times its last snapshot


def is_worthwhile(log_bytes: int, snapshot_bytes: int) -> bool:
    """Tell whether a log has grown enough to be written anew.

    Doubling bounds the cost: over its life every byte is written about twice.
    """
    return log_bytes > SMALL_LOG_BYTES and log_bytes > GROWTH * snapshot_bytes


def write_snapshot(
    connection: sqlite3.Connection,
    schema: Schema,
    folder: Path,
    data_key: bytes,
    lineage: list[Anchor],
) -> SealedLog:
    """Return a new log of all rows, on the medium but not yet in place. Raises DiskError."""
    log = SealedLog.create(folder / f"{LOG_NAME}.new", data_key, beside=folder / LOG_NAME)
    try:
        first = {"bulk": True, "schema": schema_part(schema), "lineage": encode_lineage(lineage)}
        log.append_unsynced(encode_frame(first))
        for frame in snapshot_frames(connection, schema):
            log.append_unsynced(encode_frame(frame))
        log.sync_all()
    except BaseException:
        log.discard()
        raise
    return log
