"""Management POSTs happen once: the answer is stored with the act, and given again."""

import re
from collections.abc import Callable
from hashlib import sha256

from sqlalchemy import Connection, delete, insert, select

from sync.protocol.errors import Code
from sync.protocol.version import IDEMPOTENCY_HEADER
from sync.protocol.wire import Message
from sync.server.centre import Centre
from sync.server.database import table_of
from sync.server.devices import Caller, load_caller
from sync.server.exchange import Exchange
from sync.server.problems import Refused
from sync.server.tables import IdempotentAnswer
from sync.server.work import Work

ANSWER = table_of(IdempotentAnswer)

KEPT_FOR = 7 * 24 * 3600 * 1000
_KEY = re.compile(r"^[A-Za-z0-9_-]{16,64}$")


def act(
    centre: Centre,
    exchange: Exchange,
    device_id: str,
    do: Callable[[Work, Caller], Message],
    *,
    needs_key: bool = True,
) -> bytes:
    """Run an act in one transaction and return its answer; a repeated one returns the first.

    Args:
        centre: The parts of this process.
        exchange: The request.
        device_id: Who acts, as authenticated.
        do: Checks the caller's right and does the act. May run more than once until it commits.
        needs_key: False for PUT, PATCH and DELETE, which are idempotent by what they say.

    Raises:
        Refused: By the act; or the key is missing, malformed or was used for something else.
    """
    key = exchange.headers.get(IDEMPOTENCY_HEADER.lower(), "")
    if needs_key and not _KEY.match(key):
        raise Refused(
            Code.IDEMPOTENCY_KEY_MISSING,
            "Send an Idempotency-Key of 16 to 64 letters, digits, - or _.",
        )
    now = centre.clock()
    asked = f"{exchange.method} {exchange.path}?{exchange.query}\n".encode() + exchange.body
    request_hash = sha256(asked).digest()

    def run(connection: Connection) -> bytes:
        caller = load_caller(connection, device_id, lock=True)
        if needs_key:
            stored = connection.execute(
                select(ANSWER).where(
                    ANSWER.c.device_id == device_id, ANSWER.c.idempotency_key == key
                )
            ).one_or_none()
            if stored is not None:
                if stored.request_hash != request_hash:
                    raise Refused(
                        Code.IDEMPOTENCY_KEY_REUSED, "This key was used for another request."
                    )
                return bytes(stored.body)
        work = Work(connection, caller.agency, device_id, now)
        body = do(work, caller).model_dump_json().encode()
        if needs_key:
            connection.execute(delete(ANSWER).where(ANSWER.c.at < now - KEPT_FOR))
            connection.execute(
                insert(ANSWER).values(
                    device_id=device_id,
                    idempotency_key=key,
                    request_hash=request_hash,
                    status=200,
                    body=body,
                    at=now,
                )
            )
        work.finish()
        return body

    return centre.database.write(run)
