"""Sync as a person meets it: a run from end to end, and where the work is.

No screen ever waits for it, and no network is a state like any other. When a run begins is the
loop's (`sync_loop`); what waits, what was received, what was come upon and how long old cases may
be shown without the centre have files of their own, and are reached from here.
"""

import threading
from collections.abc import Callable
from dataclasses import replace

from field_app.errors import DiskError, FieldAppError, LockedError, RefusedError, SyncError
from field_app.services.lease import Lease
from field_app.services.notebook import Notebook
from field_app.services.outbox import Outbox
from field_app.services.receipts import Receipts
from field_app.services.sync_loop import SyncLoop
from field_app.services.sync_notes import SyncNotes
from field_app.services.sync_state import SyncState, read_state
from field_app.store.downloads import AttachmentFiles
from field_app.store.replica.outbox import queue_saved
from field_app.store.replica.store import StoreReplica
from sync.client.attachments import AttachmentTransfer
from sync.client.channel import Channel
from sync.client.engine import SyncEngine
from sync.client.errors import CentreRefused, ContradictoryAnswer, Offline, RetryLater, SyncFailure
from sync.client.replica import MergeRules, Standing
from sync.client.reports import Progress, RunReport
from sync.client.transport import RequestsTransport, Transport

ON_DEVICE = "on_device"
"""The trouble when this device itself, but not its disk, kept a sync from its end."""


