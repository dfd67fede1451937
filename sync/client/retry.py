"""When to try again: waits that double from one second to five minutes, with full jitter."""

from dataclasses import dataclass, field
from random import Random, SystemRandom

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 300.0


@dataclass
class BackOff:
    """Waiting times between failed tries.

    Fifty phones that lost one centre at the same moment must not come back at the same moment:
    each waits a random part of its time (at least half, so that nobody hammers).
    """

    random: Random = field(default_factory=SystemRandom)
    failures: int = 0

    def next_seconds(self, asked_seconds: float = 0.0) -> float:
        """Return how long to wait after one more failure; never less than the centre asked."""
        longest = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(self.failures, 16))
        self.failures += 1
        return max(asked_seconds, self.random.uniform(longest / 2, longest))

    def reset(self) -> None:
        """Start over after a success."""
        self.failures = 0
