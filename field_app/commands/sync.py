"""`field-app sync`: hand in what waits and fetch what is new, once."""

import argparse
from typing import TYPE_CHECKING, Any

from field_app.commands.options import add_command

if TYPE_CHECKING:
    from field_app.services.sync_state import SyncState

EXIT_NOT_SYNCED = 3


def add_parser(subparsers: Any) -> None:
    """Say what the command takes."""
    parser = add_command(
        subparsers,
        "sync",
        "hand in what waits and fetch what is new",
        details="Exit code 0 when everything was received, 3 when something still waits or the "
        "centre could not be reached. Nothing is lost either way.",
        example="field-app sync --data ~/field-notes",
    )
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Sync once and print where the work is."""
    from field_app.commands.opening import open_workspace

    with open_workspace(args) as workspace:
        state = workspace.sync.sync_now()
    for line in _lines(state):
        print(line)
    return EXIT_NOT_SYNCED if state.trouble or state.waiting or state.files_waiting else 0


def _lines(state: "SyncState") -> list[str]:
    if not state.is_enrolled:
        return ["This device works alone. Enrol it with `field-app enrol CODE`."]
    lines = []
    if state.trouble:
        lines.append(f"Not synced ({state.trouble}). The work is kept here and sent next time.")
    if state.waiting:
        lines.append(f"Waiting: {state.waiting}")
    else:
        at = state.reached_at.astimezone() if state.reached_at else None
        when = f", {at:%Y-%m-%d %H:%M}" if at else ""
        lines.append(f"All {state.received} received{when}")
    if state.files_waiting:
        why = ", for Wi-Fi" if state.files_held else ""
        lines.append(f"Pictures waiting: {state.files_waiting}{why}")
    if state.files_refused:
        lines.append(f"Needs you: {state.files_refused} pictures that the centre did not take")
    if state.attention:
        lines.append(f"Needs you: {state.attention} refused")
    if state.conflicts:
        lines.append(f"Needs you: {state.conflicts} in conflict")
    if state.held:
        lines.append(f"Cannot be opened yet: {state.held}")
    if state.inbox_open:
        lines.append(f"Inbox: {state.inbox_open}")
    if state.standing.value != "active":
        lines.append(f"This device is {state.standing.value} at the centre.")
    return lines
