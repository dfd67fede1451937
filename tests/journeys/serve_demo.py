"""Serves the demo's agency to a browser: `python -m tests.journeys.serve_demo PORT DATA`."""

import sys
from pathlib import Path

from field_app.app import FieldNotes, run
from field_app.commands.demo import make_demo


def main(port: str, data: str) -> None:
    app = make_demo(Path(data))
    run(FieldNotes(app.session, app.device_preferences), in_browser=True, port=int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])
