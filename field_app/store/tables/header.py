"""The header that every table of records begins with."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from field_app.store.columns import Instant, JsonValue


class RecordRow(SQLModel):
    """The header of every record (`domain.records.record.Record`)."""

    record_id: str = Field(primary_key=True)
    case_id: str = Field(index=True)
    author_id: str = ""
    device_id: str = ""
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)
    schema_: int = Field(default=1, sa_column_kwargs={"name": "schema"})
    deleted: bool = False
    extra: dict[str, Any] = Field(default_factory=dict, sa_type=JsonValue)
