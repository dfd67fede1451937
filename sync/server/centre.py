"""What every route needs: the database, the server's key, the settings, the clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.server.attachments import AttachmentStore
from sync.server.audit import AuditHeads
from sync.server.database import Database
from sync.server.digests import CaseDigests
from sync.server.limits import RateLimit
from sync.server.server_key import load_server_key
from sync.server.settings import Settings


def wall_clock() -> int:
    """Return the server's time in milliseconds."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Identity:
    """A device's public key, and the generation of its agency when it was last read."""

    signing_key: bytes
    generation: int


@dataclass
class Centre:
    """The parts of one process. Nothing in it outlives the process but the database and files.

    `identities` keeps the public keys of devices that called: 100 bytes each.
    """

    settings: Settings
    database: Database
    key: Ed25519PrivateKey
    clock: Callable[[], int] = wall_clock
    device_limit: RateLimit = field(init=False)
    stranger_limit: RateLimit = field(init=False)
    redeem_limit: RateLimit = field(init=False)
    attachments: AttachmentStore = field(init=False)
    identities: dict[str, Identity] = field(default_factory=dict)
    digests: CaseDigests = field(default_factory=CaseDigests)
    audit_heads: AuditHeads = field(default_factory=AuditHeads)

    def __post_init__(self) -> None:
        """Build what depends on the settings."""
        self.device_limit = RateLimit(self.settings.requests_per_minute, 60)
        self.stranger_limit = RateLimit(self.settings.strangers_per_minute, 60)
        self.redeem_limit = RateLimit(self.settings.redeems_per_hour, 3600)
        self.attachments = AttachmentStore(
            self.settings.attachments, self.database, self.settings.attachment_bytes
        )


def open_centre(settings: Settings) -> Centre:
    """Return the parts for settings.

    Raises:
        UnsafeSettings: There is no server key, or others can read it.
    """
    key = load_server_key(settings.key_file)
    return Centre(settings, Database(settings.database_url), key)
