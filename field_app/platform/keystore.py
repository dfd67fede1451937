"""No keystore, fitting the port `field_app.store.keystore.Keystore`; `phone_keystore` has one."""


class NoKeystore:
    """A platform without a safe that only this app can open.

    Laptops count as such: DPAPI, libsecret and the login keychain open for any program of the
    person. So a real passphrase is asked there, and a PIN is refused.
    """

    available = False

    def get(self, name: str) -> bytes | None:
        """Return None: nothing can have been kept."""
        del name
        return None

    def set(self, name: str, value: bytes) -> None:
        """Refuse: the caller did not look at `available`."""
        raise NotImplementedError(f"no keystore to keep {len(value)} bytes as {name} in")

    def delete(self, name: str) -> None:
        """Do nothing: nothing can have been kept."""
        del name
