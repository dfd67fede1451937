"""Serves the real app to a browser, for journeys: `python -m tests.journeys.serve PORT DATA`.

Everything is real but the cost of the key derivation, which would be paid at every unlock.
"""

import sys
from pathlib import Path

from field_app.app import FieldNotes, run
from field_app.bootstrap import build_app
from field_app.settings import load_settings
from field_app.store.kdf import KdfCost

CHEAP = KdfCost(memory_kib=8 * 1024, passes=1, lanes=1)


def main(port: str, data: str) -> None:
    app = build_app(load_settings(Path(data)), kdf=CHEAP)
    run(
        FieldNotes(app.session, app.device_preferences, app.enrolment),
        in_browser=True,
        port=int(port),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
