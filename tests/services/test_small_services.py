"""Drafts, papers, missing episodes, preferences, and the notebook itself."""

import threading
from datetime import date, timedelta
from pathlib import Path

import pytest

from field_app.domain.records.contact import Goal
from field_app.domain.records.service import DocumentDone, MissingEpisode
from field_app.domain.vocabulary import DocumentKind
from field_app.errors import InputError
from field_app.services.drafts import DraftService
from field_app.services.missing import MissingService
from field_app.services.notebook import Notebook
from field_app.services.papers import PaperService
from field_app.services.preferences import DevicePreferences, PreferenceService
from field_app.store.app_schema import SCHEMA
from field_app.store.database import Database
from tests.services.notebooks import ADVOCATE_ID, DEVICE_ID, NOON, StandingClock, a_youth

TODAY = date(2026, 3, 10)


def test_a_draft_is_there_after_the_store_was_opened_again(
    notebook: Notebook, tmp_path: Path
) -> None:
    DraftService(notebook).save("log", {"note": "half a sen"}, case_id="c")
    notebook.database.close()

    with Database.open(tmp_path / "store", bytes(32), SCHEMA) as database:
        (draft,) = DraftService(Notebook(database, ADVOCATE_ID, DEVICE_ID)).all()

    assert (draft.form, draft.case_id, draft.payload) == ("log", "c", {"note": "half a sen"})
    assert draft.saved_at == NOON


def test_a_paper_is_marked_for_a_day_that_has_come(notebook: Notebook) -> None:
    youth, papers = a_youth(notebook), PaperService(notebook)

    paper = papers.mark(youth.case_id, DocumentKind.SAFETY_PLAN, note=" together ")

    assert (paper.done_on, paper.outcome, paper.note) == (TODAY, "done", "together")
    with pytest.raises(InputError) as caught:
        papers.mark(youth.case_id, DocumentKind.SAFETY_PLAN, done_on=TODAY + timedelta(days=1))
    assert caught.value.field == "done_on"


def test_only_a_parents_packet_is_closed_without_being_given(notebook: Notebook) -> None:
    youth, papers = a_youth(notebook), PaperService(notebook)

    closed = papers.mark(youth.case_id, DocumentKind.INTRODUCTORY_PACKET_PARENT, outcome="not_safe")
    assert closed.outcome == "not_safe"
    for document, outcome in (
        (DocumentKind.SAFETY_PLAN, "declined"),
        (DocumentKind.INTRODUCTORY_PACKET_PARENT, "forgotten"),
    ):
        with pytest.raises(InputError):
            papers.mark(youth.case_id, document, outcome=outcome)


def test_a_mark_taken_back_is_gone(notebook: Notebook) -> None:
    youth, papers = a_youth(notebook), PaperService(notebook)
    paper = papers.mark(youth.case_id, DocumentKind.SAFETY_PLAN)

    papers.take_back(paper.record_id)

    with notebook.read() as records:
        assert records.of_case(DocumentDone, youth.case_id) == []


def test_a_youth_is_missing_once_and_comes_back_with_one_tap(notebook: Notebook) -> None:
    youth, missing = a_youth(notebook), MissingService(notebook)
    missing.begin(youth.case_id, missing_from=TODAY - timedelta(days=4))

    with pytest.raises(InputError) as caught:
        missing.begin(youth.case_id)
    assert caught.value.code == "missing_already"

    episode = missing.came_back(youth.case_id)
    assert episode.returned_on == TODAY - timedelta(days=1)
    with pytest.raises(InputError) as caught:
        missing.came_back(youth.case_id)
    assert caught.value.code == "not_missing"


def test_somebody_back_on_the_first_day_was_missing_that_day(notebook: Notebook) -> None:
    youth, missing = a_youth(notebook), MissingService(notebook)
    missing.begin(youth.case_id)

    assert missing.came_back(youth.case_id).returned_on == TODAY


@pytest.mark.parametrize("days", [1, 30])
def test_nobody_is_missing_from_a_day_to_come_or_back_before_the_first(
    notebook: Notebook, days: int
) -> None:
    youth, missing = a_youth(notebook), MissingService(notebook)
    with pytest.raises(InputError):
        missing.begin(youth.case_id, missing_from=TODAY + timedelta(days=days))
    missing.begin(youth.case_id)

    with pytest.raises(InputError) as caught:
        missing.came_back(youth.case_id, back_on=TODAY - timedelta(days=days))
    assert caught.value.field == "back_on"


def test_beginning_and_return_of_an_episode_can_be_undone(notebook: Notebook) -> None:
    youth, missing = a_youth(notebook), MissingService(notebook)
    episode = missing.begin(youth.case_id)
    missing.came_back(youth.case_id)

    missing.still_missing(episode.record_id)
    with notebook.read() as records:
        (running,) = records.of_case(MissingEpisode, youth.case_id)
    assert running.returned_on is None

    missing.take_back(episode.record_id)
    with notebook.read() as records:
        assert records.of_case(MissingEpisode, youth.case_id) == []


def test_a_preference_has_a_default_and_takes_only_what_is_possible(notebook: Notebook) -> None:
    preferences = PreferenceService(notebook)

    assert preferences.language == "en"
    preferences.language = "es"
    assert PreferenceService(notebook).language == "es"
    for name, value in (("language", "tlh"), ("idle_lock_minutes", 0), ("unheard_of", 1)):
        with pytest.raises(InputError):
            preferences.set(name, value)
    with pytest.raises(InputError):
        preferences.get("unheard_of")


def test_the_readable_preferences_survive_and_a_damaged_file_counts_as_none(
    tmp_path: Path,
) -> None:
    path = tmp_path / "device.json"
    preferences = DevicePreferences(path)
    preferences.language = "es"
    assert DevicePreferences(path).language == "es"
    with pytest.raises(InputError):
        preferences.theme = "pink"

    for damaged in (b"\xff", b"[]", b'{"language": 5, "theme": ["dark"]}', b'{"language": {}}'):
        path.write_bytes(damaged)
        assert DevicePreferences(path).language == "en"
        assert DevicePreferences(path).theme == "system"


def test_listeners_hear_once_which_cases_a_write_changed(notebook: Notebook) -> None:
    heard: list[frozenset[str]] = []
    notebook.after_commit.append(heard.append)

    with notebook.write() as records:
        records.save(Goal(case_id="a", words="one"))
        records.save(Goal(case_id="a", words="two"))
        records.save(Goal(case_id="b", words="three"))
    with notebook.write():
        pass
    with pytest.raises(ZeroDivisionError), notebook.write() as records:  # noqa: PT012
        records.save(Goal(case_id="c", words="four"))
        raise ZeroDivisionError

    assert heard == [frozenset({"a", "b"})]


def test_two_threads_write_one_after_the_other(notebook: Notebook) -> None:
    def write(number: int) -> None:
        for _ in range(5):
            with notebook.write() as records:
                records.save(Goal(case_id=str(number), words="x"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with notebook.read() as records:
        assert len(records.all_of(Goal)) == 20


def test_the_day_of_a_notebook_is_the_countys(notebook: Notebook, clock: StandingClock) -> None:
    assert notebook.today() == TODAY
    clock.forward(hours=11, minutes=59)
    assert notebook.today() == TODAY
    clock.forward(minutes=1)
    assert notebook.today() == TODAY + timedelta(days=1)
