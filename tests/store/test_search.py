"""Search finds words as a person means them, whatever is typed."""

import tempfile
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


@settings(deadline=None, max_examples=60)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["save", "change", "delete", "replace", "undo", "search"]),
            st.integers(0, 4),
            st.sampled_from(["apple", "banana", "cherry", "apple banana"]),
        ),
        max_size=30,
    )
)
def test_whatever_happens_between_searches_they_find_what_is_there(
    steps: list[tuple[str, int, str]],
) -> None:
    """Rows that wait for the index are changed, deleted, written anew, their place reused."""
    texts: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder, a_notebook(Path(folder), []) as database:
        database.prepare_search()
        for step, number, text in [*steps, ("search", 0, "")]:
            record_id = f"note-{number}"
            if step == "search":
                for word in ("apple", "banana", "cherry"):
                    expected = {key for key, words in texts.items() if word in words.split()}
                    assert found(database, word) == expected
            elif step == "undo":
                with database.session() as session:
                    session.merge(Note(record_id=record_id, text=text))
                    session.flush()
            else:
                with database.transaction() as session:
                    note = session.get(Note, record_id)
                    if step == "delete" and note is not None:
                        session.delete(note)
                        del texts[record_id]
                    elif step == "replace":
                        # Outside SQLAlchemy: SQLite deletes the old row and gives a new place.
                        session.connection().exec_driver_sql(
                            "INSERT OR REPLACE INTO note (record_id, case_id, text, deleted) "
                            "VALUES (?, 'case', ?, 0)",
                            (record_id, text),
                        )
                        texts[record_id] = text
                    elif step in ("save", "change"):
                        session.merge(Note(record_id=record_id, text=text))
                        texts[record_id] = text
