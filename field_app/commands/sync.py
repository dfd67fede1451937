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
        details="Exit code 0 when everything was received, 3 when something still waits, was not "
        "taken or cannot be opened yet, when the sync did not come to its end, or when this "
        "device's access has ended. Nothing is lost either way. A conflict and the inbox are told "
        "and leave the code as it is: that work was received.",
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
    return EXIT_NOT_SYNCED if _is_anything_left(state) else 0


def _is_anything_left(state: "SyncState") -> bool:
    return bool(
        state.trouble
        or _not_received(state)
        or state.held
        or (state.is_enrolled and state.standing.value != "active")
    )


def _not_received(state: "SyncState") -> int:
    return state.waiting + state.attention + state.files_waiting + state.files_refused


def _lines(state: "SyncState") -> list[str]:
    if not state.is_enrolled:
        return ["This device works alone. Enrol it with `field-app enrol CODE`."]
    lines = []
    if state.trouble:
        lines.append(f"Not synced ({state.trouble}): {_trouble_words(state.trouble)}")
    if state.waiting:
        lines.append(f"Waiting: {state.waiting}")
    lines.append(_received_line(state))
    if state.files_waiting:
        why = ", for Wi-Fi" if state.files_held else ""
        lines.append(f"Pictures waiting: {state.files_waiting}{why}")
    if state.files_refused:
        pictures = "1 picture" if state.files_refused == 1 else f"{state.files_refused} pictures"
        lines.append(f"Needs you: {pictures} that the centre did not take")
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


def _received_line(state: "SyncState") -> str:
    if state.reached_at is None:
        return "The centre has not been reached yet."
    when = f"{state.reached_at.astimezone():%Y-%m-%d %H:%M}"
    if _not_received(state):
        return f"Received so far: {state.received}, {when}"
    if not state.received:
        return f"Nothing waits, {when}"
    return f"All {state.received} received, {when}"


def _trouble_words(code: str) -> str:
    """Return what happened and what to do, in the words of the screens."""
    from field_app.locales.catalog import Translator

    words = Translator("en")
    key = f"trouble.{code}"
    return words(key) if key in words else words("trouble.refused", code=code)
