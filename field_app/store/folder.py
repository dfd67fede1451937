"""What lies in a store's folder: whether a store is there, and what a crash left behind.

keyfile.json               the keys, wrapped (`keyring.py`)
data.log, data.log.head-*  the record (`sealed_log.py`, `head.py`)
data.log.new               a compaction in progress, or what a crash left of it
data.log.torn              what was cut off after a power cut
attachments/               sealed files (`attachments.py`)
store.lock                 the system's lock (`store_lock.py`)
"""

from pathlib import Path

from field_app.errors import StoreDamagedError, StoreError, StoreMissingError
from field_app.store.files import disk_errors
from field_app.store.head import head_path
from field_app.store.sealed_log import LOG_NAME

NEW_LOG_NAME = f"{LOG_NAME}.new"


def has_store(folder: Path) -> bool:
    """Tell whether a record is in the folder. Raises DiskError."""
    with disk_errors("the data folder"):
        return (folder / LOG_NAME).exists()


def require_store(folder: Path) -> None:
    """Raise StoreMissingError when there is none, StoreDamagedError when its log was removed."""
    if has_store(folder):
        return
    if _log_was_removed(folder):
        raise StoreDamagedError(
            "The record's log is missing from the data folder, although a part of it is there. "
            "Nothing was deleted. Put data.log back, or restore a backup into another folder.",
            code="log_missing",
        )
    raise StoreMissingError("There is no record in this folder. Choose another one or set it up.")


def require_no_store(folder: Path) -> None:
    """Raise StoreError when a record, or a part of one, is there; clear a half-made one away."""
    if has_store(folder) or _log_was_removed(folder):
        raise StoreError(
            "There is a record in this folder already. Nothing was changed. "
            "Open it, or choose another folder.",
            code="store_exists",
        )
    with disk_errors("the data folder"):
        for leftover in (*_heads(folder), folder / NEW_LOG_NAME):
            leftover.unlink(missing_ok=True)


def clean_leftovers(folder: Path, file_id: bytes) -> None:
    """Remove what a crash in a compaction left: half a log, and heads of other logs.

    Only for a log that was read whole, named by `file_id`. Raises DiskError.
    """
    own_head = head_path(folder / LOG_NAME, file_id)
    with disk_errors("the data folder"):
        for leftover in (*_heads(folder), folder / NEW_LOG_NAME):
            if leftover != own_head:
                leftover.unlink(missing_ok=True)


def _heads(folder: Path) -> list[Path]:
    return list(folder.glob(f"{LOG_NAME}.head-*"))


def _log_was_removed(folder: Path) -> bool:
    # While a store is being made its log is still `data.log.new`, with a head beside it.
    return bool(_heads(folder)) and not (folder / NEW_LOG_NAME).exists()
