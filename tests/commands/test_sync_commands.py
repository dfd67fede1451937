"""`enrol`, `enrol-code`, `sync` and `receipts` against a served centre, with real stores."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from field_app.__main__ import EXIT_INTERRUPTED, EXIT_WRONG
from field_app.bootstrap import build_app
from field_app.errors import SyncError
from field_app.services.enrolment_codes import CodeService, NewCode
from field_app.services.sync import SyncService
from field_app.settings import load_settings
from sync.protocol.enrolment import new_code
from sync.protocol.receipts import ChainHead, verify_chain_head
from tests.commands.conftest import CHEAP, PASSPHRASE, Run
from tests.commands.test_command_line import one_sentence
from tests.sync.serving import LocalCentre

NOT_SYNCED = 3
A_CODE = new_code().text()


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[LocalCentre]:
    with LocalCentre.serving(tmp_path / "centre", None) as local:
        yield local


def a_new_store(data: Path, name: str) -> Path:
    session = build_app(load_settings(data), kdf=CHEAP).session
    session.start_alone(display_name=name, passphrase=PASSPHRASE, language="en")
    session.lock()
    return data


def test_two_devices_enrol_sync_and_prove_it_from_the_command_line(
    tmp_path: Path, run: Run, centre: LocalCentre
) -> None:
    manager = a_new_store(tmp_path / "manager", "Maria")
    advocate = a_new_store(tmp_path / "advocate", "Ana")
    alone = run("sync", "--data", manager, secrets=[PASSPHRASE])
    assert "works alone" in alone.out

    first = centre.new_agency()[2].text()
    founded = run("enrol", "--data", manager, "--centre", centre.url, first, secrets=[PASSPHRASE])
    assert founded.code == 0, founded.err
    assert "recovery words" in founded.out

    code = run("enrol-code", "--data", manager, "--name", "Ana A.", secrets=[PASSPHRASE])
    assert code.code == 0, code.err
    typed = re.search(r"^  ([A-Z2-7-]{40,})$", code.out, re.MULTILINE)
    assert typed is not None
    joined = run(
        "enrol", "--data", advocate, "--centre", centre.url, typed[1], secrets=[PASSPHRASE]
    )
    assert joined.code == 0, joined.err

    synced = run("sync", "--data", manager, secrets=[PASSPHRASE])
    assert synced.code == 0, synced.out
    assert "received" in synced.out
    listed = run("receipts", "--data", manager, secrets=[PASSPHRASE])
    assert "accepted" in listed.out
    proof = tmp_path / "proof.json"
    assert run("receipts", "--data", manager, "--proof", proof, secrets=[PASSPHRASE]).code == 0
    written = json.loads(proof.read_text())
    assert written["entries"]
    for head in written["heads"]:
        verify_chain_head(ChainHead.model_validate_json(head), centre.parts.key.public_key())
    again = run("receipts", "--data", manager, "--proof", proof, secrets=[PASSPHRASE])
    assert again.code != 0  # a file that is there is never written over


def test_a_centre_that_is_gone_is_said_and_nothing_is_lost(tmp_path: Path, run: Run) -> None:
    data = a_new_store(tmp_path / "data", "Maria")
    with LocalCentre.serving(tmp_path / "centre", None) as centre:
        code = centre.new_agency()[2].text()
        run("enrol", "--data", data, "--centre", centre.url, code, secrets=[PASSPHRASE])

    ended = run("sync", "--data", data, secrets=[PASSPHRASE])

    assert ended.code == NOT_SYNCED
    assert "offline" in ended.out
    assert "Your work is safe here" in ended.out


@pytest.mark.parametrize(
    "words", [["--name", "Ana", "--role", "king"], []], ids=["unknown role", "nobody named"]
)
def test_a_code_for_nobody_or_an_unknown_role_is_refused(
    tmp_path: Path, run: Run, words: list[str]
) -> None:
    data = a_new_store(tmp_path / "data", "Maria")

    ended = run("enrol-code", "--data", data, *words, secrets=[PASSPHRASE])

    assert ended.code != 0
    assert "name" in ended.err.lower() or "Roles are" in ended.err


def staff_ids(data: Path, name: str) -> list[str]:
    """Return the staff ids of everybody on this device who is called that."""
    session = build_app(load_settings(data)).session
    session.unlock(PASSPHRASE)
    assert session.workspace is not None
    found = [each.staff_id for each in session.workspace.team.people.all() if each.name == name]
    session.lock()
    return found


def test_the_agency_s_words_are_printed_before_the_sync_and_again_until_they_are_on_paper(
    tmp_path: Path, run: Run, centre: LocalCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = a_new_store(tmp_path / "data", "Maria")
    code = centre.new_agency()[2].text()

    def is_interrupted(_sync: SyncService) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(SyncService, "sync_now", is_interrupted)
        cut = run("enrol", "--data", data, "--centre", centre.url, code, secrets=[PASSPHRASE])
    assert cut.code == EXIT_INTERRUPTED
    shown = re.search(r"^  ([a-z]+(?: [a-z]+){11,})$", cut.out, re.MULTILINE)
    assert shown is not None

    again = run("enrol", "--data", data, "--centre", centre.url, code, secrets=[PASSPHRASE])
    assert again.code == 0
    assert shown[1] in again.out
    written = run("enrol", "--data", data, "--words-on-paper", secrets=[PASSPHRASE])
    assert written.code == 0, written.err
    assert shown[1] not in written.out
    over = run("enrol", "--data", data, "--words-on-paper", secrets=[PASSPHRASE])
    assert over.code == EXIT_WRONG
    assert shown[1] not in over.out + over.err


def test_a_code_that_is_not_made_names_the_person_who_was_added_and_adds_nobody_twice(
    tmp_path: Path, run: Run, centre: LocalCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = a_new_store(tmp_path / "data", "Maria")
    first = centre.new_agency()[2].text()
    run("enrol", "--data", data, "--centre", centre.url, first, secrets=[PASSPHRASE])

    def fails(_codes: CodeService, _staff_id: str) -> NewCode:
        raise SyncError("The centre could not be reached. Nothing was changed.", code="offline")

    with monkeypatch.context() as patched:
        patched.setattr(CodeService, "make", fails)
        ended = run("enrol-code", "--data", data, "--name", "Ana", secrets=[PASSPHRASE])
    [staff_id] = staff_ids(data, "Ana")
    assert ended.code == EXIT_WRONG
    assert f"--staff {staff_id}" in one_sentence(ended.err)
    assert "was added" in ended.err
    assert "Nothing was changed" not in ended.err

    twice = run("enrol-code", "--data", data, "--name", " ana", secrets=[PASSPHRASE])
    assert twice.code == EXIT_WRONG
    assert f"--staff {staff_id}" in one_sentence(twice.err)
    assert staff_ids(data, "Ana") == [staff_id]

    made = run("enrol-code", "--data", data, "--staff", staff_id, secrets=[PASSPHRASE])
    assert made.code == 0, made.err
    assert staff_id in made.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["enrol-code", "--name", "Ana"], "works alone"),
        (["enrol", "--centre", "http://127.0.0.1:99999", A_CODE], "port"),
        (["enrol"], "code"),
    ],
    ids=["a code of a device alone", "a centre at no port", "no code"],
)
def test_what_cannot_be_on_a_device_alone_is_said_in_a_sentence(
    tmp_path: Path, run: Run, words: list[str], said: str
) -> None:
    data = a_new_store(tmp_path / "data", "Maria")

    ended = run(*words, "--data", data, secrets=[PASSPHRASE])

    assert ended.code == EXIT_WRONG
    assert said in one_sentence(ended.err)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["enrol-code", "--name", "Ana", "--team", "nope"], "an id is"),
        (["enrol-code", "--staff", "nope"], "an id is"),
        (["demo", "--port", "99999"], "a port is"),
        (["demo", "--port", "-1"], "a port is"),
        (["run", "--port", "65536"], "a port is"),
    ],
)
def test_an_id_or_a_port_that_is_none_is_refused_before_anything_is_done(
    run: Run, words: list[str], said: str
) -> None:
    ended = run(*words)

    assert ended.code == EXIT_WRONG
    assert said in ended.err
