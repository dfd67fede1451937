"""The records of the demo into an open store, in one transaction."""

from collections import defaultdict

from field_app.demo.caseload import Caseload
from field_app.domain.records.record import Record
from field_app.services.notebook import Notebook
from field_app.store.repositories import bulk


def fill(notebook: Notebook, caseload: Caseload) -> None:
    """Write a caseload as it is, and tell the listeners as if somebody had saved it."""
    by_kind: defaultdict[type[Record], list[Record]] = defaultdict(list)
    for record in caseload.records:
        by_kind[type(record)].append(record)
    with notebook.write() as records:
        for kind, same in by_kind.items():
            bulk.insert_records(records.session, kind, same)
        bulk.insert_changes(records.session, caseload.changes)
        for record in caseload.records:
            for listener in notebook.in_transaction:
                listener(records.session, None, record)
    notebook.announce(frozenset(record.case_id for record in caseload.records))
