"""Structured logs: one JSON object a line, with ids, sizes and times, never with contents.

A call is logged by method, route, status, code, device, milliseconds and bytes. Paths are logged
as their route pattern, because an id in a path may be a case. Exceptions are logged by type and
place; their messages may carry values and are left out.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import PurePath

LOGGER = logging.getLogger("field_server")
_OWN_FRAMES = 4
_AS_JSON = json.JSONEncoder(separators=(",", ":")).encode  # `dumps` would make one for each line


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a log record."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage() if record.name == LOGGER.name else record.name,
        }
        line.update(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            line["error"] = type(error).__name__
            line["place"] = _place(error)
        return _AS_JSON(line)


def _place(error: BaseException) -> list[str]:
    """Return where an error arose: the last frames of this project, then the innermost one.

    A database's error ends deep in its driver; which of our statements led there is what helps.
    """
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "/sync/" in frame.filename.replace("\\", "/")][
        -_OWN_FRAMES:
    ]
    shown = own if not frames or frames[-1] in own else [*own, frames[-1]]
    return [f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in shown]


def set_up_logs(level: str) -> None:
    """Send the server's log to standard error, one JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    LOGGER.handlers[:] = [handler]
    LOGGER.setLevel(level.upper())
    LOGGER.propagate = False
    # No line says which process or thread it comes from: not to be looked up for each one.
    logging.logProcesses = logging.logMultiprocessing = logging.logThreads = False


def log(event: str, *, level: int = logging.INFO, **fields: object) -> None:
    """Log an event with its fields."""
    if LOGGER.isEnabledFor(level):
        # Not `LOGGER.log`: to find out which line called it took longer than to write the line,
        # which does not say it.
        record = logging.LogRecord(LOGGER.name, level, "", 0, event, None, None)
        record.fields = fields
        LOGGER.handle(record)


def log_failure(event: str) -> None:
    """Log the exception that is being handled: its type and place, never its message."""
    LOGGER.error(event, exc_info=True)
