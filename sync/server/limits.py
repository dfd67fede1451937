"""Rate limits: a bucket of tokens for each device and each address, in this process's memory.

With n processes the limit is n times as wide. Wrong tokens of an enrolment code are counted in the
database, so that guessing cannot be spread over processes.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from sync.protocol.errors import Code
from sync.server.problems import Refused

_MOST_BUCKETS = 50_000
MOST_WRONG_TOKENS = 10


class RateLimit:
    """A bucket of `burst` tokens a name, refilled in `seconds`."""

    def __init__(
        self, burst: int, seconds: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.burst = burst
        self.per_second = burst / seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def spend(self, name: str, *, tokens: int = 1) -> None:
        """Take one token; with 0 tokens only ask whether there is one.

        Raises:
            Refused: The bucket is empty; carries the seconds to wait.
        """
        now, wanted = self._clock(), tokens
        with self._lock:
            held, since = self._buckets.pop(name, (float(self.burst), now))
            held = min(self.burst, held + (now - since) * self.per_second)
            allowed = held >= 1
            self._buckets[name] = (held - wanted if allowed else held, now)
            if len(self._buckets) > _MOST_BUCKETS:
                self._buckets.popitem(last=False)
        if not allowed:
            wait = max(1, round((1 - held) / self.per_second))
            raise Refused(
                Code.RATE_LIMITED, "Too many calls. Wait and repeat.", retry_after_seconds=wait
            )
