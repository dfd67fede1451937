"""Sync and device: what waits, what was received, what needs a person.

A device that works alone says so, and offers a backup and a way to join an agency.
"""

import json
from dataclasses import dataclass

import flet as ft

from field_app.services.conflicts import ConflictView
from field_app.services.outbox import WaitingChange
from field_app.services.receipts import Receipt
from field_app.services.sync_notes import SyncNote
from field_app.services.sync_state import SyncState
from field_app.ui import tokens
from field_app.ui.components.basics import (
    card,
    primary_button,
    quiet,
    secondary_button,
    section_header,
    text_action,
)
from field_app.ui.components.dialogs import use_confirm_dialog
from field_app.ui.components.field_words import local, moment_words
from field_app.ui.components.file_saving import save_file
from field_app.ui.components.frame import Tab, tab_page
from field_app.ui.components.lists import empty_state, menu_line
from field_app.ui.components.record_words import field_words, kind_words
from field_app.ui.components.shown_in_pages import shown_in_pages
from field_app.ui.components.states import Tone, progress_line, state_chip
from field_app.ui.components.sync_line import (
    needs_count,
    pictures_words,
    sync_icon,
    sync_words,
    use_sync,
)
from field_app.ui.components.sync_words import note_words, trouble_words
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import Handler, screen
from field_app.ui.i18n import t, translator

RECEIPTS_SHOWN = 200


@dataclass(frozen=True)
class _Device:
    """What is read for the screen, once a change."""

    waiting: list[WaitingChange]
    receipts: list[Receipt]
    conflicts: list[ConflictView]
    notes: list[SyncNote]
    aliases: dict[str, str]


@screen
def sync_screen() -> ft.View:
    """Draw where the work is."""
    app = use_app()
    state = use_sync()
    is_asking, ask = ft.use_state(False)
    is_dropping, ask_drop = ft.use_state(False)
    here = (state.waiting, state.attention, state.received, state.conflicts)
    read = ft.use_memo(lambda: _read(app), [app.state.revision, state.is_enrolled, *here])
    words = ft.use_memo(lambda: _words_wait(app), [app.state.revision, state.is_enrolled])

    async def destroy() -> None:
        ask(False)
        await app.run(app.session.destroy)
        app.lock()

    use_confirm_dialog(
        is_open=is_asking,
        title=t("sync.destroy"),
        words=t("sync.destroy_help"),
        confirm=t("sync.destroy"),
        on_confirm=destroy,
        on_cancel=lambda: ask(False),
    )

    async def drop() -> None:
        ask_drop(False)
        await app.run(app.workspace.sync.outbox.give_up_pictures)

    use_confirm_dialog(
        is_open=is_dropping,
        title=t("sync.pictures_drop"),
        words=t("sync.pictures_drop_help", count=state.files_of_left_cases),
        confirm=t("sync.pictures_drop"),
        on_confirm=drop,
        on_cancel=lambda: ask_drop(False),
    )
    if not state.is_enrolled:
        return tab_page(tab=Tab.SYNC, title=t("sync.title"), body=_alone(app))
    return tab_page(
        tab=Tab.SYNC,
        title=t("sync.title"),
        body=[
            _standing(app, state, lambda: ask(True)),
            *words,
            *_needs_you(app, read, state, lambda: ask_drop(True)),
            *_waiting(app, read, state),
            *_received(app, read),
            *_notes(app, read),
            *_device(app),
        ],
    )


def _read(app: Controller) -> _Device:
    workspace = app.workspace
    if not workspace.sync.is_enrolled:
        return _Device([], [], [], [], {})
    return _Device(
        workspace.sync.outbox.waiting(),
        workspace.sync.receipts.latest(limit=RECEIPTS_SHOWN, only_taken=True),
        workspace.conflicts.open(),
        workspace.sync.notes.all(),
        workspace.caseload.aliases(),
    )


def _words_wait(app: Controller) -> list[ft.Control]:
    """Return the way to the agency's recovery words, while nobody has them on paper."""
    if app.enrolment is None or app.enrolment.unwritten_words() is None:
        return []
    return [
        menu_line(
            identifier="agency-words",
            icon=ft.Icons.KEY,
            title=t("enrol.words_wait"),
            words=t("enrol.words_wait_help"),
            on_click=lambda: app.navigate("/more/enrol"),
        )
    ]


def _alone(app: Controller) -> list[ft.Control]:
    return [
        empty_state(
            icon=ft.Icons.SMARTPHONE,
            title=t("sync.alone_title"),
            words=t("sync.alone"),
            action=t("sync.enrol"),
            identifier="enrol",
            on_click=lambda: app.navigate("/more/enrol"),
        ),
        _backup_line(app),
    ]


def _backup_line(app: Controller) -> ft.Control:
    return menu_line(
        identifier="backup",
        icon=ft.Icons.SAVE_ALT,
        title=t("backup.make"),
        words=t("backup.more_help"),
        on_click=lambda: app.open_panel("backup"),
    )


