"""Serves the demo's agency to a browser: `python -m tests.journeys.serve_demo PORT DATA`.

The agency's clock stands still on a Friday morning, so that the same things are due in every run;
with `running` as a third argument it is the clock of this machine.
"""

import sys
from pathlib import Path

from field_app.bootstrap import App, build_app
from field_app.demo.caseload import demo_caseload
from field_app.demo.filling import fill
from field_app.services.notebook import Clock, system_clock
from field_app.settings import load_settings
from tests.journeys.serve import CHEAP, FRIDAY, serve

KEY = "journey"  # of the door: it stays good, for each journey has browsers of its own
PASSPHRASE = "meadow copper lantern seven boats"


def agency(folder: Path, clock: Clock = lambda: FRIDAY) -> App:
    """Make the agency's store in an empty folder and return its app, locked."""
    app = build_app(load_settings(folder), clock=clock, kdf=CHEAP)
    app.session.start_alone(display_name="Rosa Delgado", passphrase=PASSPHRASE, language="en")
    workspace = app.session.workspace
    assert workspace is not None
    notebook = workspace.notebook
    caseload = demo_caseload(clock(), advocate_id=notebook.author_id, device_id=notebook.device_id)
    fill(notebook, caseload)
    app.session.lock()
    return app


def main(port: str, data: str, clock: str = "") -> None:
    app = agency(Path(data), system_clock) if clock == "running" else agency(Path(data))
    serve(app, port)


if __name__ == "__main__":
    main(*sys.argv[1:])
