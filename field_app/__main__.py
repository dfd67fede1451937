"""`field-app`: the command line. Without a command it runs the app.

Each command is a module of `field_app.commands` that says what it takes (`add_parser`) and does it
when it is called; whatever is slow to import is imported only then, so that `--help` is at once
there. A person's error is one sentence and exit code 2. Anything unforeseen is one sentence without
details, since a traceback can hold a name or a note, and exit code 1.
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module

from field_app import __version__
from field_app.commands.options import add_common_options
from field_app.errors import FieldAppError

COMMANDS = (
    "run",
    "demo",
    "init",
    "transfer",
    "verify",
    "backup",
    "due_here",
    "sync",
    "receipts",
    "enrol_code",
)
"""Modules of `field_app.commands`, in the order of the help."""

EXIT_UNEXPECTED = 1
EXIT_WRONG = 2
EXIT_INTERRUPTED = 128 + signal.SIGINT

DESCRIPTION = "Field Notes: an advocate's caseload, sealed on this device. Without a command: run."

EXAMPLES = """\
examples:
  field-app demo                            try it with a fictional agency
  field-app init --data ~/field-notes       make a store for this device alone
  field-app --data ~/field-notes            open it
  field-app backup ~/monday.fieldbackup     one sealed file; restore it on another machine
  field-app export ~/all.jsonl              everything, readable by anyone who has the file
  field-app due --scenario case.json --as-of 2026-03-31

The passphrase is asked on the terminal, or read with --passphrase-fd N; never from the command
line or the environment. Exit code: 0 done, 1 unexpected, 2 something to put right, 130 interrupted.
"""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="field-app",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        # An abbreviation would take `--passphrase secret` as far as an error message.
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"Field Notes {__version__}")
    add_common_options(parser, default=None)
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    for name in COMMANDS:
        import_module(f"field_app.commands.{name}").add_parser(subparsers)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    args = build_parser().parse_args(arguments)
    try:
        code = _run(args)
        sys.stdout.flush()
        return code
    except FieldAppError as error:
        _say(str(error))
        return EXIT_WRONG
    except KeyboardInterrupt:
        _say("Interrupted. What was saved before is safe.")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone: nothing can be said to them any more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_UNEXPECTED
    except Exception as error:
        # Only its type: a message or a traceback could hold what somebody wrote about a person.
        _say(f"Something unexpected went wrong ({type(error).__name__}). What was saved is safe.")
        return EXIT_UNEXPECTED


def _run(args: argparse.Namespace) -> int:
    handler = getattr(args, "handler", None)
    if handler is None:
        handler = import_module(f"field_app.commands.{args.command or 'run'}").run
    code: int = handler(args)
    return code


def _say(sentence: str) -> None:
    print(f"field-app: {sentence}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