def _standing(app: Controller, state: SyncState, ask_destroy: object) -> ft.Control:
    """Return the card at the top: where the work is, since when, and the button."""
    now = app.workspace.notebook.now()
    head = ft.Row(
        spacing=tokens.SPACE_M,
        controls=[
            sync_icon(state),
            ft.Text(
                sync_words(state, now), expand=True, theme_style=ft.TextThemeStyle.TITLE_MEDIUM
            ),
        ],
    )
    controls: list[ft.Control] = [head]
    if state.standing.value == "revoked":
        controls += _revoked(state, ask_destroy)
        if state.is_handed_in and not _left_here(state):
            return card(*controls, identifier="sync-state")
    if state.is_running and state.progress is not None:
        controls += _progress(state)
    elif state.trouble is not None:
        controls.append(quiet(trouble_words(state.trouble)))
    if state.lease_over:
        controls.append(quiet(t("sync.lease_over")))
    if state.held:
        controls.append(quiet(t("sync.held", count=state.held)))
    if state.reached_at is not None and (state.waiting or needs_count(state)):
        when = moment_words(state.reached_at, app.workspace.notebook.today())
        controls.append(quiet(t("sync.reached_at", when=when), size=tokens.CAPTION))
    if state.is_running:
        controls.append(
            secondary_button("sync-stop", t("sync.stop"), app.syncing.stop, icon=ft.Icons.STOP)
        )
        controls.append(quiet(t("sync.stop_help"), size=tokens.CAPTION))
    else:
        controls.append(
            primary_button("sync-now", t("sync.now"), app.syncing.sync_now, icon=ft.Icons.SYNC)
        )
    for control in controls:
        if isinstance(control, ft.Semantics):
            control.key = control.identifier  # stop is another button than now, for tools too
    return card(*controls, identifier="sync-state")


def _progress(state: SyncState) -> list[ft.Control]:
    progress = state.progress
    if progress is None or not progress.to_send:
        return [quiet(t("sync.receiving"))]
    words = t("sync.sending", done=progress.sent, count=progress.to_send)
    return [progress_line(progress.sent, progress.to_send, words)]


def _revoked(state: SyncState, ask_destroy: object) -> list[ft.Control]:
    needs = state.attention + state.files_refused
    if state.is_handed_in and _left_here(state) == needs:  # nothing goes by itself any more
        words = t("sync.handed_in_but", count=needs) if needs else t("sync.handed_in")
        return [
            quiet(words),
            secondary_button("destroy", t("sync.destroy"), ask_destroy),  # type: ignore[arg-type]
        ]
    controls: list[ft.Control] = [quiet(t("sync.revoked"))]
    if state.hand_in_until is not None:
        day = translator().date(local(state.hand_in_until).date())
        controls.append(quiet(t("sync.revoked_until", day=day)))
    return controls


def _left_here(state: SyncState) -> int:
    """Return how much of this person's work is on this device only."""
    return state.waiting + state.attention + state.files_waiting + state.files_refused


def _needs_you(
    app: Controller, read: _Device, state: SyncState, ask_drop: Handler
) -> list[ft.Control]:
    refused = [change for change in read.waiting if change.attention is not None]
    controls: list[ft.Control] = []
    if read.conflicts or refused or state.files_refused or state.inbox_open:
        controls.append(section_header(t("sync.needs_you")))
    if read.conflicts:
        controls.append(quiet(t("sync.conflicts_help")))
        controls += [_conflict_line(app, view, read.aliases) for view in read.conflicts]
    if refused:
        controls.append(quiet(t("sync.unsent_help")))
        controls += [_refused_line(app, change, read.aliases) for change in refused]
    if state.files_refused:
        controls.append(
            menu_line(
                identifier="pictures-again",
                icon=ft.Icons.IMAGE_NOT_SUPPORTED_OUTLINED,
                title=t("sync.pictures_refused", count=state.files_refused),
                words=t("sync.pictures_again"),
                on_click=lambda: app.run(app.workspace.sync.outbox.hand_in_pictures_again),
            )
        )
    if state.files_of_left_cases:
        controls.append(
            menu_line(
                identifier="pictures-drop",
                icon=ft.Icons.DELETE_OUTLINE,
                title=t("sync.pictures_drop"),
                words=t("sync.pictures_drop_help", count=state.files_of_left_cases),
                on_click=ask_drop,
            )
        )
    if state.inbox_open:
        controls.append(
            menu_line(
                identifier="inbox",
                icon=ft.Icons.INBOX_OUTLINED,
                title=t("sync.inbox"),
                words=t("sync.inbox_open", count=state.inbox_open),
                on_click=lambda: app.navigate("/more/team"),
            )
        )
    return controls


def _of_person(kind: str | None, case_id: str, aliases: dict[str, str]) -> str:
    alias = aliases.get(case_id)
    return t("sync.of_person", kind=kind_words(kind), alias=alias) if alias else kind_words(kind)


