"""Out to a readable file and in again: all of it, or nothing."""

import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from field_app.demo.caseload import demo_caseload
from field_app.demo.filling import fill
from field_app.domain.records.change import Change, ChangeAction
from field_app.domain.records.contact import Contact, Goal
from field_app.domain.records.kinds import KINDS
from field_app.domain.records.participant import Participant
from field_app.domain.records.record import AGENCY_CASE_ID, Record, new_id
from field_app.errors import DiskError, InputError
from field_app.services import transfer_lines
from field_app.services.notebook import Notebook
from field_app.services.transfer import TransferService
from field_app.services.transfer_import import IMPORTED
from field_app.store.app_schema import SCHEMA
from field_app.store.database import Database
from field_app.store.repositories import bulk
from tests.services.notebooks import (
    ADVOCATE_ID,
    DEVICE_ID,
    NOON,
    SUPERVISOR_ID,
    StandingClock,
    a_youth,
)

HEADER = {"format": "field-notes-transfer", "version": 1}
YOUTH_ID = "0d8f0000-0000-4000-8000-000000000001"
CONTACT_ID = "51c20000-0000-4000-8000-000000000001"
YOUTH: dict[str, Any] = {
    "kind": "participant",
    "record_id": YOUTH_ID,
    "case_id": YOUTH_ID,
    "alias": "A.",
}
CONTACT: dict[str, Any] = {
    "kind": "contact",
    "record_id": CONTACT_ID,
    "case_id": YOUTH_ID,
    "at": "2026-03-01T15:00:00-08:00",
    "channel": "phone",
    "outcome": "reached",
    "note": "Likes the new school.",
}
WriteLines = Callable[..., Path]


@pytest.fixture
def a_file(tmp_path: Path) -> WriteLines:
    """Write a file of lines: objects become JSON, bytes and text stay as they are."""

    def write(*lines: dict[str, Any] | str | bytes) -> Path:
        path = tmp_path / "file.jsonl"
        parts = []
        for line in lines:
            text = json.dumps(line) if isinstance(line, dict) else line
            parts.append(text if isinstance(text, bytes) else text.encode())
        path.write_bytes(b"\n".join(parts))
        return path

    return write


@contextmanager
def an_empty_notebook(folder: Path) -> Iterator[Notebook]:
    with Database.create(folder, bytes(32), SCHEMA) as database:
        yield Notebook(database, SUPERVISOR_ID, DEVICE_ID, StandingClock())


def everything(notebook: Notebook) -> tuple[list[Record], list[Change]]:
    with notebook.read() as records:
        return list(bulk.every_record(records.session)), list(bulk.every_change(records.session))


def refusal(notebook: Notebook, path: Path, **how: bool) -> InputError:
    """Return why an import was refused, having seen that it changed nothing."""
    before, position = everything(notebook), notebook.database.position
    with pytest.raises(InputError) as caught:
        TransferService(notebook).import_from(path, **how)
    assert everything(notebook) == before
    assert notebook.database.position == position
    return caught.value


class TestRoundTrip:
    """Export into an empty store."""

    def test_an_empty_store_that_imports_an_export_equals_it(
        self, notebook: Notebook, tmp_path: Path
    ) -> None:
        fill(notebook, demo_caseload(NOON, advocate_id=ADVOCATE_ID, device_id=DEVICE_ID))
        youth = a_youth(notebook, "Ñandú 🦤")
        with notebook.write() as records:
            gone = records.save(Goal(case_id=youth.case_id, words="by mistake", extra={"new": [1]}))
            records.delete(gone, reason="typed twice")
        path = tmp_path / "all.jsonl"

        exported = TransferService(notebook).export_to(path)
        with an_empty_notebook(tmp_path / "copy") as copy:
            imported = TransferService(copy).import_from(path)
            assert everything(copy) == everything(notebook)
            again = tmp_path / "again.jsonl"
            TransferService(copy).export_to(again)

        assert sum(imported.added.values()) == exported.records > 900
        assert imported.changes == exported.changes
        assert imported.dangling_count == 0
        assert again.read_text().splitlines()[1:] == path.read_text().splitlines()[1:]

    def test_importing_an_export_where_it_came_from_changes_nothing(
        self, notebook: Notebook, tmp_path: Path
    ) -> None:
        a_youth(notebook)
        path = tmp_path / "all.jsonl"
        TransferService(notebook).export_to(path)
        before, position = everything(notebook), notebook.database.position

        report = TransferService(notebook).import_from(path)

        assert (dict(report.added), report.replaced, report.changes) == ({}, 0, 0)
        assert report.unchanged == 3
        assert everything(notebook) == before
        assert notebook.database.position == position


