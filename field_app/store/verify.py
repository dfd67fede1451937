"""What a check of a store looked at, and what it found. Nothing is changed by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from field_app.errors import StoreDamagedError
from field_app.store.attachments import Attachments
from field_app.store.notices import Notice


@dataclass(frozen=True)
class AttachmentsReport:
    """The attachment files: those that rows name, and those that none names.

    Attributes:
        checked: Files that were read whole and hold.
        missing: Ids of rows whose file is not there.
        damaged: Ids of files that do not open.
        unreferenced: Files that no row names.
    """

    checked: int
    missing: tuple[str, ...]
    damaged: tuple[str, ...]
    unreferenced: int


@dataclass(frozen=True)
class VerifyReport:
    """What was checked of a store, and what was found.

    Attributes:
        frames: Saves in the log, each opened and found in its place.
        log_bytes: Size of the verified part of the log.
        rows: Number of rows by table.
        attachments: The attachment files.
        notices: What has to be said although nothing is lost.
        problem: Why the log cannot be trusted from the first bad frame on, or None.
    """

    frames: int
    log_bytes: int
    rows: Mapping[str, int]
    attachments: AttachmentsReport
    notices: tuple[Notice, ...]
    problem: StoreDamagedError | None

    @property
    def ok(self) -> bool:
        """Whether everything is as it was saved."""
        files = self.attachments
        return not (self.problem or self.notices or files.missing or files.damaged)


def check_attachments(folder: Path, keys: Mapping[str, bytes]) -> AttachmentsReport:
    """Read every attachment that `keys` names, by id, to its end. Raises DiskError."""
    attachments = Attachments(folder)
    present = attachments.ids()
    damaged = []
    for attachment_id in sorted(present & set(keys)):
        try:
            for _ in attachments.read(attachment_id, keys[attachment_id]):
                pass
        except StoreDamagedError:
            damaged.append(attachment_id)
    return AttachmentsReport(
        checked=len(present & set(keys)) - len(damaged),
        missing=tuple(sorted(set(keys) - present)),
        damaged=tuple(damaged),
        unreferenced=len(present - set(keys)),
    )
