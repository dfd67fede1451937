"""Copies that a phone's file dialogs leave in the app's own cache, and their end.

A picture that is picked on a phone is first copied there, unsealed, under its own name; on iOS a
file that is saved elsewhere as well. On a laptop the dialogs leave nothing: there a path is the
person's own file, and is never touched.
"""

import logging
import shutil
from collections.abc import Iterable
from pathlib import Path

from field_app.settings import camera_folders, own_cache_folders

log = logging.getLogger(__name__)

PICKER_FOLDER = "file_picker"  # where Android's dialog copies to, inside the cache
PHOTO = "CAP*.jpg"  # how the camera plugin names its files (camera_android_camerax, avfoundation)


def forget_copy(path: Path, folders: Iterable[Path] | None = None) -> bool:
    """Remove a picked file if it is a copy in the app's own cache; tell whether it was."""
    for folder in own_cache_folders() if folders is None else folders:
        try:
            found = path.resolve(strict=True)
            if not found.is_relative_to(folder.resolve()) or not found.is_file():
                continue
            found.unlink()
            if found.parent != folder.resolve():
                found.parent.rmdir()  # the dialog makes a folder for each time
        except FileNotFoundError:
            continue
        except OSError as error:  # a folder that is not empty, a file that is held
            log.warning("a copy in the cache was not wholly removed: %s", type(error).__name__)
        return True
    return False


def forget_saved(file_name: str, folders: Iterable[Path] | None = None) -> None:
    """Remove the copy of a file that was saved elsewhere under this name."""
    for folder in own_cache_folders() if folders is None else folders:
        forget_copy(folder / file_name, [folder])


def forget_photos(folders: Iterable[Path] | None = None) -> None:
    """Remove the files to which the camera plugin writes each photo before it hands it over."""
    for folder in camera_folders() if folders is None else folders:
        for photo in folder.glob(PHOTO):
            try:
                photo.unlink(missing_ok=True)
            except OSError as error:
                log.warning("a photo was not removed: %s", type(error).__name__)


def sweep(folders: Iterable[Path] | None = None) -> None:
    """Remove what was left when the phone ended the app between picking and sealing."""
    for folder in own_cache_folders() if folders is None else folders:
        shutil.rmtree(folder / PICKER_FOLDER, ignore_errors=True)
    forget_photos(folders)
