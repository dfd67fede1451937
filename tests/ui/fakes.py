"""Stand-ins for the services: a session without a disk or a key derivation."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from field_app.errors import TryLaterError, WrongPassphraseError

WORDS = (
    *("apple", "river", "candle", "stone", "window", "paper"),
    *("garden", "bridge", "silver", "morning", "letter", "ocean"),
)
PASSPHRASE = "correct horse battery"
NAME = "Rosa Delgado"


@dataclass(frozen=True)
class FakeStrength:
    score: int
    hint: str
    accepted: bool


class FakePreferences:
    def __init__(self) -> None:
        self.values: dict[str, Any] = {
            "language": "en",
            "theme": "system",
            "idle_lock_minutes": 5,
            "background_lock_seconds": 60,
        }

    def get(self, name: str) -> Any:
        return self.values[name]

    def set(self, name: str, value: Any) -> None:
        self.values[name] = value


class FakeDrafts:
    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}

    def save(self, form: str, payload: dict[str, Any], *, case_id: str | None = None) -> None:
        self.kept[form] = payload

    def load(self, form: str) -> dict[str, Any] | None:
        return self.kept.get(form)

    def discard(self, form: str) -> None:
        self.kept.pop(form, None)


class FakeSync:
    """The sync of a device that works alone."""

    is_enrolled = False

    def nudge(self) -> None:
        """Do nothing."""


class FakeTeam:
    """The team of a device that works alone."""

    may_grant = False


class FakeReporting:
    """Nobody of a staff: the settings show no status of one's own."""

    def me(self) -> None:
        return None


@dataclass
class FakeWorkspace:
    """Only what the shell itself uses: the screens of the field fail on it, and are contained."""

    preferences: FakePreferences = field(default_factory=FakePreferences)
    drafts: FakeDrafts = field(default_factory=FakeDrafts)
    sync: FakeSync = field(default_factory=FakeSync)
    team: FakeTeam = field(default_factory=FakeTeam)
    reporting: FakeReporting = field(default_factory=FakeReporting)


class FakeSession:
    """Keeps the passphrase in plain sight and opens at once."""

    def __init__(self, *, exists: bool = True) -> None:
        self.exists = exists
        self.passphrase = PASSPHRASE
        self.words = WORDS
        self.kept = FakeWorkspace()
        self.workspace: FakeWorkspace | None = None
        self.wrong_tries = 0
        self.wait_seconds = 0
        self.refusal: Exception | None = None
        self.progress_steps: tuple[tuple[int, int], ...] = ()
        self.may_be_pin = False
        self.places_kept = 0

    @property
    def status(self) -> str:
        if self.workspace is not None:
            return "open"
        return "locked" if self.exists else "new"

    @property
    def display_name(self) -> str | None:
        return NAME if self.workspace else None

    def strength(self, passphrase: str) -> FakeStrength:
        score = min(len(passphrase) // 4, 4)
        return FakeStrength(score, "add_words" if score < 3 else "good", score >= 3)

    def start_alone(self, *, display_name: str, passphrase: str, language: str) -> tuple[str, ...]:
        self._refuse()
        self.exists, self.passphrase = True, passphrase
        self.workspace = self.kept
        self.kept.preferences.set("language", language)
        return self.words

    def unlock(self, passphrase: str, progress: Callable[[int, int], None] | None = None) -> None:
        self._refuse()
        if self.wait_seconds:
            raise TryLaterError("wait", seconds=self.wait_seconds)
        if passphrase != self.passphrase:
            self.wrong_tries += 1
            raise WrongPassphraseError("wrong", tries_left=str(5 - self.wrong_tries))
        for step in self.progress_steps:
            if progress is not None:
                progress(*step)
        self.workspace = self.kept

    def recover(self, words: str, new_passphrase: str) -> None:
        self._refuse()
        if tuple(words.casefold().split()) != self.words:
            raise WrongPassphraseError("wrong words", code="wrong_recovery_words")
        self.passphrase = new_passphrase
        self.workspace = self.kept

    def lock(self) -> None:
        self.workspace = None

    def change_passphrase(self, old: str, new: str) -> None:
        if old != self.passphrase:
            raise WrongPassphraseError("wrong")
        self.passphrase = new

    def new_recovery_words(self, passphrase: str) -> tuple[str, ...]:
        if passphrase != self.passphrase:
            raise WrongPassphraseError("wrong")
        self.words = tuple(reversed(WORDS))
        return self.words

    def backup_strength(self, passphrase: str) -> FakeStrength:
        return self.strength(passphrase)

    def keep_anchor(self) -> None:
        self.places_kept += 1

    def make_backup(
        self, path: Path, *, current: str, passphrase: str | None = None, words: str | None = None
    ) -> None:
        if current != self.passphrase:
            raise WrongPassphraseError("wrong")
        path.write_bytes(b"sealed")

    def destroy(self) -> None:
        self.workspace = None

    def _refuse(self) -> None:
        if self.refusal is not None:
            raise self.refusal


@dataclass
class FakeDevicePreferences:
    language: str = "en"
    theme: str = "system"
