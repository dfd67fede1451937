"""Serves the demo's agency with one long case: `python -m tests.benchmarks.serve_long PORT DATA`.

One youth has 5,000 contacts, three a day, as no case of two years has.
"""

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from field_app.domain.records.record import new_id
from field_app.domain.vocabulary import ParticipantKind
from field_app.store.repositories import bulk
from tests.journeys.serve import FRIDAY, serve
from tests.journeys.serve_demo import PASSPHRASE, agency

CONTACTS = 5_000
FIRST_ALIAS = "A long case"


def main(port: str, data: str) -> None:
    app = agency(Path(data))
    app.session.unlock(PASSPHRASE)
    workspace = app.session.workspace
    assert workspace is not None
    youth, pattern = next(
        (entry.participant, found.contacts[0])
        for entry in workspace.caseload.entries()
        if entry.participant.participant_kind is ParticipantKind.YOUTH
        and (found := workspace.contacts.timeline(entry.case_id)).contacts
    )
    with workspace.notebook.write() as records:
        records.save(replace(youth, alias=FIRST_ALIAS))
        bulk.insert_records(
            records.session,
            type(pattern),
            [
                replace(pattern, record_id=new_id(), at=FRIDAY - timedelta(hours=8 * number + 1))
                for number in range(CONTACTS)
            ],
        )
    app.session.lock()
    serve(app, port)


if __name__ == "__main__":
    main(*sys.argv[1:])
