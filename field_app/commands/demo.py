"""`field-app demo`: a fictional agency in a temporary folder, gone when the demo ends."""

import argparse
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from field_app.commands.options import add_command

if TYPE_CHECKING:
    from field_app.bootstrap import App

PASSPHRASE = "river lantern orange window"  # noqa: S105 - printed, and of nobody's data
NAME = "Demo Advocate"

WELCOME = """\
Field Notes, demo: a fictional agency. Nobody in it exists.

  address      {address}
  passphrase   {passphrase}
  signed in as {name}

Everything lies in a temporary folder and is removed at the end (Ctrl-C).
"""


def add_parser(subparsers: Any) -> None:
    """Say what the command takes."""
    parser = add_command(
        subparsers,
        "demo",
        "try the app with a fictional agency",
        details="Keeps nothing: its folder is removed when it ends. --data is not used.",
        example="field-app demo",
    )
    parser.add_argument("--browser", action="store_true", help="in the browser, never in a window")
    parser.add_argument("--port", type=int, default=0, metavar="N", help="(default: a free one)")
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Make the fictional agency, show it, and remove it."""
    with _temporary_folder() as folder:
        from field_app.app import FieldNotes
        from field_app.app import run as show
        from field_app.commands.showing import free_port, window_is_possible

        app = make_demo(folder)
        port = args.port or free_port()
        print(
            WELCOME.format(address=f"http://127.0.0.1:{port}", passphrase=PASSPHRASE, name=NAME),
            flush=True,
        )
        try:
            show(
                FieldNotes(app.session, app.device_preferences),
                in_browser=True,
                port=port,
                beside_browser=not args.browser and window_is_possible(),
            )
        finally:
            app.session.lock()
    return 0


def make_demo(folder: Path) -> "App":
    """Make the demo's store in a folder and return its app, locked."""
    from datetime import UTC, datetime

    from field_app.bootstrap import build_app
    from field_app.demo.caseload import demo_caseload
    from field_app.demo.filling import fill
    from field_app.settings import load_settings
    from field_app.store.kdf import KdfCost

    # The least that a device uses: calibrating upward would only make the demo slower to start.
    app = build_app(load_settings(folder), kdf=KdfCost())
    app.session.start_alone(display_name=NAME, passphrase=PASSPHRASE, language="en")
    assert app.session.workspace is not None  # noqa: S101 - start_alone has set it
    notebook = app.session.workspace.notebook
    caseload = demo_caseload(
        datetime.now(UTC), advocate_id=notebook.author_id, device_id=notebook.device_id
    )
    fill(notebook, caseload)
    app.session.lock()
    return app


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    """Give a folder of our own (mode 0700) that is gone afterwards, however the demo ends."""

    def end(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    # Until the app serves, a signal would end the process without any clearing up.
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), end)
    folder = Path(tempfile.mkdtemp(prefix="field-notes-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
