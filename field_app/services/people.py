"""The agency's people: who is here, in which role and team, and whose work has ended.

Names never reach the centre: they are sealed records of the agency.
"""

from dataclasses import dataclass, replace

from field_app.domain.records.record import AGENCY_CASE_ID
from field_app.domain.records.staff import StaffMember, StaffRole
from field_app.errors import SyncError
from field_app.services.centre_calls import CentreCalls
from field_app.services.devices import DeviceService
from field_app.services.lookup import staff_names
from field_app.services.notebook import Notebook
from field_app.services.sync import SyncService
from field_app.store.replica.store import StoreTransaction
from sync.client.directory import Word, words
from sync.client.identity import Identity
from sync.client.stating import follow_person, state_appointment
from sync.protocol.feed import StaffEntry
from sync.protocol.ids import new_id
from sync.protocol.management import NewStaff, StaffChange
from sync.protocol.roles import Role


@dataclass(frozen=True)
class Person:
    """A member of staff: the name from the sealed record, role and team as the centre knows."""

    staff_id: str
    name: str
    role: str
    team_id: str | None
    is_active: bool
    is_me: bool
    devices: int


class PeopleService:
    """People, and the decisions about them. Raises SyncError when the centre does not agree."""

    def __init__(
        self, notebook: Notebook, sync: SyncService, centre: CentreCalls, devices: DeviceService
    ) -> None:
        """Work through the sync of the same store; `devices` certifies anew who has a new role."""
        self._notebook = notebook
        self._sync = sync
        self._centre = centre
        self._devices = devices

    def all(self) -> list[Person]:
        """Return everybody, as of the last sync."""
        with self._sync.replica.reading() as tx:
            staff, devices, me = tx.staff(), tx.devices(), tx.identity().staff_id
            said = words(tx)
        with self._notebook.read() as records:
            names = staff_names(records)
        return sorted(
            (
                Person(
                    entry.staff_id,
                    names.get(entry.staff_id, ""),
                    _role(said, entry).value,
                    said[entry.staff_id].team_id if entry.staff_id in said else entry.team_id,
                    entry.active and (entry.staff_id not in said or said[entry.staff_id].active),
                    entry.staff_id == me,
                    sum(d.staff_id == entry.staff_id and d.is_active for d in devices),
                )
                for entry in staff.values()
            ),
            key=lambda person: (not person.is_active, person.name, person.staff_id),
        )

    def add(self, display_name: str, role: StaffRole, *, team_id: str | None = None) -> str:
        """Add a member of staff; return the staff id. The name goes into a sealed record.

        Asked again after an answer was lost, it is the same person.
        """
        staff_id, role_there, name = new_id(), centre_role(role), display_name.strip()

        def wish(tx: StoreTransaction, identity: Identity, now_ms: int) -> NewStaff:
            statement = state_appointment(tx, identity, staff_id, role_there, team_id, now_ms)
            return NewStaff(
                staff_id=staff_id, role=role_there, team_id=team_id, statement=statement
            )

        def is_over(first: NewStaff) -> bool:
            with self._sync.replica.reading() as tx:
                word = words(tx).get(first.staff_id)
            return word is not None and not word.active

        asked = ("person", name, role, team_id)
        added, handed_in = self._centre.decide(
            StaffEntry, "POST", "/v1/staff", wish, asked=asked, is_over=is_over
        )
        staff_id = handed_in.staff_id
        with self._sync.replica.transaction() as tx:
            follow_person(tx, added, handed_in.statement)
        with self._notebook.write() as records:
            records.save(
                StaffMember(
                    record_id=staff_id,
                    case_id=AGENCY_CASE_ID,
                    display_name=name,
                    role=role,
                )
            )
        self._sync.loop.nudge()
        return staff_id

    def change(
        self,
        staff_id: str,
        *,
        role: StaffRole | None = None,
        team_id: str | None = None,
        leave_team: bool = False,
        active: bool | None = None,
    ) -> None:
        """Change a role or team, or end somebody's work here (`active=False`).

        The sealed record says it too: the app asks it who may decide what the centre never sees.
        """

        def wish(tx: StoreTransaction, identity: Identity, now_ms: int) -> StaffChange:
            word = words(tx).get(staff_id)
            if word is None:
                raise SyncError("The person is not known here yet. Sync, then try again.")
            new_role = word.role if role is None else centre_role(role)
            new_team = None if leave_team else team_id or word.team_id
            is_active = word.active if active is None else active
            return StaffChange(
                role=new_role,
                team_id=new_team,
                leave_team=new_team is None,
                active=is_active,
                statement=state_appointment(
                    tx, identity, staff_id, new_role, new_team, now_ms, active=is_active
                ),
            )

        changed, handed_in = self._centre.decide(StaffEntry, "PATCH", f"/v1/staff/{staff_id}", wish)
        with self._sync.replica.transaction() as tx:
            follow_person(tx, changed, handed_in.statement)
        with self._notebook.write() as records:
            member = records.find(StaffMember, staff_id)
            if member is not None:
                records.save(
                    replace(
                        member,
                        role=member.role if role is None else role,
                        active=member.active if active is None else active,
                    )
                )
        self._devices.certify_after_sync()
        self._sync.loop.nudge()


def centre_role(role: StaffRole) -> Role:
    """Return what the centre knows of a role: the kinds of advocate are one."""
    if role is StaffRole.SUPERVISOR:
        return Role.SUPERVISOR
    return Role.DATA_MANAGER if role is StaffRole.DATA_MANAGER else Role.ADVOCATE


def _role(said: dict[str, Word], entry: StaffEntry) -> Role:
    """Return the role that is signed; of whom nothing is signed yet, what the centre says."""
    word = said.get(entry.staff_id)
    return entry.role if word is None else word.role
