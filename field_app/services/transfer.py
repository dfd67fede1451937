"""Transfer: everything out to a readable file, and records of other systems in.

The format is written down in TRANSFER.md, beside this file. An import is one store transaction.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from field_app import __version__
from field_app.domain.records.codec import change_to_json, to_json
from field_app.errors import InputError
from field_app.services.notebook import Notebook
from field_app.services.transfer_import import ImportReport, ImportRun
from field_app.services.transfer_lines import CHANGE, header_line, write_line
from field_app.store.files import disk_error, disk_errors, open_private, sync_file
from field_app.store.repositories import bulk

READ_BYTES = 256 * 1024


@dataclass(frozen=True)
class ExportReport:
    """What an export wrote."""

    records: int
    changes: int


class TransferService:
    """The way in from other systems and out to them."""

    def __init__(self, notebook: Notebook) -> None:
        """Work in an open notebook."""
        self._notebook = notebook

    def export_to(self, path: Path) -> ExportReport:
        """Write every record and the whole change history to a new file, readable by its owner.

        The file is NOT encrypted. One that exists is never overwritten; a failed one is removed.

        Raises:
            InputError: Something is at `path` already, or its folder does not exist.
            DiskError: The disk is full or cannot be written.
        """
        with _new_private_file(path) as file, self._notebook.read() as reading:
            session = reading.session
            report = ExportReport(bulk.count_records(session), bulk.count_changes(session))
            file.write(
                header_line(
                    records=report.records,
                    changes=report.changes,
                    exported_at=self._notebook.now().isoformat(),
                    app=__version__,
                )
            )
            for record in bulk.every_record(session):
                file.write(write_line(to_json(record)))
            for change in bulk.every_change(session):
                file.write(write_line({"kind": CHANGE, **change_to_json(change)}))
        return report

    def import_from(self, path: Path, *, replace_different: bool = False) -> ImportReport:
        """Take every record of a file into the store: all of them, or none.

        A record that is here already and is the same is left alone. One that differs is refused,
        unless `replace_different`: then the file's state wins and the history keeps the other.

        Raises:
            InputError: The file is missing, is no transfer file, or a line is wrong; line and
                field are named, and nothing was saved.
            DiskError: The file could not be read, or the store not be written.
        """
        with _readable_file(path) as file, self._notebook.write() as records:
            run = ImportRun(self._notebook, records, replace_different=replace_different)
            report = run.take(file)
        if report.case_ids:
            self._notebook.announce(report.case_ids)
        return report


def require_new_file(path: Path) -> None:
    """Refuse a name that cannot be written to, before a passphrase is asked for.

    Raises:
        InputError: There is something of this name, or its folder does not exist.
    """
    if path.exists() or path.is_symlink():
        raise _file_exists()
    if not path.parent.is_dir():
        raise _folder_missing()


def require_readable_file(path: Path) -> None:
    """Refuse a file that cannot be read, before a passphrase is asked for.

    Raises:
        InputError: It is missing or a folder.
        DiskError: It cannot be read.
    """
    if path.is_fifo():
        return  # opening it twice would lose what is in it
    with _readable_file(path):
        pass


def _file_exists() -> InputError:
    return InputError(
        "There is a file of this name already. Nothing was written. Choose another name.",
        field="FILE",
        code="file_exists",
    )


def _folder_missing() -> InputError:
    return InputError(
        "The folder for the file does not exist. Make it, or choose another one.",
        field="FILE",
        code="folder_missing",
    )


@contextmanager
def _new_private_file(path: Path) -> Iterator[BinaryIO]:
    try:
        fd = open_private(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        raise _file_exists() from None
    except (FileNotFoundError, NotADirectoryError):
        raise _folder_missing() from None
    except OSError as error:
        raise disk_error(error, "the export") from error
    try:
        with disk_errors("the export"), os.fdopen(fd, "wb", buffering=READ_BYTES) as file:
            yield file
            file.flush()
            sync_file(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@contextmanager
def _readable_file(path: Path) -> Iterator[BinaryIO]:
    try:
        file = path.open("rb", buffering=READ_BYTES)
    except IsADirectoryError:
        raise InputError(
            "This is a folder, not a file.", field="FILE", code="file_is_folder"
        ) from None
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG):
            raise InputError(
                "There is no file of this name.", field="FILE", code="file_missing"
            ) from None
        raise disk_error(error, "the file to import") from error
    with disk_errors("the file to import"), file:
        yield file
