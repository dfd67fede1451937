"""Attachments: a photo or a paper of a participant. The file is sealed; the record has its key."""

from dataclasses import dataclass
from enum import StrEnum

from field_app.domain.records.record import Record


class AttachmentPurpose(StrEnum):
    """What it is for."""

    RECEIPT = "receipt"
    DOCUMENT = "document"
    PHOTO = "photo"


@dataclass(frozen=True, kw_only=True)
class Attachment(Record):
    """One sealed file. `record_id` names the file as well.

    Attributes:
        purpose: What it is for.
        media_type: As it was kept: image/jpeg.
        size_bytes: Of the kept content, before sealing.
        chunks: Number of sealed chunks.
        digest: SHA-256 of the sealed chunks in order, as hex: what the centre stores.
        file_key: The file's own key, as hex; None when the file was removed.
    """

    purpose: AttachmentPurpose = AttachmentPurpose.RECEIPT
    media_type: str = "image/jpeg"
    size_bytes: int = 0
    chunks: int = 0
    digest: str = ""
    file_key: str | None = None
