"""`field-app run`: the app itself, and what `field-app` does without a command."""

import argparse
from typing import Any

from field_app.commands.options import add_command


def add_parser(subparsers: Any) -> None:
    """Say what the command takes."""
    parser = add_command(
        subparsers,
        "run",
        "open the app (the default)",
        details="In a window where there is a display and a desktop client, else in the browser "
        "of this machine.",
        example="field-app run --data ~/field-notes --browser",
    )
    parser.add_argument("--browser", action="store_true", help="in the browser, never in a window")
    parser.add_argument("--port", type=int, default=0, metavar="N", help="(default: a free one)")
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Show the app until it is closed or interrupted."""
    from field_app.app import FieldNotes
    from field_app.app import run as show
    from field_app.commands.opening import app_of
    from field_app.commands.showing import free_port, window_is_possible

    app = app_of(args)
    in_browser = getattr(args, "browser", False) or not window_is_possible()
    port = 0
    if in_browser:
        port = getattr(args, "port", 0) or free_port()
        print(f"Field Notes is at http://127.0.0.1:{port} (Ctrl-C ends it)", flush=True)
    try:
        notes = FieldNotes(app.session, app.device_preferences, app.enrolment)
        show(notes, in_browser=in_browser, port=port)
    finally:
        app.session.lock()
    return 0
