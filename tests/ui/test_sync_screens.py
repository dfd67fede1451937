"""Enrolment, the sync line, Sync and device, conflicts: over a real centre on this machine."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import flet as ft
import pytest
from PIL import Image

from field_app.bootstrap import App, build_app
from field_app.domain.records.conflict import Conflict
from field_app.domain.records.participant import Participant
from field_app.domain.records.staff import StaffRole
from field_app.services.intake import new_participant
from field_app.services.outbox import WaitingChange
from field_app.services.receipts import Receipt
from field_app.services.sync_state import SyncState
from field_app.services.workspace import Workspace
from field_app.settings import Settings
from field_app.ui.components.sync_line import sync_words
from sync.client.replica import Standing
from sync.client.reports import Progress
from tests.sync.serving import LocalCentre
from tests.ui.conftest import Windows
from tests.ui.work import CHEAP, FRIDAY, PASSPHRASE, Desk, add_youth, open_desk


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCentre]:
    with LocalCentre.serving(tmp_path_factory.mktemp("centre"), None) as local:
        yield local


@dataclass
class Office:
    """The data manager's device, without a window."""

    app: App
    centre: LocalCentre

    @property
    def workspace(self) -> Workspace:
        workspace = self.app.session.workspace
        assert workspace is not None
        return workspace

    def code_for(self, name: str = "Rosa Delgado", role: StaffRole = StaffRole.FIELD_ADVOCATE):
        staff_id = self.workspace.team.people.add(name, role)
        self.workspace.sync.sync_now()
        return self.workspace.team.codes.make(staff_id)

    def find(self, record_id: str) -> Participant | None:
        with self.workspace.notebook.read() as records:
            return records.find(Participant, record_id)

    def save(self, record: Participant) -> Participant:
        with self.workspace.notebook.write() as records:
            return records.save(record)


@pytest.fixture(scope="module")
def office(centre: LocalCentre, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    app = build_app(Settings(tmp_path_factory.mktemp("office"), "test"), kdf=CHEAP)
    app.session.start_alone(display_name="Maria Ortiz", passphrase=PASSPHRASE, language="en")
    _, _, code = centre.new_agency()
    app.enrolment.look(code.text(), centre.url)
    app.enrolment.enrol()
    found = Office(app, centre)
    found.workspace.sync.sync_now()
    yield found
    app.session.lock()


async def go(desk: Desk, route: str) -> None:
    desk.window.controller.navigate(route)
    await desk.window.settle()


async def join(desk: Desk, code: Any) -> None:
    """Enrol through the screen, and wait until everything has arrived."""
    await go(desk, "/more/enrol")
    await desk.window.enter("code", code.qr_text)
    await desk.window.tap("look")
    await desk.window.until(lambda: desk.window.has("join"), 20)
    await desk.window.tap("join")
    await desk.window.until(lambda: desk.window.has("to-sync"), 20)
    await arrived(desk)


async def arrived(desk: Desk) -> None:
    shown = desk.window.controller.syncing.shown

    def is_over() -> bool:
        state = shown.state
        return state.reached_at is not None and not state.waiting and not state.is_running

    await desk.window.until(is_over, 30)


# --- alone -------------------------------------------------------------------------------------


async def test_a_device_alone_says_so_and_offers_a_backup_and_a_way_to_join(
    opened: Windows, tmp_path: Path
):
    desk = await open_desk(opened, tmp_path, add_youth)
    assert not desk.window.has("sync-line")

    await go(desk, "/sync")
    assert desk.window.shows("This record is on this device only")
    await desk.window.tap("backup")
    assert desk.window.has("backup-make")
    desk.window.controller.close_panel()
    await desk.window.tap("enrol")

    assert desk.window.page.route == "/more/enrol"
    assert desk.window.has("look")


async def test_whoever_finds_the_app_open_takes_no_backup_along(opened: Windows, tmp_path: Path):
    desk = await open_desk(opened, tmp_path / "a", add_youth)
    desk.window.controller.open_panel("backup")
    await desk.window.settle()
    await desk.window.enter("new-passphrase", "a thief's own long passphrase")
    await desk.window.enter("new-passphrase-again", "a thief's own long passphrase")

    await desk.window.tap("backup-make")
    assert desk.window.shows("Type your passphrase")
    await desk.window.enter("current-passphrase", "a thief's guess")
    await desk.window.tap("backup-make")
    await desk.window.until(lambda: desk.window.shows("does not fit"), 20)

    assert [name for name, _ in desk.window.connection.calls if name == "save_file"] == []


async def test_a_backup_is_a_sealed_file_that_opens_with_its_passphrase(
    opened: Windows, tmp_path: Path
):
    desk = await open_desk(opened, tmp_path / "a", add_youth)
    desk.window.controller.open_panel("backup")
    await desk.window.settle()
    await desk.window.enter("current-passphrase", PASSPHRASE)
    await desk.window.enter("new-passphrase", PASSPHRASE)
    await desk.window.enter("new-passphrase-again", PASSPHRASE)

    await desk.window.tap("backup-make")
    await desk.window.until(lambda: desk.window.has("notice"), 20)

    [saved] = [args for name, args in desk.window.connection.calls if name == "save_file"]
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "file").write_bytes(saved["src_bytes"])
    other = build_app(Settings(tmp_path / "b" / "data", "test"), kdf=CHEAP)
    other.session.restore(tmp_path / "b" / "file", PASSPHRASE, PASSPHRASE)
    other.session.unlock(PASSPHRASE)
    assert other.session.workspace is not None
    assert list(other.session.workspace.caseload.aliases().values()) == ["Maya"]
    other.session.lock()


