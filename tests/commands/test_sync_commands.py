"""`enrol`, `enrol-code`, `sync` and `receipts` against a served centre, with real stores."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from field_app.bootstrap import build_app
from field_app.settings import load_settings
from sync.protocol.receipts import ChainHead, verify_chain_head
from tests.commands.conftest import CHEAP, PASSPHRASE, Run
from tests.sync.serving import LocalCentre

NOT_SYNCED = 3


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
    assert "kept here" in ended.out


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
