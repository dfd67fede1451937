"""The loop beside the work: when the next sync begins, on a thread of its own.

After each save (a moment later, so that one sync carries several), on start and resume, when the
network comes back, and by the button; after a failure ever later, after a success in a while.
"""

import threading
from collections.abc import Callable

from field_app.errors import FieldAppError
from sync.client.errors import RetryLater, SyncFailure
from sync.client.retry import BackOff

DEBOUNCE_SECONDS = 2.0
"""After a save, so that a form saved in three steps is one sync."""

IDLE_SECONDS = 15 * 60.0
"""Between two syncs when nothing happens here: how old a colleague's change may be."""

CLOSE_SECONDS = 1.0
"""How long a lock waits for the sync under way: a dead line is only noticed after a minute."""

Run = Callable[[Callable[[], bool]], SyncFailure | FieldAppError | None]
"""Syncs once, until it is told to stop; returns why it failed, or None."""


class SyncLoop:
    """The thread that syncs beside the work of one open store."""

    def __init__(self, run: Run) -> None:
        """Stand still until `start`."""
        self.network_is_free: bool | None = None
        """Whether the network is Wi-Fi or a cable; None where the platform does not tell."""
        self._run = run
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._hurried = threading.Event()
        self._thread: threading.Thread | None = None
        self._back_off = BackOff()

    def start(self) -> None:
        """Begin to sync beside the work, at once and from then on."""
        if self._thread is not None:
            return
        self._stopping.clear()
        self._wake.set()
        self._thread = threading.Thread(target=self._loop, name="sync", daemon=True)
        self._thread.start()

    def nudge(self) -> None:
        """Sync soon: after a save, on resume, when the network is back."""
        self._wake.set()

    def network_changed(self, *, is_there: bool, is_free: bool) -> None:
        """Take over what the platform tells of the network; sync soon when there is one."""
        self.network_is_free = is_free
        if is_there:
            self.nudge()

    def hurry(self) -> None:
        """Sync at once, not after a quiet moment: a person asked."""
        self._hurried.set()
        self._wake.set()

    def close(self) -> None:
        """Stop between two pages, and wait a moment for it.

        A call that hangs longer finds the store closed when it ends; nothing of its answer is
        applied, and the next sync repeats it.
        """
        self._stopping.set()
        self._hurried.set()
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=CLOSE_SECONDS)
        self._thread = None

    def _loop(self) -> None:
        try:
            self._run_until_closed()
        except Exception:
            if not self._stopping.is_set():
                raise
            # The store was locked while the centre was slow: it refuses what came too late.

    def _run_until_closed(self) -> None:
        wait = 0.0
        while not self._stopping.is_set():
            if self._wake.wait(timeout=wait) and not self._stopping.is_set():
                # A press of the button ends the pause as well.
                self._hurried.wait(DEBOUNCE_SECONDS if wait else 0.0)
            self._wake.clear()
            self._hurried.clear()
            if self._stopping.is_set():
                break
            failure = self._run(self._stopping.is_set)
            if failure is None or failure.code == "stopped":
                self._back_off.reset()
                wait = IDLE_SECONDS
            else:
                asked = failure.seconds if isinstance(failure, RetryLater) else 0.0
                wait = self._back_off.next_seconds(asked)
