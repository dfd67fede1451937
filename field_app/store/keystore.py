"""The port to the platform's own safe for small secrets (Keychain, Android KeyStore, ...).

What lies there does not come along when the data folder is copied. That is what makes a short PIN
possible, and a count of wrong guesses that putting files back does not reset.
"""

from typing import Protocol


class Keystore(Protocol):
    """Keeps bytes by name, on this device only. Every method may raise KeystoreError."""

    @property
    def available(self) -> bool:
        """Whether the platform has one that this app can use. Without it, no method is called."""
        ...

    def get(self, name: str) -> bytes | None:
        """Return what is kept under the name, or None."""
        ...

    def set(self, name: str, value: bytes) -> None:
        """Keep the bytes under the name, before returning."""
        ...

    def delete(self, name: str) -> None:
        """Forget the name. Unknown names are no error."""
        ...
