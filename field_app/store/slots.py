"""The ways to wrap the data key: by passphrase, by recovery words, for the agency.

Each function makes or opens one slot of a `KeyFile`. Opening raises SealBrokenError when the
secret does not fit; the keyring says what that means.
"""

import base64
import os
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from field_app.store.kdf import SALT_BYTES, KdfCost, derive
from field_app.store.keyfile import KeyFile, Slot, damaged
from field_app.store.sealing import Cipher, SealBrokenError, derive_key

USER = "user"
RECOVERY = "recovery"
AGENCY = "agency"
BIOMETRIC = "biometric"  # reserved: wrapped by a key in a keystore entry that asks for a finger


def make_user_slot(
    file: KeyFile,
    data_key: bytes,
    passphrase: str,
    cost: KdfCost,
    device_secret: bytes,
    device_secret_id: str,
) -> Slot:
    """Return the slot of a passphrase. An empty `device_secret` is that of no keystore."""
    salt = os.urandom(SALT_BYTES)
    slot: Slot = {"kdf": cost.to_json(salt), "device_secret_id": device_secret_id}
    key = _user_key(file, derive(passphrase, salt, cost), device_secret)
    return _wrapped(file, USER, slot, key, data_key)


def open_user_slot(file: KeyFile, slot: Slot, passphrase: str, device_secret: bytes) -> bytes:
    """Return the data key. Raises SealBrokenError, or StoreDamagedError before computing."""
    cost, salt = _cost_and_salt(slot)
    key = _user_key(file, derive(passphrase, salt, cost), device_secret)
    return _unwrapped(file, USER, slot, key)


def user_cost(slot: Slot) -> KdfCost:
    """Return what a guess at the slot costs. Raises StoreDamagedError when out of bounds."""
    return _cost_and_salt(slot)[0]


def _cost_and_salt(slot: Slot) -> tuple[KdfCost, bytes]:
    try:
        return KdfCost.from_json(slot.get("kdf"))
    except ValueError as error:
        raise damaged(str(error)) from error


def make_recovery_slot(file: KeyFile, data_key: bytes, entropy: bytes) -> Slot:
    """Return the slot of recovery words. Their 160 bits need no slow derivation."""
    return _wrapped(file, RECOVERY, {}, _recovery_key(file, entropy), data_key)


def open_recovery_slot(file: KeyFile, slot: Slot, entropy: bytes) -> bytes:
    """Return the data key. Raises SealBrokenError."""
    return _unwrapped(file, RECOVERY, slot, _recovery_key(file, entropy))


def make_agency_slot(file: KeyFile, data_key: bytes, agency_public_key: bytes) -> Slot:
    """Return the slot that only the holder of the agency's X25519 recovery key can open."""
    ephemeral = X25519PrivateKey.generate()
    ephemeral_public = ephemeral.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(agency_public_key))
    slot: Slot = {
        "ephemeral_key": _encoded(ephemeral_public),
        "agency_key": _encoded(agency_public_key),
    }
    key = _agency_key(shared, ephemeral_public, agency_public_key)
    return _wrapped(file, AGENCY, slot, key, data_key)


def open_agency_slot(file: KeyFile, slot: Slot, agency_private_key: bytes) -> bytes:
    """Return the data key. Raises SealBrokenError."""
    private = X25519PrivateKey.from_private_bytes(agency_private_key)
    ephemeral_public, public = _decoded(slot["ephemeral_key"]), _decoded(slot["agency_key"])
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(ephemeral_public))
    except ValueError as error:
        raise SealBrokenError("no such point") from error
    return _unwrapped(file, AGENCY, slot, _agency_key(shared, ephemeral_public, public))


def _user_key(file: KeyFile, derived: bytes, device_secret: bytes) -> bytes:
    return derive_key(derived + device_secret, salt=file.store_id, purpose=b"field-notes slot user")


def _recovery_key(file: KeyFile, entropy: bytes) -> bytes:
    return derive_key(entropy, salt=file.store_id, purpose=b"field-notes slot recovery")


def _agency_key(shared: bytes, ephemeral_public: bytes, agency_public: bytes) -> bytes:
    salt = ephemeral_public + agency_public
    return derive_key(shared, salt=salt, purpose=b"field-notes slot agency")


def _wrapped(file: KeyFile, kind: str, slot: Slot, key: bytes, data_key: bytes) -> Slot:
    sealed = Cipher(key).seal(data_key, file.place_of(kind, slot))
    return {**slot, "wrapped": _encoded(sealed)}


def _unwrapped(file: KeyFile, kind: str, slot: Slot, key: bytes) -> bytes:
    return Cipher(key).open(_decoded(slot["wrapped"]), file.place_of(kind, slot))


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, TypeError) as error:
        raise damaged("a slot is not what the app wrote") from error
