"""A window over a real store in which a few people stand, on a Friday that does not end."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from field_app.app import FieldNotes
from field_app.bootstrap import App, build_app
from field_app.domain.records.contact import COUNTY_ZONE, Contact
from field_app.domain.records.participant import Participant
from field_app.domain.records.service import Referral
from field_app.domain.records.staff import StaffRole
from field_app.domain.vocabulary import Channel, Outcome, ParticipantKind, Service
from field_app.services.contacts import ContactEntry
from field_app.services.intake import IntakeEntry, new_participant
from field_app.services.workspace import Workspace
from field_app.settings import Settings
from field_app.store.kdf import KdfCost
from field_app.ui.components import drafting
from tests.ui.conftest import AppWindow, Windows
from tests.ui.harness import PHONE

PASSPHRASE = "meadow copper lantern seven boats"
CHEAP = KdfCost(memory_kib=8 * 1024, passes=1, lanes=1)
FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=COUNTY_ZONE)


@dataclass
class Clock:
    """A clock that a test sets."""

    moment: datetime = FRIDAY

    def __call__(self) -> datetime:
        return self.moment


@dataclass
class Desk:
    """The app over its store, and the window that shows it."""

    app: App
    clock: Clock
    window: AppWindow

    @property
    def workspace(self) -> Workspace:
        workspace = self.app.session.workspace
        assert workspace is not None
        return workspace

    async def unlock(self) -> None:
        await self.window.enter("passphrase", PASSPHRASE)
        await self.window.tap("unlock")
        await self.window.until(lambda: self.window.has("lock"))

    def contacts(self, case_id: str) -> list[Contact]:
        """Return what the store holds of a participant, newest first."""
        return list(self.workspace.contacts.timeline(case_id).contacts)

    async def saved(self) -> None:
        """Wait until the window says that something was saved."""
        await self.window.until(lambda: self.window.has("notice"))

    def forms(self) -> list[str]:
        return [draft.form for draft in self.workspace.drafts.all()]


def days(number: float) -> timedelta:
    return timedelta(days=number)


def add_youth(
    workspace: Workspace,
    alias: str = "Maya",
    *,
    services: tuple[Service, ...] = (Service.ADVOCACY,),
    received: timedelta = days(40),
    **fields: object,
) -> Participant:
    """Open a youth's case whose referral came some time ago."""
    person = new_participant(alias=alias, residence_county="Los Angeles", **fields)
    at = workspace.notebook.now() - received
    referral = Referral(case_id=person.case_id, assigned_at=at, csw_contacted_at=at)
    entry = IntakeEntry(participant=person, referral=referral, services=services, received_at=at)
    return workspace.intake.open_case(entry)


def add_parent(workspace: Workspace, youth: Participant, alias: str = "Mrs. R.") -> Participant:
    person = new_participant(
        alias=alias, participant_kind=ParticipantKind.PARENT, linked_youth_id=youth.case_id
    )
    return workspace.intake.open_case(IntakeEntry(participant=person))


def add_contact(
    workspace: Workspace,
    person: Participant,
    *,
    ago: timedelta = days(1),
    channel: Channel = Channel.PHONE,
    outcome: Outcome = Outcome.REACHED,
    note: str = "",
) -> Contact:
    at = workspace.notebook.now() - ago
    return workspace.contacts.log(
        ContactEntry(case_id=person.case_id, channel=channel, outcome=outcome, at=at, note=note)
    )


async def open_desk(
    opened: Windows,
    folder: Path,
    fill: Callable[[Workspace], object] = lambda workspace: None,
    *,
    size: tuple[int, int] = PHONE,
    language: str = "en",
    role: StaffRole = StaffRole.FIELD_ADVOCATE,
) -> Desk:
    """Make a store, fill it, and open an unlocked window over it."""
    drafting.KEEP_AFTER_SECONDS = 0.0  # tests wait for the draft, not for the pause before it
    clock = Clock()
    app = build_app(Settings(folder, "test"), clock=clock, kdf=CHEAP)
    app.session.start_alone(
        display_name="Rosa Delgado", passphrase=PASSPHRASE, language=language, role=role
    )
    app.device_preferences.language = language
    assert app.session.workspace is not None
    fill(app.session.workspace)
    app.session.lock()
    window = await opened(size, app=FieldNotes(app.session, app.device_preferences, app.enrolment))
    desk = Desk(app, clock, window)
    await desk.unlock()
    return desk
