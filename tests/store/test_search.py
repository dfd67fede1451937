"""Search finds words as a person means them, whatever is typed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from field_app.store import Database
from tests.store.notebook import Note, Person, a_notebook, open_notebook

TEXTS = [
    "Met José at the library, he liked it",
    "Called Ana; voicemail was full",
    "Jose's mother asked for the school records",
    "Ñandú and naïve café",
]


@pytest.fixture(name="notebook", scope="module")
def _notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with a_notebook(tmp_path_factory.mktemp("search"), TEXTS) as database:
        with database.transaction() as session:
            session.add(Person(record_id="ana", name="Ana María"))
        yield database


def found(database: Database, query: str) -> set[str]:
    return {hit.record_id for hit in database.search(query)}


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("jose", {"note-0", "note-2"}),
        ("JOSÉ", {"note-0", "note-2"}),
        ("Jose\u0301 librar", {"note-0"}),
        ("lib", {"note-0"}),
        ("ana", {"note-1", "ana"}),
        ("maria", {"ana"}),
        ("nandu cafe", {"note-3"}),
        ("jose voicemail", set()),
        ("li at", set()),
        ("", set()),
        ("  -- ", set()),
        ("NOT", set()),
        ('"ana" OR jose*', set()),
        ("text:ana", set()),
        ("school-records", {"note-2"}),
    ],
)
def test_words_are_found_without_accents_and_the_last_as_a_beginning(
    notebook: Database, query: str, ids: set[str]
) -> None:
    assert found(notebook, query) == ids


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(query=st.text(alphabet=st.characters(), max_size=40))
def test_nothing_typed_is_an_error(notebook: Database, query: str) -> None:
    notebook.search(query)


def test_a_hit_names_table_record_and_case(notebook: Database) -> None:
    (hit,) = notebook.search("voicemail")

    assert (hit.table, hit.record_id, hit.case_id) == ("note", "note-1", "case")


def test_changed_deleted_and_rolled_back_words_are_not_found(tmp_path: Path) -> None:
    with a_notebook(tmp_path, ["apple", "banana", "cherry"]) as database:
        with database.transaction() as session:
            note = session.get(Note, "note-0")
            assert note is not None
            note.text = "apricot"
            session.delete(session.get(Note, "note-1"))
            hidden = session.get(Note, "note-2")
            assert hidden is not None
            hidden.deleted = True
        with database.session() as session:
            session.add(Note(record_id="gone", text="damson"))
            session.flush()

        assert found(database, "apricot") == {"note-0"}
        assert all(not found(database, word) for word in ("apple", "banana", "cherry", "damson"))
    with open_notebook(tmp_path) as again:
        assert found(again, "apricot") == {"note-0"}
        assert all(not found(again, word) for word in ("apple", "banana", "cherry", "damson"))


def test_the_best_hits_come_first_and_no_more_than_asked(tmp_path: Path) -> None:
    texts = ["plum plum"] + ["plum " + "and many other words " * 20] * 5
    with a_notebook(tmp_path, texts) as database:
        hits = database.search("plum", limit=3)

    assert len(hits) == 3
    assert hits[0].record_id == "note-0"
