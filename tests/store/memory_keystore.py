"""A keystore in memory, fitting `field_app.store.keystore.Keystore`."""


class MemoryKeystore:
    """Keeps bytes as a phone's keystore does, for as long as the object lives."""

    available = True

    def __init__(self) -> None:
        self.entries: dict[str, bytes] = {}

    def get(self, name: str) -> bytes | None:
        """Return what is kept."""
        return self.entries.get(name)

    def set(self, name: str, value: bytes) -> None:
        """Keep the bytes."""
        self.entries[name] = value

    def delete(self, name: str) -> None:
        """Forget the name."""
        self.entries.pop(name, None)
