"""The stores of the demo: one device alone, or two that share a fictional agency's record."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from field_app.bootstrap import App, build_app
from field_app.demo.caseload import demo_caseload, demo_colleagues
from field_app.demo.everyday_work import write_everyday_work
from field_app.demo.filling import fill
from field_app.domain.records.staff import StaffRole
from field_app.errors import SyncError
from field_app.services.workspace import Workspace
from field_app.settings import load_settings
from field_app.store.kdf import KdfCost

COST = KdfCost()
"""The least that a device uses: calibrating upward would only make the demo slower to start."""


@dataclass(frozen=True)
class DemoPerson:
    """Who is signed in on a device of the demo. The passphrase is printed, and of nobody's data."""

    name: str
    passphrase: str
    role: StaffRole


ADVOCATE = DemoPerson("Demo Advocate", "river lantern orange window", StaffRole.FIELD_ADVOCATE)
SUPERVISOR = DemoPerson(
    "Demo Supervisor", "copper meadow seven quiet boats", StaffRole.DATA_MANAGER
)
"""Founds the agency, so at the centre a data manager: who supervises and makes codes as well."""


def make_advocate(folder: Path, *, with_colleagues: bool = True) -> App:
    """Make the store with the demo's caseload in a folder, and return its app, locked.

    `with_colleagues` is False where they come by sync.
    """
    app = _start(folder, ADVOCATE)
    notebook = _workspace(app).notebook
    fill(
        notebook,
        demo_caseload(
            datetime.now(UTC),
            advocate_id=notebook.author_id,
            device_id=notebook.device_id,
            with_colleagues=with_colleagues,
        ),
    )
    write_everyday_work(_workspace(app))
    app.session.lock()
    return app


def make_supervisor(folder: Path) -> App:
    """Make the store of the agency's founder, with the colleagues, and return its app, locked."""
    app = _start(folder, SUPERVISOR)
    with _workspace(app).notebook.write() as records:
        for colleague in demo_colleagues(datetime.now(UTC)):
            if colleague.display_name != SUPERVISOR.name:
                records.save(colleague)
    app.session.lock()
    return app


def join(supervisor: App, advocate: App, centre_url: str, first_code: str) -> None:
    """Found the agency, enrol the advocate's device, and let its record travel. Both end locked.

    Raises:
        SyncError: The centre did not answer, or something was left behind.
    """
    try:
        supervisor.session.unlock(SUPERVISOR.passphrase)
        supervisor.enrolment.look(first_code, centre_url)
        supervisor.enrolment.enrol()
        supervisor.enrolment.confirm_words()  # nobody needs those of an agency that ends with us
        team = _workspace(supervisor).team
        advocate_id = team.people.add(ADVOCATE.name, ADVOCATE.role)
        _sync(supervisor)
        code = team.codes.make(advocate_id)

        advocate.session.unlock(ADVOCATE.passphrase)
        advocate.enrolment.look(code.qr_text)
        advocate.enrolment.enrol()
        _sync(advocate)
        _sync(supervisor)
    finally:
        advocate.session.lock()
        supervisor.session.lock()


def _start(folder: Path, person: DemoPerson) -> App:
    app = build_app(load_settings(folder), kdf=COST)
    app.session.start_alone(
        display_name=person.name, passphrase=person.passphrase, language="en", role=person.role
    )
    return app


def _workspace(app: App) -> Workspace:
    assert app.session.workspace is not None  # noqa: S101 - only called while it is open
    return app.session.workspace


def _sync(app: App) -> None:
    state = _workspace(app).sync.sync_now()
    left = state.waiting + state.attention + state.held + state.conflicts
    if state.trouble or left:
        raise SyncError(
            f"The demo's devices could not sync ({state.trouble or f'{left} left'}). "
            "`field-app demo --alone` shows one device without the central API."
        )
