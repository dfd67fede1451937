"""Which cases changed since they were last read: marked by who writes, taken by who reads."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Stale:
    """What has to be read again: some cases, or all of them."""

    everything: bool
    cases: frozenset[str]

    def __bool__(self) -> bool:
        return self.everything or bool(self.cases)


class StaleCases:
    """Saves happen on worker threads while a screen reads: one reads at a time, anybody marks."""

    def __init__(self) -> None:
        """Begin with everything unread."""
        self._everything = True
        self._cases: set[str] = set()
        self._marking = threading.Lock()
        self._reading = threading.Lock()

    def mark(self, case_ids: Iterable[str], *, everything: bool = False) -> None:
        """Note cases that changed, or that everything may have."""
        with self._marking:
            self._everything |= everything
            self._cases.update(case_ids)

    @contextmanager
    def taken(self) -> Iterator[Stale]:
        """Give what to read again; a reading that fails is made up for by reading everything."""
        with self._reading:
            with self._marking:
                stale = Stale(self._everything, frozenset(self._cases))
                self._everything, self._cases = False, set()
            try:
                yield stale
            except BaseException:
                self.mark((), everything=True)
                raise
