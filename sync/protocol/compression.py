"""Bodies on the wire: deflated when it pays, inflated only up to a cap."""

import zlib

from sync.protocol.errors import ProtocolError
from sync.protocol.limits import INFLATED_BYTES

ENCODING = "deflate"
"""The content coding: the zlib format of RFC 1950, as RFC 9110, 8.4.1.2 says."""

_WORTH_BYTES = 256
# Sealed bytes in base64url have no repeats, only six bits in eight: Huffman coding alone takes a
# third of the time of level 1 (9 against 22 us a record, measured) and loses 10 % on field names.
_LARGE_BYTES = 64 * 1024
_SAMPLE_BYTES = 2048
_SMALL_BYTES = 4096
_SMALL = (12, 5)
"""Window bits and memory level for what is small, as a body or a save is: to clear the usual tables
takes six times as long as to deflate a thousand bytes (110 against 17 us, measured), and the
outcome is as short."""
_USUAL = (zlib.MAX_WBITS, 8)


class TooLarge(ProtocolError):
    """A body inflates beyond the cap."""


def deflate(body: bytes) -> tuple[bytes, str | None]:
    """Return a body as it should travel, and its content coding (None when it stays as it is)."""
    if len(body) < _WORTH_BYTES:
        return body, None
    is_large = len(body) > _LARGE_BYTES
    strategy = zlib.Z_HUFFMAN_ONLY if is_large and not _repeats(body) else zlib.Z_DEFAULT_STRATEGY
    return squeeze(body, 1 if is_large else 6, strategy), ENCODING


def squeeze(data: bytes, level: int, strategy: int = zlib.Z_DEFAULT_STRATEGY) -> bytes:
    """Return data in the zlib format, made with tables that fit its size."""
    window_bits, memory_level = _SMALL if len(data) <= _SMALL_BYTES else _USUAL
    compressor = zlib.compressobj(level, zlib.DEFLATED, window_bits, memory_level, strategy)
    return compressor.compress(data) + compressor.flush()


def _repeats(body: bytes) -> bool:
    """Return whether a body is like outcomes, which repeat themselves, rather than like records.

    These come out a third as long when repeats are looked for, and no slower (measured).
    """
    middle = body[len(body) // 2 :][:_SAMPLE_BYTES]
    return len(zlib.compress(middle, 1)) < len(middle) // 2


def inflate(body: bytes, encoding: str | None, *, cap_bytes: int = INFLATED_BYTES) -> bytes:
    """Return a body as it was written. Never holds more than the cap in memory.

    Raises:
        TooLarge: It inflates beyond the cap: a compressed bomb.
        ProtocolError: The coding is not known, or the body is cut or broken.
    """
    if encoding in (None, "", "identity"):
        return body
    if encoding != ENCODING:
        raise ProtocolError("Bodies are sent plain or with Content-Encoding: deflate.")
    inflater = zlib.decompressobj()
    try:
        whole = inflater.decompress(body, cap_bytes)
    except zlib.error:
        raise ProtocolError("The body could not be inflated.") from None
    if not inflater.eof:
        if inflater.unconsumed_tail or len(whole) >= cap_bytes:
            raise TooLarge("The body inflates beyond what one call may carry.")
        raise ProtocolError("The body is cut.")
    if inflater.unused_data:
        raise ProtocolError("Something follows the body.")
    return whole
