"""Who this device is to the centre, and whom it believes: its keys and the pinned ones."""

import os
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.protocol.certificates import DeviceKeys
from sync.protocol.ids import new_id
from sync.protocol.roles import Role

SEED_BYTES = 32
AGENCY_SEED_PURPOSE = "agency signing key"
"""For which the agency's signing key is sealed: to the recovery words, or to a data manager."""

_BYTES = ("signing_seed", "sealing_seed", "server_key", "agency_key", "recovery_key", "agency_seed")


@dataclass(frozen=True)
class OwnKeys:
    """A device id with its private keys, before or after enrolment."""

    device_id: str
    signing_seed: bytes
    sealing_seed: bytes

    @classmethod
    def make(cls) -> "OwnKeys":
        """Return a new random id and new keys."""
        return cls(new_id(), os.urandom(SEED_BYTES), os.urandom(SEED_BYTES))

    @cached_property
    def signing(self) -> Ed25519PrivateKey:
        """The key that signs requests, runs and case keys."""
        return Ed25519PrivateKey.from_private_bytes(self.signing_seed)

    @cached_property
    def sealing(self) -> X25519PrivateKey:
        """The key that opens what is sealed to this device."""
        return X25519PrivateKey.from_private_bytes(self.sealing_seed)

    @property
    def public(self) -> DeviceKeys:
        """The public halves, as certificates name them."""
        return DeviceKeys(
            self.device_id,
            self.signing.public_key().public_bytes_raw(),
            self.sealing.public_key().public_bytes_raw(),
        )


@dataclass(frozen=True)
class Identity:
    """An enrolled device.

    Attributes:
        centre_url: Address of the centre, such as `https://centre.example.org`.
        server_key: Pinned Ed25519 key: signs every answer.
        agency_key: Pinned Ed25519 key of the agency: certifies devices.
        role: As certified, unless a newer signed word says less; never the centre's word.
        team_id: As certified or appointed.
        recovery_key: X25519 public key that the agency's recovery words open.
        agency_seed: For data managers: the private half of `agency_key`.
        as_of: The number of the directory at which this device was certified.
    """

    centre_url: str
    agency_id: str
    staff_id: str
    role: Role
    team_id: str | None
    device_id: str
    signing_seed: bytes
    sealing_seed: bytes
    server_key: bytes
    agency_key: bytes
    recovery_key: bytes
    agency_seed: bytes | None = None
    as_of: int = 0

    @cached_property
    def keys(self) -> OwnKeys:
        """This device's id and private keys."""
        return OwnKeys(self.device_id, self.signing_seed, self.sealing_seed)

    @cached_property
    def server(self) -> Ed25519PublicKey:
        """The pinned key of the centre."""
        return Ed25519PublicKey.from_public_bytes(self.server_key)

    @property
    def may_manage(self) -> bool:
        """Whether this person may grant and withdraw at all."""
        return self.role in (Role.SUPERVISOR, Role.DATA_MANAGER)

    def succeeded_by(self, keys: OwnKeys) -> "Identity":
        """Return the identity under a new device id and keys."""
        return replace(
            self,
            device_id=keys.device_id,
            signing_seed=keys.signing_seed,
            sealing_seed=keys.sealing_seed,
        )

    def to_json(self) -> dict[str, Any]:
        """Return the identity as JSON values, for the encrypted store and nowhere else."""
        values: dict[str, Any] = {
            name: getattr(self, name) for name in self.__dataclass_fields__ if name != "role"
        }
        values["role"] = self.role.value
        return {
            name: value.hex() if name in _BYTES and value is not None else value
            for name, value in values.items()
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Identity":
        """Return the identity that `to_json` wrote."""
        read: dict[str, Any] = {
            name: bytes.fromhex(value) if name in _BYTES and value is not None else value
            for name, value in values.items()
        }
        return cls(**{**read, "role": Role(values["role"])})
