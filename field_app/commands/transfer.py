"""`field-app export` and `field-app import`: the way out to other systems and in from them."""

import argparse
import sys
from pathlib import Path
from typing import Any

from field_app.commands.options import add_command


def add_parser(subparsers: Any) -> None:
    """Say what the two commands take."""
    out = add_command(
        subparsers,
        "export",
        "write everything to a readable file",
        details="The file is NOT encrypted. Its format is in field_app/services/TRANSFER.md.",
        example="field-app export ~/all.jsonl",
    )
    out.add_argument("file", metavar="FILE", type=Path, help="a new file; never overwritten")
    out.set_defaults(handler=run_export)
    into = add_command(
        subparsers,
        "import",
        "take in the records of a file",
        details="All of it or nothing: a wrong line is named, and nothing is saved.",
        example="field-app import ~/from-the-old-system.jsonl",
    )
    into.add_argument("file", metavar="FILE", type=Path, help="a transfer file")
    into.add_argument(
        "--replace",
        action="store_true",
        help="let the file win over a different record that is here already",
    )
    into.set_defaults(handler=run_import)


def run_export(args: argparse.Namespace) -> int:
    """Write the file and warn of it."""
    from field_app.commands.opening import open_cases
    from field_app.services.transfer import TransferService, require_new_file

    require_new_file(args.file)
    with open_cases(args) as workspace:
        report = TransferService(workspace.notebook).export_to(args.file)
    print(f"Exported {report.records} records and {report.changes} entries of their history.")
    print(
        "Careful: the file is not encrypted. Whoever has it can read every name and note. "
        "Delete it as soon as it has been used; to keep a copy, make a backup instead.",
        file=sys.stderr,
    )
    return 0


def run_import(args: argparse.Namespace) -> int:
    """Take the file in and say what came."""
    from field_app.commands.opening import open_workspace
    from field_app.services.transfer import TransferService, require_readable_file

    require_readable_file(args.file)
    with open_workspace(args) as workspace:
        report = TransferService(workspace.notebook).import_from(
            args.file, replace_different=args.replace
        )
    added = sum(report.added.values())
    print(f"Imported {added} new records and {report.changes} entries of their history.")
    for kind, count in sorted(report.added.items()):
        print(f"  {count:7} {kind}")
    if report.replaced:
        print(f"Replaced: {report.replaced}. The history keeps what stood there.")
    if report.unchanged:
        print(f"Here already and the same: {report.unchanged}.")
    if report.dangling_count:
        print(
            f"Pointed at but neither in the file nor here: {report.dangling_count}. "
            "They may arrive later. The first ones:"
        )
        for place in report.dangling:
            print(f"  line {place.line}: {place.field}")
    return 0
