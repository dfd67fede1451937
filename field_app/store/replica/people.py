"""The directory: people, devices whose certificates hold, who may see which case, and leaving."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, select

from field_app.store.connection import JournalledConnection
from field_app.store.replica.statements import Prepared, delete_rows, put_rows, rows_by_id, table_of
from field_app.store.tables.replica import DeviceEntryRow, GrantRow, LeavingRow, StaffEntryRow
from sync.client.replica import KnownDevice
from sync.protocol.feed import DeviceEntry, GrantEntry, StaffEntry
from sync.protocol.roles import Role
from sync.protocol.wire import SignedStatement

STAFF = table_of(StaffEntryRow)
DEVICE = table_of(DeviceEntryRow)
GRANT = table_of(GrantRow)
LEAVING = table_of(LeavingRow)

_ALL_STAFF, _ALL_DEVICES = Prepared(select(STAFF)), Prepared(select(DEVICE))
_ALL_LEAVING = Prepared(select(LEAVING))
_CASES_OF_STAFF = Prepared(
    select(GRANT.c.case_id).distinct().where(GRANT.c.staff_id == bindparam("staff_id"))
)


class PeoplePart:
    """People, devices and grants inside a transaction."""

    driver: JournalledConnection
    _known_staff: dict[str, StaffEntry] | None = None
    """Read once a transaction: deposits ask for each case."""

    def put_staff(self, entries: Iterable[StaffEntry]) -> None:
        """See `sync.client.replica.Transaction`."""
        self._known_staff = None
        put_rows(
            self.driver,
            STAFF,
            [{"staff_id": e.staff_id, "entry": e.model_dump_json()} for e in entries],
        )

    def staff(self) -> dict[str, StaffEntry]:
        """See the port."""
        if self._known_staff is None:
            rows = _ALL_STAFF.rows(self.driver)
            self._known_staff = {
                row.staff_id: StaffEntry.model_validate_json(row.entry) for row in rows
            }
        return dict(self._known_staff)

    def put_device(self, entry: DeviceEntry, known: KnownDevice | None) -> None:
        """See the port."""
        put_rows(
            self.driver,
            DEVICE,
            [
                {
                    "device_id": entry.device_id,
                    "staff_id": entry.staff_id,
                    "state": entry.state.value,
                    "is_active": known is not None and known.is_active,
                    "seq": entry.seq,
                    "is_direct": known.is_direct if known is not None else False,
                    "signing_key": known.signing_key if known is not None else b"",
                    "sealing_key": known.sealing_key if known is not None else b"",
                    "role": known.role.value if known is not None else "",
                    "team_id": known.team_id if known is not None else None,
                    "as_of": known.as_of if known is not None else 0,
                    "ended": _text(known.ended if known is not None else None),
                }
            ],
        )

    def device(self, device_id: str) -> KnownDevice | None:
        """See the port."""
        found = rows_by_id(self.driver, DEVICE, [device_id])
        return _known(found[0]) if found and found[0].signing_key else None

    def devices(self) -> list[KnownDevice]:
        """See the port."""
        rows = _ALL_DEVICES.rows(self.driver)
        return [_known(row) for row in rows if row.signing_key]

    def put_grants(self, entries: Iterable[GrantEntry]) -> None:
        """See the port."""
        put_rows(
            self.driver,
            GRANT,
            [
                {
                    "grant_id": e.grant_id,
                    "case_id": e.case_id,
                    "staff_id": e.staff_id,
                    "entry": e.model_dump_json(),
                }
                for e in entries
            ],
        )

    def grants_of_case(self, case_id: str) -> list[GrantEntry]:
        """See the port."""
        rows = rows_by_id(self.driver, GRANT, [case_id], GRANT.c.case_id)
        return [GrantEntry.model_validate_json(row.entry) for row in rows]

    def cases_of_staff(self, staff_id: str) -> list[str]:
        """See the port."""
        return _CASES_OF_STAFF.values(self.driver, staff_id=staff_id)

    def leaving(self) -> dict[str, int]:
        """See the port."""
        return {row.case_id: row.seq for row in _ALL_LEAVING.rows(self.driver)}

    def set_leaving(self, case_id: str, seq: int) -> None:
        """See the port."""
        put_rows(self.driver, LEAVING, [{"case_id": case_id, "seq": seq}])

    def stay(self, case_id: str) -> None:
        """See the port."""
        delete_rows(self.driver, LEAVING, [case_id])


def _known(row: Any) -> KnownDevice:
    return KnownDevice(
        row.device_id,
        row.staff_id,
        row.signing_key,
        row.sealing_key,
        row.is_active,
        row.seq,
        row.is_direct,
        Role(row.role),
        row.team_id,
        row.as_of,
        None if row.ended is None else SignedStatement.model_validate_json(row.ended),
    )


def _text(statement: SignedStatement | None) -> str | None:
    return None if statement is None else statement.model_dump_json()
