"""What the screens of the shell need from the services: small shapes that a fake can fit."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from field_app.services.workspace import Workspace


class Strength(Protocol):
    """How well a passphrase would hold."""

    @property
    def score(self) -> int:
        """0 (guessed at once) to 4 (strong)."""

    @property
    def hint(self) -> str:
        """A stable word for what would help most; translated as `errors.passphrase_<hint>`."""

    @property
    def accepted(self) -> bool:
        """Whether the store takes it."""


class DevicePreferences(Protocol):
    """What may lie readable on the device: language and theme, nothing else."""

    language: str
    theme: str


class Invitation(Protocol):
    """For whom an enrolment code is. See `field_app.services.enrolment.Invitation`."""

    @property
    def founds_agency(self) -> bool:
        """The first code: this device makes the agency's keys and its recovery words."""

    @property
    def needs_recovery_words(self) -> bool:
        """A code after all devices were lost: the agency's recovery words are asked."""

    @property
    def role(self) -> str:
        """The role at the centre."""

    @property
    def centre_url(self) -> str:
        """Where the centre is."""


class Joined(Protocol):
    """What came of an enrolment."""

    @property
    def recovery_words(self) -> tuple[str, ...] | None:
        """The agency's recovery words, from the first code only."""

    @property
    def queued(self) -> int:
        """How many records wait to be sent."""


class Enrolment(Protocol):
    """Joins this device to its agency. See `field_app.services.enrolment.EnrolmentService`."""

    def look(self, code: str, centre_url: str = "") -> Invitation:
        """Ask the centre for whom a code is; may wait for the network."""

    def enrol(self, *, agency_recovery_words: str = "") -> Joined:
        """Redeem the code that was looked at; the session's workspace is a new one afterwards."""

    def unwritten_words(self) -> tuple[str, ...] | None:
        """Return the agency's recovery words on its founder's device, until they are on paper."""

    def confirm_words(self) -> None:
        """Forget the agency's recovery words for good: they are on paper."""


class Session(Protocol):
    """Opens and closes the store. See `field_app.services.session.SessionService`."""

    @property
    def status(self) -> str:
        """One of `new`, `locked`, `open`."""

    @property
    def display_name(self) -> str | None:
        """The person's name, only while open."""

    @property
    def workspace(self) -> Workspace | None:
        """Everything else a person can do, only while open."""

    @property
    def may_be_pin(self) -> bool:
        """Whether a PIN can be the passphrase here: only where the platform has a keystore."""

    def strength(self, passphrase: str) -> Strength:
        """Judge a passphrase; quick enough for every key pressed."""

    def backup_strength(self, passphrase: str) -> Strength:
        """Judge the passphrase of a backup, which has to hold wherever the file may lie."""

    def start_alone(self, *, display_name: str, passphrase: str, language: str) -> tuple[str, ...]:
        """Make and open a store; return the recovery words to show once."""

    def unlock(self, passphrase: str, progress: Callable[[int, int], None] | None = None) -> None:
        """Open the store. `progress` hears (done, all) from the calling thread."""

    def recover(self, words: str, new_passphrase: str) -> None:
        """Open the store with the recovery words and set a new passphrase."""

    def lock(self) -> None:
        """Drop the keys and everything read."""

    def keep_anchor(self) -> None:
        """Let the platform's keystore know where the record ends, while it is open."""

    def change_passphrase(self, old: str, new: str) -> None:
        """Set a new passphrase; the data is not touched."""

    def new_recovery_words(self, passphrase: str) -> tuple[str, ...]:
        """Make new recovery words; the old ones no longer open the store."""

    def make_backup(
        self, path: Path, *, current: str, passphrase: str | None = None, words: str | None = None
    ) -> object:
        """Write the open store into a new sealed file, for whoever knows its passphrase."""

    def destroy(self) -> None:
        """Take away every way to open this store, for good, and lock."""
