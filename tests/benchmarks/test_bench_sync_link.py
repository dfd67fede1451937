"""The bad link of the benchmarks cuts where it says, and as often as it says."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.benchmarks.bench_sync_link import BLOCK, CUTS, BadLink, Quality

BODY = b"x" * 5000


class Counting(BaseHTTPRequestHandler):
    """Answers what it was sent, and counts the requests that arrived whole."""

    protocol_version = "HTTP/1.1"
    arrived = 0

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if len(body) == len(BODY):
            type(self).arrived += 1
        with suppress(OSError):
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def link() -> Iterator[BadLink]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Counting)
    server.handle_error = lambda *_arguments: None  # type: ignore[method-assign]
    Counting.arrived = 0
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    link = BadLink(server.server_address[1], seed=1)
    yield link
    link.close()
    server.shutdown()
    thread.join()
    server.server_close()


def ask(connection: HTTPConnection) -> bytes | None:
    """Return the answer, or None when it was cut."""
    try:
        connection.request("POST", "/", BODY)
        return connection.getresponse().read()
    except (OSError, HTTPException):
        connection.close()
        return None


def test_a_good_link_carries_everything_over_one_connection(link: BadLink) -> None:
    connection = HTTPConnection("127.0.0.1", link.port, timeout=10)

    assert [ask(connection) for _ in range(5)] == [BODY] * 5
    connection.close()
    assert (link.counts["connections"], link.counts["requests"], link.cuts) == (1, 5, 0)


def test_the_share_of_cuts_is_exact_in_every_block(link: BadLink) -> None:
    link.quality = Quality(cut=0.3)
    connection = HTTPConnection("127.0.0.1", link.port, timeout=10)
    answers = [ask(connection) for _ in range(2 * BLOCK)]
    connection.close()

    assert answers.count(None) == link.cuts == 12
    assert [link.counts[kind] for kind in CUTS] == [4, 4, 4]
    # What was cut in the request never arrived; the rest did, answered or not.
    assert Counting.arrived == 2 * BLOCK - 4
    assert all(answer in (None, BODY) for answer in answers)
