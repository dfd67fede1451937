"""What `field-app due` and `field-app program` take: apart, so that the help needs no policy."""

import argparse

LANGUAGES = ("en", "es")  # of `domain.due.wording`


def add_due_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    """Add `due` to the command line; return its parser."""
    parser = subparsers.add_parser("due", help="what is due, by when, and why")
    parser.add_argument("--scenario", metavar="FILE", help="one scenario instead of the store")
    parser.add_argument(
        "--as-of", metavar="WHEN", help="a date (its end) or a local time; now when left out"
    )
    parser.add_argument("--json", action="store_true", help="machine-readable, with the reasons")
    parser.add_argument("--program", metavar="FILE", help="a changed program file")
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="of the reasons")
    return parser


def add_program_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    """Add `program` to the command line; return the parser of `compare`, which can ask a store."""
    parser = subparsers.add_parser("program", help="check or compare program files")
    actions = parser.add_subparsers(dest="action", required=True)
    check = actions.add_parser("check", help="read a program file and say what is wrong in it")
    check.add_argument("file", metavar="FILE")
    comparing = actions.add_parser("compare", help="which obligations another program changes")
    comparing.add_argument("old", metavar="OLD")
    comparing.add_argument("new", metavar="NEW")
    comparing.add_argument("--scenario", metavar="FILE", action="append", default=[])
    comparing.add_argument(
        "--as-of", metavar="WHEN", help="a date or a local time; now if left out"
    )
    comparing.add_argument("--json", action="store_true", help="machine-readable")
    return comparing
