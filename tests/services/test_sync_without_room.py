"""A disk that is full during a sync: said, nothing lost, and tried again by itself."""

import errno
import threading
from pathlib import Path

import pytest

from field_app.errors import DiskError, LockedError, StoreError, SyncError
from field_app.services.intake import new_participant
from field_app.services.sync_state import SyncState
from field_app.store import sealed_log
from field_app.store.downloads import AttachmentFiles
from field_app.store.files import disk_error
from sync.client.retry import BackOff
from tests.services.app_devices import AppDevice
from tests.services.test_sync_ends import a_photo, enrolled
from tests.sync.simulator import SimCentre

PATIENCE_SECONDS = 20.0


class Disk:
    """The disk under a store: `is_full` lets no frame of the log through."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_full = False
        honest = sealed_log.write_all

        def write_all(fd: int, data: bytes) -> None:
            if self.is_full:
                raise OSError(errno.ENOSPC, "No space left on device")
            honest(fd, data)

        monkeypatch.setattr(sealed_log, "write_all", write_all)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


def test_a_full_disk_ends_a_sync_with_a_word_and_the_next_one_goes_on(
    manager: AppDevice, disk: Disk
) -> None:
    manager.save(new_participant(alias="A."))
    told: list[SyncState] = []
    manager.app.sync.listeners.append(lambda: told.append(manager.app.sync.state()))

    disk.is_full = True
    full = manager.app.sync.sync_now()
    disk.is_full = False
    freed = manager.app.sync.sync_now()

    assert (full.trouble, full.waiting, full.is_running) == ("disk_full", 1, False)
    assert ("disk_full", False) in [(each.trouble, each.is_running) for each in told]
    assert (freed.trouble, freed.waiting) == (None, 0)


def test_the_loop_beside_the_work_outlives_a_full_disk_and_goes_on_by_itself(
    manager: AppDevice, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BackOff, "next_seconds", lambda _self, _asked=0.0: 0.01)
    sync = manager.app.sync
    manager.save(new_participant(alias="A."))
    is_told, is_through = threading.Event(), threading.Event()

    def listen() -> None:
        state = sync.state()
        if state.trouble == "disk_full" and not state.is_running:
            is_told.set()
        if not state.waiting and not state.trouble and not state.is_running:
            is_through.set()

    sync.listeners.append(listen)
    disk.is_full = True
    sync.start()

    assert is_told.wait(PATIENCE_SECONDS)
    assert not is_through.is_set()
    disk.is_full = False
    assert is_through.wait(PATIENCE_SECONDS)


def test_a_picture_that_finds_no_room_is_told_and_comes_when_there_is_some(
    tmp_path: Path, centre: SimCentre, manager: AppDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    advocate = enrolled(tmp_path / "advocate", centre, manager)
    case = advocate.save(new_participant(alias="B."))
    picture = advocate.app.attachments.add(case.case_id, a_photo())
    advocate.app.sync.sync_now()
    advocate.session.lock()
    manager.is_on_wifi = True
    honest, is_full = AttachmentFiles.receive, [True]

    def receive(self: AttachmentFiles, attachment_id: str, index: int, sealed: bytes) -> None:
        if is_full[0]:
            raise disk_error(OSError(errno.ENOSPC, "No space left"), "an attachment")
        honest(self, attachment_id, index, sealed)

    monkeypatch.setattr(AttachmentFiles, "receive", receive)
    full = manager.app.sync.sync_now()
    assert manager.find(case.record_id) is not None  # a picture holds no record back
    is_full[0] = False
    freed = manager.app.sync.sync_now()

    assert (full.trouble, full.is_running) == ("disk_full", False)
    assert freed.trouble is None
    assert manager.app.attachments.is_here(picture.record_id)


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (DiskError("No more.", code="store_broken"), "store_broken"),
        (SyncError("No answer.", code="offline"), "offline"),
        (StoreError("Read only.", code="store_read_only"), "on_device"),
    ],
    ids=["the log is broken", "an act after it did not come about", "any other"],
)
def test_what_fails_on_the_device_during_a_sync_is_its_trouble(
    manager: AppDevice, error: Exception, trouble: str
) -> None:
    def fail() -> None:
        raise error

    manager.app.sync.after_run.append(fail)

    state = manager.app.sync.sync_now()

    assert (state.trouble, state.is_running) == (trouble, False)


def test_a_sync_of_a_store_that_was_locked_meanwhile_is_no_trouble_of_it(
    manager: AppDevice,
) -> None:
    def fail() -> None:
        raise LockedError("The record is locked.")

    manager.app.sync.after_run.append(fail)

    with pytest.raises(LockedError):
        manager.app.sync.sync_now()
    assert manager.app.sync.state().trouble is None
    assert not manager.app.sync.state().is_running


def test_what_was_purged_leaves_the_log_once_there_is_room_to_write_it_anew(
    manager: AppDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, database = manager.app.sync.engine(), manager.app.notebook.database
    honest, anew = engine.run, [DiskError("No room.", code="disk_full"), None, None]

    def run(*args: object) -> object:
        report = honest(*args)  # type: ignore[arg-type]
        if len(anew) == 3:
            report.purged.add("a case")
        return report

    def compact() -> None:
        if (error := anew.pop(0)) is not None:
            raise error

    monkeypatch.setattr(engine, "run", run)
    monkeypatch.setattr(database, "compact", compact)
    troubles = [manager.app.sync.sync_now().trouble for _ in range(3)]

    assert troubles == ["disk_full", None, None]
    assert len(anew) == 1  # written anew once, and not again