async def test_a_mistyped_code_is_refused_beside_its_field(opened: Windows, tmp_path: Path):
    desk = await open_desk(opened, tmp_path)
    await go(desk, "/more/enrol")
    await desk.window.tap("look")
    assert desk.window.by_id("code").error == "Paste the code."

    await desk.window.enter("code", "ABCDE-FGHIJ")
    await desk.window.enter("centre", "https://centre.example")
    await desk.window.tap("look")

    await desk.window.until(lambda: desk.window.shows("not a whole enrollment code"))


async def test_a_centre_that_does_not_answer_changes_nothing(
    opened: Windows, tmp_path: Path, office: Office
):
    desk = await open_desk(opened, tmp_path)
    await go(desk, "/more/enrol")
    await desk.window.enter("code", office.code_for().text)
    await desk.window.enter("centre", "http://127.0.0.1:9")
    await desk.window.tap("look")

    await desk.window.until(lambda: desk.window.shows("cannot be reached now"), 20)
    assert not desk.workspace.sync.is_enrolled


# --- joining -----------------------------------------------------------------------------------


async def test_what_was_written_alone_comes_along_and_is_received(
    opened: Windows, tmp_path: Path, office: Office
):
    desk = await open_desk(opened, tmp_path, add_youth)
    await go(desk, "/more/enrol")
    await desk.window.enter("code", office.code_for().qr_text)
    await desk.window.tap("look")
    await desk.window.until(lambda: desk.window.has("join"), 20)
    assert desk.window.shows("This code is for: Advocate")
    assert desk.window.shows("1 case with its contacts and notes")
    assert not desk.workspace.sync.is_enrolled

    await desk.window.tap("join")
    await desk.window.until(lambda: desk.window.has("to-sync"), 20)
    await arrived(desk)
    await go(desk, "/")

    assert desk.window.has("sync-line")
    assert desk.window.shows(r"^All \d+ received")
    office.workspace.sync.sync_now()
    assert "Maya" in office.workspace.caseload.aliases().values()


async def test_the_first_code_shows_the_agency_s_recovery_words(
    opened: Windows, tmp_path: Path, centre: LocalCentre
):
    desk = await open_desk(opened, tmp_path)
    _, _, code = centre.new_agency()
    await go(desk, "/more/enrol")
    await desk.window.enter("code", code.text())
    await desk.window.enter("centre", centre.url)
    await desk.window.tap("look")
    await desk.window.until(lambda: desk.window.has("join"), 20)
    assert desk.window.shows("this device founds the agency")

    await desk.window.tap("join")
    await desk.window.until(lambda: desk.window.has("recovery-words"), 20)

    assert desk.window.shows("cannot be made again")
    await arrived(desk)
    await go(desk, "/more")
    assert desk.window.has("team")


