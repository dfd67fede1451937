"""What the wire makes of who is not the centre: an untrusted certificate, silence, nobody."""

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sync.client.errors import NotTheCentre, Offline
from sync.client.transport import RequestsTransport

HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


def self_signed(folder: Path) -> ssl.SSLContext:
    """Return what a server shows that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "both.pem").write_bytes(pem + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context


def length_of(head: bytes) -> int:
    """Return how long the body of a request is, by its head."""
    found = re.search(rb"Content-Length: (\d+)", head)
    return int(found[1]) if found else 0


class Listener:
    """Answers each connection in its turn, and remembers what it was told."""

    def __init__(self, context: ssl.SSLContext | None, answer: bytes) -> None:
        self.heard: list[bytes] = []
        self._context, self._answer = context, answer
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._socket.accept()
            except OSError:
                return
            with near, suppress(OSError):
                if self._context is not None:
                    near = self._context.wrap_socket(near, server_side=True)
                told = b""
                while piece := near.recv(65536):
                    told += piece
                    head, ended, body = told.partition(b"\r\n\r\n")
                    if ended and len(body) == length_of(head):
                        self.heard.append(told)
                        near.sendall(self._answer)
                        told = b""

    def close(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(timeout=5)


@contextmanager
def listening(context: ssl.SSLContext | None = None, answer: bytes = HELLO) -> Iterator[Listener]:
    listener = Listener(context, answer)
    try:
        yield listener
    finally:
        listener.close()


@contextmanager
def speaking_to(url: str, read_seconds: float = 5) -> Iterator[RequestsTransport]:
    transport = RequestsTransport(url, read_seconds=read_seconds)
    try:
        yield transport
    finally:
        transport.close()


def test_who_shows_a_certificate_that_nobody_vouches_for_is_sent_nothing(tmp_path: Path) -> None:
    with (
        listening(self_signed(tmp_path)) as listener,
        speaking_to(f"https://127.0.0.1:{listener.port}") as transport,
        pytest.raises(NotTheCentre) as caught,
    ):
        transport.send("POST", "/v1/sync", "", {}, b"a secret")
    assert caught.value.code == "certificate_untrusted"
    assert caught.value.never_left
    assert listener.heard == []


def test_calls_share_one_connection_and_keep_their_headers() -> None:
    with (
        listening() as listener,
        speaking_to(f"http://127.0.0.1:{listener.port}") as transport,
    ):
        for number in range(3):
            answer = transport.send("POST", "/v1/sync", "a=1", {"X-Number": str(number)}, b"x")
            assert (answer.status, answer.body) == (200, b"hi")
    whole = b"".join(listener.heard)
    assert whole.count(b"POST /v1/sync?a=1 HTTP/1.1") == 3
    assert [f"X-Number: {number}".encode() in whole for number in range(3)] == [True] * 3
    assert b"ookie" not in whole


def test_where_nobody_listens_the_device_is_offline() -> None:
    with listening() as listener:
        port = listener.port
    with speaking_to(f"http://127.0.0.1:{port}") as transport, pytest.raises(Offline) as caught:
        transport.send("GET", "/v1/health", "", {}, b"")
    assert caught.value.never_left


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0\r\n\r\n", HELLO[:-1]])
def test_who_says_nothing_or_half_or_no_http_is_no_centre(answer: bytes) -> None:
    with (
        listening(answer=answer) as listener,
        speaking_to(f"http://127.0.0.1:{listener.port}", read_seconds=0.3) as transport,
        pytest.raises(Offline) as caught,
    ):
        transport.send("POST", "/v1/sync", "", {}, b"x")
    assert not caught.value.never_left  # it may have been heard
