"""A disk that is full, read-only or broken: one sentence that says what to do, and nothing lost."""

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from field_app.errors import DiskError, StoreDamagedError, StoreError
from field_app.platform.keystore import NoKeystore
from field_app.store import Attachments, Database, Keyring
from field_app.store.sealed_log import LOG_NAME
from tests.store.notebook import (
    CHEAP,
    KEY,
    PASSPHRASE,
    SCHEMA,
    Note,
    a_notebook,
    open_notebook,
    texts_of,
)

resource = pytest.importorskip("resource", reason="limits are set as on POSIX systems")


@pytest.fixture(name="small_disk")
def _small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of 256 kB, where the tests may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    options = ["-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(["mount", *options], capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def fill(database: Database) -> list[str]:
    """Save until the disk is full. Return the texts that were acknowledged."""
    acknowledged = []
    with pytest.raises(DiskError) as full:  # noqa: PT012  (it fails at some save)
        for number in range(1_000):
            text = os.urandom(2_000).hex()
            with database.transaction() as session:
                session.add(Note(record_id=f"{number:04}", text=text))
            acknowledged.append(text)
    assert full.value.code == "disk_full"
    assert "Free some space" in full.value.message
    return acknowledged


def test_a_full_disk_stops_saving_and_freed_space_lets_it_go_on(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(60_000))
    with a_notebook(small_disk) as database:
        acknowledged = fill(database)
        assert len(acknowledged) > 10
        assert texts_of(database) == acknowledged
        assert (small_disk / LOG_NAME).stat().st_size == database.log_bytes

        ballast.unlink()
        with database.transaction() as session:
            session.add(Note(record_id="z", text="after"))
    with open_notebook(small_disk) as database:
        assert texts_of(database) == [*acknowledged, "after"]
        assert database.notices == []


def test_a_disk_too_full_to_compact_keeps_the_old_log(small_disk: Path) -> None:
    with a_notebook(small_disk) as database:
        acknowledged = fill(database)
        with pytest.raises(DiskError):
            database.compact()
        assert texts_of(database) == acknowledged
    with open_notebook(small_disk) as database:
        assert texts_of(database) == acknowledged
    assert len(list(small_disk.glob("data.log*"))) == 2


def test_a_disk_too_full_for_an_attachment_or_a_key_file_leaves_no_part(small_disk: Path) -> None:
    keyring, data_key, _ = Keyring.create(small_disk, PASSPHRASE, keystore=NoKeystore(), kdf=CHEAP)
    with pytest.raises(DiskError, match="full"):
        Attachments(small_disk).write("scan", [os.urandom(300_000)])
    assert list((small_disk / "attachments").iterdir()) == []

    with pytest.raises(OSError, match="space"):
        (small_disk / "ballast").write_bytes(bytes(300_000))
    with pytest.raises(DiskError, match="full"):
        keyring.new_recovery_words(data_key)
    (small_disk / "ballast").unlink()
    assert Keyring.open(small_disk, keystore=NoKeystore()).unlock(PASSPHRASE) == data_key


def test_a_limit_on_the_size_of_a_file_is_a_full_disk(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with a_notebook(tmp_path, ["first"]) as database:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
        try:
            acknowledged = fill(database)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        with database.transaction() as session:
            session.add(Note(record_id="z", text="after"))
    with open_notebook(tmp_path) as database:
        assert sorted(texts_of(database)) == sorted([*acknowledged, "first", "after"])


def test_a_medium_that_does_not_confirm_stops_saving_until_the_store_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(fd: int) -> None:
        raise OSError(errno.EIO, "no answer")

    with a_notebook(tmp_path, ["first"]) as database:
        with monkeypatch.context() as patch:
            for name in ("fsync", "fdatasync"):
                patch.setattr(os, name, fail, raising=False)
            with pytest.raises(DiskError, match="EIO"), database.transaction() as session:
                session.add(Note(record_id="x", text="unsure"))
        assert texts_of(database) == ["first"]
        assert database.search("first")
        for write in (lambda: database.transaction().__enter__(), database.compact):
            with pytest.raises(DiskError, match="Lock and unlock"):
                write()
    with open_notebook(tmp_path) as database:
        assert texts_of(database) == ["first"]
        with database.transaction() as session:
            session.add(Note(record_id="y", text="second"))


def test_a_head_that_cannot_be_written_keeps_the_save_and_stops_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(fd: int, data: bytes) -> None:
        raise OSError(errno.EIO, "no answer")

    with a_notebook(tmp_path, ["first"]) as database:
        with monkeypatch.context() as patch:
            patch.setattr("field_app.store.head.write_all", fail)
            with database.transaction() as session:
                session.add(Note(record_id="x", text="second"))
        assert texts_of(database) == ["first", "second"]
        with pytest.raises(DiskError), database.transaction():
            pass
    with open_notebook(tmp_path) as database:
        assert texts_of(database) == ["first", "second"]


def test_a_read_only_disk_is_said_and_can_be_read(small_disk: Path) -> None:
    Keyring.create(small_disk, PASSPHRASE, keystore=NoKeystore(), kdf=CHEAP)
    a_notebook(small_disk, ["first"]).close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)

    with pytest.raises(DiskError, match="refused access") as refused:
        open_notebook(small_disk)
    assert refused.value.code == "disk_refused"
    with pytest.raises(DiskError, match="refused access"):
        Database.create(small_disk / "new", KEY, SCHEMA)
    with pytest.raises(DiskError, match="refused access"):
        Keyring.open(small_disk, keystore=NoKeystore()).unlock(PASSPHRASE)
    with open_notebook(small_disk, read_only=True) as database:
        assert texts_of(database) == ["first"]


def use_everything(folder: Path) -> None:
    Keyring.open(folder, keystore=NoKeystore()).unlock(PASSPHRASE)
    open_notebook(folder).close()
    Attachments(folder).write("photo", [b"x"])


@pytest.mark.parametrize("name", [LOG_NAME, "keyfile.json", "guesses.json", "attachments"])
def test_a_file_that_cannot_be_read_is_named_in_one_sentence(tmp_path: Path, name: str) -> None:
    Keyring.create(tmp_path, PASSPHRASE, keystore=NoKeystore(), kdf=CHEAP)
    a_notebook(tmp_path, ["first"]).close()
    path = tmp_path / name
    path.unlink(missing_ok=True)
    if name == "attachments":
        path.write_bytes(b"a file where a folder is expected")
    else:
        path.mkdir()

    with pytest.raises(DiskError, match=r"^The disk failed on .*Nothing was deleted"):
        use_everything(tmp_path)


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x")

    with pytest.raises(DiskError):
        Database.create(path, KEY, SCHEMA)
    with pytest.raises(DiskError):
        Keyring.create(path, PASSPHRASE, keystore=NoKeystore(), kdf=CHEAP)
    with pytest.raises(StoreError):
        open_notebook(path)


def test_a_head_that_is_a_folder_is_said(tmp_path: Path) -> None:
    a_notebook(tmp_path, ["first"]).close()
    (head,) = tmp_path.glob("data.log.head-*")
    head.unlink()
    head.mkdir()

    with pytest.raises((DiskError, StoreDamagedError)):
        open_notebook(tmp_path)
