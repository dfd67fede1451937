"""From a passphrase to a key: Argon2id (RFC 9106), slow and hungry on purpose.

Costs stand in the key file. They are bounded when they are read, before anything is computed, so
that a changed file can neither weaken a guess to nothing nor stop the device with 1 TB of memory.
Always argon2-cffi: the Argon2id of `cryptography` is missing on phones.
"""

import base64
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw

from field_app.errors import StoreError
from field_app.store.sealing import KEY_BYTES

SALT_BYTES = 16
MIN_MEMORY_KIB = 8 * 1024  # below OWASP's least (19 MiB); only tests go there
MAX_MEMORY_KIB = 256 * 1024  # what the oldest supported phones can spare
MAX_PASSES = 20
MAX_LANES = 16
TARGET_SECONDS = 0.5  # an unlock may take this to twice this


@dataclass(frozen=True)
class KdfCost:
    """What one guess costs. The default is the second choice of RFC 9106, the floor on a device."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4

    def is_within_bounds(self) -> bool:
        """Tell whether the costs may be computed at all."""
        return (
            MIN_MEMORY_KIB <= self.memory_kib <= MAX_MEMORY_KIB
            and 1 <= self.passes <= MAX_PASSES
            and 1 <= self.lanes <= MAX_LANES
        )

    def to_json(self, salt: bytes) -> dict[str, Any]:
        """Return cost and salt as they stand in a key file or a backup."""
        return {
            "algorithm": "argon2id",
            "memory_kib": self.memory_kib,
            "passes": self.passes,
            "lanes": self.lanes,
            "salt": base64.b64encode(salt).decode(),
        }

    @staticmethod
    def from_json(value: Any) -> tuple["KdfCost", bytes]:
        """Return cost and salt. Raises ValueError when unknown or out of bounds."""
        if not isinstance(value, dict) or value.get("algorithm") != "argon2id":
            raise ValueError("its key derivation is unknown")
        numbers = [value.get(name) for name in ("memory_kib", "passes", "lanes")]
        cost = KdfCost(*(number if type(number) is int else -1 for number in numbers))
        if not cost.is_within_bounds():
            raise ValueError("its key derivation is out of bounds")
        try:
            salt = base64.b64decode(value.get("salt", ""), validate=True)
        except (ValueError, TypeError) as error:
            raise ValueError("its salt is not one") from error
        if len(salt) != SALT_BYTES:
            raise ValueError("its salt has another length")
        return cost, salt


def derive(passphrase: str, salt: bytes, cost: KdfCost) -> bytes:
    """Return the 256-bit key of a passphrase. Raises StoreError when memory does not suffice.

    The passphrase is normalised (NFKC) and trimmed: keyboards write one accent in two ways, and
    phones add a blank after a word.
    """
    if not cost.is_within_bounds():
        raise ValueError(f"{cost} is out of bounds")
    secret = normalised(passphrase).encode()
    try:
        return hash_secret_raw(
            secret, salt, cost.passes, cost.memory_kib, cost.lanes, KEY_BYTES, Type.ID
        )
    except HashingError as error:
        raise StoreError(
            f"Unlocking needs {cost.memory_kib // 1024} MB of free memory, and the device has "
            "less. Close other apps, then try again.",
            code="kdf_memory",
            megabytes=cost.memory_kib // 1024,
        ) from error


def normalised(passphrase: str) -> str:
    """Return the passphrase as it is derived from."""
    return unicodedata.normalize("NFKC", passphrase).strip()


def calibrate(clock: Callable[[], float] = time.perf_counter) -> KdfCost:
    """Return the cost that takes 0.5 to 1 s on this device, from the floor upward.

    Memory is raised first, since it is what graphics cards lack; then passes.
    """
    cost = KdfCost()
    started = clock()
    derive("calibration", bytes(SALT_BYTES), cost)
    seconds = max(clock() - started, 1e-3)
    while seconds < TARGET_SECONDS and cost.memory_kib * 2 <= MAX_MEMORY_KIB:
        cost, seconds = replace(cost, memory_kib=cost.memory_kib * 2), seconds * 2
    while seconds < TARGET_SECONDS and cost.passes < MAX_PASSES:
        seconds *= (cost.passes + 1) / cost.passes
        cost = replace(cost, passes=cost.passes + 1)
    return cost
