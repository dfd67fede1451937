"""`field-app run`: the app itself, and what `field-app` does without a command."""

import argparse
import os
from typing import Any

from field_app.commands.options import add_command, descriptor, port


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
    parser.add_argument("--port", type=port, default=0, metavar="N", help="(default: a free one)")
    # For a demo that starts this app as its second device, and says the link itself.
    parser.add_argument("--door-key-fd", type=descriptor, default=None, help=argparse.SUPPRESS)
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Show the app until it is closed or interrupted.

    Raises:
        InputError: Another program listens on the port that was asked for.
    """
    from field_app.app import FieldNotes
    from field_app.commands.opening import app_of
    from field_app.commands.showing import show, window_is_possible

    app = app_of(args)
    notes = FieldNotes(app.session, app.device_preferences, app.enrolment)
    key_fd = getattr(args, "door_key_fd", None)
    try:
        if not getattr(args, "browser", False) and window_is_possible():
            show(notes)
        elif key_fd is None:
            show(notes, in_browser=True, port=getattr(args, "port", 0), say=_Links().say)
        else:
            with os.fdopen(key_fd) as pipe:
                key = pipe.readline().strip()
            show(notes, in_browser=True, port=args.port, key=key, opens_browser=False)
    finally:
        app.session.lock()
    return 0


class _Links:
    """Says on the terminal by which link a browser gets in."""

    def __init__(self) -> None:
        self._is_first = True

    def say(self, link: str) -> None:
        """Say a link: the first one, or one more after the one before was used."""
        before = "Field Notes is at" if self._is_first else "For one more browser window:"
        end = "\nThe link works once. Ctrl-C ends the app." if self._is_first else ""
        self._is_first = False
        print(f"{before} {link}{end}", flush=True)
