"""What a phone's dialogs copy into the app's cache goes; what is a person's own stays."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import flet as ft
import pytest

from field_app.errors import InputError
from field_app.platform import own_cache
from field_app.platform.own_cache import forget_copy, forget_photos, forget_saved, sweep
from field_app.settings import camera_folders, own_cache_folders
from field_app.ui.components.file_saving import save_file
from field_app.ui.components.receipts import pick_receipt


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache of the app on a phone."""
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setattr(own_cache, "own_cache_folders", lambda: [tmp_path / "gone", folder])
    return folder


def a_copy(folder: Path) -> Path:
    copy = folder / own_cache.PICKER_FOLDER / "1732270000" / "Maya's receipt.jpg"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(b"unsealed")
    return copy


def test_a_copy_in_the_cache_goes_with_its_folder(cache: Path) -> None:
    copy = a_copy(cache)

    assert forget_copy(copy)

    assert not copy.parent.exists()
    assert cache.exists()
    assert not forget_copy(copy)  # it is gone already


def test_a_persons_own_file_stays_however_it_is_named(cache: Path, tmp_path: Path) -> None:
    own = tmp_path / "Pictures" / "receipt.jpg"
    own.parent.mkdir()
    own.write_bytes(b"a person's own")
    (cache / "link.jpg").symlink_to(own)

    for path in (own, cache / ".." / "Pictures" / "receipt.jpg", cache / "link.jpg"):
        assert not forget_copy(path)

    assert own.read_bytes() == b"a person's own"


def test_the_copy_of_a_saved_file_goes_and_another_one_stays(cache: Path) -> None:
    for name in ("sheet.pdf", "other.pdf"):
        (cache / name).write_bytes(b"unsealed")

    forget_saved("sheet.pdf")

    assert [path.name for path in cache.iterdir()] == ["other.pdf"]


def test_what_a_killed_app_left_goes_at_the_next_start(cache: Path) -> None:
    a_copy(cache)
    (cache / "of-flet").write_bytes(b"")

    sweep()

    assert [path.name for path in cache.iterdir()] == ["of-flet"]


def test_only_a_phone_has_such_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FLET_APP_STORAGE_CACHE", str(tmp_path))
    monkeypatch.delenv("FLET_APP_STORAGE_TEMP", raising=False)
    for platform, is_phone in (("android", True), ("ios", True), ("linux", False), ("", False)):
        monkeypatch.setenv("FLET_PLATFORM", platform)
        assert (tmp_path in own_cache_folders()) is is_phone


class Window:
    """A window that picks, and saves, and keeps or refuses."""

    def __init__(self, *, refuses: bool = False, is_web: bool = False) -> None:
        self.page = SimpleNamespace(web=is_web)
        self.kept: list[Any] = []
        self.workspace = SimpleNamespace(attachments=SimpleNamespace(add=self._add))
        self._refuses = refuses

    def _add(self, _case_id: str, source: object) -> object:
        if self._refuses:
            raise InputError("not a picture", code="file_kind")
        self.kept.append(source)
        return source

    async def run(self, work: Any, *arguments: Any) -> Any:
        return await asyncio.to_thread(work, *arguments)


@pytest.mark.parametrize("refuses", [False, True])
def test_a_picked_receipt_leaves_no_copy_whether_it_is_kept_or_refused(
    cache: Path, refuses: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = a_copy(cache)
    window = Window(refuses=refuses)

    async def pick_files(**_options: object) -> list[ft.FilePickerFile]:
        return [ft.FilePickerFile(id=1, name=copy.name, size=8, path=str(copy), bytes=b"unsealed")]

    monkeypatch.setattr(ft, "FilePicker", lambda: SimpleNamespace(pick_files=pick_files))

    if refuses:
        with pytest.raises(InputError):
            asyncio.run(pick_receipt(window, "case"))  # type: ignore[arg-type]
    else:
        asyncio.run(pick_receipt(window, "case"))  # type: ignore[arg-type]
        assert window.kept == [b"unsealed"]

    assert not copy.exists()


@pytest.mark.parametrize(
    ("path", "is_web", "was_taken"),
    [("/documents/sheet.pdf", False, True), (None, False, False), (None, True, True)],
)
def test_a_file_is_said_to_be_saved_only_when_it_was(
    cache: Path,
    path: str | None,
    is_web: bool,
    was_taken: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def save(*, file_name: str, src_bytes: bytes, **_options: object) -> str | None:
        (cache / file_name).write_bytes(src_bytes)  # as on iOS
        return path

    monkeypatch.setattr(ft, "FilePicker", lambda: SimpleNamespace(save_file=save))
    window = Window(is_web=is_web)

    taken = asyncio.run(save_file(window, "sheet.pdf", b"names", kind="pdf"))  # type: ignore[arg-type]

    assert taken is was_taken
    assert list(cache.iterdir()) == []


def test_what_the_camera_wrote_goes_and_nothing_else(tmp_path: Path) -> None:
    for name in ("CAP123.jpg", "CAP_4F.jpg", "map.jpg", "CAPITAL.png"):
        (tmp_path / name).write_bytes(b"unsealed")

    forget_photos([tmp_path, tmp_path / "gone"])

    assert sorted(path.name for path in tmp_path.iterdir()) == ["CAPITAL.png", "map.jpg"]


def test_a_photo_that_a_killed_app_left_goes_at_the_next_start(cache: Path) -> None:
    (cache / "CAP123.jpg").write_bytes(b"unsealed")

    sweep([cache])

    assert list(cache.iterdir()) == []


def test_only_a_phone_has_folders_of_a_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLET_PLATFORM", raising=False)
    assert camera_folders() == []

    monkeypatch.setenv("FLET_PLATFORM", "ios")
    assert camera_folders()[-1].parts[-3:] == ("Documents", "camera", "pictures")