async def test_the_agency_s_words_are_shown_again_after_a_lock_until_they_are_on_paper(
    opened: Windows, tmp_path: Path, centre: LocalCentre
):
    desk = await open_desk(opened, tmp_path)
    window = desk.window
    await go(desk, "/more/enrol")
    await window.enter("code", centre.new_agency()[2].text())
    await window.enter("centre", centre.url)
    await window.tap("look")
    await window.until(lambda: window.has("join"), 20)
    await window.tap("join")
    await window.until(lambda: window.has("recovery-words"), 20)
    await arrived(desk)
    words = desk.app.enrolment.unwritten_words()
    assert words is not None

    window.controller.lock()
    await window.until(lambda: window.has("unlock"), 20)
    assert not window.shows(words[0])
    await window.enter("passphrase", PASSPHRASE)
    await window.tap("unlock")
    await window.until(lambda: desk.app.session.workspace is not None, 20)
    await go(desk, "/sync")
    await window.until(lambda: window.has("agency-words"), 20)
    await window.tap("agency-words")
    assert window.page.route == "/more/enrol"
    assert all(window.shows(word) for word in words)

    await window.tap("words-written")
    for place in (1, 2):
        label = window.by_id(f"check-word-{place}").label
        number = int("".join(c for c in label if c.isdigit()))
        await window.enter(f"check-word-{place}", words[number - 1])
    await window.tap("words-finish")
    await window.until(lambda: window.has("to-sync"), 20)
    assert desk.app.enrolment.unwritten_words() is None
    await go(desk, "/sync")
    assert not desk.window.has("agency-words")


async def test_enrolment_at_first_run_leads_to_the_code_after_the_words(
    opened: Windows, tmp_path: Path
):
    from field_app.app import FieldNotes

    app = build_app(Settings(tmp_path / "data", "test"), kdf=CHEAP)
    window = await opened(app=FieldNotes(app.session, app.device_preferences, app.enrolment))
    await window.tap("start-with-code")
    await window.enter("name", "Rosa")
    await window.enter("new-passphrase", PASSPHRASE)
    await window.enter("new-passphrase-again", PASSPHRASE)
    await window.tap("make")
    await window.until(lambda: window.has("words-written"), 20)
    words = window.controller.state.recovery_words
    await window.tap("words-written")
    for place in (1, 2):
        label = window.by_id(f"check-word-{place}").label
        number = int("".join(c for c in label if c.isdigit()))
        await window.enter(f"check-word-{place}", words[number - 1])
    await window.tap("words-finish")

    await window.until(lambda: window.has("look"), 20)
    app.session.lock()


# --- working -----------------------------------------------------------------------------------


async def test_a_new_case_waits_and_is_received_with_a_receipt(
    opened: Windows, tmp_path: Path, office: Office
):
    desk = await open_desk(opened, tmp_path)
    await join(desk, office.code_for())
    before = desk.workspace.sync.state().received

    desk.workspace.intake.open_case  # noqa: B018 - the service is there
    with desk.workspace.notebook.write() as records:
        records.save(new_participant(alias="Lena"))
    await desk.window.until(lambda: desk.workspace.sync.state().waiting == 1)
    await go(desk, "/sync")
    await desk.window.until(lambda: desk.window.shows("^1 waiting"), 5)
    await desk.window.tap("sync-now")
    await arrived(desk)
    await desk.window.until(lambda: desk.window.shows(r"receipt \d+"), 5)

    assert desk.workspace.sync.state().received == before + 1
    assert desk.window.shows("^Participant$")


async def test_a_picture_is_shown_while_it_waits_and_when_the_centre_does_not_take_it(
    opened: Windows, tmp_path: Path, office: Office
):
    desk = await open_desk(opened, tmp_path, add_youth)
    await join(desk, office.code_for())
    sync, attachments = desk.workspace.sync, office.centre.parts.attachments
    sync.loop.network_changed(is_there=True, is_free=False)
    kept = io.BytesIO()
    Image.linear_gradient("L").resize((64, 48)).save(kept, "JPEG")
    desk.workspace.attachments.add(desk.workspace.caseload.entries()[0].case_id, kept.getvalue())
    await go(desk, "/sync")

    await desk.window.until(lambda: desk.window.shows("^1 picture waits for Wi-Fi$"), 20)
    await arrived(desk)
    assert desk.window.shows("They go as soon as there is Wi-Fi")
    assert not desk.window.shows("Everything you wrote has left this device")

    most, attachments.most_chunks = attachments.most_chunks, 0
    sync.loop.network_changed(is_there=True, is_free=True)
    await desk.window.until(lambda: desk.window.shows("^1 picture did not get to the center$"), 20)
    assert desk.window.shows("A picture is too large for the center")
    assert desk.window.shows("Nothing else waits")

    attachments.most_chunks = most
    await desk.window.tap("pictures-again")
    await desk.window.until(
        lambda: desk.window.shows("Everything you wrote has left this device"), 20
    )
    assert not desk.window.shows("did not get to the center")


