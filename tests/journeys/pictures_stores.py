"""The stores that pictures are taken of, each made anew for each look.

fresh     nothing: the first run
empty     a notebook with nobody in it
demo      the demo's caseload on a Friday that does not end, alone on its device
advocate  an enrolled device: two versions of a phone number, a contact and a picture not taken
manager   the device of the agency's data manager: people, devices, work handed in late
"""

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from PIL import Image

from field_app.bootstrap import App, build_app
from field_app.demo.everyday_work import write_everyday_work
from field_app.domain.records.contact import Contact
from field_app.domain.records.participant import Participant
from field_app.domain.records.record import Record
from field_app.domain.records.staff import StaffRole
from field_app.domain.vocabulary import Channel, Outcome
from field_app.services.intake import new_participant
from field_app.services.workspace import Workspace
from field_app.settings import load_settings
from tests.journeys.serve import CHEAP, FRIDAY
from tests.journeys.serve_demo import PASSPHRASE, agency
from tests.sync.serving import LocalCentre

NAME = "Rosa Delgado"
Saved = TypeVar("Saved", bound=Record)


@dataclass(frozen=True)
class Look:
    """How the app looks in a picture: window, colours, language, size of text in percent."""

    size: str
    theme: str
    language: str
    text_percent: int = 100

    def __str__(self) -> str:
        bigger = "" if self.text_percent == 100 else f"-{self.text_percent}"
        return f"{self.size}-{self.theme}-{self.language}{bigger}"


@dataclass(frozen=True)
class Made:
    """A store to be served.

    Attributes:
        folder: Its data folder.
        clock: The clock to serve it with: `friday` stands still, `running` goes.
        passphrase: What opens it.
        code: An enrolment code of an agency that it can found; empty where it cannot.
        centre_url: Where that agency's centre answers.
    """

    folder: Path
    clock: str = "friday"
    passphrase: str = PASSPHRASE
    code: str = ""
    centre_url: str = ""


class Office:
    """Where stores come from that need a centre: one centre for all of them, when first asked."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._stack, self._folder = stack, folder

    @classmethod
    @contextmanager
    def open(cls) -> Iterator["Office"]:
        """Give an office; its centre ends with it."""
        with TemporaryDirectory() as folder, ExitStack() as stack:
            yield cls(stack, Path(folder))

    @cached_property
    def centre(self) -> LocalCentre:
        """The centre, in a thread of this process."""
        return self._stack.enter_context(LocalCentre.serving(self._folder, None))


def fresh(folder: Path, look: Look, office: Office) -> Made:
    """Make nothing but the readable settings."""
    app = build_app(load_settings(folder), kdf=CHEAP)
    app.device_preferences.language, app.device_preferences.theme = look.language, look.theme
    return Made(folder)


def empty(folder: Path, look: Look, office: Office) -> Made:
    """Make a notebook with nobody in it, and an agency that it could join."""
    app = _started(folder, NAME)
    _dress(app, look)
    _, _, code = office.centre.new_agency()
    return Made(folder, code=code.text(), centre_url=office.centre.url)


def demo(folder: Path, look: Look, office: Office) -> Made:
    """Make the demo's caseload."""
    app = agency(folder)
    app.session.unlock(PASSPHRASE)
    write_everyday_work(_workspace(app))
    _dress(app, look)
    return Made(folder)


def advocate(folder: Path, look: Look, office: Office) -> Made:
    """Make an advocate's device with questions that only a person can answer."""
    team = _Team(folder.parent, office)
    _dress(team.rosa, look)
    team.maria.session.lock()
    return Made(team.rosa.settings.data, clock="running")


def manager(folder: Path, look: Look, office: Office) -> Made:
    """Make the data manager's device of the same agency."""
    team = _Team(folder.parent, office)
    _dress(team.maria, look)
    team.rosa.session.lock()
    return Made(team.maria.settings.data, clock="running")


STORES: dict[str, Callable[[Path, Look, Office], Made]] = {
    make.__name__: make for make in (fresh, empty, demo, advocate, manager)
}


