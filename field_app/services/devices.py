"""The agency's devices: which there are, which are certified, and their end."""

from dataclasses import dataclass

from field_app.errors import RefusedError, SyncError
from field_app.services.centre_calls import CentreCalls
from field_app.services.lookup import staff_names
from field_app.services.notebook import Notebook
from field_app.services.sync import SyncService
from field_app.store.replica.store import StoreTransaction
from sync.client.identity import Identity
from sync.client.stating import due_certificates, follow_revocation, state_revocation
from sync.protocol.feed import DeviceEntry
from sync.protocol.management import CertificateRequest, DeviceList, RevocationRequest


@dataclass(frozen=True)
class TeamDevice:
    """A device of the agency. `is_certified`: its certificate leads to the agency's key."""

    device_id: str
    staff_id: str
    name: str
    state: str
    is_certified: bool
    is_me: bool


class DeviceService:
    """Devices and their certificates. Raises SyncError when the centre does not agree."""

    def __init__(self, notebook: Notebook, sync: SyncService, centre: CentreCalls) -> None:
        """Work through the sync of the same store; after each sync, new devices are certified."""
        self._notebook = notebook
        self._sync = sync
        self._centre = centre
        sync.after_run.append(self.certify_after_sync)

    def all(self) -> list[TeamDevice]:
        """Return all devices, asked of the centre."""
        listed = self._listed()
        with self._notebook.read() as records:
            names = staff_names(records)
        with self._sync.replica.reading() as tx:
            certified = {device.device_id for device in tx.devices()}
            me = tx.identity().device_id
        return [
            TeamDevice(
                entry.device_id,
                entry.staff_id,
                names.get(entry.staff_id, ""),
                entry.state.value,
                entry.device_id in certified,
                entry.device_id == me,
            )
            for entry in listed.devices
        ]

    def revoke(self, device_id: str) -> None:
        """End a device: lost, stolen, or its person has left. Its work may be handed in 30 days."""
        owner = {entry.device_id: entry.staff_id for entry in self._listed().devices}.get(device_id)
        if owner is None:
            raise SyncError("The centre does not know this device.", code="not_found")

        def wish(tx: StoreTransaction, identity: Identity, now_ms: int) -> RevocationRequest:
            known = tx.device(device_id)
            staff_id = owner if known is None else known.staff_id
            return RevocationRequest(
                statement=state_revocation(tx, identity, device_id, staff_id, now_ms)
            )

        path = f"/v1/devices/{device_id}/revocation"
        ended, handed_in = self._centre.decide(DeviceEntry, "POST", path, wish)
        with self._sync.replica.transaction() as tx:
            follow_revocation(tx, ended, handed_in.statement)
        self._sync.loop.nudge()

    def certify(self) -> int:
        """Certify devices that only their code vouches for, or whose person has another role now.

        So that a chain never grows, and a lost manager's phone takes no trust with it. Role and
        team are those that are signed, never what the centre says. The device of a new data
        manager gets the agency's signing key along, sealed. Returns how many were certified.

        A device that the centre refuses keeps none of the others waiting: the first refusal is
        raised when all have had their turn. Without the centre the round ends at once.
        """
        with self._sync.replica.reading() as tx:
            due = due_certificates(tx, tx.identity(), self._centre.now_ms(tx))
        refusals: list[RefusedError] = []
        for device_id, wish in due:
            try:
                self._certify(device_id, wish)
            except RefusedError as error:
                refusals.append(error)
        if refusals:
            raise refusals[0]
        return len(due)

    def certify_after_sync(self) -> None:
        """Certify what a sync brought. A refusal is said, until the next sync has done it."""
        refused: SyncError | None = None
        try:
            self.certify()
        except SyncError as error:
            refused = error
        with self._sync.replica.transaction() as tx:
            tx.forget_problems(["not_certified_yet"])
            if refused is not None:
                tx.note_problem("not_certified_yet", refused.code)

    def _certify(self, device_id: str, wish: CertificateRequest) -> None:
        path = f"/v1/devices/{device_id}/certificate"
        self._centre.act(lambda channel: channel.call(DeviceEntry, "PUT", path, wish))

    def _listed(self) -> DeviceList:
        return self._centre.ask(lambda channel: channel.call(DeviceList, "GET", "/v1/devices"))
