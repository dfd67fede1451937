"""Who may see a case: access by grants, for good or as cover, and its end."""

from dataclasses import dataclass
from datetime import UTC, datetime

from field_app.errors import SyncError
from field_app.services.centre_calls import CentreCalls
from field_app.services.lookup import staff_names
from field_app.services.notebook import Notebook
from field_app.services.sync import SyncService
from sync.client.deposits import is_live
from sync.client.stating import follow_grant, follow_withdrawal, state_grant, state_withdrawal
from sync.protocol.feed import GrantEntry
from sync.protocol.ids import new_id
from sync.protocol.keys import seal_case_key
from sync.protocol.management import GrantAnswer, NewGrant, WithdrawalRequest
from sync.protocol.roles import GrantKind


@dataclass(frozen=True)
class Access:
    """Somebody's access to a case, by one grant."""

    grant_id: str
    staff_id: str
    name: str
    kind: str
    starts_at: datetime
    until: datetime | None
    is_live: bool


class CaseAccessService:
    """Access to cases. Raises SyncError when the centre does not agree."""

    def __init__(self, notebook: Notebook, sync: SyncService, centre: CentreCalls) -> None:
        """Work through the sync of the same store."""
        self._notebook = notebook
        self._sync = sync
        self._centre = centre

    def of_case(self, case_id: str) -> list[Access]:
        """Return who may see a case, as of the last sync, ended grants too."""
        with self._notebook.read() as records:
            names = staff_names(records)
        with self._sync.replica.reading() as tx:
            grants = tx.grants_of_case(case_id)
            now_ms = self._centre.now_ms(tx)
        return [
            Access(
                grant.grant_id,
                grant.staff_id,
                names.get(grant.staff_id, ""),
                grant.kind.value,
                datetime.fromtimestamp(grant.starts_at / 1000, UTC),
                None if grant.until is None else datetime.fromtimestamp(grant.until / 1000, UTC),
                is_live(grant, now_ms),
            )
            for grant in sorted(grants, key=lambda each: each.seq)
        ]

    def grant(self, case_id: str, staff_id: str, *, until: datetime | None = None) -> str:
        """Give somebody access to a case, for good or as cover until a time; return the grant id.

        The case's keys go along, sealed to the person's devices. Asked again after an answer was
        lost, it is the same grant.
        """
        with self._sync.replica.reading() as tx:
            identity = tx.identity()
            keys = tuple(
                seal_case_key(
                    held.key,
                    identity.agency_id,
                    device.device_id,
                    device.sealing_key,
                    identity.device_id,
                    identity.keys.signing,
                )
                for held in tx.keys_of_case(case_id)
                for device in tx.devices()
                if device.staff_id == staff_id and device.is_active
            )
            grant_id, ends_ms = new_id(), None if until is None else int(until.timestamp() * 1000)
            wish = NewGrant(
                grant_id=grant_id,
                staff_id=staff_id,
                kind=GrantKind.GRANTED if until is None else GrantKind.COVER,
                until=ends_ms,
                statement=state_grant(tx, identity, case_id, staff_id, grant_id, until=ends_ms),
                keys=keys,
            )

        def is_over(first: NewGrant) -> bool:
            with self._sync.replica.reading() as tx:
                known = {grant.grant_id: grant for grant in tx.grants_of_case(case_id)}
                now_ms = self._centre.now_ms(tx)
            grant = known.get(first.grant_id)
            return grant is not None and not is_live(grant, now_ms)

        given, handed_in = self._centre.post(
            GrantAnswer,
            f"/v1/cases/{case_id}/grants",
            wish,
            asked=("grant", case_id, staff_id, ends_ms),
            is_over=is_over,
        )
        with self._sync.replica.transaction() as tx:
            follow_grant(tx, given.grant, handed_in.statement, self._centre.now_ms(tx))
        self._sync.loop.nudge()
        return handed_in.grant_id

    def withdraw(self, case_id: str, grant_id: str) -> None:
        """End a grant. What comes after is sealed under a new key; what was read was read."""
        with self._sync.replica.reading() as tx:
            identity = tx.identity()
            grant = next((g for g in tx.grants_of_case(case_id) if g.grant_id == grant_id), None)
            if grant is None:
                raise SyncError("The grant is not known here yet. Sync, then try again.")
            statement = state_withdrawal(tx, identity, grant)
        self._centre.post(
            GrantEntry,
            f"/v1/cases/{case_id}/grants/{grant_id}/withdrawal",
            WithdrawalRequest(statement=statement),
        )
        with self._sync.replica.transaction() as tx:
            follow_withdrawal(tx, grant, statement, self._centre.now_ms(tx))
        self._sync.loop.nudge()
