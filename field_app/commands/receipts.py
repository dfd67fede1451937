"""`field-app receipts`: what the centre has confirmed, and the proof of it as a file."""

import argparse
from pathlib import Path
from typing import Any

from field_app.commands.options import add_command


def add_parser(subparsers: Any) -> None:
    """Say what the command takes."""
    parser = add_command(
        subparsers,
        "receipts",
        "list what the centre has confirmed",
        details="With --proof, write all receipts and their signed heads into a file: ids and "
        "hashes only, for whoever has to be shown that work was handed in.",
        example="field-app receipts --proof receipts.json",
    )
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many (20)")
    parser.add_argument("--proof", type=Path, metavar="FILE", help="a new file for the proof")
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Print the latest receipts, or write the proof."""
    import json

    from field_app.commands.opening import open_workspace
    from field_app.errors import DiskError, InputError

    with open_workspace(args) as workspace:
        if not workspace.sync.is_enrolled:
            print("This device works alone: there are no receipts.")
            return 0
        if args.proof is not None:
            text = json.dumps(workspace.sync.receipts.proof(), indent=1)
            try:
                with args.proof.open("x", encoding="utf-8") as file:
                    file.write(text)
            except FileExistsError:
                raise InputError(
                    "The file exists already. Name a new one.", field="--proof"
                ) from None
            except OSError as error:
                raise DiskError(f"The file could not be written: {error.strerror}.") from None
            print(f"Written: {args.proof}")
            return 0
        for receipt in workspace.sync.receipts.latest(limit=args.limit):
            print(
                f"{receipt.received_at.astimezone():%Y-%m-%d %H:%M:%S}  "
                f"{receipt.device_seq:6}  {receipt.status:13}  "
                f"{receipt.kind or '-':20}  {receipt.record_id}"
            )
    return 0