class _Team:
    """Three people of a new agency, open: Maria manages data, Rosa and Ana are advocates."""

    def __init__(self, folder: Path, office: Office) -> None:
        _, _, first_code = office.centre.new_agency()
        self.maria = _started(folder / "maria", "Maria Ortiz", StaffRole.DATA_MANAGER)
        self.maria.enrolment.look(first_code.text(), office.centre.url)
        self.maria.enrolment.enrol()
        self.maria.enrolment.confirm_words()
        _sync(self.maria)
        self.rosa = self._joined(folder / "rosa", NAME, StaffRole.FIELD_ADVOCATE)
        self.ana = self._joined(folder / "ana", "Ana Ruiz", StaffRole.SURVIVOR_ADVOCATE)
        team = _workspace(self.maria).team
        team.codes.make(team.people.add("Luis Ortega", StaffRole.SUPERVISOR))
        self._differ()
        self._be_refused()
        self._be_refused_a_picture(office)
        self._hand_in_late()

    def _joined(self, folder: Path, name: str, role: StaffRole) -> App:
        team = _workspace(self.maria).team
        staff_id = team.people.add(name, role)
        _sync(self.maria)
        app = _started(folder, name, role)
        app.enrolment.look(team.codes.make(staff_id).qr_text)
        app.enrolment.enrol()
        _sync(app, self.maria, app)
        return app

    def _differ(self) -> None:
        """Let Maria and Rosa write three fields of the same records differently."""
        youth = _save(self.rosa, new_participant(alias="Maya", phone="213-555-0100"))
        visit = _save(self.rosa, _contact(youth, note="We met at the library.", minutes=40))
        _save(self.rosa, new_participant(alias="J."))
        _sync(self.rosa, self.maria)
        for app, phone, note, minutes in (
            (self.maria, "213-555-0142", "Called back by the office: she asked for a ride.", 45),
            (self.rosa, "213-555-0187", "We met at the library and filled in the form.", 60),
        ):
            _save(app, replace(_found(app, youth), phone=phone))
            _save(app, replace(_found(app, visit), note=note, minutes=minutes))
        _sync(self.maria, self.rosa)

    def _be_refused(self) -> None:
        """Let the centre refuse a contact of Rosa's, as one that it has no key for."""
        youth = _save(self.rosa, new_participant(alias="Tess"))
        _sync(self.rosa, self.maria)
        _save(self.rosa, _contact(youth, note="She laughed about the bus.", minutes=20))
        with _workspace(self.rosa).sync.replica.transaction() as tx:
            tx.put_open(replace(held, attention="key_missing") for held in tx.sendable(1))

    def _be_refused_a_picture(self, office: Office) -> None:
        youth = _save(self.rosa, new_participant(alias="Noor"))
        kept = io.BytesIO()
        Image.linear_gradient("L").resize((64, 48)).save(kept, "JPEG")
        _workspace(self.rosa).attachments.add(youth.case_id, kept.getvalue())
        limits = office.centre.parts.attachments
        most, limits.most_chunks = limits.most_chunks, 0
        _sync(self.rosa)
        limits.most_chunks = most

    def _hand_in_late(self) -> None:
        """Let Ana's device be ended while something on it was not sent yet."""
        youth = _save(self.ana, new_participant(alias="Ines"))
        _sync(self.ana, self.maria)
        _save(self.ana, _contact(youth, note="Reached on the second try.", minutes=15))
        team = _workspace(self.maria).team
        for device in team.devices.all():
            if device.name == "Ana Ruiz":
                team.devices.revoke(device.device_id)
        _sync(self.ana)
        self.ana.session.lock()


def _started(folder: Path, name: str, role: StaffRole = StaffRole.FIELD_ADVOCATE) -> App:
    app = build_app(load_settings(folder), kdf=CHEAP)
    app.session.start_alone(display_name=name, passphrase=PASSPHRASE, language="en", role=role)
    return app


def _dress(app: App, look: Look) -> None:
    """Set language and theme inside and outside the store, and lock it."""
    preferences = _workspace(app).preferences
    preferences.set("theme", look.theme)
    preferences.set("language", look.language)
    preferences.set("idle_lock_minutes", 15)  # a slow machine must not lock a tour out
    app.device_preferences.language, app.device_preferences.theme = look.language, look.theme
    app.session.lock()


def _workspace(app: App) -> Workspace:
    assert app.session.workspace is not None
    return app.session.workspace


def _sync(*apps: App) -> None:
    for app in apps:
        trouble = _workspace(app).sync.sync_now().trouble
        assert trouble is None, trouble


def _save(app: App, record: Saved) -> Saved:
    with _workspace(app).notebook.write() as records:
        return records.save(record)


def _found(app: App, record: Saved) -> Saved:
    with _workspace(app).notebook.read() as records:
        found = records.find(type(record), record.record_id)
    assert found is not None
    return found


def _contact(youth: Participant, *, note: str, minutes: int) -> Contact:
    return Contact(
        case_id=youth.case_id,
        channel=Channel.FACE_TO_FACE,
        outcome=Outcome.REACHED,
        at=FRIDAY,
        note=note,
        minutes=minutes,
    )
