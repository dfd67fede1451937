"""A bad link: every byte takes its time, and some requests are cut.

A proxy between devices and a server. A new connection costs one round trip, then bytes take half
of one each way. Of every twenty requests the same number is cut, at random places: who needs few
requests is not spared by chance. Of the requests that are cut, a third is cut within the request,
a third after the server has answered but before a byte of the answer arrives, and a third within
the answer. A cut resets the connection on both sides, as a router does that forgets it; silence is
not imitated, which would measure the time limits of clients.
"""

import asyncio
import re
import socket
import struct
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from random import Random

PIECE_BYTES = 1 << 16
_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_RESET = struct.pack("ii", 1, 0)

BLOCK = 20
"""Of so many requests, the share that is cut is exact."""

CUTS = ("in the request", "before the answer", "in the answer")


@dataclass(frozen=True)
class Quality:
    """How bad a link is: seconds of a round trip, and the share of requests that are cut."""

    round_trip_seconds: float = 0.0
    cut: float = 0.0


GOOD = Quality()


class BadLink:
    """Listens on `port` and forwards to a server; its quality can be changed at any time.

    Attributes:
        port: Where devices connect.
        counts: Connections, requests, and cuts by kind, since the start.
    """

    def __init__(self, target_port: int, seed: int) -> None:
        """Listen, on a thread of its own."""
        self._quality = GOOD
        self.counts: Counter[str] = Counter()
        self.target_port = target_port
        self.random = Random(seed)
        self._cuts_ahead: list[str | None] = []
        self._kinds_ahead: list[str] = []
        self._loop = asyncio.new_event_loop()
        listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = listener.getsockname()[1]
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._forward, sock=listener)
        )
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Cut what is open and stop."""

        async def stop() -> None:
            self._server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(stop(), self._loop).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def quality(self) -> Quality:
        """How bad the link is; holds for what comes next."""
        return self._quality

    @quality.setter
    def quality(self, quality: Quality) -> None:
        self._quality, self._cuts_ahead = quality, []

    def next_cut(self) -> str | None:
        """Return how the next request is cut, or None."""
        if not self._cuts_ahead:
            number = round(self._quality.cut * BLOCK)
            self._cuts_ahead = [self._next_kind() for _ in range(number)]
            self._cuts_ahead += [None] * (BLOCK - number)
            self.random.shuffle(self._cuts_ahead)
        return self._cuts_ahead.pop()

    def _next_kind(self) -> str:
        if not self._kinds_ahead:
            self._kinds_ahead = self.random.sample(CUTS, len(CUTS))
        return self._kinds_ahead.pop()

    @property
    def cuts(self) -> int:
        """How many requests were cut."""
        return sum(self.counts[kind] for kind in CUTS)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.counts["connections"] += 1
        await asyncio.sleep(self.quality.round_trip_seconds)
        try:
            far = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            _reset(writer)
            return
        with suppress(asyncio.CancelledError):  # at the end, when this link is closed
            await _Connection(self, reader, writer, *far).run()


class _Connection:
    """One connection of a device, with the one to the server that belongs to it."""

    def __init__(
        self,
        link: BadLink,
        near_reader: asyncio.StreamReader,
        near: asyncio.StreamWriter,
        far_reader: asyncio.StreamReader,
        far: asyncio.StreamWriter,
    ) -> None:
        self._link = link
        self._near_reader, self._near = near_reader, near
        self._far_reader, self._far = far_reader, far
        self._up, self._down = _Delay(link), _Delay(link)
        self._planned: str | None = None
        self._left = 0
        """Bytes to let through before the planned cut."""
        self._is_asking = False

    async def run(self) -> None:
        """Forward until both sides have ended, or it is cut."""
        pumps = [self._requests(), self._answers()]
        tasks = [asyncio.ensure_future(each) for each in pumps]
        sinks = [
            asyncio.ensure_future(self._up.deliver(self._far)),
            asyncio.ensure_future(self._down.deliver(self._near)),
        ]
        try:
            # Delivered to the end on both sides; a cut and a broken pipe raise at once.
            await asyncio.gather(*sinks)
        except (_Cut, OSError):
            _reset(self._near)
            _reset(self._far)
        finally:
            for task in (*tasks, *sinks):
                task.cancel()
            await asyncio.gather(*tasks, *sinks, return_exceptions=True)
            for writer in (self._near, self._far):
                writer.close()

    async def _requests(self) -> None:
        with suppress(OSError):
            while piece := await self._near_reader.read(PIECE_BYTES):
                if not self._is_asking:
                    self._is_asking = True
                    self._begin_request(piece)
                if self._planned == CUTS[0]:
                    if len(piece) > self._left:
                        self._up.put(piece[: self._left])
                        self._cut(self._up)
                        return
                    self._left -= len(piece)
                self._up.put(piece)
        self._up.end()

    def _begin_request(self, piece: bytes) -> None:
        link = self._link
        link.counts["requests"] += 1
        self._planned = link.next_cut()
        if self._planned is not None:
            self._left = link.random.randrange(_length(piece))

    async def _answers(self) -> None:
        with suppress(OSError):
            while piece := await self._far_reader.read(PIECE_BYTES):
                if self._is_asking:  # the first bytes of an answer
                    self._is_asking = False
                    if self._planned == CUTS[1]:
                        self._cut(self._down)
                        return
                    self._left = self._link.random.randrange(1, max(2, _length(piece)))
                if self._planned == CUTS[2]:
                    if len(piece) >= self._left:
                        self._down.put(piece[: self._left])
                        self._cut(self._down)
                        return
                    self._left -= len(piece)
                self._down.put(piece)
        self._down.end()

    def _cut(self, direction: "_Delay") -> None:
        assert self._planned is not None
        self._link.counts[self._planned] += 1
        direction.cut()


class _Cut(Exception):
    """The connection is to be reset now."""


class _Delay:
    """What is on its way in one direction."""

    def __init__(self, link: BadLink) -> None:
        self._link = link
        self._on_the_way: asyncio.Queue[tuple[float, bytes | None]] = asyncio.Queue()
        self._is_cut = False

    def put(self, piece: bytes) -> None:
        """Send bytes on their way."""
        self._queue(piece)

    def end(self) -> None:
        """Say that nothing follows."""
        self._queue(None)

    def cut(self) -> None:
        """Reset the connection when what is on its way has arrived."""
        self._is_cut = True
        self._queue(None)

    def _queue(self, piece: bytes | None) -> None:
        due = asyncio.get_running_loop().time() + self._link.quality.round_trip_seconds / 2
        self._on_the_way.put_nowait((due, piece))

    async def deliver(self, sink: asyncio.StreamWriter) -> None:
        """Hand everything to the other side, each when its time has come."""
        clock = asyncio.get_running_loop().time
        while True:
            due, piece = await self._on_the_way.get()
            await asyncio.sleep(max(0.0, due - clock()))
            if piece is not None:
                sink.write(piece)
                await sink.drain()
            elif self._is_cut:
                raise _Cut
            else:
                if sink.can_write_eof():
                    sink.write_eof()
                return


def _length(first_piece: bytes) -> int:
    """Return how long a message is, head and body, as far as its first bytes tell."""
    head = first_piece.find(b"\r\n\r\n") + 4
    found = _LENGTH.search(first_piece)
    return head + int(found.group(1)) if found and head > 3 else len(first_piece)


def _reset(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, AttributeError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
