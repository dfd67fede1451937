"""`field-app init`: make a store for this device alone."""

import argparse
import sys
from typing import Any

from field_app.commands.options import add_command

ROLES = ("field_advocate", "survivor_advocate", "parent_advocate", "supervisor", "data_manager")
"""The words of `domain.records.staff.StaffRole`, here without its import; a test compares them."""


def add_parser(subparsers: Any) -> None:
    """Say what the command takes."""
    parser = add_command(
        subparsers,
        "init",
        "make a store for this device alone",
        details="The recovery words are shown once and kept nowhere: write them down.",
        example="field-app init --data ~/field-notes --name Ana",
    )
    parser.add_argument("--name", metavar="NAME", help="how you want to be called (else asked)")
    parser.add_argument("--role", choices=ROLES, default=ROLES[0], help="(default: %(default)s)")
    parser.add_argument("--language", choices=("en", "es"), default="en")
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Make the store and print its recovery words."""
    from field_app.commands.opening import app_of
    from field_app.commands.secrets_in import Secrets
    from field_app.domain.records.staff import StaffRole
    from field_app.errors import InputError, StoreError
    from field_app.services.session import SessionStatus

    app = app_of(args)
    if app.session.status is not SessionStatus.NEW:
        raise StoreError(
            "There is a record in this data folder already. Nothing was changed. "
            "Open it, or name another folder with --data.",
            code="store_exists",
        )
    name = args.name
    if name is None:
        if not sys.stdin.isatty():
            raise InputError("Say how you want to be called.", field="--name")
        name = input("How do you want to be called? ")
    passphrase = Secrets(args.passphrase_fd).ask_new("New passphrase (four words or more)")
    words = app.session.start_alone(
        display_name=name,
        passphrase=passphrase,
        language=args.language,
        role=StaffRole(args.role),
    )
    app.session.lock()
    print("The record is ready. These recovery words open it when the passphrase is forgotten.")
    print("They are shown only now. Write them down and keep them away from this device:\n")
    print_words(words)
    return 0


def print_words(words: tuple[str, ...]) -> None:
    """Print recovery words, numbered, four a line."""
    for first in range(0, len(words), 4):
        row = enumerate(words[first : first + 4], start=first + 1)
        print("  " + "  ".join(f"{number:2} {word:<10}" for number, word in row).rstrip())
