"""Serves the real app to a browser, for journeys: `python -m tests.journeys.serve PORT DATA`.

Everything is real but the cost of the key derivation, which would be paid at every unlock. With
`friday` as a third argument the app's clock stands still, so that the same things are due always.
"""

import sys
from datetime import datetime
from pathlib import Path

from field_app.app import FieldNotes, run
from field_app.bootstrap import App, build_app
from field_app.domain.records.contact import COUNTY_ZONE
from field_app.services.notebook import system_clock
from field_app.settings import load_settings
from field_app.store.kdf import KdfCost

KEY = "journey"  # of the door: it stays good, for each journey has browsers of its own
CHEAP = KdfCost(memory_kib=8 * 1024, passes=1, lanes=1)
FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=COUNTY_ZONE)


def serve(app: App, port: str) -> None:
    """Serve an app, and say the link as soon as it listens."""
    run(
        FieldNotes(app.session, app.device_preferences, app.enrolment),
        in_browser=True,
        port=int(port),
        key=KEY,
        say=lambda link: print(link, flush=True),
        opens_browser=False,
    )


def main(port: str, data: str, clock: str = "running") -> None:
    now = system_clock if clock == "running" else lambda: FRIDAY
    serve(build_app(load_settings(Path(data)), clock=now, kdf=CHEAP), port)


if __name__ == "__main__":
    main(*sys.argv[1:])
