"""An open session for a command, closed at its end."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from field_app.bootstrap import App, build_app
from field_app.commands.secrets_in import Secrets
from field_app.errors import StoreMissingError, SyncError
from field_app.platform.collector import keep_what_is_loaded
from field_app.platform.no_dumps import forbid_dumps
from field_app.services.session import SessionService, SessionStatus
from field_app.services.workspace import Workspace
from field_app.settings import load_settings

SHOW_PROGRESS_FROM_BYTES = 20 * 1024 * 1024  # about half a second of reading


def app_of(args: argparse.Namespace) -> App:
    """Return the parts of the app over the data folder that was asked for."""
    forbid_dumps()
    keep_what_is_loaded()
    return build_app(load_settings(args.data))


def require_store(session: SessionService) -> None:
    """Refuse before a passphrase is asked for nothing.

    Raises:
        StoreMissingError: There is no store in the folder.
    """
    if session.status is SessionStatus.NEW:
        raise StoreMissingError(
            "There is no record in this data folder. Make one with `field-app init`, or name "
            "another folder with --data."
        )


@contextmanager
def open_workspace(args: argparse.Namespace) -> Iterator[Workspace]:
    """Unlock the store, give its workspace, and lock it again."""
    session = app_of(args).session
    require_store(session)
    session.unlock(Secrets(args.passphrase_fd).ask("Passphrase"), show_progress)
    try:
        assert session.workspace is not None  # noqa: S101 - unlock has set it
        yield session.workspace
    finally:
        session.lock()


@contextmanager
def open_cases(args: argparse.Namespace) -> Iterator[Workspace]:
    """Open the workspace to show cases or to give them out: not while the lease is over.

    Raises:
        SyncError: `lease_over`: this device has to reach its centre first.
    """
    with open_workspace(args) as workspace:
        if workspace.sync.lease.is_over():
            raise SyncError(
                "This device was too long without its centre to show old cases or give them out. "
                "Run `field-app sync` first. What is new here is kept, and handed in with it.",
                code="lease_over",
            )
        yield workspace


def show_progress(done: int, whole: int) -> None:
    """Say on a terminal how far a long reading is."""
    if whole >= SHOW_PROGRESS_FROM_BYTES and sys.stderr.isatty():
        end = "\n" if done >= whole else ""
        print(f"\rReading: {100 * done // whole} %", end=end, file=sys.stderr)
