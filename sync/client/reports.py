"""What one run of sync tells: how far it is, and what it did."""

from dataclasses import dataclass, field

from sync.client.outcomes import Tally
from sync.client.receiving import Receiver
from sync.client.replica import Standing


@dataclass(frozen=True)
class Progress:
    """How far a run is: "12 of 40" is `sent` of `to_send`; `received` counts the feed's items."""

    sent: int
    to_send: int
    received: int


@dataclass
class RunReport:
    """What one run did.

    Attributes:
        rounds: Calls of `POST /v1/sync`.
        tally: What came of the changes that were handed in.
        taken: Records that changed here.
        new_conflicts: Conflict records made here.
        touched: Cases whose screens must be read anew.
        purged: Cases that were removed: compact the store soon.
        standing: How the centre sees this device now.
        handed_in: After a revocation: nothing is left to hand in.
    """

    rounds: int = 0
    tally: Tally = field(default_factory=Tally)
    taken: int = 0
    new_conflicts: int = 0
    feed_items: int = 0
    touched: set[str] = field(default_factory=set)
    purged: set[str] = field(default_factory=set)
    standing: Standing = Standing.ACTIVE
    handed_in: bool = False

    def add(self, receiver: Receiver) -> None:
        """Add what was received."""
        self.touched |= receiver.touched
        self.taken += receiver.taken
        self.new_conflicts += receiver.conflicts