class SyncService:
    """The sync of one open store. `close` before the store locks."""

    def __init__(
        self,
        notebook: Notebook,
        rules: MergeRules,
        *,
        transport: Callable[[str], Transport] = RequestsTransport,
        may_download: Callable[[], bool] = lambda: False,
        may_upload: Callable[[], bool] = lambda: True,
    ) -> None:
        """Serve a notebook; on a device that works alone nothing happens until it is enrolled.

        `may_download` is asked at each sync whether pictures may come unasked: the person's
        setting, and the kind of network where that is known. Without it they come when opened.
        `may_upload` is asked in the same way whether this device's own pictures may go.
        """
        self._notebook = notebook
        self._files = AttachmentFiles(notebook.database.folder)
        self.replica = StoreReplica(notebook.database, notebook.clock, self._forget_files)
        self._may_download = may_download
        self._may_upload = may_upload
        self._transfer = AttachmentTransfer(self.replica, self._files, self.channel)
        self.after_run: list[Callable[[], None]] = []
        """Called after each sync that came about, for acts that follow from what it brought."""
        self.rules = rules
        self._make_transport = transport
        self._engine: SyncEngine | None = None
        self._lock = threading.Lock()
        self._interrupted = threading.Event()
        self._running = False
        self._announcing = False
        self._progress: Progress | None = None
        self._trouble: str | None = None
        self._has_purged = False
        self.listeners: list[Callable[[], None]] = []
        self.loop = SyncLoop(lambda stop: self._run(None, stop))
        self.outbox = Outbox(notebook, self.replica, self.loop.nudge)
        self.receipts = Receipts(self.replica)
        self.notes = SyncNotes(notebook, self.replica)
        self.lease = Lease(notebook, self.replica)
        with self.replica.reading() as tx:
            self.is_enrolled = tx.is_enrolled()
        if self.is_enrolled:
            notebook.in_transaction.append(
                lambda session, before, after: queue_saved(session, before, after, notebook.now())
            )
            notebook.after_commit.append(lambda _cases: self._saved())

    # The line

    def state(self) -> SyncState:
        """Return where the work is."""
        if not self.is_enrolled:
            return SyncState(is_enrolled=False)
        found = read_state(self._notebook, self.replica, self.lease, self.receipts)
        return replace(
            found,
            is_running=self._running,
            progress=self._progress,
            trouble=self._trouble,
            files_held=found.files_waiting > 0
            and found.standing is Standing.ACTIVE
            and not self._may_upload(),
        )

    def is_over(self) -> bool:
        """Return whether this device was revoked and its store has nothing left to give.

        Everything was handed in and nothing waits for a person, or the time for it has passed.
        Its owner then destroys the store (`SessionService`).
        """
        state = self.state()
        if state.standing is not Standing.REVOKED:
            return False
        # Asked anew: since the last answer a person may have queued something again.
        left = state.waiting + state.attention + state.files_waiting + state.files_refused
        if state.is_handed_in and not left:
            return True
        with self.replica.reading() as tx:
            position = tx.position()
        # By the time that the centre has signed, which only moves forward, and by this device's
        # clock too: neither a clock set forward nor a centre that lies about the day is enough.
        own_ms = int(self._notebook.now().timestamp() * 1000)
        return position.centre_time > position.hand_in_until and own_ms > position.keep_until

    # Running

    def sync_now(
        self,
        progress: Callable[[Progress], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> SyncState:
        """Sync to the end, or until `stop`; return the state. Failures are in it, not raised."""
        if self.is_enrolled:
            self._run(progress, stop)
        return self.state()

    def start(self) -> None:
        """Begin to sync beside the work; on a device that works alone there is nothing to do."""
        if self.is_enrolled:
            self.loop.start()

    def close(self) -> None:
        """End the loop beside the work, and wait a moment for it."""
        self.loop.close()

    def interrupt(self) -> None:
        """Stop the sync under way between two pages; what was done stays done."""
        self._interrupted.set()

    def _saved(self) -> None:
        if not self._announcing:
            self.loop.nudge()

    def _run(
        self, progress: Callable[[Progress], None] | None, stop: Callable[[], bool] | None
    ) -> SyncFailure | FieldAppError | None:
        """Sync once; return why it did not come about, which is then the trouble that is told.

        Raises:
            LockedError: The store was closed meanwhile: there is nobody left to tell.
        """

        def tell(now: Progress) -> None:
            self._progress = now
            if progress is not None:
                progress(now)
            self._tell()

        def is_stopped() -> bool:
            return self._interrupted.is_set() or (stop is not None and stop())

        with self._lock:
            self._interrupted.clear()
            self._running, self._progress = True, None
            failure: SyncFailure | FieldAppError | None = None
            try:
                self._tell()
                report = self.engine().run(tell, is_stopped)
                self._trouble = None
                self._after(report)
                # Records first: a picture, or its lack of room, never holds anything back.
                for act in self.after_run:
                    act()
                self._move_pictures(is_stopped)
            except SyncFailure as error:
                failure = error
                self._trouble = None if error.code == "stopped" else error.code
            except LockedError:
                raise
            except FieldAppError as error:
                # Above all a full disk. It must not end the loop: room comes back unannounced.
                failure = error
                self._trouble = _trouble_of(error)
            finally:
                self._running, self._progress = False, None
                self._tell()
            return failure

    def _move_pictures(self, stop: Callable[[], bool]) -> None:
        moved = self._transfer.run(
            download=self._may_download(), upload=self._may_upload(), stop=stop
        )
        self._write_anew(bool(moved.purged))

    def _after(self, report: RunReport) -> None:
        if report.touched:
            self._announcing = True
            try:
                self._notebook.announce(frozenset(report.touched))
            finally:
                self._announcing = False
        self._write_anew(bool(report.purged))

    def _write_anew(self, has_purged: bool) -> None:
        """Let what was purged not live on in old frames of the log.

        Where there was no room for the new log, the next sync does it.
        """
        self._has_purged = self._has_purged or has_purged
        if self._has_purged:
            self._notebook.database.compact()
            self._has_purged = False

    def _tell(self) -> None:
        for listener in self.listeners:
            listener()

    def engine(self) -> SyncEngine:
        """Return the engine of this store."""
        if self._engine is None:
            with self.replica.reading() as tx:
                url = tx.identity().centre_url
            self._engine = SyncEngine(
                self.replica,
                self.rules,
                self._make_transport(url),
                clock=lambda: self._notebook.now().timestamp(),
            )
        return self._engine

    def fetch_attachment(self, attachment_id: str) -> bool:
        """Fetch the file of a picture that somebody opens; False when there is none to fetch.

        Waits for the network: call it from a worker thread.

        Raises:
            SyncError: It could not be fetched now; `not_found`: its author has not handed it in.
        """
        if not self.is_enrolled:
            return False
        try:
            return self._transfer.fetch(attachment_id)
        except SyncFailure as error:
            raise as_sync_error(error) from error

    def _forget_files(self, attachment_ids: list[str]) -> None:
        for attachment_id in attachment_ids:
            self._files.forget(attachment_id)

    def channel(self) -> Channel:
        """Return a signed channel to the centre.

        Raises:
            SyncError: This device works alone.
        """
        if not self.is_enrolled:
            raise SyncError(
                "This device works alone. Enrol it with a code from your agency first.",
                code="not_enrolled",
            )
        return self.engine().channel()


def _trouble_of(error: FieldAppError) -> str:
    """Return the word for what failed on this device, not at the centre, during a sync."""
    return error.code if isinstance(error, DiskError | SyncError) else ON_DEVICE


def as_sync_error(error: SyncFailure) -> FieldAppError:
    """Return a failure of what a person asked for (a list, a picture), as they may read it."""
    if isinstance(error, CentreRefused):
        return RefusedError(f"{error} Nothing was changed.", code=error.code)
    if isinstance(error, Offline | RetryLater | ContradictoryAnswer):
        return SyncError(f"{error} Nothing was changed.", code=error.code)
    return SyncError(str(error), code=error.code)
