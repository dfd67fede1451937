"""The wire: one signed request out, one answer back, with caps and time limits.

It judges nothing but size and time; whose answer it is, `channel.py` finds out by the signature.
"""

import ipaddress
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, Timeout
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError

from sync.client.errors import NotTheCentre, Offline
from sync.protocol.limits import BODY_BYTES

CONNECT_SECONDS = 10
READ_SECONDS = 60  # longest silence; a hung socket is not noticed by the system for hours
ANSWER_SECONDS = 600  # longest whole answer: 8 MiB at 14 kB/s
_PIECE_BYTES = 64 * 1024


@dataclass(frozen=True)
class RawAnswer:
    """An answer as it travelled: nothing of it may be believed yet."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport(Protocol):
    """Carries requests to one centre."""

    def send(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> RawAnswer:
        """Return the answer, its body uninflated and at most `BODY_BYTES` long.

        Raises:
            Offline: Nobody answered in time.
            NotTheCentre: What answered cannot be the centre.
        """


def is_loopback(host: str) -> bool:
    """Return whether a host is this very machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_centre_url(url: str) -> str:
    """Return the address of a centre in its plain form, `scheme://host[:port]`.

    Raises:
        ValueError: It is no address, has a path, or would send in the open over a network.
    """
    parts = urlsplit(url.strip())
    if not _has_usable_port(parts):
        raise ValueError("The port in the address of the centre is a number from 1 to 65535.")
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username:
        raise ValueError("The address of the centre begins with https:// and names a host.")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("The address of the centre ends with its host; nothing may follow.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("The centre is reached over https:// only.")
    return f"{parts.scheme}://{parts.netloc}"


def _has_usable_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:  # read only when asked for: no number, or out of range
        return False


class RequestsTransport:
    """A centre over HTTP, with one connection that stays open between calls."""

    def __init__(self, centre_url: str, *, read_seconds: float = READ_SECONDS) -> None:
        """Speak to the centre at this address; TLS certificates are always verified."""
        self._base = check_centre_url(centre_url)
        self._timeout = Timeout(connect=CONNECT_SECONDS, read=read_seconds)
        self._session = requests.Session()
        if is_loopback(urlsplit(self._base).hostname or ""):
            self._session.trust_env = False  # a proxy of the environment cannot reach loopback
        # Proxy and certificates of the environment, asked for once: all calls go to one address.
        settings = self._session.merge_environment_settings(
            self._base, {}, stream=True, verify=None, cert=None
        )
        verify = True if settings["verify"] is None else settings["verify"]
        # Past the session from here on: it would look for redirects, cookies and passwords in
        # .netrc with each call, none of which belongs to a signed request, and takes as long for
        # that as a small sync takes for its work.
        adapter = self._session.get_adapter(self._base)
        assert isinstance(adapter, HTTPAdapter)  # noqa: S101 - a new session has no others
        pool = adapter.get_connection_with_tls_context(
            requests.Request("POST", self._base).prepare(), verify, proxies=settings["proxies"]
        )
        adapter.cert_verify(pool, self._base, verify, None)  # type: ignore[no-untyped-call]
        assert isinstance(pool, HTTPConnectionPool)  # noqa: S101 - so are those of HTTPS
        self._pool = pool

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def send(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> RawAnswer:
        """Send one request; see `Transport.send`."""
        plain = {"Accept-Encoding": "deflate", "User-Agent": "field-notes", **headers}
        if body or method in ("POST", "PUT"):
            plain["Content-Length"] = str(len(body))
        started = time.monotonic()
        try:
            with self._pool.urlopen(
                method,
                path + (f"?{query}" if query else ""),
                body=body or None,
                headers=plain,
                retries=False,
                redirect=False,
                assert_same_host=False,
                timeout=self._timeout,
                preload_content=False,
                decode_content=False,
            ) as response:
                pieces: list[bytes] = []
                size = 0
                for piece in response.stream(_PIECE_BYTES, decode_content=False):
                    size += len(piece)
                    if size > BODY_BYTES:
                        raise NotTheCentre(
                            "The answer was larger than the centre ever sends, and was cut off.",
                            code="answer_too_large",
                        )
                    if time.monotonic() - started > ANSWER_SECONDS:
                        raise Offline("The line is too slow: the answer took over ten minutes.")
                    pieces.append(piece)
                return RawAnswer(response.status, dict(response.headers), b"".join(pieces))
        except (SSLError, ssl.SSLError) as error:
            raise NotTheCentre(
                "The centre's certificate is not valid here, so nothing was sent.",
                code="certificate_untrusted",
                never_left=_is_handshake(error),
            ) from None
        except (ConnectTimeoutError, NewConnectionError):
            raise Offline("The centre could not be reached.", never_left=True) from None
        except (HTTPError, OSError):
            raise Offline("The centre could not be reached.") from None


def _is_handshake(error: Exception) -> bool:
    """Return whether TLS failed over the certificate, before anything was sent."""
    causes = (error, *error.args)
    return any(isinstance(each, ssl.SSLCertVerificationError) for each in causes)