async def test_a_conflict_is_shown_side_by_side_and_both_texts_can_be_kept(
    opened: Windows, tmp_path: Path, office: Office
):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    await join(desk, office.code_for())
    office.workspace.sync.sync_now()
    there = office.find(people[0].record_id)
    assert there is not None
    office.save(replace(there, phone="1"))
    office.workspace.sync.sync_now()
    with desk.workspace.notebook.write() as records:
        here = records.find(Participant, people[0].record_id)
        assert here is not None
        records.save(replace(here, phone="2"))
    desk.workspace.sync.loop.hurry()
    shown = desk.window.controller.syncing.shown
    await desk.window.until(lambda: shown.state.conflicts == 1, 30)
    await arrived(desk)
    await go(desk, "/")
    assert desk.window.shows("^1 needs you$")

    await desk.window.tap("sync-line")
    [line] = [i for i in desk.window.ids() if i.startswith("conflict-")]
    await desk.window.tap(line)
    assert desk.window.shows("Phone")
    assert desk.window.shows("^Yours$")
    assert desk.window.shows("^by Maria Ortiz$")
    assert desk.window.shows("^stands now$")
    await desk.window.tap("keep-both")
    await desk.saved()

    with desk.workspace.notebook.read() as records:
        kept = records.find(Participant, people[0].record_id)
    assert kept is not None
    assert kept.phone == "1\n2"
    assert not any(i.startswith("conflict-") for i in desk.window.ids())


@pytest.mark.parametrize(("side", "value"), [("mine", "2"), ("theirs", "1")])
async def test_one_version_can_be_kept(
    opened: Windows, tmp_path: Path, office: Office, side: str, value: str
):
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        youth = add_youth(workspace, phone="1")
        people.append(youth)
        with workspace.notebook.write() as records:
            records.save(
                Conflict(
                    case_id=youth.case_id,
                    subject_id=youth.record_id,
                    subject_kind="participant",
                    field="phone",
                    mine="2",
                    theirs="1",
                )
            )

    desk = await open_desk(opened, tmp_path, fill)
    [view] = desk.workspace.conflicts.open()
    desk.window.controller.open_panel("conflict", conflict_id=view.conflict.record_id)
    await desk.window.settle()

    await desk.window.tap(f"keep-{side}")
    await desk.saved()

    with desk.workspace.notebook.read() as records:
        kept = records.find(Participant, people[0].record_id)
    assert kept is not None
    assert kept.phone == value
    assert desk.workspace.conflicts.open() == []


@pytest.mark.parametrize(
    ("mine", "theirs", "is_beside"),
    [
        ("213-555-0187", "213-555-0142", True),
        ("213-555-0187", "Call the aunt first, and only then the number on the card", False),
    ],
)
async def test_short_versions_stand_side_by_side_and_sentences_one_under_the_other(
    opened: Windows, tmp_path: Path, mine: str, theirs: str, is_beside: bool
):
    def fill(workspace: Workspace) -> None:
        youth = add_youth(workspace, phone=theirs)
        entry = Conflict(
            case_id=youth.case_id,
            subject_id=youth.record_id,
            subject_kind="participant",
            field="phone",
            mine=mine,
            theirs=theirs,
        )
        with workspace.notebook.write() as records:
            records.save(entry)

    desk = await open_desk(opened, tmp_path, fill)
    [view] = desk.workspace.conflicts.open()
    desk.window.controller.open_panel("conflict", conflict_id=view.conflict.record_id)
    await desk.window.settle()

    assert desk.window.shows("before they knew of each other")
    assert any(row.intrinsic_height for row in desk.window.on_top(ft.Row)) == is_beside
    assert desk.window.shows(mine)
    assert desk.window.shows(theirs)
    assert desk.window.has("keep-mine")
    assert desk.window.has("keep-theirs")


# --- the words ---------------------------------------------------------------------------------

