"""Which protocol this is, and the words that keep its signatures and keys apart from all others."""

PROTOCOL = 1
PROTOCOLS_SERVED = range(1, 2)
"""Versions that a centre of this release answers; anything else gets 426 and this range."""

PROTOCOL_HEADER = "Field-Notes-Protocol"
GENERATION_HEADER = "Field-Notes-Generation"
DEVICE_HEADER = "Field-Notes-Device"
IDEMPOTENCY_HEADER = "Idempotency-Key"


def context(purpose: str) -> bytes:
    """Return the prefix of everything signed, hashed or derived for one purpose.

    It starts every signed or hashed byte string and every HKDF `info`, so that bytes made for one
    purpose, or for another version, never pass for another.
    """
    return f"field-notes/{PROTOCOL} {purpose}\0".encode()
