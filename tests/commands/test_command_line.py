"""The commands as a person meets them: real processes, exit codes, one sentence an error."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from field_app import programs
from field_app.commands import due_options
from field_app.commands.init import ROLES
from field_app.domain.due import wording
from field_app.domain.records.staff import StaffRole
from tests.commands.conftest import CHEAP, PASSPHRASE, Run

NEW_PASSPHRASE = "seven candles under the bridge"


def one_sentence(text: str) -> str:
    """Return the only line of an error, which is no traceback."""
    (line,) = text.strip().splitlines()
    assert line.startswith("field-app: ")
    assert "Traceback" not in text
    return line


def test_help_names_every_command_with_examples(run_process: Run) -> None:
    ended = run_process("--help")

    assert ended.code == 0
    commands = ("run", "demo", "init", "export", "import", "verify", "backup", "restore")
    for name in (*commands, "due", "program"):
        assert f"\n    {name} " in ended.out
    assert "examples:" in ended.out


def test_the_help_loads_none_of_the_parts_that_are_slow_to_load() -> None:
    slow = ("sqlalchemy", "sqlmodel", "pydantic", "flet", "cryptography", "requests", "tomllib")
    script = (
        "import sys\n"
        "from field_app.__main__ import build_parser\n"
        "assert 'commands' in build_parser().format_help()\n"
        f"print([name for name in {(*slow, 'field_app.domain')} if name in sys.modules])"
    )

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"


def test_the_reasons_are_offered_in_every_language_that_has_them() -> None:
    assert due_options.LANGUAGES == wording.LANGUAGES


@pytest.mark.parametrize(
    "arguments", [["fly"], ["--passphrase", PASSPHRASE], ["import"], ["--passphrase-fd", "soap"]]
)
def test_a_command_line_that_makes_no_sense_ends_with_2(run: Run, arguments: list[str]) -> None:
    ended = run(*arguments)

    assert ended.code == 2
    assert "usage: field-app" in ended.err
    assert "soap" not in ended.err


def test_from_init_to_a_restored_copy(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Calibrating each new passphrase would take seconds; what is derived stays the same kind.
    for module in ("keyring", "backup"):
        monkeypatch.setattr(f"field_app.store.{module}.calibrate", lambda: CHEAP)
    first, second = tmp_path / "first", tmp_path / "second"
    backup, exported = tmp_path / "monday.fieldbackup", tmp_path / "all.jsonl"

    made = run("init", "--data", first, "--name", "Ana Secret-Name", secrets=[PASSPHRASE])
    assert (made.code, made.err) == (0, "")
    assert "16 " in made.out
    backed_up = run("--data", first, "backup", backup, secrets=[PASSPHRASE, NEW_PASSPHRASE])
    assert (backed_up.code, backed_up.err) == (0, "")
    restored = run("restore", backup, "--data", second, secrets=[NEW_PASSPHRASE, PASSPHRASE])
    assert (restored.code, restored.err) == (0, "")
    verified = run("verify", "--data", second, secrets=[PASSPHRASE])
    assert verified.code == 0
    assert "Everything is as it was saved." in verified.out
    out = run("export", exported, "--data", second, secrets=[PASSPHRASE])
    assert out.code == 0
    assert "Secret-Name" in exported.read_text("utf-8")
    assert b"Secret-Name" not in backup.read_bytes()


def test_an_export_warns_and_is_its_owners_only(run: Run, data: Path, tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"

    ended = run("export", path, "--data", data, secrets=[PASSPHRASE])

    assert ended.code == 0
    assert "not encrypted" in ended.err
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    header = json.loads(path.read_text("utf-8").splitlines()[0])
    assert f"Exported {header['records']} records" in ended.out

    again = run("export", path, "--data", data, secrets=[PASSPHRASE])
    assert again.code == 2
    assert "There is a file of this name already" in one_sentence(again.err)


def test_an_import_says_what_came_and_a_wrong_one_changes_nothing(
    run: Run, data: Path, tmp_path: Path
) -> None:
    header = '{"format": "field-notes-transfer", "version": 1}\n'
    youth_id = "0d8f0000-0000-4000-8000-000000000001"
    youth = {"kind": "participant", "record_id": youth_id, "case_id": youth_id, "alias": "Zoe"}
    path = tmp_path / "in.jsonl"
    log = data / "store" / "data.log"

    path.write_text(header + json.dumps(youth) + "\n" + json.dumps({**youth, "alias": 7}))
    before = log.read_bytes()
    refused = run("import", path, "--data", data, secrets=[PASSPHRASE])
    assert refused.code == 2
    assert "line 3, alias" in one_sentence(refused.err)
    assert log.read_bytes() == before

    path.write_text(header + json.dumps(youth))
    taken = run("import", path, "--data", data, secrets=[PASSPHRASE])
    assert (taken.code, taken.err) == (0, "")
    assert "Imported 1 new records" in taken.out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "There is no file of this name"),
        ("folder", "This is a folder"),
        (b"\x7fELF\x00\xff", "line 1"),
        (b'{"format": "field-notes-transfer", "version": 99}', "newer version"),
        (b'{"format": "field-notes-transfer", "version": 1}\n' + b"x" * 1_100_000, "longer than"),
    ],
    ids=["missing", "folder", "binary", "newer", "huge line"],
)
def test_a_file_that_is_no_transfer_is_said_in_one_sentence(
    run: Run, data: Path, tmp_path: Path, content: bytes | str | None, said: str
) -> None:
    path = tmp_path / "in.jsonl"
    if content == "folder":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)

    ended = run("import", path, "--data", data, secrets=[PASSPHRASE])

    assert (ended.code, ended.out) == (2, "")
    assert said in one_sentence(ended.err)


def test_a_wrong_passphrase_is_said_and_changes_nothing_of_the_record(
    run_process: Run, data: Path
) -> None:
    before = (data / "store" / "data.log").read_bytes()

    ended = run_process("verify", "--data", data, secrets=["blue wrong words typed"])

    assert (ended.code, ended.out) == (2, "")
    assert "blue wrong words typed" not in one_sentence(ended.err)
    assert (data / "store" / "data.log").read_bytes() == before


def test_a_passphrase_is_taken_from_neither_arguments_nor_environment(
    run_process: Run, data: Path
) -> None:
    names = ("PASSPHRASE", "FIELD_APP_PASSPHRASE", "FIELD_NOTES_PASSPHRASE")

    ended = run_process("verify", "--data", data, **dict.fromkeys(names, PASSPHRASE))

    assert ended.code == 2
    assert "no terminal" in one_sentence(ended.err)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--passphrase-fd", "99"], "cannot be read"),
        (["--passphrase-fd", "1"], "for output"),
    ],
)
def test_a_descriptor_that_gives_nothing_is_said(
    run: Run, data: Path, arguments: list[str], said: str
) -> None:
    ended = run("verify", "--data", data, *arguments)

    assert ended.code == 2
    assert said in one_sentence(ended.err)


def test_a_folder_without_a_store_is_said_before_anything_is_asked(
    run: Run, tmp_path: Path
) -> None:
    for command in (["verify"], ["export", tmp_path / "x"], ["backup", tmp_path / "x"], ["due"]):
        ended = run(*command, "--data", tmp_path / "empty", secrets=[])
        assert ended.code == 2
        assert "There is no record in this data folder" in one_sentence(ended.err)
    assert not (tmp_path / "empty").exists()


def test_a_second_store_is_never_made_over_the_first(run: Run, data: Path, tmp_path: Path) -> None:
    before = sorted((path.name, path.stat().st_size) for path in (data / "store").iterdir())

    made = run("init", "--data", data, "--name", "B", secrets=[PASSPHRASE])
    (tmp_path / "some.fieldbackup").write_bytes(b"x")
    restored = run("restore", tmp_path / "some.fieldbackup", "--data", data, secrets=["a", "b"])

    for ended in (made, restored):
        assert ended.code == 2
        assert "already" in one_sentence(ended.err)
    assert before == sorted((path.name, path.stat().st_size) for path in (data / "store").iterdir())


def test_init_refuses_a_weak_passphrase_and_makes_nothing(run: Run, tmp_path: Path) -> None:
    ended = run("init", "--data", tmp_path / "new", "--name", "B", secrets=["password"])

    assert ended.code == 2
    assert "password" not in one_sentence(ended.err).removeprefix("field-app: new_pass")
    assert not (tmp_path / "new" / "store").exists()


def test_verify_says_what_it_checked_and_finds_a_changed_byte(run: Run, data: Path) -> None:
    whole = run("verify", "--data", data, secrets=[PASSPHRASE])
    assert whole.code == 0
    for word in ("key file", "log:", "rows:", "attachments:", "contact"):
        assert word in whole.out

    log = data / "store" / "data.log"
    content = bytearray(log.read_bytes())
    content[len(content) // 2] ^= 1
    log.write_bytes(content)
    damaged = run("verify", "--data", data, secrets=[PASSPHRASE])

    assert damaged.code == 2
    assert "DAMAGED" in damaged.out
    assert log.read_bytes() == bytes(content)


def test_due_lists_everyone_in_the_store(run: Run, data: Path) -> None:
    ended = run("due", "--data", data, "--json", secrets=[PASSPHRASE])

    assert (ended.code, ended.err) == (0, "")
    answer = json.loads(ended.out)
    assert len({row["participant"] for row in answer["obligations"]}) > 15
    assert answer["problems"] == []


@pytest.mark.parametrize("place", ["before", "after"])
def test_two_programs_are_compared_on_the_store_of_a_named_folder(
    run: Run, data: Path, place: str
) -> None:
    program = Path(programs.__file__).parent / "fyi_19_32.toml"
    compare = ["program", "compare", program, program]
    words = ["--data", data, *compare] if place == "before" else [*compare, "--data", data]

    ended = run(*words, secrets=[PASSPHRASE])

    assert (ended.code, ended.err) == (0, "")
    assert "no obligation changes" in ended.out


def test_a_store_that_is_open_elsewhere_is_said(run: Run, data: Path) -> None:
    from field_app.bootstrap import build_app
    from field_app.settings import load_settings

    session = build_app(load_settings(data)).session
    session.unlock(PASSPHRASE)
    try:
        ended = run("export", data / "x", "--data", data, secrets=[PASSPHRASE])
    finally:
        session.lock()

    assert ended.code == 2
    one_sentence(ended.err)
    assert not (data / "x").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_said(run: Run, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)

    ended = run("init", "--data", closed / "new", "--name", "B", secrets=[PASSPHRASE])

    assert ended.code == 2
    one_sentence(ended.err)


def test_the_roles_of_init_are_those_of_staff() -> None:
    assert list(ROLES) == [role.value for role in StaffRole]
