"""What every command takes: the data folder and where the passphrase comes from."""

import argparse
from pathlib import Path
from typing import Any
from uuid import UUID

LAST_PORT = 65535


def add_common_options(parser: argparse.ArgumentParser, *, default: Any) -> None:
    """Add `--data` and `--passphrase-fd`.

    They may stand before or after the command. A command's parser gets `argparse.SUPPRESS` as
    default, so that an option left out after the command does not blank the one before it.
    """
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        default=default,
        help="the data folder (default: the user's own for applications)",
    )
    parser.add_argument(
        "--passphrase-fd",
        type=descriptor,
        metavar="N",
        default=default,
        help="read the passphrase from file descriptor N, a line each where two are needed",
    )


def add_command(
    subparsers: Any, name: str, summary: str, *, details: str = "", example: str = ""
) -> argparse.ArgumentParser:
    """Add a command that takes the common options, with an example in its help."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}. {details}".strip(),
        epilog=f"example:\n  {example}" if example else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_common_options(parser, default=argparse.SUPPRESS)
    return parser


def descriptor(text: str) -> int:
    """Return the number of a file descriptor. Raises ArgumentTypeError."""
    # The text is not repeated in the message: somebody may have typed the passphrase itself.
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise argparse.ArgumentTypeError("a file descriptor is a whole number, such as 3")
    return int(text)


def port(text: str) -> int:
    """Return a port to listen on, 0 for a free one. Raises ArgumentTypeError."""
    if not text.isascii() or not text.isdigit() or int(text) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"a port is a whole number from 1 to {LAST_PORT}")
    return int(text)


def identifier(text: str) -> str:
    """Return an id as the app prints it. Raises ArgumentTypeError."""
    try:
        return str(UUID(text))
    except ValueError:
        raise argparse.ArgumentTypeError(
            "an id is 32 digits and letters a to f in five groups, as the app prints it"
        ) from None
