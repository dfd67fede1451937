"""A device with a real store and a real connection, driven by a test."""

from pathlib import Path

from sync.client.enrol import AgencyKeys
from sync.client.flights import in_a_thread
from sync.client.identity import OwnKeys
from sync.client.transport import RequestsTransport
from sync.protocol.enrolment import EnrolmentCode
from tests.sync.simulator import SimDevice


class HttpDevice(SimDevice):
    """A simulated device whose wire is a real connection."""

    beside = staticmethod(in_a_thread)

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        super().__init__(folder, None)  # type: ignore[arg-type]

    def open(self) -> None:
        self.wire = RequestsTransport(self.url, read_seconds=20)  # type: ignore[assignment]
        super().open()

    def close(self) -> None:
        super().close()
        self.wire.close()  # type: ignore[attr-defined]

    def kill(self) -> None:
        self.wire.close()  # type: ignore[attr-defined]
        super().kill()

    def move_to(self, url: str) -> None:
        """Reach the centre through another address, such as a proxy's."""
        self.url = url
        self.kill()

    def found(self, code: EnrolmentCode) -> "HttpDevice":
        self.enrol(code, AgencyKeys(OwnKeys.make().signing_seed, bytes(range(32))))
        self.sync()
        return self
