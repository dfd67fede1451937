"""Serves a store with a fund, two youths and their parents: `python -m … PORT DATA`."""

import sys
from pathlib import Path

from field_app.bootstrap import App, build_app
from field_app.domain.records.fund import Fund
from field_app.domain.records.record import AGENCY_CASE_ID
from field_app.domain.vocabulary import ParticipantKind
from field_app.services.intake import IntakeEntry, new_participant
from field_app.settings import load_settings
from tests.journeys.serve import CHEAP, FRIDAY, serve
from tests.ui.work import add_youth

PASSPHRASE = "meadow copper lantern seven boats"
PARENTS = ("Mrs. R.", "Mr. L.")


def prepared(folder: Path) -> App:
    """Make the store and return its app, locked."""
    app = build_app(load_settings(folder), clock=lambda: FRIDAY, kdf=CHEAP)
    app.session.start_alone(display_name="Rosa Delgado", passphrase=PASSPHRASE, language="en")
    workspace = app.session.workspace
    assert workspace is not None
    for youth, parent in zip(("Maya", "Lia"), PARENTS, strict=True):
        person = new_participant(
            alias=parent,
            participant_kind=ParticipantKind.PARENT,
            linked_youth_id=add_youth(workspace, youth).case_id,
            contact_safe=True,
        )
        workspace.intake.open_case(IntakeEntry(participant=person))
    fund = workspace.fund.save_fund(Fund(case_id=AGENCY_CASE_ID, name="Restoration fund"))
    workspace.fund.allocate(fund.record_id, 100_000)
    app.session.lock()
    return app


if __name__ == "__main__":
    serve(prepared(Path(sys.argv[2])), sys.argv[1])
