"""One write for one answer: uvicorn writes the head of an answer by itself, and then its body.

A device that waits for an answer was woken by the head, found no body, and waited again: two
system calls, two packets and a change of processes for each small sync (measured).
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol


class WholeAnswers(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """The protocol that uvicorn would choose, with a transport that holds heads back."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Take over a connection."""
        super().connection_made(HoldingTransport(transport))


class HoldingTransport:
    """A transport that keeps what is written until more follows or the event loop is free.

    All but writing and closing is the transport's own.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        """Stand before a transport."""
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._held: bytes = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Hold the first part; send it together with the second one."""
        if self._held:
            held, self._held = self._held, b""
            self._transport.writelines((held, data))
        elif data:
            self._held = data
            self._loop.call_soon(self._let_go)  # nothing may follow: the answer to HEAD has no body

    def close(self) -> None:
        """Send what is held and close."""
        self._let_go()
        self._transport.close()

    def _let_go(self) -> None:
        if self._held:
            held, self._held = self._held, b""
            self._transport.write(held)