AT = FRIDAY.replace(hour=9, minute=12)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (SyncState(True, received=14, reached_at=AT), "All 14 received 09:12"),
        (SyncState(True, received=1, reached_at=AT), "1 received 09:12"),
        (SyncState(True, waiting=3, received=14, reached_at=AT), "3 waiting"),
        (SyncState(True, waiting=3, trouble="offline", reached_at=AT), "3 waiting"),
        (SyncState(True, attention=1, received=14, reached_at=AT), "1 needs you"),
        (SyncState(True, conflicts=2, waiting=3, reached_at=AT), "2 need you · 3 waiting"),
        (SyncState(True, received=3, files_waiting=1, reached_at=AT), "1 picture waiting"),
        (
            SyncState(True, received=3, files_waiting=2, files_held=True, reached_at=AT),
            "2 pictures wait for Wi-Fi",
        ),
        (SyncState(True, waiting=3, files_waiting=2, reached_at=AT), "3 waiting"),
        (SyncState(True, files_refused=1, reached_at=AT), "1 needs you"),
        (SyncState(True, trouble="disk_full", reached_at=AT), "Sync stopped: see why"),
        (
            SyncState(True, waiting=2, trouble="device_unknown", reached_at=AT),
            "Sync stopped: see why · 2 waiting",
        ),
        (SyncState(True, received=14, inbox_open=2, reached_at=AT), "2 need you"),
        (SyncState(True), "The center has not been reached yet"),
        (
            SyncState(True, waiting=40, is_running=True, progress=Progress(12, 40, 0)),
            "12 of 40",
        ),
        (SyncState(True, standing=Standing.REVOKED), "This device's access has ended"),
    ],
)
def test_one_line_says_where_the_work_is(state: SyncState, words: str):
    assert sync_words(state, FRIDAY) == words


async def show(desk: Desk, monkeypatch: pytest.MonkeyPatch, state: SyncState) -> None:
    """Let the window believe a state of sync that is slow to bring about."""
    sync = desk.workspace.sync
    monkeypatch.setattr(sync, "is_enrolled", True)
    monkeypatch.setattr(type(sync.outbox), "waiting", lambda _self: REFUSED)
    monkeypatch.setattr(type(sync.receipts), "latest", lambda _self, **_limits: list[Receipt]())
    monkeypatch.setattr(type(desk.workspace.team), "role", lambda _self: "advocate")
    desk.window.controller.syncing.shown.state = state
    await go(desk, "/sync")


@pytest.mark.parametrize(
    "state",
    [
        SyncState(True, standing=Standing.REPLACED),
        SyncState(True, trouble="device_unknown"),
    ],
    ids=["replaced", "unknown"],
)
async def test_a_device_without_a_place_is_told_what_can_be_done_not_that_it_has_joined(
    opened: Windows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: SyncState
):
    desk = await open_desk(opened, tmp_path)
    await show(desk, monkeypatch, state)

    await go(desk, "/more/enrol")

    assert desk.window.shows("A new code cannot be used on this record")
    assert not desk.window.shows("has joined")
    await desk.window.tap("backup")
    assert desk.window.has("backup-make")


REFUSED = [
    WaitingChange(
        "r1",
        "c1",
        "contact",
        FRIDAY,
        is_on_its_way=False,
        attention="no_access",
        text={"kind": "contact", "note": "she laughed about the bus", "minutes": 20},
    )
]


@pytest.mark.parametrize("is_running", [True, False])
async def test_what_waits_is_on_its_way_only_while_a_sync_runs_and_says_no_moment_it_does_not_know(
    opened: Windows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_running: bool
):
    desk = await open_desk(opened, tmp_path)
    frozen = replace(REFUSED[0], attention=None, is_on_its_way=True, saved_at=None)
    monkeypatch.setitem(globals(), "REFUSED", [frozen])

    await show(desk, monkeypatch, SyncState(True, waiting=1, is_running=is_running))

    assert desk.window.shows("on its way") is is_running
    assert not desk.window.shows("^Saved")


