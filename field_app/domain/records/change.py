"""The change history: who changed what, when, on which device, and why.

It stays on the device and is written in the same transaction as the change itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class ChangeAction(StrEnum):
    """What happened to a record."""

    CREATED = "created"
    EDITED = "edited"
    DELETED = "deleted"
    RESTORED = "restored"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One entry of the history. `before` and `after` hold only the fields that differ."""

    change_id: str
    record_id: str
    case_id: str
    kind: str
    action: ChangeAction
    at: datetime
    author_id: str
    device_id: str
    reason: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
