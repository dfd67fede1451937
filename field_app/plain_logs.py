"""What goes wrong is told by its type and place, never in words: an exception's text can be a note.

Flet and asyncio log exceptions with their text and traceback, and Python prints those that end a
thread. On a phone all of that lands in a readable file. The words of this app's own messages are
kept: they are written so that they hold nobody's.
"""

import logging
import sys
import threading
import traceback
from pathlib import PurePath
from types import TracebackType

OWN = ("field_app", "sync")


class PlainFormatter(logging.Formatter):
    """One line a record: level, logger, and either our own words or where it was logged."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without any text of an exception."""
        is_own = record.name.partition(".")[0] in OWN
        words = record.getMessage() if is_own else f"{record.funcName}:{record.lineno}"
        error = record.exc_info[1] if record.exc_info else None
        end = f": {place_of(error)}" if error is not None else ""
        return f"{record.levelname.lower()} {record.name}: {words}{end}"


class _Terminal(logging.Handler):
    """Writes to standard error as it is now: the phone's runtime puts another in its place."""

    def emit(self, record: logging.LogRecord) -> None:
        print(self.format(record), file=sys.stderr)  # noqa: T201


def place_of(error: BaseException) -> str:
    """Return an exception's type and where it arose."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    return f"{type(error).__name__} at {PurePath(frames[-1].filename).name}:{frames[-1].lineno}"


def keep_words_out_of_logs() -> None:
    """Log and print failures of this process by type and place only, from now on."""
    handler = _Terminal()
    handler.setFormatter(PlainFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.raiseExceptions = False  # a log that cannot be written would print what was to be said
    sys.excepthook = _end_of_process
    threading.excepthook = _end_of_thread


def _end_of_process(
    _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    print(f"ended: {place_of(error)}", file=sys.stderr)  # noqa: T201


def _end_of_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None:
        logging.getLogger(__name__).error("a thread ended: %s", place_of(arguments.exc_value))
