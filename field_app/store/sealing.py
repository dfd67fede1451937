"""The cryptography that every file of the store shares: one cipher, one key derivation.

AES-256-GCM with random 96-bit nonces, and HKDF-SHA256. Both are in every build of `cryptography`
that phones get; AES-GCM-SIV and Argon2id are not, and are never taken from it
(OpenSSL before 3.2 lacks them).
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12  # NIST SP 800-38D 5.2.1.1 recommends 96 bits for GCM
TAG_BYTES = 16


class SealBrokenError(Exception):
    """The bytes were changed, or sealed with another key or for another place.

    Internal to the store: each caller says what it means for its file.
    """


def new_key() -> bytes:
    """Return a fresh random 256-bit key."""
    return os.urandom(KEY_BYTES)


def derive_key(secret: bytes, *, salt: bytes, purpose: bytes) -> bytes:
    """Return the 256-bit key for one purpose: keys of other purposes tell nothing of it."""
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=salt, info=purpose).derive(secret)


class Cipher:
    """AES-256-GCM under one key: `nonce | ciphertext | tag` as one piece."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, plaintext: bytes, place: bytes) -> bytes:
        """Return the sealed bytes. `place` is bound to them, and not contained in them.

        The nonce is random and never a counter: a frame that was torn by a power cut is written
        again at the same place with other content.
        """
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, plaintext, place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """Return what `seal` was given. Raises SealBrokenError."""
        if len(sealed) < NONCE_BYTES + TAG_BYTES:
            raise SealBrokenError("too short")
        try:
            return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place)
        except InvalidTag as error:
            raise SealBrokenError("wrong tag") from error
