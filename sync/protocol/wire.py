"""How messages look on the wire: strict JSON models, base64url bytes, canonical JSON."""

import base64
import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0, le=2**53 - 1)]
"""A number that every JSON reader holds exactly (RFC 8259, 6)."""

Hash32 = Annotated[bytes, Field(min_length=32, max_length=32)]
Key32 = Annotated[bytes, Field(min_length=32, max_length=32)]
Signature = Annotated[bytes, Field(min_length=64, max_length=64)]
Milliseconds = Count
"""Unix time in milliseconds, by the server's clock unless said otherwise."""


class Message(BaseModel):
    """A message or a part of one.

    Bytes are base64url text. Fields that this version does not know are ignored, so that a newer
    peer may add some; what must be understood is announced by a new protocol version instead.
    """

    model_config = ConfigDict(
        frozen=True, extra="ignore", ser_json_bytes="base64", val_json_bytes="base64"
    )


class SignedStatement(Message):
    """A statement and its signature over `context("statement")` and the statement's bytes.

    Signed and read by `statements`.
    """

    statement: Annotated[bytes, Field(min_length=2, max_length=4096)]
    signature: Signature


def canonical_json(values: Mapping[str, Any]) -> bytes:
    """Return JSON with sorted keys, no spaces and UTF-8: one text for one value.

    Floats are refused: their text differs between languages.
    """

    def refuse_floats(value: Any) -> None:
        if isinstance(value, float):
            raise ValueError("a float has no canonical text")
        if isinstance(value, Mapping):
            for part in value.values():
                refuse_floats(part)
        elif isinstance(value, list | tuple):
            for part in value:
                refuse_floats(part)

    refuse_floats(values)
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def to_base64url(value: bytes) -> str:
    """Return bytes as base64url text with padding, as the models write them."""
    return base64.urlsafe_b64encode(value).decode()


def from_base64url(text: str) -> bytes:
    """Return the bytes of base64url text, with or without padding.

    Raises:
        ValueError: The text is not base64url.
    """
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
