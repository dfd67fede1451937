"""What the store says about itself: damage that stops, and findings that only need to be told."""

from dataclasses import dataclass

from field_app.errors import StoreDamagedError


@dataclass(frozen=True)
class Notice:
    """A finding at opening that stopped nothing. `code` is stable; `text` is English."""

    code: str
    text: str


def torn_tail(reason: str, kept_as: str) -> Notice:
    """Return the notice of a last save that a crash or power cut interrupted."""
    return Notice(
        "torn_tail",
        f"The last save was interrupted before it was confirmed ({reason}). Everything confirmed "
        f"is here; what was cut off is kept in {kept_as}.",
    )


def head_slot() -> Notice:
    """Return the notice of a head file of which one half does not hold."""
    return Notice(
        "head_slot",
        "One half of the head file was damaged. The log itself is whole up to its last save.",
    )


def damaged_log(reason: str, frame: int) -> StoreDamagedError:
    """Return the error of a log that was changed, cut, or put together from other parts."""
    return StoreDamagedError(
        f"The record on this device was changed or damaged (frame {frame}: {reason}). Nothing was "
        "deleted. Open the verified part for reading only, then restore a backup or sync again.",
        code="log_damaged",
        frame=frame,
        reason=reason,
    )


def rolled_back(reason: str) -> StoreDamagedError:
    """Return the error of a folder that is older than this device has seen it."""
    return StoreDamagedError(
        f"The record on this device is older than it was before ({reason}): an old copy was put "
        "back. Nothing was deleted. Open it for reading only, then sync again or restore a backup.",
        code="store_rolled_back",
        reason=reason,
    )
