"""`field-app demo`: a fictional agency in a temporary folder, gone when the demo ends.

Two enrolled devices and the central API between them, each a process of its own, so that one can
watch a change travel; or one device alone.
"""

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

from field_app.commands.options import add_command, port

if TYPE_CHECKING:
    from field_app.bootstrap import App
    from field_app.commands.demo_processes import Processes
    from field_app.commands.demo_stores import DemoPerson

PREPARING = "Preparing two devices and a central API for a fictional agency; some seconds ..."

NO_CENTRE = """\
The central API is not installed here, so there is one device that works alone. With it
(`pip install "field-notes[server]"`) the demo has two devices that sync.
"""

WELCOME = """\
Field Notes, demo: a fictional agency. Nobody in it exists.
"""

DEVICE = """\
  address      {address}
  passphrase   {passphrase}
  signed in as {name}
"""

TRAVEL = """\
Two devices, and a central API at {centre} that holds sealed records only.
To watch a change travel: log a contact on the first device; on the second, press Sync now
behind the sync line of Today.
"""

END = "Everything lies in a temporary folder and is removed at the end (Ctrl-C).\n"


def add_parser(subparsers: Any) -> None:
    """Say what the command takes."""
    parser = add_command(
        subparsers,
        "demo",
        "try the app with a fictional agency: two devices and their central API",
        details="Keeps nothing: its folder is removed when it ends. --data is not used.",
        example="field-app demo",
    )
    parser.add_argument("--alone", action="store_true", help="one device, no central API")
    parser.add_argument("--browser", action="store_true", help="in the browser, never in a window")
    parser.add_argument(
        "--port",
        type=port,
        default=0,
        metavar="N",
        help="of the first device (default: a free one)",
    )
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Make the fictional agency, show it, and remove it."""
    from field_app.commands.demo_processes import Processes, centre_is_installed
    from field_app.commands.showing import free_port, show, window_is_possible

    with _temporary_folder() as folder, Processes(folder / "processes.log") as processes:
        from field_app.browser.door import new_key

        # One key for both devices, good as often as one likes: behind it are nobody's data.
        port, key = args.port or free_port(), new_key()
        if args.alone or not centre_is_installed():
            app = _one_device(folder, port, key, note="" if args.alone else NO_CENTRE)
        else:
            print(PREPARING, flush=True)
            app = _two_devices(folder, processes, port, key)
        sys.stdout.flush()

        from field_app.app import FieldNotes

        try:
            show(
                FieldNotes(app.session, app.device_preferences, app.enrolment),
                in_browser=True,
                port=port,
                key=key,
                beside_browser=not args.browser and window_is_possible(),
            )
        finally:
            app.session.lock()
    return 0


def _one_device(folder: Path, port: int, key: str, note: str) -> "App":
    """Make one device that works alone; return its app, locked."""
    from field_app.commands.demo_stores import ADVOCATE, make_advocate

    app = make_advocate(folder / "device-1")
    print(WELCOME, _lines(ADVOCATE, port, key), note + END, sep="\n")
    return app


def _two_devices(folder: Path, processes: "Processes", port: int, key: str) -> "App":
    """Start the centre and the second device; return the first device's app, locked."""
    from field_app.commands.demo_processes import CentreProcess
    from field_app.commands.showing import free_port

    # In this order, the slow starts of the other two run beside our own imports and work.
    centre = CentreProcess(processes, folder / "centre")
    centre.start()
    from field_app.commands.demo_stores import (
        ADVOCATE,
        SUPERVISOR,
        join,
        make_advocate,
        make_supervisor,
    )

    first = make_advocate(folder / "device-1", with_colleagues=False)
    second = make_supervisor(folder / "device-2")
    code = centre.first_code()
    import field_app.app  # noqa: F401 - the screens take as long to import as the centre to start

    centre.wait()
    join(second, first, centre.url, code)
    second_port = free_port()
    processes.start(
        *("-m", "field_app", "run", "--browser", "--port", str(second_port)),
        *("--data", str(second.settings.data), "--door-key-fd", "0"),
        told=key,
    )
    print(
        WELCOME,
        _lines(ADVOCATE, port, key),
        _lines(SUPERVISOR, second_port, key),
        TRAVEL.format(centre=centre.url) + END,
        sep="\n",
    )
    return first


def _lines(person: "DemoPerson", port: int, key: str) -> str:
    from field_app.browser.door import link_of

    return DEVICE.format(address=link_of(port, key), passphrase=person.passphrase, name=person.name)


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    """Give a folder of our own (mode 0700) that is gone afterwards, however the demo ends."""

    def end(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    # Until the app serves, a signal would end the process without any clearing up.
    signals = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = [signal.signal(number, end) for number in signals]
    folder = Path(tempfile.mkdtemp(prefix="field-notes-demo-"))
    try:
        yield folder
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)
        shutil.rmtree(folder, ignore_errors=True)
