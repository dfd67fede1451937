"""A backup holds everything, opens elsewhere with its own secret, and replaces nothing."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from field_app.errors import (
    InputError,
    StoreDamagedError,
    StoreError,
    StoreNewerError,
    WrongPassphraseError,
)
from field_app.platform.keystore import NoKeystore
from field_app.store import (
    Attachments,
    BackupReport,
    Database,
    Keyring,
    make_backup,
    restore_backup,
)
from field_app.store.backup_file import BackupSeal, write_sealed_file
from field_app.store.chunks import CHUNK_BYTES
from tests.store.memory_keystore import MemoryKeystore
from tests.store.notebook import CHEAP, PASSPHRASE, SCHEMA, Note, Paper, everything

BACKUP_PASSPHRASE = "seven quiet lanterns beside the harbor"
NEW_PASSPHRASE = "gravel canoe walnut orbit tulip"
PHOTO = b"planted photo" * 200_000  # more than one chunk


class Phone:
    """A store as it is on a phone: keyring with a keystore, rows, attachments."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keyring, self.data_key, words = Keyring.create(
            folder, PASSPHRASE, keystore=MemoryKeystore(), kdf=CHEAP
        )
        self.words = " ".join(words)
        self.database = Database.create(folder, self.data_key, SCHEMA)
        stored = Attachments(folder).write("photo", [PHOTO])
        with self.database.transaction() as session:
            session.add(Note(record_id="n", text="planted note", photo=b"\x00\xff"))
            session.add(Paper(record_id="photo", file_name="planted.jpg", key=stored.key))

    def backup(self, path: Path) -> BackupReport:
        return make_backup(
            self.database, self.keyring, path, passphrase=BACKUP_PASSPHRASE, kdf=CHEAP
        )


@pytest.fixture(name="phone")
def _phone(tmp_path: Path) -> Iterator[Phone]:
    phone = Phone(tmp_path / "phone")
    yield phone
    phone.database.close()


def restore(path: Path, secret: str, folder: Path) -> tuple[Keyring, bytes, tuple[str, ...]]:
    return restore_backup(
        path, secret, folder, NEW_PASSPHRASE, schema=SCHEMA, keystore=NoKeystore(), kdf=CHEAP
    )


@pytest.mark.parametrize("by", ["passphrase", "words"])
def test_a_backup_opens_on_another_machine_with_everything(
    tmp_path: Path, phone: Phone, by: str
) -> None:
    path, laptop = tmp_path / "field.backup", tmp_path / "laptop"
    if by == "passphrase":
        report, secret = phone.backup(path), BACKUP_PASSPHRASE
    else:
        report = make_backup(phone.database, phone.keyring, path, words=phone.words)
        secret = phone.words.upper()
    rows = everything(phone.database)
    phone.database.close()
    shutil.rmtree(phone.folder)

    keyring, data_key, words = restore(path, secret, laptop)

    assert (report.attachments, report.missing) == (1, ())
    assert report.size_bytes == path.stat().st_size
    reopened = Keyring.open(laptop, keystore=NoKeystore())
    assert reopened.unlock(NEW_PASSPHRASE) == data_key != phone.data_key
    assert reopened.recover(" ".join(words)) == keyring.recover(" ".join(words)) == data_key
    with pytest.raises(WrongPassphraseError):
        reopened.recover(phone.words)
    with Database.open(laptop, data_key, SCHEMA) as database:
        assert everything(database) == rows
        with database.session() as session:
            paper = session.get(Paper, "photo")
    assert paper is not None
    assert paper.key is not None
    assert b"".join(Attachments(laptop).read("photo", paper.key)) == PHOTO
    assert Database.verify(laptop, data_key, SCHEMA).ok
    assert not list(tmp_path.glob("*.restoring"))


def test_a_backup_shows_nothing(tmp_path: Path, phone: Phone) -> None:
    phone.backup(tmp_path / "field.backup")

    assert b"planted" not in (tmp_path / "field.backup").read_bytes()
    assert (tmp_path / "field.backup").stat().st_mode & 0o077 == 0


def test_a_backup_is_of_one_moment(tmp_path: Path, phone: Phone) -> None:
    phone.backup(tmp_path / "field.backup")
    with phone.database.transaction() as session:
        session.add(Note(record_id="later"))

    _, data_key, _ = restore(tmp_path / "field.backup", BACKUP_PASSPHRASE, tmp_path / "laptop")

    with Database.open(tmp_path / "laptop", data_key, SCHEMA) as database:
        assert len(everything(database)["note"]) == 1


def test_an_attachment_that_is_lost_already_is_named_and_stops_nothing(
    tmp_path: Path, phone: Phone
) -> None:
    Attachments(phone.folder).remove("photo")

    report = phone.backup(tmp_path / "field.backup")

    assert (report.attachments, report.missing) == (0, ("photo",))
    restore(tmp_path / "field.backup", BACKUP_PASSPHRASE, tmp_path / "laptop")


