"""The entry that `flet build` looks for: the app on a phone, a tablet or a laptop, nothing else.

`build/stage.py` puts this file beside the packages that a phone carries.
"""

from field_app.app import FieldNotes, run
from field_app.bootstrap import build_app
from field_app.platform.own_cache import sweep
from field_app.settings import load_settings

if __name__ == "__main__":
    sweep()
    app = build_app(load_settings())
    run(FieldNotes(app.session, app.device_preferences, app.enrolment, connect=app.connect))