class TestExport:
    """The file that is written."""

    def test_it_begins_with_a_header_that_counts(self, notebook: Notebook, tmp_path: Path) -> None:
        a_youth(notebook)
        path = tmp_path / "all.jsonl"

        TransferService(notebook).export_to(path)

        header, *lines = map(json.loads, path.read_text("utf-8").splitlines())
        assert header["format"] == "field-notes-transfer"
        assert header["version"] == 1
        kinds = [line["kind"] for line in lines]
        assert header["records"] == len(kinds) - kinds.count("change")
        assert header["changes"] == kinds.count("change") == 3

    @pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
    def test_only_its_owner_may_read_it(self, notebook: Notebook, tmp_path: Path) -> None:
        old = os.umask(0)
        try:
            TransferService(notebook).export_to(tmp_path / "all.jsonl")
        finally:
            os.umask(old)

        assert stat.S_IMODE((tmp_path / "all.jsonl").stat().st_mode) == 0o600

    def test_a_file_or_link_that_is_there_is_never_overwritten(
        self, notebook: Notebook, tmp_path: Path
    ) -> None:
        (tmp_path / "there").write_text("mine")
        (tmp_path / "link").symlink_to(tmp_path / "nowhere")

        for name in ("there", "link", "."):
            with pytest.raises(InputError) as caught:
                TransferService(notebook).export_to(tmp_path / name)
            assert caught.value.code == "file_exists"
        assert (tmp_path / "there").read_text() == "mine"
        assert not (tmp_path / "nowhere").exists()

    def test_a_missing_folder_is_named(self, notebook: Notebook, tmp_path: Path) -> None:
        with pytest.raises(InputError) as caught:
            TransferService(notebook).export_to(tmp_path / "no" / "all.jsonl")

        assert caught.value.code == "folder_missing"

    def test_a_full_disk_leaves_no_half_file(
        self, notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(fd: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("field_app.services.transfer.sync_file", full)

        with pytest.raises(DiskError) as caught:
            TransferService(notebook).export_to(tmp_path / "all.jsonl")

        assert caught.value.code == "disk_full"
        assert not (tmp_path / "all.jsonl").exists()


class TestImport:
    """What a file of another system brings."""

    def test_what_the_file_leaves_open_is_filled_by_whoever_imports(
        self, notebook: Notebook, a_file: WriteLines
    ) -> None:
        TransferService(notebook).import_from(a_file(HEADER, YOUTH, CONTACT))

        with notebook.read() as records:
            contact = records.find(Contact, CONTACT_ID)
            (entry,) = records.history(CONTACT_ID)
        assert contact is not None
        assert (contact.author_id, contact.device_id) == (ADVOCATE_ID, DEVICE_ID)
        assert contact.created_at == contact.updated_at == NOON
        assert (entry.action, entry.reason) == (ChangeAction.CREATED, IMPORTED)
        assert (entry.author_id, entry.at) == (ADVOCATE_ID, NOON)

    def test_who_wrote_it_and_when_is_kept_where_the_file_says_so(
        self, notebook: Notebook, a_file: WriteLines
    ) -> None:
        stamp = {
            "author_id": SUPERVISOR_ID,
            "device_id": new_id(),
            "created_at": "2025-01-02T03:04:05Z",
            "updated_at": "2025-02-03T04:05:06Z",
        }
        TransferService(notebook).import_from(a_file(HEADER, {**YOUTH, **stamp}))

        with notebook.read() as records:
            youth = records.find(Participant, YOUTH_ID)
        assert youth is not None
        assert (youth.author_id, youth.device_id) == (stamp["author_id"], stamp["device_id"])
        assert youth.created_at.isoformat() == "2025-01-02T03:04:05+00:00"
        assert youth.updated_at.isoformat() == "2025-02-03T04:05:06+00:00"

    def test_lines_may_come_in_any_order_and_with_blank_lines_and_a_byte_order_mark(
        self, notebook: Notebook, a_file: WriteLines
    ) -> None:
        header = b"\xef\xbb\xbf" + json.dumps(HEADER).encode() + b"\r"

        report = TransferService(notebook).import_from(a_file(header, "", CONTACT, "  ", YOUTH))

        assert report.added == {"participant": 1, "contact": 1}
        assert report.dangling_count == 0

    def test_a_file_without_stamps_can_be_imported_again(
        self, notebook: Notebook, clock: StandingClock, a_file: WriteLines
    ) -> None:
        path = a_file(HEADER, YOUTH, CONTACT)
        TransferService(notebook).import_from(path)
        clock.forward(days=1)
        before = everything(notebook)

        report = TransferService(notebook).import_from(path)

        assert report.unchanged == 2
        assert everything(notebook) == before

    def test_imported_words_are_found_and_cases_are_announced(
        self, notebook: Notebook, a_file: WriteLines
    ) -> None:
        heard: list[frozenset[str]] = []
        saved: list[Record] = []
        notebook.after_commit.append(heard.append)
        notebook.in_transaction.append(lambda _session, _before, after: saved.append(after))

        TransferService(notebook).import_from(a_file(HEADER, YOUTH, CONTACT))

        assert [hit.record_id for hit in notebook.database.search("new school")] == [CONTACT_ID]
        assert heard == [frozenset({YOUTH_ID})]
        assert [record.record_id for record in saved] == [YOUTH_ID, CONTACT_ID]

    def test_references_that_point_nowhere_are_taken_and_reported(
        self, notebook: Notebook, a_file: WriteLines
    ) -> None:
        lost = {**CONTACT, "goal_ids": [new_id()], "event_id": new_id()}

        report = TransferService(notebook).import_from(a_file(HEADER, lost))

        assert report.added == {"contact": 1}
        assert [(place.line, place.field) for place in report.dangling] == [
            (2, "case_id"),
            (2, "goal_ids"),
        ]

    def test_a_tombstone_stays_one(self, notebook: Notebook, a_file: WriteLines) -> None:
        TransferService(notebook).import_from(a_file(HEADER, {**YOUTH, "deleted": True}))

        with notebook.read() as records:
            assert records.find(Participant, YOUTH_ID) is None
            assert records.find_even_deleted(Participant, YOUTH_ID) is not None

    def test_a_record_that_differs_is_refused_unless_the_file_may_replace_it(
        self, notebook: Notebook, a_file: WriteLines
    ) -> None:
        TransferService(notebook).import_from(a_file(HEADER, YOUTH, CONTACT))
        path = a_file(HEADER, YOUTH, {**CONTACT, "note": "Changed elsewhere."})

        error = refusal(notebook, path)
        assert (error.line, error.field, error.code) == (3, "note", "transfer_different")

        report = TransferService(notebook).import_from(path, replace_different=True)
        assert (report.replaced, report.unchanged) == (1, 1)
        with notebook.read() as records:
            contact = records.find(Contact, CONTACT_ID)
            edits = [
                entry
                for entry in records.history(CONTACT_ID)
                if entry.action is ChangeAction.EDITED
            ]
        assert contact is not None
        assert contact.note == "Changed elsewhere."
        assert [edit.before for edit in edits] == [{"note": "Likes the new school."}]

    def test_a_record_changes_neither_its_case_nor_its_kind(
        self, notebook: Notebook, a_file: WriteLines
    ) -> None:
        TransferService(notebook).import_from(a_file(HEADER, YOUTH, CONTACT))

        moved = a_file(HEADER, {**CONTACT, "case_id": new_id()})
        assert refusal(notebook, moved, replace_different=True).field == "case_id"
        turned = a_file(HEADER, {"kind": "goal", "record_id": CONTACT_ID, "case_id": YOUTH_ID})
        assert refusal(notebook, turned, replace_different=True).field == "kind"

    def test_a_history_is_never_rewritten(self, notebook: Notebook, a_file: WriteLines) -> None:
        entry = {
            "kind": "change",
            "change_id": new_id(),
            "record_kind": "participant",
            "record_id": YOUTH_ID,
            "case_id": YOUTH_ID,
            "action": "created",
            "at": "2025-01-02T03:04:05Z",
            "author_id": SUPERVISOR_ID,
            "device_id": "",
        }
        TransferService(notebook).import_from(a_file(HEADER, entry, YOUTH))
        with notebook.read() as records:
            assert [one.author_id for one in records.history(YOUTH_ID)] == [SUPERVISOR_ID]

        forged = a_file(HEADER, YOUTH, {**entry, "author_id": ADVOCATE_ID})
        assert refusal(notebook, forged, replace_different=True).field == "change_id"


WRONG_FILES: dict[str, tuple[list[Any], int, str | None]] = {
    "empty": ([], 1, None),
    "blank": (["", "  "], 1, None),
    "binary": ([b"\x7fELF\x00\xff\xfe\x00"], 1, None),
    "binary later": ([HEADER, b"\xff\xfe"], 2, None),
    "text": (["hello"], 1, None),
    "another format": ([{"format": "csv", "version": 1}], 1, "format"),
    "no header": ([YOUTH], 1, "format"),
    "newer version": ([{**HEADER, "version": 2}], 1, "version"),
    "version as text": ([{**HEADER, "version": "1"}], 1, "version"),
    "version true": ([{**HEADER, "version": True}], 1, "version"),
    "no JSON": ([HEADER, YOUTH, "{"], 3, None),
    "a list": ([HEADER, "[]"], 2, None),
    "a number": ([HEADER, "7"], 2, None),
    "NaN": ([HEADER, '{"kind": NaN}'], 2, None),
    "deep": ([HEADER, "[" * 100_000], 2, None),
    "a field twice": ([HEADER, '{"kind": "goal", "kind": "contact"}'], 2, "kind"),
    "an unknown kind": ([HEADER, {**YOUTH, "kind": "person"}], 2, "kind"),
    "a wrong word": ([HEADER, YOUTH, {**CONTACT, "channel": "pigeon"}], 3, "channel"),
    "no time zone": ([HEADER, {**CONTACT, "at": "2026-03-01T15:00"}], 2, "at"),
    "half a character": (
        [HEADER, {"kind": "goal", "case_id": YOUTH_ID, "words": "\ud800"}],
        2,
        "words",
    ),
    "a huge number": ([HEADER, {**CONTACT, "minutes": 10**25}], 2, "minutes"),
    "endless digits": ([HEADER, '{"kind": ' + "9" * 5000 + "}"], 2, None),
    "an id of another form": (
        [HEADER, {**YOUTH, "record_id": "A1", "case_id": "A1"}],
        2,
        "record_id",
    ),
    "another's case": ([HEADER, {**YOUTH, "case_id": CONTACT_ID}], 2, "case_id"),
    "the agency's case": ([HEADER, {**CONTACT, "case_id": AGENCY_CASE_ID}], 2, "case_id"),
    "an id twice": ([HEADER, YOUTH, CONTACT, YOUTH], 4, "record_id"),
    "a wrong history entry": (
        [HEADER, YOUTH, {"kind": "change", "record_kind": "x"}],
        3,
        "record_kind",
    ),
    "fewer records than promised": ([{**HEADER, "records": 2}, YOUTH], 1, "records"),
    "more history than promised": ([{**HEADER, "records": 1, "changes": 1}, YOUTH], 1, "changes"),
    "a count as text": ([{**HEADER, "records": "2"}, YOUTH], 1, "records"),
}


@pytest.fixture(name="untouched", scope="module")
def _untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    """One store for all wrong files: none of them may change it."""
    with an_empty_notebook(tmp_path_factory.mktemp("untouched") / "store") as notebook:
        yield notebook


@pytest.mark.parametrize("case", WRONG_FILES)
def test_a_wrong_file_is_refused_by_line_and_field_and_nothing_is_imported(
    untouched: Notebook, a_file: WriteLines, case: str
) -> None:
    lines, line, field = WRONG_FILES[case]

    error = refusal(untouched, a_file(*lines))

    assert (error.line, error.field) == (line, field)
    assert "Likes the new school" not in str(error)


def test_a_mistake_after_thousands_of_good_lines_undoes_them_all(
    notebook: Notebook, a_file: WriteLines
) -> None:
    good = [{**CONTACT, "record_id": new_id()} for _ in range(1100)]

    error = refusal(notebook, a_file(HEADER, YOUTH, *good, {**CONTACT, "outcome": "?"}))

    assert (error.line, error.field) == (1103, "outcome")
    assert notebook.database.search("new school") == []


def test_a_line_and_a_file_have_a_longest_length(
    notebook: Notebook, a_file: WriteLines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer_lines, "LONGEST_LINE_BYTES", 300)
    error = refusal(notebook, a_file(HEADER, YOUTH, {**CONTACT, "note": "x" * 300}))
    assert (error.line, error.code) == (3, "transfer_line_too_long")

    monkeypatch.setattr(transfer_lines, "MOST_LINES", 2)
    error = refusal(notebook, a_file(HEADER, YOUTH, CONTACT))
    assert (error.line, error.code) == (3, "transfer_too_long")


@pytest.mark.parametrize(
    ("name", "code"),
    [("missing", "file_missing"), (".", "file_is_folder"), ("x" * 300, "file_missing")],
)
def test_a_file_that_cannot_be_opened_is_said(
    untouched: Notebook, tmp_path: Path, name: str, code: str
) -> None:
    assert refusal(untouched, tmp_path / name).code == code


def test_the_description_of_the_format_names_every_kind_and_every_limit() -> None:
    text = Path(transfer_lines.__file__).with_name("TRANSFER.md").read_text("utf-8")

    assert [kind for kind in KINDS if f"`{kind}`" not in text] == []
    assert f"`{transfer_lines.FORMAT}`" in text
    assert f"{transfer_lines.MOST_LINES:,} lines" in text
    assert AGENCY_CASE_ID in text
