"""Table of attachments."""

from sqlmodel import Field

from field_app.store.columns import HexBytes
from field_app.store.tables.header import RecordRow


class AttachmentRow(RecordRow, table=True):
    """`domain.records.attachment.Attachment`."""

    __tablename__ = "attachment"
    purpose: str
    media_type: str = "image/jpeg"
    size_bytes: int = 0
    chunks: int = 0
    digest: str = ""
    file_key: str | None = Field(default=None, sa_type=HexBytes)
