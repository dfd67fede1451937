"""Calls under way: while one travels, the device already works on what comes before and after it.

A first sync is many calls. Without this the device waits while the centre works and the centre
while the device does; with it, the longer of the two decides. Only the call itself is made beside:
everything that touches the store stays in the thread of the run, in the old order.
"""

import threading
from collections.abc import Callable
from typing import Generic, NoReturn, TypeVar

T = TypeVar("T")

Beside = Callable[[Callable[[], T]], Callable[[], T]]
"""Begins to do something; what it returns waits for the end and gives the result, or raises."""


class Flight(Generic[T]):
    """Something that is being done in a thread of its own."""

    def __init__(self, act: Callable[[], T]) -> None:
        """Begin."""
        self._act = act
        self._result: list[T] = []
        self._error: BaseException | None = None
        # Not waited for at the end of the program: an unanswered call would hold it for a minute.
        self._thread = threading.Thread(target=self._run, daemon=True, name="sync call")
        self._thread.start()

    def _run(self) -> None:
        try:
            self._result.append(self._act())
        except BaseException as error:  # handed to whoever waits
            self._error = error

    def land(self) -> T:
        """Wait for the end and return the result, or raise what was raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._result[0]


def in_a_thread(act: Callable[[], T]) -> Callable[[], T]:
    """Do something in a thread of its own (`Beside`)."""
    return Flight(act).land


def at_once(act: Callable[[], T]) -> Callable[[], T]:
    """Do something now and keep what came of it (`Beside`): the same order of things, repeatable.

    For tests whose histories must run the same way twice.
    """
    try:
        result = act()
    except Exception as error:
        return _raising(error)
    return lambda: result


def _raising(error: Exception) -> Callable[[], NoReturn]:
    def land() -> NoReturn:
        raise error

    return land
