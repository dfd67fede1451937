"""A name in an exception reaches neither the log nor the terminal, whoever logs it."""

import logging
import sys
import threading
from collections.abc import Callable, Iterator

import flet as ft
import pytest

from field_app import app as application
from field_app.app import FieldNotes

NAME = "Ana Perez"


@pytest.fixture
def told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[[], str]]:
    """Set up what the app sets up when it is shown; give what is told on the terminal from then."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr(logging, "raiseExceptions", True)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(ft, "run", lambda *_, **__: None)
    # The terminal is taken hold of by now, and pytest has not yet added handlers of its own.
    application.run(FieldNotes(None, None))  # type: ignore[arg-type]
    yield lambda: capsys.readouterr().err
    root.handlers[:] = handlers
    root.setLevel(level)


def test_what_flet_and_asyncio_log_of_an_exception_is_its_type_and_place(
    told: Callable[[], str],
) -> None:
    try:
        raise ValueError(NAME)
    except ValueError as error:
        logging.getLogger("flet").error(f"Unhandled: {error}", exc_info=True)
        logging.getLogger("asyncio").error("never retrieved %s", error)

    words = told()
    assert NAME not in words
    assert "ValueError at test_plain_logs.py" in words


def test_an_exception_that_ends_a_thread_is_told_without_its_words(
    told: Callable[[], str],
) -> None:
    def fail() -> None:
        raise RuntimeError(NAME)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()

    words = told()
    assert NAME not in words
    assert "RuntimeError" in words


def test_an_exception_that_ends_the_app_is_told_without_its_words(
    told: Callable[[], str],
) -> None:
    error = KeyError(NAME)

    sys.excepthook(KeyError, error, None)

    words = told()
    assert NAME not in words
    assert "KeyError" in words
