"""The team: what this person may decide, and the services of those decisions, one a noun."""

from field_app.services.case_access import CaseAccessService
from field_app.services.centre_calls import CentreCalls
from field_app.services.devices import DeviceService
from field_app.services.enrolment_codes import CodeService
from field_app.services.inbox import InboxService
from field_app.services.notebook import Notebook
from field_app.services.people import PeopleService
from field_app.services.sync import SyncService
from sync.protocol.roles import Role


class TeamService:
    """What supervisors and data managers decide about, each a service of its own.

    Attributes:
        people: Who is here, in which role.
        devices: Their devices, certified or ended.
        codes: One-time codes for new devices.
        access: Who may see which case.
        inbox: Work handed in late.
    """

    def __init__(self, notebook: Notebook, sync: SyncService) -> None:
        """Work through the sync of the same store."""
        self._sync = sync
        centre = CentreCalls(sync, notebook.now)
        self.devices = DeviceService(notebook, sync, centre)
        self.people = PeopleService(notebook, sync, centre, self.devices)
        self.codes = CodeService(notebook, sync, centre)
        self.access = CaseAccessService(notebook, sync, centre)
        self.inbox = InboxService(notebook, sync, centre)

    def role(self) -> str | None:
        """Return this person's role at the centre; None on a device that works alone."""
        if not self._sync.is_enrolled:
            return None
        with self._sync.replica.reading() as tx:
            return tx.identity().role.value

    @property
    def may_grant(self) -> bool:
        """Whether this person may give access to cases, and decide the inbox."""
        return self.role() in (Role.SUPERVISOR, Role.DATA_MANAGER)

    @property
    def may_manage(self) -> bool:
        """Whether this person may add people, make codes and revoke devices."""
        return self.role() == Role.DATA_MANAGER
