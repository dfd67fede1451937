"""`keyfile.json`: the data key, wrapped once for each way to open the store.

    magic, version   what this is
    store_id         128 random bits in hex: bound into every slot, and names keystore entries
    slots            {kind: slot}; kinds: user, recovery, agency, biometric. Unknown ones are kept
    seal             HMAC under the data key over all slots but `user` (which is replaced, or taken
                     away, without the data key at hand)
    checksum         SHA-256 of all of it: tells a damaged file from a wrong passphrase

The file has exactly one spelling: a byte that differs is damage, even where JSON would not mind.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from field_app.errors import StoreDamagedError, StoreMissingError, StoreNewerError
from field_app.store.files import disk_error, disk_errors, write_atomically
from field_app.store.sealing import derive_key

KEYFILE_NAME = "keyfile.json"
MAGIC = "field-notes-keyfile"
VERSION = 1
STORE_ID_BYTES = 16
MAX_KEYFILE_BYTES = 1 << 20

Slot = dict[str, Any]


@dataclass
class KeyFile:
    """The key file in memory."""

    store_id: bytes
    slots: dict[str, Slot] = field(default_factory=dict)
    seal: str = ""

    def to_bytes(self) -> bytes:
        """Return the file's one spelling."""
        content = self._content()
        content["checksum"] = hashlib.sha256(_canonical(content)).hexdigest()
        return _canonical(content)

    def _content(self) -> dict[str, Any]:
        return {
            "magic": MAGIC,
            "version": VERSION,
            "store_id": self.store_id.hex(),
            "slots": self.slots,
            "seal": self.seal,
        }

    @staticmethod
    def from_bytes(data: bytes) -> "KeyFile":
        """Return the key file. Raises StoreNewerError, or StoreDamagedError for any other byte."""
        try:
            content = json.loads(data)
            if content["magic"] != MAGIC:
                raise ValueError("magic")
            if content["version"] > VERSION:
                raise StoreNewerError(
                    "The key file was written by a newer version of the app. Nothing was changed. "
                    "Update the app, then open it again.",
                )
            file = KeyFile(bytes.fromhex(content["store_id"]), content["slots"], content["seal"])
            if len(file.store_id) != STORE_ID_BYTES or file.to_bytes() != data:
                raise ValueError("spelling")
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise damaged("it is not what the app wrote") from error
        return file

    def set_seal(self, data_key: bytes) -> None:
        """Vouch for the slots as they are now."""
        self.seal = self._seal(data_key)

    def check_seal(self, data_key: bytes) -> None:
        """Raise StoreDamagedError when a slot was taken away, added or swapped."""
        if not hmac.compare_digest(self.seal, self._seal(data_key)):
            raise damaged("a way to open the store was changed, added or taken away")

    def _seal(self, data_key: bytes) -> str:
        key = derive_key(data_key, salt=self.store_id, purpose=b"field-notes keyfile seal")
        others = {kind: slot for kind, slot in self.slots.items() if kind != "user"}
        claim = _canonical({"store_id": self.store_id.hex(), "slots": others})
        return hmac.digest(key, claim, "sha256").hex()

    def place_of(self, kind: str, slot: Slot) -> bytes:
        """Return what a slot's wrapping is bound to: the store, the kind, and all it says."""
        said = {name: value for name, value in slot.items() if name != "wrapped"}
        return _canonical({"store_id": self.store_id.hex(), "kind": kind, "slot": said})

    def write(self, folder: Path) -> None:
        """Replace the file in the folder, durably and at once. Raises DiskError."""
        with disk_errors("the key file"):
            write_atomically(folder / KEYFILE_NAME, self.to_bytes())


def read_keyfile(folder: Path) -> KeyFile:
    """Return the key file of the folder.

    Raises StoreMissingError, StoreDamagedError, StoreNewerError or DiskError.
    """
    path = folder / KEYFILE_NAME
    try:
        with path.open("rb") as file:
            data = file.read(MAX_KEYFILE_BYTES)
    except FileNotFoundError as error:
        if (folder / "data.log").exists():
            raise StoreDamagedError(
                "The key file is missing from the data folder. Nothing was deleted. Put "
                f"{KEYFILE_NAME} back, or restore a backup into another folder.",
                code="keyfile_missing",
            ) from error
        raise StoreMissingError(
            "There is no record in this folder. Choose another one or set it up."
        ) from error
    except OSError as error:
        raise disk_error(error, "the key file") from error
    return KeyFile.from_bytes(data)


def damaged(reason: str) -> StoreDamagedError:
    """Return the error of a key file that cannot be trusted."""
    return StoreDamagedError(
        f"The key file was changed or damaged ({reason}). Nothing was deleted. Put back "
        f"{KEYFILE_NAME} from a copy, or restore a backup into another folder.",
        code="keyfile_damaged",
        reason=reason,
    )


def _canonical(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=True) + "\n").encode()
