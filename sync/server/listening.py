"""The sockets on which the central API listens, opened before it says that it serves.

uvicorn opens them late, and what goes wrong there it says in its own words.
"""

import errno
import os
import socket
from typing import Any

_WAITING = 2048  # connections that wait to be accepted, as uvicorn has it
_ABSENT = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


class CannotListen(Exception):
    """Nothing can listen there; the message says why and what to do."""


def open_listeners(host: str, port: int) -> list[socket.socket]:
    """Return a listening socket for every address of a host; port 0 takes a free one.

    Raises:
        CannotListen: The host is not this machine's, or the port is taken or not allowed.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError):
        raise CannotListen(
            f"host {host} is not known. Set host to an address of this machine, such as 127.0.0.1."
        ) from None
    listeners: list[socket.socket] = []
    for family, address in dict.fromkeys((entry[0], entry[4]) for entry in found):
        try:
            listeners.append(_listener(family, address))
        except OSError as error:
            if error.errno in _ABSENT:  # a name has an address of IPv6, and the machine has none
                continue
            for listener in listeners:
                listener.close()
            raise CannotListen(_reason(host, port, error)) from None
    if not listeners:
        raise CannotListen(
            f"host {host} is not an address of this machine. Set host to one that it has, or to "
            "127.0.0.1."
        )
    return listeners


def _listener(family: int, address: tuple[Any, ...]) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere it would let two servers share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        listener.listen(_WAITING)
        listener.set_inheritable(True)  # `--workers`: each process accepts on it
    except OSError:
        listener.close()
        raise
    return listener


def _reason(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} of {host} is taken: another program, or another field-server, listens "
            "there. Stop it, or set port to a free one."
        )
    if error.errno == errno.EACCES:
        return f"port {port} is not allowed to this user. Set port to one above 1023."
    return f"cannot listen on {host}, port {port}: {error.strerror}. Set host and port."
