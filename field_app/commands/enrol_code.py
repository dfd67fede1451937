"""`field-app enrol` joins an agency with a code; `field-app enrol-code` makes codes for others."""

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from field_app.commands.options import add_command, identifier
from field_app.errors import FieldAppError, InputError, SyncError

if TYPE_CHECKING:
    from field_app.bootstrap import App
    from field_app.commands.secrets_in import Secrets
    from field_app.domain.records.staff import StaffRole
    from field_app.services.enrolment import EnrolmentService
    from field_app.services.enrolment_codes import NewCode
    from field_app.services.workspace import Workspace

NOTHING_CHANGED = " Nothing was changed."


def add_parser(subparsers: Any) -> None:
    """Say what the two commands take."""
    enrol = add_command(
        subparsers,
        "enrol",
        "join an agency with a one-time code",
        details="The record of this device is carried along. The first code of an agency makes "
        "the agency's keys and prints its recovery words. They are printed again by each further "
        "`field-app enrol`, until you say that they are on paper with --words-on-paper.",
        example="field-app enrol --centre https://centre.example.org ABCDE-FGHIJ-...",
    )
    enrol.add_argument(
        "code", nargs="?", default="", help="the typed code, or the text of its QR code"
    )
    enrol.add_argument("--centre", default="", metavar="URL", help="address of the centre")
    enrol.add_argument(
        "--words-on-paper",
        action="store_true",
        help="the agency's recovery words are written down: forget them here, for good",
    )
    enrol.set_defaults(handler=run_enrol)

    make = add_command(
        subparsers,
        "enrol-code",
        "make a one-time code for a colleague's device (data managers)",
        details="Without --staff, a new person is added with --name and --role.",
        example='field-app enrol-code --name "Ana" --role field_advocate',
    )
    make.add_argument(
        "--staff", type=identifier, metavar="ID", help="staff id of somebody who is here already"
    )
    make.add_argument("--name", help="how the new person is called; the centre never sees it")
    make.add_argument("--role", default="field_advocate", help="role of the new person")
    make.add_argument("--team", type=identifier, metavar="ID", help="team id of the new person")
    make.add_argument("--qr", action="store_true", help="also show the QR code")
    make.set_defaults(handler=run_code)


def run_enrol(args: argparse.Namespace) -> int:
    """Enrol the store of the data folder, or show and forget the words of an agency founded on it.

    Raises:
        InputError: No code was given, and there are no words to show.
    """
    from field_app.commands.opening import app_of, require_store, show_progress
    from field_app.commands.secrets_in import Secrets

    app = app_of(args)
    require_store(app.session)
    secrets = Secrets(args.passphrase_fd)
    app.session.unlock(secrets.ask("Passphrase"), show_progress)
    try:
        words = app.enrolment.unwritten_words()
        if args.words_on_paper:
            return _forget(app.enrolment, words)
        if words is not None:
            _show(words)
            return 0
        if not args.code:
            raise InputError("Give the code that you got from your agency.", field="CODE")
        return _enrol(app, secrets, args)
    finally:
        app.session.lock()


def _enrol(app: "App", secrets: "Secrets", args: argparse.Namespace) -> int:
    invitation = app.enrolment.look(args.code, args.centre)
    typed = ""
    if invitation.needs_recovery_words:
        typed = secrets.ask("The agency's recovery words")
    joined = app.enrolment.enrol(agency_recovery_words=typed)
    print(f"Enrolled as {invitation.role}. {joined.queued} records were queued.")
    # Before the sync: it may be interrupted, and whoever founds an agency must have seen the words.
    if joined.recovery_words is not None:
        _show(joined.recovery_words)
    sys.stdout.flush()
    assert app.session.workspace is not None  # noqa: S101 - it was unlocked by the caller
    state = app.session.workspace.sync.sync_now()
    if state.trouble or state.waiting:
        print(f"Waiting: {state.waiting}. Run `field-app sync` when the network is there.")
    return 0


def _show(words: Sequence[str]) -> None:
    print("The agency's recovery words. Write them on paper, in this order:")
    print("  " + " ".join(words))
    print("Then run `field-app enrol --words-on-paper`: until then they are kept on this device.")


def _forget(enrolment: "EnrolmentService", words: Sequence[str] | None) -> int:
    if words is None:
        raise InputError("There are no words on this device that wait to be written down.")
    enrolment.confirm_words()
    print("The agency's recovery words are on your paper only, and cannot be shown again.")
    return 0


def run_code(args: argparse.Namespace) -> int:
    """Make a code, adding the person where needed."""
    from field_app.commands.opening import open_workspace
    from field_app.domain.records.staff import StaffRole

    try:
        role = StaffRole(args.role)
    except ValueError:
        known = ", ".join(each.value for each in StaffRole)
        raise InputError(f"Roles are {known}.", field="--role") from None
    name = (args.name or "").strip()
    if not args.staff and not name:
        raise InputError("Name a person with --staff, or a new one with --name.", field="--name")
    with open_workspace(args) as workspace:
        if not workspace.sync.is_enrolled:
            raise SyncError(
                "This device works alone. Join your agency with `field-app enrol CODE` first.",
                code="not_enrolled",
            )
        workspace.sync.sync_now()
        if args.staff:
            staff_id, code = args.staff, workspace.team.codes.make(args.staff)
        else:
            staff_id, code = _add(workspace, name, role, args.team)
    print(f"Works once, until {code.ends_at.astimezone():%Y-%m-%d %H:%M}. Show it to nobody else:")
    print(f"  {code.text}")
    print(f"  staff id {staff_id}")
    if args.qr:
        print(code.qr_terminal())
    return 0


def _add(
    workspace: "Workspace", name: str, role: "StaffRole", team_id: str | None
) -> tuple[str, "NewCode"]:
    """Add a person and make a code; return the staff id and the code.

    Raises:
        InputError: Somebody who works here is called that already.
        SyncError: The centre does not agree; when the person was added before, it says so.
    """
    for person in workspace.team.people.all():
        if person.is_active and person.name.strip().casefold() == name.casefold():
            raise InputError(
                "Somebody who works here is called that already. For another device of theirs, "
                f"run this with --staff {person.staff_id} instead; for somebody else, give a name "
                "that tells the two apart.",
                field="--name",
            )
    staff_id = workspace.team.people.add(name, role, team_id=team_id)
    try:
        workspace.sync.sync_now()
        return staff_id, workspace.team.codes.make(staff_id)
    except FieldAppError as error:
        reason = error.message.removesuffix(NOTHING_CHANGED)
        raise SyncError(
            f"{reason} The person was added all the same; only the code is missing. Make it with "
            f"`field-app enrol-code --staff {staff_id}`.",
            code=error.code,
        ) from error