def test_weak_and_foreign_secrets_are_refused(tmp_path: Path, phone: Phone) -> None:
    other = Phone(tmp_path / "other")
    other.database.close()
    path = tmp_path / "field.backup"

    with pytest.raises(InputError, match="Add another word"):
        make_backup(phone.database, phone.keyring, path, passphrase="lemon harbor")
    with pytest.raises(WrongPassphraseError):
        make_backup(phone.database, phone.keyring, path, words=other.words)
    with pytest.raises(ValueError, match="either"):
        make_backup(phone.database, phone.keyring, path)
    assert not path.exists()

    phone.backup(path)
    for wrong in (PASSPHRASE, phone.words, ""):
        with pytest.raises(WrongPassphraseError):
            restore(path, wrong, tmp_path / "laptop")
    assert not (tmp_path / "laptop").exists()


def test_nothing_is_ever_replaced(tmp_path: Path, phone: Phone) -> None:
    path = tmp_path / "field.backup"
    path.write_bytes(b"precious")
    with pytest.raises(InputError, match="never replaces"):
        phone.backup(path)
    assert path.read_bytes() == b"precious"
    path.unlink()
    phone.backup(path)
    before = {each: each.read_bytes() for each in phone.folder.iterdir() if each.is_file()}

    with pytest.raises(StoreError, match="already"):
        restore(path, BACKUP_PASSPHRASE, phone.folder)

    assert {each: each.read_bytes() for each in phone.folder.iterdir() if each.is_file()} == before


def test_a_folder_with_other_files_keeps_them(tmp_path: Path, phone: Phone) -> None:
    phone.backup(tmp_path / "field.backup")
    laptop = tmp_path / "laptop"
    laptop.mkdir()
    (laptop / "settings.toml").write_text("theme")

    _, data_key, _ = restore(tmp_path / "field.backup", BACKUP_PASSPHRASE, laptop)

    assert (laptop / "settings.toml").read_text() == "theme"
    assert Database.verify(laptop, data_key, SCHEMA).ok


def damaged_copies(whole: bytes) -> list[bytes]:
    flipped = []
    for place in (*range(12, 40), 200, 400, 5_000, len(whole) // 2, len(whole) - 1):
        changed = bytearray(whole)
        changed[place] ^= 1
        flipped.append(bytes(changed))
    sealed_chunk = CHUNK_BYTES + 28
    start = len(whole) - (len(whole) - 12) % sealed_chunk
    cut = [whole[:length] for length in (13, 300, len(whole) // 2, len(whole) - 1, start)]
    return [*flipped, *cut, whole + b"\0"]


def test_a_damaged_backup_restores_nothing_and_leaves_nothing(tmp_path: Path, phone: Phone) -> None:
    path, laptop = tmp_path / "field.backup", tmp_path / "laptop"
    phone.backup(path)
    whole = path.read_bytes()

    for number, changed in enumerate(damaged_copies(whole)):
        path.write_bytes(changed)
        with pytest.raises((StoreDamagedError, WrongPassphraseError)):
            restore(path, BACKUP_PASSPHRASE, laptop)
        assert sorted(each.name for each in tmp_path.iterdir()) == ["field.backup", "phone"], number

    path.write_bytes(whole)
    restore(path, BACKUP_PASSPHRASE, laptop)


def test_a_foreign_and_a_newer_file_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "field.backup"
    for foreign in (b"", b"PK\x03\x04 some archive that is long enough"):
        path.write_bytes(foreign)
        with pytest.raises(InputError, match="not a backup"):
            restore(path, BACKUP_PASSPHRASE, tmp_path / "laptop")
    path.write_bytes(b"FNBACK02" + bytes(100))
    with pytest.raises(StoreNewerError):
        restore(path, BACKUP_PASSPHRASE, tmp_path / "laptop")


def test_a_backup_that_does_not_read_back_is_not_kept(
    tmp_path: Path, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_less(path: Path, seal: BackupSeal, content: Iterable[bytes]) -> None:
        write_sealed_file(path, seal, list(content)[:-2])

    monkeypatch.setattr("field_app.store.backup.write_sealed_file", write_less)
    with pytest.raises(StoreDamagedError):
        phone.backup(tmp_path / "field.backup")

    assert [each.name for each in tmp_path.iterdir()] == ["phone"]


def test_a_full_disk_leaves_no_half_backup(
    tmp_path: Path, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:

    def fail(fd: int, data: bytes) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr("field_app.store.backup_file.write_all", fail)
    with pytest.raises(StoreError, match="full"):
        phone.backup(tmp_path / "field.backup")

    assert [each.name for each in tmp_path.iterdir()] == ["phone"]
