"""Passphrases from a terminal or a file descriptor: the only two ways in."""

import getpass
import os
import sys

from field_app.errors import InputError

LONGEST_BYTES = 4096  # a line; recovery words have about 200
_TAKEN_BY_OUTPUT = (1, 2)


class Secrets:
    """Asks for secrets one after the other: on the terminal, or line by line from a descriptor."""

    def __init__(self, descriptor: int | None) -> None:
        """Read from a file descriptor, or ask on the terminal when there is none."""
        self._descriptor = descriptor

    def ask(self, prompt: str) -> str:
        """Return the next secret.

        Raises:
            InputError: The descriptor cannot be read, has no further line, or holds no text; or
                there is no terminal to ask on.
        """
        if self._descriptor is not None:
            return self._read_line(self._descriptor)
        _require_terminal()
        return getpass.getpass(f"{prompt}: ")

    def ask_new(self, prompt: str) -> str:
        """Return a secret that is to be set; on a terminal it is typed twice."""
        secret = self.ask(prompt)
        if self._descriptor is None and self.ask(f"{prompt}, again") != secret:
            raise InputError(
                "The two do not match. Nothing was changed.", field="passphrase", code="no_match"
            )
        return secret

    @staticmethod
    def _read_line(descriptor: int) -> str:
        if descriptor in _TAKEN_BY_OUTPUT:
            raise _wrong("Descriptors 1 and 2 are for output. Use 0, or 3 and above.")
        line = bytearray()
        try:
            # Byte by byte, so that the next secret's line stays in the pipe.
            while (byte := os.read(descriptor, 1)) not in (b"", b"\n"):
                line += byte
                if len(line) > LONGEST_BYTES:
                    raise _wrong(f"A line holds at most {LONGEST_BYTES} bytes.")
        except OSError:
            raise _wrong(f"Descriptor {descriptor} cannot be read.") from None
        if not line and not byte:
            raise _wrong("There is no passphrase to read: a line is expected for each.")
        try:
            return line.removesuffix(b"\r").decode()
        except UnicodeDecodeError:
            raise _wrong("The passphrase is not text in UTF-8.") from None


def _require_terminal() -> None:
    """Refuse to ask where nobody can answer, or where the answer would be shown."""
    if sys.stdin is not None and sys.stdin.isatty():
        return
    try:
        os.close(os.open("/dev/tty", os.O_RDWR))
    except OSError:
        raise InputError(
            "There is no terminal to ask for the passphrase on. Give it with --passphrase-fd N, "
            "for example: field-app verify --passphrase-fd 3 3< file",
            field="passphrase",
            code="no_terminal",
        ) from None


def _wrong(sentence: str) -> InputError:
    return InputError(sentence, field="--passphrase-fd", code="passphrase_fd")
