"""Files of every released format open, and say what they said (`FORMAT.md`)."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from field_app.platform.keystore import NoKeystore
from field_app.store import Anchor, Attachments, Database, Keyring, restore_backup
from tests.store.notebook import CHEAP, SCHEMA, everything

VECTORS = sorted((Path(__file__).parent / "vectors").glob("*.json"))
NEW_PASSPHRASE = "gravel canoe walnut orbit tulip"


@pytest.fixture(name="vector", params=VECTORS, ids=lambda path: path.stem)
def _vector(request: pytest.FixtureRequest) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(request.param.read_text("utf-8"), object_hook=_decoded)
    return loaded


def _decoded(value: dict[str, Any]) -> Any:
    return base64.b64decode(value["base64"]) if value.keys() == {"base64"} else value


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, vector: dict[str, Any]) -> Path:
    for name, data in vector["files"].items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "store"


def rows_of(database: Database) -> dict[str, list[list[object]]]:
    return {table: [list(row) for row in rows] for table, rows in everything(database).items()}


def test_there_are_vectors() -> None:
    assert [path.stem for path in VECTORS] == ["format_1"]


def test_every_slot_of_a_frozen_key_file_opens(folder: Path, vector: dict[str, Any]) -> None:
    keyring = Keyring.open(folder, keystore=NoKeystore())
    data_key = bytes.fromhex(vector["data_key"])

    assert keyring.unlock(vector["passphrase"]) == data_key
    assert keyring.recover(vector["recovery_words"]) == data_key
    assert keyring.open_agency_slot(bytes.fromhex(vector["agency_private_key"])) == data_key


def test_a_frozen_log_and_its_attachment_are_read(folder: Path, vector: dict[str, Any]) -> None:
    data_key, anchor = bytes.fromhex(vector["data_key"]), bytes.fromhex(vector["anchor"])

    with Database.open(folder, data_key, SCHEMA, anchor=Anchor.from_bytes(anchor)) as database:
        assert rows_of(database) == vector["rows"]
        assert database.notices == []
    assert Database.verify(folder, data_key, SCHEMA).ok
    (paper,) = vector["rows"]["paper"]
    assert b"".join(Attachments(folder).read("photo", paper[4])) == vector["attachment"]


@pytest.mark.parametrize(
    ("name", "secret"), [("by_passphrase", "backup_passphrase"), ("by_words", "recovery_words")]
)
def test_a_frozen_backup_is_restored(
    folder: Path, vector: dict[str, Any], name: str, secret: str
) -> None:
    target = folder.with_name("restored")

    _, data_key, _ = restore_backup(
        folder.with_name(name),
        vector[secret],
        target,
        NEW_PASSPHRASE,
        schema=SCHEMA,
        keystore=NoKeystore(),
        kdf=CHEAP,
    )

    with Database.open(target, data_key, SCHEMA) as database:
        assert rows_of(database) == vector["rows"]
