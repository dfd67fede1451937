"""The case shelf gives what the tables hold, and reads only the cases that changed."""

from dataclasses import replace

import pytest

from field_app.domain.records.participant import Participant
from field_app.domain.vocabulary import Channel, Outcome
from field_app.services.case_shelf import CaseShelf
from field_app.services.contacts import ContactEntry, ContactService
from field_app.services.notebook import Notebook
from field_app.store.repositories import caseloads
from field_app.store.repositories import contacts as contact_queries
from tests.services.notebooks import a_parent, a_youth


def a_text(youth: Participant) -> ContactEntry:
    return ContactEntry(case_id=youth.case_id, channel=Channel.TEXT, outcome=Outcome.REACHED)


def kept(shelf: CaseShelf) -> tuple[object, object]:
    now = shelf.now()
    return dict(now.cases), dict(now.last_reached_at)


def written(notebook: Notebook) -> tuple[object, object]:
    with notebook.read() as records:
        return (
            dict(caseloads.case_records(records)),
            contact_queries.last_reached_by_case(records.session),
        )


def test_after_every_kind_of_change_it_holds_what_is_written(notebook: Notebook) -> None:
    shelf = CaseShelf(notebook)
    assert kept(shelf) == written(notebook)

    youth = a_youth(notebook)
    other = a_youth(notebook, "B.")
    a_parent(notebook, youth)
    assert kept(shelf) == written(notebook)

    ContactService(notebook).log(a_text(youth))
    with notebook.write() as records:
        records.save(replace(other, alias="Bee"))
    assert kept(shelf) == written(notebook)

    with notebook.write() as records:
        records.delete(records.find(Participant, other.record_id) or other, reason="wrong entry")
    assert kept(shelf) == written(notebook)
    assert other.case_id not in shelf.now().cases


def test_only_the_case_that_changed_is_read_again(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = CaseShelf(notebook)
    youth, _ = a_youth(notebook), a_youth(notebook, "B.")
    shelf.now()
    asked: list[str | None] = []
    read = caseloads.case_records
    monkeypatch.setattr(
        caseloads,
        "case_records",
        lambda records, case_id=None: (asked.append(case_id), read(records, case_id))[1],
    )

    ContactService(notebook).log(a_text(youth))
    shelf.now()
    shelf.now()

    assert asked == [youth.case_id]


def test_a_failed_read_is_made_up_for(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = CaseShelf(notebook)
    a_youth(notebook)
    with monkeypatch.context() as patched:
        patched.setattr(caseloads, "case_records", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            shelf.now()

    assert kept(shelf) == written(notebook)
