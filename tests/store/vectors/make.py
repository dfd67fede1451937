"""Write a store, its keys and backups as JSON of base64: the vectors of a new format.

Run by hand when FORMAT.md gets a new section: `python -m tests.store.vectors.make NAME`.
Vectors that exist are never written again: they are what old devices hold.
"""

import base64
import json
import sys
import tempfile
from pathlib import Path

from field_app.platform.keystore import NoKeystore
from field_app.store import Attachments, Database, Keyring, make_backup
from tests.store.notebook import CHEAP, PASSPHRASE, SCHEMA, Note, Paper, Person, everything

BACKUP_PASSPHRASE = "seven quiet lanterns beside the harbor"
AGENCY_PRIVATE = bytes(range(1, 33))
AGENCY_PUBLIC = "07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c"


def make(work: Path) -> dict[str, object]:
    """Return the vectors of the format that this version writes."""
    folder = work / "store"
    keyring, data_key, words = Keyring.create(folder, PASSPHRASE, keystore=NoKeystore(), kdf=CHEAP)
    keyring.add_agency_slot(data_key, bytes.fromhex(AGENCY_PUBLIC))
    with Database.create(folder, data_key, SCHEMA) as database:
        with database.transaction() as session:
            session.add(Person(record_id="p", name="Ñandú", code="c"))
            session.add(Note(record_id="gone", text="deleted later"))
        database.compact()
        key = Attachments(folder).write("photo", [b"a small photo"]).key
        with database.transaction() as session:
            session.add(Note(record_id="n", text="note", minutes=7, weight=0.5, photo=b"\0\xff"))
            session.add(Paper(record_id="photo", file_name="photo.jpg", key=key))
            session.delete(session.get_one(Note, "gone"))
        for secret, name in (("passphrase", "by_passphrase"), ("words", "by_words")):
            value = BACKUP_PASSPHRASE if secret == "passphrase" else " ".join(words)
            make_backup(database, keyring, work / name, kdf=CHEAP, **{secret: value})
        rows = {
            table: [[encoded(value) for value in row] for row in found]
            for table, found in everything(database).items()
        }
        anchor = database.position
    return {
        "passphrase": PASSPHRASE,
        "recovery_words": " ".join(words),
        "agency_private_key": AGENCY_PRIVATE.hex(),
        "backup_passphrase": BACKUP_PASSPHRASE,
        "data_key": data_key.hex(),
        "anchor": anchor.to_bytes().hex(),
        "rows": rows,
        "attachment": encoded(b"a small photo"),
        "files": {
            str(path.relative_to(work)): encoded(path.read_bytes())
            for path in sorted(work.rglob("*"))
            if path.is_file() and path.name != "store.lock"
        },
    }


def encoded(value: object) -> object:
    """Return bytes as base64 in an object, anything else as it is."""
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


if __name__ == "__main__":
    target = Path(__file__).with_name(f"{sys.argv[1]}.json")
    with tempfile.TemporaryDirectory() as temporary, target.open("x") as file:
        json.dump(make(Path(temporary)), file, indent=1, ensure_ascii=False)
