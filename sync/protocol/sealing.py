"""Sealing: the only place where contents become bytes that may leave the device, and back.

    record   nonce(12) | AES-256-GCM( dictionary(1) | length(4) | zlib text | zero bytes )
    secret   X25519 one-time public key(32) | AES-256-GCM( secret )

Padding to 128-byte steps hides how long a note is, within its step. Nonces of records are random
96 bits (NIST SP 800-38D, 8.2.2): one case key seals far fewer than the 2^32 records that it
allows. A sealed secret has a key of its own, used once.
"""

import os
import struct
import zlib
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sync.protocol.dictionary import DICTIONARIES, NEWEST_DICTIONARY
from sync.protocol.errors import SealBroken
from sync.protocol.limits import RECORD_JSON_BYTES, SEALED_BYTES
from sync.protocol.version import context

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
PADDING_STEP_BYTES = 128
OVERHEAD_BYTES = NONCE_BYTES + TAG_BYTES

_PREFIX = struct.Struct(">BI")  # dictionary, length of the compressed text
# A record is about a thousand bytes. Level 3 and a window of 16 KiB pack it 2 % worse than level 6
# and 32 KiB; to copy a compressor that knows the dictionary takes half of making one (34 against
# 50 us a record with both, measured).
_LEVEL, _WINDOW_BITS, _MEMORY_LEVEL = 3, 14, 7
_COMPRESSOR = zlib.compressobj(
    _LEVEL,
    zlib.DEFLATED,
    _WINDOW_BITS,
    _MEMORY_LEVEL,
    zdict=DICTIONARIES[NEWEST_DICTIONARY],
)


def derive_key(secret: bytes, purpose: str, *, salt: bytes = b"", length: int = KEY_BYTES) -> bytes:
    """Return a key for one purpose (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=context(purpose)).derive(secret)


@lru_cache(maxsize=512)
def _record_cipher(case_key: bytes) -> AESGCM:
    if len(case_key) != KEY_BYTES:
        raise SealBroken("A case key has 32 bytes.")
    return AESGCM(derive_key(case_key, "record"))


def forget_keys() -> None:
    """Drop the derived keys that are kept for speed. Call when the store locks."""
    _record_cipher.cache_clear()


def seal_record(text: bytes, case_key: bytes, associated: bytes, *, nonce: bytes = b"") -> bytes:
    """Return a record's JSON text, sealed under its case key.

    Args:
        text: UTF-8 JSON.
        case_key: The 32 bytes of the case key.
        associated: What the centre sees of it: `RecordHead.associated_data()`.
        nonce: For test vectors only; random when left out.

    Raises:
        ValueError: The record is larger than the protocol carries.
    """
    if len(text) > RECORD_JSON_BYTES:
        raise ValueError("The record is too large to be sent. Shorten it or attach a file instead.")
    compressor = _COMPRESSOR.copy()
    packed = compressor.compress(text) + compressor.flush()
    body = _PREFIX.pack(NEWEST_DICTIONARY, len(packed)) + packed
    body += bytes(-len(body) % PADDING_STEP_BYTES)
    if len(body) + OVERHEAD_BYTES > SEALED_BYTES:
        raise ValueError("The record is too large to be sent. Shorten it or attach a file instead.")
    nonce = nonce or os.urandom(NONCE_BYTES)
    return nonce + _record_cipher(case_key).encrypt(nonce, body, associated)


def open_record(sealed: bytes, case_key: bytes, associated: bytes) -> bytes:
    """Return the JSON text of a sealed record.

    Raises:
        SealBroken: It was changed, belongs to another record, or inflates beyond the limit.
    """
    if not has_sealed_shape(sealed):
        raise SealBroken("A sealed record has a wrong length.")
    try:
        body = _record_cipher(case_key).decrypt(
            sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], associated
        )
    except InvalidTag:
        raise SealBroken("A sealed record was changed, or sealed with another key.") from None
    number, length = _PREFIX.unpack_from(body)
    packed = body[_PREFIX.size : _PREFIX.size + length]
    dictionary = DICTIONARIES.get(number)
    if dictionary is None or len(packed) != length:
        raise SealBroken("A sealed record was written by a newer version. Update the app.")
    inflater = zlib.decompressobj(zlib.MAX_WBITS, zdict=dictionary)
    try:
        text = inflater.decompress(packed, RECORD_JSON_BYTES)
    except zlib.error:
        raise SealBroken("A sealed record could not be unpacked.") from None
    if not inflater.eof:
        raise SealBroken("A sealed record is longer than the protocol allows.")
    return text


def has_sealed_shape(sealed: bytes) -> bool:
    """Return whether bytes can be a sealed record: all that a blind centre can check."""
    return (
        PADDING_STEP_BYTES + OVERHEAD_BYTES <= len(sealed) <= SEALED_BYTES
        and (len(sealed) - OVERHEAD_BYTES) % PADDING_STEP_BYTES == 0
    )


def seal_secret(
    secret: bytes,
    recipient: bytes,
    purpose: str,
    associated: bytes,
    *,
    one_time: X25519PrivateKey | None = None,
) -> bytes:
    """Return a secret that only the holder of an X25519 private key can open.

    Args:
        secret: What to seal, such as a case key.
        recipient: The recipient's X25519 public key, 32 bytes.
        purpose: What it is for; part of the derived key.
        associated: What it belongs to; checked on opening.
        one_time: For test vectors only.
    """
    one_time = one_time or X25519PrivateKey.generate()
    public = one_time.public_key().public_bytes_raw()
    shared = one_time.exchange(X25519PublicKey.from_public_bytes(recipient))
    key, nonce = _one_time_key(shared, public, recipient, purpose)
    return public + AESGCM(key).encrypt(nonce, secret, associated)


def open_secret(sealed: bytes, private: X25519PrivateKey, purpose: str, associated: bytes) -> bytes:
    """Return a secret that was sealed to this key.

    Raises:
        SealBroken: It was changed, sealed to another key or for another purpose.
    """
    public = private.public_key().public_bytes_raw()
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(sealed[:KEY_BYTES]))
        key, nonce = _one_time_key(shared, sealed[:KEY_BYTES], public, purpose)
        return AESGCM(key).decrypt(nonce, sealed[KEY_BYTES:], associated)
    except (InvalidTag, ValueError):
        raise SealBroken("A sealed key was changed, or sealed to another device.") from None


def _one_time_key(
    shared: bytes, one_time_public: bytes, recipient: bytes, purpose: str
) -> tuple[bytes, bytes]:
    material = derive_key(
        shared,
        f"sealed {purpose}",
        salt=one_time_public + recipient,
        length=KEY_BYTES + NONCE_BYTES,
    )
    return material[:KEY_BYTES], material[KEY_BYTES:]