async def test_a_long_sync_says_how_far_it_is_and_can_be_stopped(
    opened: Windows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    desk = await open_desk(opened, tmp_path)
    stopped: list[bool] = []
    sync = desk.workspace.sync
    monkeypatch.setattr(sync, "interrupt", lambda: stopped.append(True))
    await show(
        desk,
        monkeypatch,
        SyncState(True, waiting=40, is_running=True, progress=Progress(12, 40, 0)),
    )
    assert desk.window.shows("^12 of 40$")
    assert not desk.window.has("sync-now")

    await desk.window.tap("sync-stop")

    assert stopped == [True]


async def test_no_network_is_told_in_passing_and_never_as_a_problem(
    opened: Windows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    desk = await open_desk(opened, tmp_path)
    await show(desk, monkeypatch, SyncState(True, waiting=3, trouble="offline"))

    assert desk.window.shows("^3 waiting$")
    assert desk.window.shows("Your work is safe here")
    assert not desk.window.has("notice")


async def test_what_the_centre_did_not_take_is_shown_with_its_reason(
    opened: Windows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    desk = await open_desk(opened, tmp_path)
    calls: list[str] = []
    monkeypatch.setattr(desk.workspace.sync.outbox, "try_again", lambda _id: calls.append("again"))
    monkeypatch.setattr(desk.workspace.sync.outbox, "give_up", lambda _id: calls.append("dropped"))
    await show(desk, monkeypatch, SyncState(True, attention=1, reached_at=AT))

    assert desk.window.shows("Nothing else waits")
    await desk.window.tap("unsent-r1")
    assert desk.window.shows("You no longer have access to this case")
    assert desk.window.shows("she laughed about the bus")
    await desk.window.tap("send-again")
    await desk.window.until(lambda: calls == ["again"])

    await desk.window.tap("unsent-r1")
    await desk.window.tap("give-up")
    assert calls == ["again"]
    await desk.window.tap("confirm-yes")
    await desk.window.until(lambda: calls == ["again", "dropped"])


async def test_a_revoked_device_says_what_happens_and_destroys_only_after_a_yes(
    opened: Windows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    desk = await open_desk(opened, tmp_path)
    state = SyncState(True, standing=Standing.REVOKED, hand_in_until=FRIDAY)
    await show(desk, monkeypatch, state)
    assert desk.window.shows("It can be handed in until Nov 20, 2026")
    assert not desk.window.has("destroy")

    desk.window.controller.syncing.shown.state = replace(state, is_handed_in=True)
    await desk.window.settle()
    await desk.window.tap("destroy")
    assert desk.app.session.status == "open"
    await desk.window.tap("confirm-yes")

    await desk.window.until(lambda: desk.app.session.workspace is None)


async def test_a_revoked_device_names_what_did_not_arrive_before_it_offers_the_end(
    opened: Windows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    desk = await open_desk(opened, tmp_path)
    state = SyncState(
        True,
        standing=Standing.REVOKED,
        is_handed_in=True,
        files_refused=1,
        files_of_left_cases=1,
        reached_at=AT,
    )
    dropped: list[bool] = []
    monkeypatch.setattr(
        desk.workspace.sync.outbox, "give_up_pictures", lambda: dropped.append(True)
    )
    await show(desk, monkeypatch, state)
    assert desk.window.shows("1 entry did not get to the center")
    assert not desk.window.shows("Everything you wrote was received")
    assert desk.window.has("destroy")

    await desk.window.tap("pictures-drop")
    assert not dropped
    await desk.window.tap("confirm-yes")
    await desk.window.until(lambda: dropped == [True])

    desk.window.controller.syncing.shown.state = replace(state, waiting=1)
    await desk.window.settle()
    assert not desk.window.has("destroy")
    assert desk.window.has("sync-now")


async def test_the_lock_leaves_no_word_of_the_work(opened: Windows, tmp_path: Path, office: Office):
    desk = await open_desk(opened, tmp_path, add_youth)
    await join(desk, office.code_for())
    await go(desk, "/sync")

    desk.window.controller.lock()
    await desk.window.settle()

    assert not desk.window.controller.syncing.shown.state.is_enrolled
    assert "Maya" not in desk.window.everything()


async def test_what_a_sync_came_upon_stands_in_words_with_whose_it_is(
    opened: Windows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    with desk.workspace.sync.replica.transaction() as tx:
        tx.note_problem("case_read_again", people[0].case_id)

    await show(desk, monkeypatch, SyncState(True, reached_at=AT))

    assert desk.window.shows("A case here differed from the one at the center")
    assert desk.window.shows(r"^Maya · today, 10:00$")
