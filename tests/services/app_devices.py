"""Devices with the whole app on them and no screens, around a centre in this process."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from field_app.bootstrap import open_workspace
from field_app.domain.records.participant import Participant
from field_app.domain.records.staff import StaffMember
from field_app.platform.keystore import NoKeystore
from field_app.services.attachments import AttachmentService
from field_app.services.enrolment import EnrolmentService
from field_app.services.merging import AppMergeRules
from field_app.services.notebook import Notebook
from field_app.services.session import SessionService
from field_app.services.sync import SyncService
from field_app.services.team import TeamService
from field_app.services.workspace import Workspace
from field_app.store.kdf import KdfCost
from tests.sync.simulator import URL, InProcessWire, SimCentre

PASSPHRASE = "rust lantern orchid nine gravel"


class AppDevice:
    """A whole app without screens, whose wire leads to a centre in this process."""

    def __init__(self, folder: Path, centre: SimCentre, name: str) -> None:
        self.wire = InProcessWire(centre)
        self.is_on_wifi = False
        self.may_upload = True
        self.ahead = timedelta(0)

        def join(notebook: Notebook, me: StaffMember) -> Workspace:
            built = open_workspace(notebook, me)
            sync = SyncService(
                notebook,
                AppMergeRules(notebook.clock),
                transport=lambda _url: self.wire,
                may_download=lambda: self.is_on_wifi,
                may_upload=lambda: self.may_upload,
            )
            return replace(
                built,
                sync=sync,
                team=TeamService(notebook, sync),
                attachments=AttachmentService(notebook, sync.fetch_attachment),
            )

        self.session = SessionService(
            folder / "store",
            keystore=NoKeystore(),
            open_workspace=join,
            clock=lambda: datetime.now(UTC) + self.ahead,
            kdf=KdfCost(memory_kib=8 * 1024, passes=1, lanes=1),
        )
        self.session.start_alone(display_name=name, passphrase=PASSPHRASE, language="en")
        self.enrolment = EnrolmentService(self.session, transport=lambda _url: self.wire)

    @property
    def app(self) -> Workspace:
        assert self.session.workspace is not None
        return self.session.workspace

    def save(self, record: Participant) -> Participant:
        with self.app.notebook.write() as records:
            return records.save(record)

    def find(self, record_id: str) -> Participant | None:
        with self.app.notebook.read() as records:
            return records.find(Participant, record_id)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[SimCentre]:
    found = SimCentre(tmp_path / "centre")
    yield found
    found.close()


@pytest.fixture
def manager(tmp_path: Path, centre: SimCentre) -> Iterator[AppDevice]:
    """The device that founded the agency."""
    device = AppDevice(tmp_path / "manager", centre, "Maria")
    device.enrolment.look(centre.new_agency().text(), URL)
    joined = device.enrolment.enrol()
    assert joined.recovery_words is not None
    device.app.sync.sync_now()
    yield device
    device.session.lock()
