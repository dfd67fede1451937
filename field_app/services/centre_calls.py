"""What a person asks of the centre at once: signed calls, their failures in words for a person.

Each needs the network and says so when there is none; nothing is half done.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from field_app.errors import FieldAppError, SyncError
from field_app.services.sync import SyncService, as_sync_error
from field_app.store.replica.store import StoreTransaction
from sync.client.channel import Channel, new_idempotency_key
from sync.client.errors import SyncFailure
from sync.client.identity import Identity
from sync.client.stating import NoAgencyKey
from sync.protocol.errors import Code
from sync.protocol.wire import Message

T = TypeVar("T")
M = TypeVar("M", bound=Message)

B = TypeVar("B", bound=Message)

Wish = Callable[[StoreTransaction, Identity, int], B]
"""Makes a body that carries a statement, signed over what is known here. The last argument is now,
by the centre's clock, in milliseconds."""

MOST_TRIES = 3
"""Of a statement, when other managers decide at the same time."""


class CentreCalls:
    """Calls of one open store to its centre. All raise SyncError when it does not agree."""

    def __init__(self, sync: SyncService, clock: Callable[[], datetime]) -> None:
        """Call through the sync of a store; `clock` is this device's."""
        self._sync = sync
        self._clock = clock

    def now_ms(self, tx: StoreTransaction) -> int:
        """Return the centre's time as this device knows it: it decides when things begin."""
        return int((self._clock().timestamp() + tx.position().offset_seconds) * 1000)

    def call(self, act: Callable[[Channel], T]) -> T:
        """Act on the signed channel; return what it returns."""
        try:
            return act(self._sync.channel())
        except SyncFailure as error:
            raise as_sync_error(error) from error

    def post(self, answer: type[M], path: str, body: Message) -> M:
        """Hand in a body under a key of its own; return the answer."""
        return self.call(partial(_hand_in, answer, "POST", path, body, new_idempotency_key()))

    def decide(self, answer: type[M], method: str, path: str, wish: Wish[B]) -> tuple[M, B]:
        """Sign a statement about a person or device, hand it in; return answer and what was signed.

        Where another manager was faster, this device reads what was decided and signs anew.
        """
        for tries_left in reversed(range(MOST_TRIES)):
            try:
                with self._sync.replica.reading() as tx:
                    body = wish(tx, tx.identity(), self.now_ms(tx))
            except NoAgencyKey as error:
                raise SyncError(str(error), code="forbidden") from None
            key = new_idempotency_key() if method == "POST" else None
            try:
                return self.call(partial(_hand_in, answer, method, path, body, key)), body
            except FieldAppError as error:
                if error.code != Code.DIRECTORY_MOVED.value or not tries_left:
                    raise
            self._sync.sync_now()
        raise AssertionError("the loop returns or raises")


def _hand_in(
    answer: type[M], method: str, path: str, body: Message, key: str | None, channel: Channel
) -> M:
    return channel.call(answer, method, path, body, idempotency_key=key)
