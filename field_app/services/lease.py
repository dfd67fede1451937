"""The lease: how long a device that does not reach its centre goes on showing old cases.

Somebody else may have changed them meanwhile, or this device's access to them may have ended, so
after that time it asks the centre first. Nothing is lost, and writing stays possible.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from field_app.domain.records.participant import Participant
from field_app.services.notebook import Notebook
from field_app.store.replica.store import StoreReplica
from sync.client.replica import Position

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Lease:
    """The lease of one open store. On a device that works alone it is never over."""

    def __init__(self, notebook: Notebook, replica: StoreReplica) -> None:
        """Judge by the notebook's clock and by when the centre last answered."""
        self._notebook = notebook
        self._replica = replica

    def is_over(self) -> bool:
        """Return whether this device was too long without the centre to show old cases."""
        with self._replica.reading() as tx:
            return tx.is_enrolled() and self.is_over_at(tx.position())

    def is_over_at(self, position: Position) -> bool:
        """Return the same of an enrolled device whose position was read already."""
        reached = instant_of(position.reached_at)
        if reached is None:
            return False
        # By this device's clock and the offset that the centre taught it; setting the clock back
        # buys time until the next contact, which corrects it.
        now = self._notebook.now() + timedelta(seconds=position.offset_seconds)
        return now - reached > timedelta(days=position.lease_days)

    def hides(self, about: Iterable[str]) -> bool:
        """Return whether the lease is over and a text names an old case, or a record of one.

        Old is a case that was here when the centre last answered: somebody else may have changed
        it since, or this device's access to it may have ended.
        """
        with self._replica.reading() as tx:
            position = tx.position()
            if not (tx.is_enrolled() and self.is_over_at(position)):
                return False
            named = {name for text in about for name in _UUID.findall(text)}
            named |= {str(text["case_id"]) for text in tx.current(sorted(named)).values()}
        reached, offset = (
            instant_of(position.reached_at),
            timedelta(seconds=position.offset_seconds),
        )
        with self._notebook.read() as records:
            return any(
                person.case_id in named
                and reached is not None
                # By the centre's clock on both sides.
                and person.created_at + offset <= reached
                for person in records.all_of(Participant)
            )


def instant_of(milliseconds: int) -> datetime | None:
    """Return the instant of a moment in milliseconds since 1970; None for 0, which is never."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None
