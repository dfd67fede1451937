"""`field-app enrol` joins an agency with a code; `field-app enrol-code` makes codes for others."""

import argparse
from typing import Any

from field_app.commands.options import add_command


def add_parser(subparsers: Any) -> None:
    """Say what the two commands take."""
    enrol = add_command(
        subparsers,
        "enrol",
        "join an agency with a one-time code",
        details="The record of this device is carried along. The first code of an agency makes "
        "the agency's keys and prints its recovery words, once.",
        example="field-app enrol --centre https://centre.example.org ABCDE-FGHIJ-...",
    )
    enrol.add_argument("code", help="the typed code, or the text of its QR code")
    enrol.add_argument("--centre", default="", metavar="URL", help="address of the centre")
    enrol.set_defaults(handler=run_enrol)

    make = add_command(
        subparsers,
        "enrol-code",
        "make a one-time code for a colleague's device (data managers)",
        details="Without --staff, a new person is added with --name and --role.",
        example='field-app enrol-code --name "Ana" --role field_advocate',
    )
    make.add_argument("--staff", metavar="ID", help="staff id of somebody who is here already")
    make.add_argument("--name", help="how the new person is called; the centre never sees it")
    make.add_argument("--role", default="field_advocate", help="role of the new person")
    make.add_argument("--team", metavar="ID", help="team id of the new person")
    make.add_argument("--qr", action="store_true", help="also show the QR code")
    make.set_defaults(handler=run_code)


def run_enrol(args: argparse.Namespace) -> int:
    """Enrol the store of the data folder."""
    from field_app.commands.opening import app_of, require_store, show_progress
    from field_app.commands.secrets_in import Secrets

    app = app_of(args)
    require_store(app.session)
    secrets = Secrets(args.passphrase_fd)
    app.session.unlock(secrets.ask("Passphrase"), show_progress)
    try:
        invitation = app.enrolment.look(args.code, args.centre)
        words = ""
        if invitation.needs_recovery_words:
            words = secrets.ask("The agency's recovery words")
        joined = app.enrolment.enrol(agency_recovery_words=words)
        assert app.session.workspace is not None  # noqa: S101 - it was unlocked above
        state = app.session.workspace.sync.sync_now()
    finally:
        app.session.lock()
    print(f"Enrolled as {invitation.role}. {joined.queued} records were queued.")
    if joined.recovery_words is not None:
        print("The agency's recovery words. Write them down; they are shown this once:")
        print("  " + " ".join(joined.recovery_words))
    if state.trouble or state.waiting:
        print(f"Waiting: {state.waiting}. Run `field-app sync` when the network is there.")
    return 0


def run_code(args: argparse.Namespace) -> int:
    """Make a code, adding the person where needed."""
    from field_app.commands.opening import open_workspace
    from field_app.domain.records.staff import StaffRole
    from field_app.errors import InputError

    try:
        role = StaffRole(args.role)
    except ValueError:
        known = ", ".join(each.value for each in StaffRole)
        raise InputError(f"Roles are {known}.", field="--role") from None
    if not args.staff and not args.name:
        raise InputError("Name a person with --staff, or a new one with --name.", field="--name")
    with open_workspace(args) as workspace:
        staff_id = args.staff or workspace.team.people.add(args.name, role, team_id=args.team)
        workspace.sync.sync_now()
        code = workspace.team.codes.make(staff_id)
    print(f"Works once, until {code.ends_at.astimezone():%Y-%m-%d %H:%M}. Show it to nobody else:")
    print(f"  {code.text}")
    print(f"  staff id {staff_id}")
    if args.qr:
        print(code.qr_terminal())
    return 0
