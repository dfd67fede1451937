"""The cursor: how far a device has read the feed. Clients keep the text and never look inside.

    position   agency number up to which everything was delivered
    item       the last item delivered at that position, in the order of `item_key`
    whole      up to this number the device's own records are delivered too: a device that reads
               from the start may have lost them

It is not signed: a forged one only changes what is asked for, and access is checked anyway.
"""

import struct
from dataclasses import dataclass

from sync.protocol.errors import CursorInvalid
from sync.protocol.wire import from_base64url, to_base64url

_NUMBERS = struct.Struct(">QQ")
_MOST_TEXT = 200


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in the feed; see the module's text."""

    position: int
    item: str
    whole: int

    def encode(self) -> str:
        """Return the cursor as opaque text."""
        return to_base64url(_NUMBERS.pack(self.position, self.whole) + self.item.encode())


def decode_cursor(text: str) -> Cursor:
    """Return the place that a text stands for.

    Raises:
        CursorInvalid: The text is no cursor.
    """
    try:
        if len(text) > _MOST_TEXT:
            raise ValueError
        raw = from_base64url(text)
        position, whole = _NUMBERS.unpack_from(raw)
        item = raw[_NUMBERS.size :].decode("ascii")
        if max(position, whole) >= 2**53:
            raise ValueError
    except (ValueError, struct.error):
        raise CursorInvalid(
            "The cursor is not one of this centre's. Start from the beginning."
        ) from None
    return Cursor(position, item, whole)
