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

LOGGER = logging.getLogger("field_server")


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
            frames = traceback.extract_tb(error.__traceback__)[-3:]
            line["error"] = type(error).__name__
            line["place"] = [f"{frame.name}:{frame.lineno}" for frame in frames]
        return json.dumps(line, separators=(",", ":"))


def set_up_logs(level: str) -> None:
    """Send the server's log to standard error, one JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    LOGGER.handlers[:] = [handler]
    LOGGER.setLevel(level.upper())
    LOGGER.propagate = False


def log(event: str, *, level: int = logging.INFO, **fields: object) -> None:
    """Log an event with its fields."""
    LOGGER.log(level, event, extra={"fields": fields})


def log_failure(event: str) -> None:
    """Log the exception that is being handled: its type and place, never its message."""
    LOGGER.error(event, exc_info=True)
