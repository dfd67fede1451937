"""`field-app backup` and `field-app restore`: the whole store in one sealed file, and back."""

import argparse
from pathlib import Path
from typing import Any

from field_app.commands.options import add_command


def add_parser(subparsers: Any) -> None:
    """Say what the two commands take."""
    out = add_command(
        subparsers,
        "backup",
        "write the whole store into one sealed file",
        details="It opens on another machine with its own backup passphrase, or with the recovery "
        "words.\nWith --passphrase-fd: the passphrase, then the backup passphrase or the words.",
        example="field-app backup ~/monday.fieldbackup",
    )
    out.add_argument("file", metavar="FILE", type=Path, help="a new file; never overwritten")
    out.add_argument(
        "--recovery-words",
        action="store_true",
        help="seal it for the store's recovery words instead of a backup passphrase",
    )
    out.set_defaults(handler=run_backup)
    back = add_command(
        subparsers,
        "restore",
        "make a store from a backup",
        details="The data folder must not hold a record. The new store gets a passphrase and "
        "recovery words of its own.\nWith --passphrase-fd: the backup's secret, then the new "
        "passphrase.",
        example="field-app restore ~/monday.fieldbackup --data ~/field-notes-new",
    )
    back.add_argument("file", metavar="FILE", type=Path, help="a backup")
    back.set_defaults(handler=run_restore)


def run_backup(args: argparse.Namespace) -> int:
    """Make a backup and say what is in it."""
    from field_app.commands.opening import app_of, require_store, show_progress
    from field_app.commands.secrets_in import Secrets
    from field_app.services.transfer import require_new_file

    require_new_file(args.file)
    session = app_of(args).session
    require_store(session)
    secrets = Secrets(args.passphrase_fd)
    current = secrets.ask("Passphrase")
    session.unlock(current, show_progress)
    try:
        if args.recovery_words:
            words = secrets.ask("Recovery words")
            report = session.make_backup(args.file, current=current, words=words)
        else:
            passphrase = secrets.ask_new("New backup passphrase (four words or more)")
            report = session.make_backup(args.file, current=current, passphrase=passphrase)
    finally:
        session.lock()
    print(
        f"Backed up and read back: {report.size_bytes} bytes, {report.attachments} attachments. "
        "Keep it away from this device."
    )
    if report.missing:
        print(f"Not in it, because the store has lost them: {len(report.missing)} attachments.")
    return 0


def run_restore(args: argparse.Namespace) -> int:
    """Make the store and print its new recovery words."""
    from field_app.commands.init import print_words
    from field_app.commands.opening import app_of
    from field_app.commands.secrets_in import Secrets
    from field_app.errors import StoreError
    from field_app.services.session import SessionStatus
    from field_app.services.transfer import require_readable_file

    require_readable_file(args.file)
    session = app_of(args).session
    if session.status is not SessionStatus.NEW:
        raise StoreError(
            "There is a record in this data folder already. Nothing was changed. "
            "Restore into another folder with --data.",
            code="store_exists",
        )
    secrets = Secrets(args.passphrase_fd)
    secret = secrets.ask("Backup passphrase or recovery words")
    new_passphrase = secrets.ask_new("New passphrase (four words or more)")
    words = session.restore(args.file, secret, new_passphrase)
    print("Restored. These are its new recovery words; the ones before open only the old store.")
    print("They are shown only now. Write them down and keep them away from this device:\n")
    print_words(words)
    return 0
