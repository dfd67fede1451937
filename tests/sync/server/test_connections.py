"""An answer leaves in one write, and nothing that is held back is lost."""

import asyncio
from collections.abc import Callable
from typing import Any

from sync.server.connections import HoldingTransport


class Wire:
    """A transport that notes what it is told."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, bytes]] = []

    def write(self, data: bytes) -> None:
        self.calls.append(("write", data))

    def writelines(self, parts: tuple[bytes, ...]) -> None:
        self.calls.append(("write", b"".join(parts)))

    def close(self) -> None:
        self.calls.append(("close", b""))

    def is_closing(self) -> bool:
        return False


def written(work: Callable[[HoldingTransport], None]) -> list[tuple[str, bytes]]:
    wire: Any = Wire()

    async def main() -> None:
        work(HoldingTransport(wire))
        await asyncio.sleep(0)

    asyncio.run(main())
    calls: list[tuple[str, bytes]] = wire.calls
    return calls


def test_a_head_and_its_body_leave_together() -> None:
    def answer(transport: HoldingTransport) -> None:
        transport.write(b"head")
        transport.write(b"body")

    assert written(answer) == [("write", b"headbody")]


def test_a_head_without_a_body_leaves_when_the_loop_is_free() -> None:
    assert written(lambda transport: transport.write(b"head")) == [("write", b"head")]


def test_what_is_held_leaves_before_the_connection_closes() -> None:
    def answer(transport: HoldingTransport) -> None:
        transport.write(b"head")
        transport.close()

    assert written(answer) == [("write", b"head"), ("close", b"")]


def test_two_answers_leave_in_their_order() -> None:
    def answer(transport: HoldingTransport) -> None:
        for part in (b"head 1 ", b"body 1 ", b"head 2 ", b"body 2"):
            transport.write(part)

    assert b"".join(data for _, data in written(answer)) == b"head 1 body 1 head 2 body 2"


def test_all_else_is_the_transports_own() -> None:
    def answer(transport: HoldingTransport) -> None:
        assert transport.is_closing() is False

    assert written(answer) == []
