"""How often a passphrase may be guessed on the device: five times at once, then ever more slowly.

A try is counted before it is computed, so that ending the app in the middle gains nothing.

Where the platform has a keystore, the count lives there: putting files back does not reset it.
Without one it lies beside the key file, and everyone who can copy that file can also put it back,
or guess on a copy elsewhere. It only slows a person at the keyboard; against the rest stands the
strength of the passphrase, which is why a PIN is refused there. In both cases a clock that is set
forward shortens a wait, and one that is set back starts it again.
"""

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from field_app.errors import TryLaterError
from field_app.store.files import disk_errors, write_atomically
from field_app.store.keystore import Keystore

GUESSES_NAME = "guesses.json"
FREE_TRIES = 5
WAITS_SECONDS = (30, 60, 5 * 60, 15 * 60, 60 * 60)  # after the 5th wrong try, the 6th, ...
DEFAULT_LIMIT = 10  # with a keystore; agencies choose 5, 10, 20 or none

Clock = Callable[[], float]


@dataclass(frozen=True)
class Guesses:
    """Wrong tries in a row, and when the last one was (seconds since 1970)."""

    wrong: int = 0
    last_at: float = 0.0

    def seconds_to_wait(self, now: float) -> int:
        """Return how long the next try has to wait; 0 when it may be made."""
        if self.wrong < FREE_TRIES:
            return 0
        wait = WAITS_SECONDS[min(self.wrong - FREE_TRIES, len(WAITS_SECONDS) - 1)]
        elapsed = now - self.last_at
        # A clock that was set back proves nothing: the wait counts from the beginning.
        return wait if elapsed < 0 else max(0, round(wait - elapsed + 0.5))


class GuessCounter:
    """The count of one store, in the keystore or beside the key file."""

    def __init__(self, folder: Path, store_id: bytes, keystore: Keystore, clock: Clock) -> None:
        self._path = folder / GUESSES_NAME
        self._name = f"field-notes.{store_id.hex()}.guesses"
        # Not a secret: without a keystore there is none before unlocking. It ties the count to the
        # store and shows damage; it does not stop a person who knows this code.
        self._key = b"field-notes guesses" + store_id
        self._keystore = keystore
        self._clock = clock

    def require_turn(self) -> None:
        """Raise TryLaterError with the seconds left when a try is not due yet."""
        now = self._clock()
        guesses = self.read()
        seconds = guesses.seconds_to_wait(now)
        if seconds:
            if guesses.last_at > now:
                self._write(Guesses(guesses.wrong, now))
            raise TryLaterError(
                f"Too many wrong tries. Try again in {seconds} seconds.", seconds=seconds
            )

    def count(self) -> int:
        """Count a try that begins now as wrong. Return the wrong tries in a row."""
        wrong = self.read().wrong + 1
        self._write(Guesses(wrong, self._clock()))
        return wrong

    def reset(self) -> None:
        """Forget the wrong tries: the right passphrase came."""
        self._write(Guesses())

    def read(self) -> Guesses:
        """Return the count. One that is missing or damaged counts as all free tries used up."""
        data = self._keystore.get(self._name) if self._keystore.available else self._read_file()
        guesses = self._decode(data) if data is not None else None
        if guesses is None:
            guesses = Guesses(FREE_TRIES, self._clock())
            self._write(guesses)
        return guesses

    def _read_file(self) -> bytes | None:
        with disk_errors("the count of tries"):
            return self._path.read_bytes() if self._path.exists() else None

    def _write(self, guesses: Guesses) -> None:
        data = self._encode(guesses)
        if self._keystore.available:
            self._keystore.set(self._name, data)
        else:
            with disk_errors("the count of tries"):
                write_atomically(self._path, data)

    def _encode(self, guesses: Guesses) -> bytes:
        claim = json.dumps({"wrong": guesses.wrong, "last_at": guesses.last_at}).encode()
        return claim + b"\n" + hmac.digest(self._key, claim, "sha256").hex().encode() + b"\n"

    def _decode(self, data: bytes) -> Guesses | None:
        claim = data.split(b"\n", 1)[0]
        try:
            value = json.loads(claim)
            guesses = Guesses(int(value["wrong"]), float(value["last_at"]))
        except (ValueError, TypeError, KeyError):
            return None
        return guesses if data == self._encode(guesses) else None
