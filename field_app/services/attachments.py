"""Attachments: a receipt or a paper as a picture, cleaned, sealed, and named by its record.

The file comes first, on the medium, then the row: a crash in between leaves a sealed file that no
row names and nothing else. A file's own name is never kept: it may name a person.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from field_app.domain.records.attachment import Attachment, AttachmentPurpose
from field_app.domain.records.record import new_id
from field_app.errors import InputError, SyncError
from field_app.services.lookup import require, require_participant
from field_app.services.notebook import Notebook
from field_app.store.attachments import Attachments


class AttachmentService:
    """Attachments of one participant at a time."""

    def __init__(
        self, notebook: Notebook, fetch: Callable[[str], bool] = lambda _attachment_id: False
    ) -> None:
        """Work in an open notebook; the files lie in its store's folder.

        `fetch` brings the file of an attachment that was made on another device.
        """
        self._notebook = notebook
        self._fetch = fetch
        self._files = Attachments(notebook.database.folder)

    def add(
        self,
        case_id: str,
        source: Path | bytes,
        *,
        purpose: AttachmentPurpose = AttachmentPurpose.RECEIPT,
    ) -> Attachment:
        """Keep a picture of a file or of bytes (a camera's). The source is not touched.

        Raises:
            InputError: The participant is not here, or the file cannot be kept: the `code` says
                why, and the message what to do.
        """
        # The imaging library is loaded with the first picture, not with the app.
        from field_app.services.pictures import clean_picture

        with self._notebook.read() as records:
            require_participant(records, case_id)
        kept = clean_picture(source if isinstance(source, bytes) else _content(source))
        attachment_id = new_id()
        stored = self._files.write(attachment_id, [kept])
        with self._notebook.write() as records:
            return records.save(
                Attachment(
                    record_id=attachment_id,
                    case_id=case_id,
                    purpose=purpose,
                    size_bytes=stored.size_bytes,
                    chunks=stored.chunks,
                    digest=stored.digest.hex(),
                    file_key=stored.key.hex(),
                )
            )

    def is_here(self, attachment_id: str) -> bool:
        """Return whether the file is on this device; if not, `fetch` brings it."""
        return attachment_id in self._files.ids()

    def fetch(self, attachment_id: str) -> None:
        """Bring the file of a picture here, if it is not. Waits for the network.

        Raises:
            SyncError: It cannot be fetched now; what came of it stays, and the next try goes on.
        """
        if not self.is_here(attachment_id):
            self._fetch(attachment_id)

    def read(self, attachment_id: str) -> bytes:
        """Return the picture as JPEG. Never waits for the network (`fetch` does).

        Raises:
            InputError: The attachment is not on this device or was removed.
            StoreDamagedError: Its file is missing or was changed.
        """
        with self._notebook.read() as records:
            attachment = require(records, Attachment, attachment_id)
        if attachment.file_key is None:
            raise InputError("This picture was removed.", field="record_id", code="not_here")
        return b"".join(self._files.read(attachment_id, bytes.fromhex(attachment.file_key)))

    def open(self, attachment_id: str) -> bytes:
        """Return the picture as JPEG; its file is brought here first, if it is not. May wait.

        Raises:
            SyncError: It cannot be fetched now. `picture_not_there`: whoever took it has not
                handed it in yet.
            InputError: The attachment is not on this device or was removed.
            StoreDamagedError: Its file is missing or was changed.
        """
        try:
            self.fetch(attachment_id)
        except SyncError as error:
            if error.code != "not_found":
                raise
            raise SyncError(
                "The centre does not have this picture yet. It comes when whoever took it syncs.",
                code="picture_not_there",
            ) from error
        return self.read(attachment_id)

    def of_case(self, case_id: str) -> list[Attachment]:
        """Return a participant's attachments, oldest first."""
        with self._notebook.read() as records:
            return records.of_case(Attachment, case_id)

    def remove(self, attachment_id: str, *, reason: str = "taken back at once") -> None:
        """Remove a picture: the row forgets its key first, then the file goes."""
        with self._notebook.write() as records:
            attachment = records.find(Attachment, attachment_id)
            if attachment is None:
                return
            records.delete(replace(attachment, file_key=None), reason=reason)
        self._files.remove(attachment_id)


def _content(path: Path) -> bytes:
    """Return the content of a file that somebody picked, after a look at its size."""
    from field_app.services.pictures import check_size

    try:
        if not path.is_file():
            raise InputError("This file is not there any more.", field="file", code="file_gone")
        check_size(path.stat().st_size)
        return path.read_bytes()
    except OSError:
        raise InputError(
            "This file cannot be read. Choose it again.", field="file", code="file_gone"
        ) from None
