"""`field-app verify`: check everything in the data folder, and say what was checked."""

import argparse
from typing import TYPE_CHECKING, Any

from field_app.commands.options import add_command

if TYPE_CHECKING:
    from field_app.store.verify import VerifyReport

EXIT_FOUND = 2


def add_parser(subparsers: Any) -> None:
    """Say what the command takes."""
    parser = add_command(
        subparsers,
        "verify",
        "check the store and say what was checked",
        details="Nothing is changed. Exit code 2 when something was found.",
        example="field-app verify --data ~/field-notes",
    )
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Check the store and print what was checked and found."""
    from field_app.commands.opening import app_of, require_store, show_progress
    from field_app.commands.secrets_in import Secrets

    session = app_of(args).session
    require_store(session)
    report = session.verify(Secrets(args.passphrase_fd).ask("Passphrase"), show_progress)
    for line in _lines(report):
        print(line)
    return 0 if report.ok else EXIT_FOUND


def _lines(report: "VerifyReport") -> list[str]:
    files = report.attachments
    rows = sum(report.rows.values())
    lines = [
        "Checked:",
        "  key file: opened with the passphrase, its seal holds",
        f"  log: {report.frames} saves, each decrypted and found in its place",
        f"  rows: {rows} in {len(report.rows)} tables",
        f"  attachments: {files.checked} read whole",
    ]
    lines += [f"  {count:7} {table}" for table, count in sorted(report.rows.items()) if count]
    if report.problem is not None:
        lines.append(f"DAMAGED: {report.problem}")
    lines += [f"Found: {notice.text}" for notice in report.notices]
    lines += [f"MISSING: the file of attachment {name}" for name in files.missing]
    lines += [f"DAMAGED: the file of attachment {name}" for name in files.damaged]
    if files.unreferenced:
        lines.append(f"Note: {files.unreferenced} attachment files belong to no record.")
    if report.ok:
        lines.append("Everything is as it was saved.")
    return lines
