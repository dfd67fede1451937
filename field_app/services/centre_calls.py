"""What a person asks of the centre at once: signed calls, their failures in words for a person.

Each needs the network and says so when there is none; nothing is half done. Where a failure leaves
open whether the centre did it, that is said.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from field_app.errors import FieldAppError, RefusedError, SyncError
from field_app.services.sync import SyncService, as_sync_error
from field_app.store.replica.store import StoreTransaction
from sync.client.channel import Channel, new_idempotency_key
from sync.client.errors import ContradictoryAnswer, Offline, SyncFailure
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

OUTCOME_UNKNOWN = "outcome_unknown"

MOST_TRIES = 3
"""Of a statement, when other managers decide at the same time."""


REPEATED_WITHIN = timedelta(hours=24)
"""How long what was asked in vain is the same act when it is asked again; the centre keeps its
answers for seven days."""


@dataclass(frozen=True)
class _Unanswered:
    """What may have reached the centre, and the key under which it is done only once."""

    body: Message
    key: str
    at: datetime


class CentreCalls:
    """Calls of one open store to its centre. All raise SyncError when it does not agree.

    An act whose answer was lost may have been done. Whoever asks for the same again then hands in
    the same bytes under the same key, and the centre gives the answer that was lost: so nobody
    becomes two people, and no access is given twice.
    """

    def __init__(self, sync: SyncService, clock: Callable[[], datetime]) -> None:
        """Call through the sync of a store; `clock` is this device's."""
        self._sync = sync
        self._clock = clock
        self._unanswered: dict[Hashable, _Unanswered] = {}

    def now_ms(self, tx: StoreTransaction) -> int:
        """Return the centre's time as this device knows it: it decides when things begin."""
        return int((self._clock().timestamp() + tx.position().offset_seconds) * 1000)

    def ask(self, question: Callable[[Channel], T]) -> T:
        """Ask on the signed channel for something that changes nothing; return the answer."""
        try:
            return question(self._sync.channel())
        except SyncFailure as error:
            raise as_sync_error(error) from error

    def act(self, act: Callable[[Channel], T]) -> T:
        """Act on the signed channel; return what it returns.

        Raises:
            SyncError: It was not done; or, with the code `outcome_unknown`, it may have been.
        """
        try:
            return act(self._sync.channel())
        except SyncFailure as error:
            if not _may_be_done(error):
                raise as_sync_error(error) from error
            raise SyncError(
                f"{error} What you asked for may have been done all the same: sync, and look "
                "before you try again.",
                code=OUTCOME_UNKNOWN,
            ) from error

    def post(
        self,
        answer: type[M],
        path: str,
        body: B,
        *,
        asked: Hashable = None,
        is_over: Callable[[B], bool] = lambda _: False,
    ) -> tuple[M, B]:
        """Hand in a body under a key of its own; return the answer, and what was handed in.

        That is the body of the first try where the same was `asked` before and nobody answered,
        unless what that try made `is_over` by now. Without `asked`, a repeated act has to be
        harmless by what it says.
        """
        body, key = self._first_try(asked, is_over) or (body, new_idempotency_key())
        return self._hand_in(answer, path, body, key, asked), body

    def decide(
        self,
        answer: type[M],
        method: str,
        path: str,
        wish: Wish[B],
        *,
        asked: Hashable = None,
        is_over: Callable[[B], bool] = lambda _: False,
    ) -> tuple[M, B]:
        """Sign a statement about a person or device, hand it in; return answer and what was signed.

        Where another manager was faster, this device reads what was decided and signs anew.
        `asked` and `is_over` are those of `post`.
        """
        for tries_left in reversed(range(MOST_TRIES)):
            try:
                with self._sync.replica.reading() as tx:
                    body = wish(tx, tx.identity(), self.now_ms(tx))
            except NoAgencyKey as error:
                raise SyncError(str(error), code="forbidden") from None
            try:
                if method == "POST":
                    return self.post(answer, path, body, asked=asked, is_over=is_over)
                return self.act(partial(_hand_in, answer, method, path, body, None)), body
            except FieldAppError as error:
                if error.code != Code.DIRECTORY_MOVED.value or not tries_left:
                    raise
            self._sync.sync_now()
        raise AssertionError("the loop returns or raises")

    def _first_try(self, asked: Hashable, is_over: Callable[[Any], bool]) -> tuple[Any, str] | None:
        before = self._unanswered.get(asked)
        if before is None or self._clock() - before.at > REPEATED_WITHIN or is_over(before.body):
            return None
        return before.body, before.key

    def _hand_in(self, answer: type[M], path: str, body: Message, key: str, asked: Hashable) -> M:
        try:
            found = self.act(partial(_hand_in, answer, "POST", path, body, key))
        except RefusedError:
            self._unanswered.pop(asked, None)  # it was not done before either
            raise
        except SyncError as error:
            before = self._unanswered.get(asked)
            is_first = before is None or before.key != key
            if asked is not None and is_first and error.code == OUTCOME_UNKNOWN:
                self._unanswered[asked] = _Unanswered(body, key, self._clock())
            raise
        self._unanswered.pop(asked, None)
        return found


def _may_be_done(error: SyncFailure) -> bool:
    """Return whether an act may have been done although it failed here."""
    if isinstance(error, Offline):
        return not error.never_left
    # Told to wait, it was not done; only of a fault of its own the centre cannot say.
    return isinstance(error, ContradictoryAnswer) or error.code == Code.INTERNAL.value


def _hand_in(
    answer: type[M], method: str, path: str, body: Message, key: str | None, channel: Channel
) -> M:
    return channel.call(answer, method, path, body, idempotency_key=key)
