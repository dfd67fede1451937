"""Does everything that a store does with words that no file may hold: what `test_leaks.py` runs.

Stops twice, and goes on when a line comes in: in the middle of a big sort, and after closing.
"""

import logging
import sys
from pathlib import Path

from sqlmodel import select

from field_app.platform.keystore import NoKeystore
from field_app.store import Attachments, Database, Keyring, make_backup
from tests.store.notebook import CHEAP, PASSPHRASE, SCHEMA, Note, Paper, Person

PLANTED = "Xochiquetzal"
SORTED_ROWS = 6_000  # well above SQLite's cache of 2 MB, so that a sort would go to the disk


def pause(where: str) -> None:
    """Tell where it stands and wait."""
    print(where, flush=True)
    sys.stdin.readline()


def main(folder: Path) -> None:
    """Save, correct, delete, search, sort, fail, compact, back up, close."""
    keyring, data_key, _ = Keyring.create(folder, PASSPHRASE, keystore=NoKeystore(), kdf=CHEAP)
    with Database.create(folder, data_key, SCHEMA) as database:
        with database.transaction() as session:
            session.add(Person(record_id="p", name=f"{PLANTED} Name"))
            session.add(Note(record_id="kept", text=f"{PLANTED} note"))
            session.add(Note(record_id="corrected", text=f"{PLANTED} before"))
            session.add(Note(record_id="deleted", text=f"{PLANTED} deleted"))
        with database.transaction() as session:
            session.get_one(Note, "corrected").text = "after"
            session.delete(session.get_one(Note, "deleted"))
        key = Attachments(folder).write("photo", [f"{PLANTED} photo ".encode() * 100_000]).key
        with database.transaction() as session:
            session.add(Paper(record_id="photo", file_name=f"{PLANTED}.jpg", key=key))
        try:
            with database.transaction() as session:
                session.add(Note(record_id="kept", text=f"{PLANTED} twice"))
        except Exception:
            logging.exception("the id was taken")
        with database.transaction() as session:
            rows = [
                {"record_id": f"r{n}", "text": f"{n * 7919 % SORTED_ROWS} {PLANTED} " + "y" * 900}
                for n in range(SORTED_ROWS)
            ]
            session.bulk_insert_mappings(Note, rows)  # type: ignore[arg-type]
        assert database.search(PLANTED)
        with database.session() as session:
            sorting = session.exec(select(Note.text).order_by(Note.text)).yield_per(10)
            next(iter(sorting))
            pause("sorting")
        database.compact()
        make_backup(
            database,
            keyring,
            folder / "field.backup",
            passphrase="seven quiet lanterns beside the harbor",
            kdf=CHEAP,
        )
    pause("closed")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
