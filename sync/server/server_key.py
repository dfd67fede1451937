"""The server's signing key: in one file that only its owner can read."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from sync.server.settings import UnsafeSettings, check_private


def create_server_key(path: Path) -> Ed25519PrivateKey:
    """Make a new key and write it, readable by its owner only.

    Raises:
        UnsafeSettings: A key is already there; it is never overwritten.
    """
    key = Ed25519PrivateKey.generate()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UnsafeSettings(f"There is a server key at {path} already.") from None
    with os.fdopen(handle, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.flush()
        os.fsync(file.fileno())
    return key


def load_server_key(path: Path) -> Ed25519PrivateKey:
    """Return the key of a file.

    Raises:
        UnsafeSettings: It is missing, readable by others, or no Ed25519 key.
    """
    if not path.exists():
        raise UnsafeSettings(f"There is no server key at {path}. Run `field-server init` first.")
    check_private("key_file", path)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except ValueError:
        raise UnsafeSettings(f"{path} is not a key of this server.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UnsafeSettings(f"{path} is not an Ed25519 key.")
    return key