def _conflict_line(app: Controller, view: ConflictView, aliases: dict[str, str]) -> ft.Control:
    conflict = view.conflict
    return menu_line(
        identifier=f"conflict-{conflict.record_id}",
        icon=ft.Icons.CALL_SPLIT,
        title=_of_person(conflict.subject_kind, conflict.case_id, aliases),
        words=field_words(conflict.field),
        on_click=lambda: app.open_panel("conflict", conflict_id=conflict.record_id),
    )


def _refused_line(app: Controller, change: WaitingChange, aliases: dict[str, str]) -> ft.Control:
    return menu_line(
        identifier=f"unsent-{change.record_id}",
        icon=ft.Icons.PAN_TOOL_OUTLINED,
        title=_of_person(change.kind, change.case_id, aliases),
        words=t("unsent.title"),
        on_click=lambda: app.open_panel("unsent", record_id=change.record_id),
    )


def _waiting(app: Controller, read: _Device, state: SyncState) -> list[ft.Control]:
    waiting = [change for change in read.waiting if change.attention is None]
    head = section_header(t("sync.waiting"), quiet(str(len(waiting))) if waiting else None)
    pictures: list[ft.Control] = []
    if state.files_waiting:
        help_words = t("sync.pictures_held_help" if state.files_held else "sync.pictures_follow")
        pictures = [_quiet_line(ft.Icons.PHOTO_OUTLINED, pictures_words(state), help_words, None)]
    if not waiting and not pictures:
        stays = state.attention or state.files_refused
        return [head, quiet(t("sync.nothing_else_waits" if stays else "sync.nothing_waits"))]
    if not waiting:
        return [head, *pictures]
    today = app.workspace.notebook.today()
    return [
        head,
        shown_in_pages(
            identifier="more-waiting",
            page=20,
            controls=[
                _quiet_line(
                    ft.Icons.CLOUD_UPLOAD_OUTLINED,
                    _of_person(change.kind, change.case_id, read.aliases),
                    t("sync.queued_line", when=moment_words(change.saved_at, today))
                    if change.saved_at is not None
                    else "",
                    state_chip(Tone.WAITING, t("sync.on_its_way"))
                    if change.is_on_its_way and state.is_running
                    else None,
                )
                for change in waiting
            ],
        ),
        *pictures,
    ]


def _received(app: Controller, read: _Device) -> list[ft.Control]:
    head = section_header(t("sync.received"))
    if not read.receipts:
        return [head, quiet(t("sync.no_receipts"))]
    today = app.workspace.notebook.today()
    return [
        head,
        quiet(t("sync.receipts_help")),
        shown_in_pages(
            identifier="more-receipts",
            page=20,
            controls=[
                _quiet_line(
                    ft.Icons.TASK_ALT,
                    kind_words(receipt.kind),
                    t(
                        "sync.receipt_line",
                        when=moment_words(receipt.received_at, today),
                        number=receipt.device_seq,
                    ),
                    None,
                )
                for receipt in read.receipts
            ],
        ),
    ]


def _notes(app: Controller, read: _Device) -> list[ft.Control]:
    """Return what syncs came upon; nothing when there was nothing, which is the rule."""
    if not read.notes:
        return []
    today = app.workspace.notebook.today()
    return [
        section_header(t("sync.notes")),
        shown_in_pages(
            identifier="more-notes",
            page=5,
            controls=[
                _quiet_line(
                    ft.Icons.INFO_OUTLINE,
                    note_words(note.code),
                    " · ".join(
                        part
                        for part in (
                            read.aliases.get(note.case_id or "", ""),
                            moment_words(note.at, today),
                        )
                        if part
                    ),
                    None,
                )
                for note in read.notes
            ],
        ),
    ]


def _quiet_line(
    icon: ft.IconData, title: str, words: str, trailing: ft.Control | None
) -> ft.Control:
    row: list[ft.Control] = [
        ft.Icon(icon, size=tokens.TITLE, color=ft.Colors.ON_SURFACE_VARIANT),
        ft.Column(
            expand=True,
            spacing=0,
            tight=True,
            controls=[
                ft.Text(title, size=tokens.BODY),
                *([quiet(words, size=tokens.CAPTION)] if words else []),
            ],
        ),
    ]
    if trailing is not None:
        row.append(trailing)
    return ft.Container(
        padding=ft.Padding.symmetric(vertical=tokens.SPACE_XS),
        content=ft.Row(spacing=tokens.SPACE_M, controls=row),
    )


def _device(app: Controller) -> list[ft.Control]:
    role = app.workspace.team.role()

    async def save_proof() -> None:
        proof = await app.run(app.workspace.sync.receipts.proof)
        content = json.dumps(proof, indent=1).encode()
        if await save_file(app, "receipts.json", content, kind="json"):
            app.tell(t("sync.proof_saved"))

    return [
        section_header(t("sync.device")),
        quiet(t("sync.enrolled_as", role=t(f"centre_role.{role}"))),
        _backup_line(app),
        text_action("save-proof", t("sync.proof"), save_proof),
    ]
