"""A centre and devices in one process: the real server code, the real store, a wire that fails.

`InProcessWire` carries requests to the ASGI application without a socket, and does to them what a
network does: loses the request, loses the answer, delivers twice or late. `SimDevice` is one
device with its encrypted store in a folder, so that a kill is a kill: the store is opened again.
"""

import asyncio
import logging
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar
from unittest.mock import patch

import anyio.to_thread
from sqlalchemy import Dialect, Engine, event, text
from starlette.types import ASGIApp

from field_app.domain.records.conflict import Conflict
from field_app.domain.records.participant import Participant
from field_app.domain.records.record import AGENCY_CASE_ID, Record
from field_app.services.merging import AppMergeRules
from field_app.services.notebook import Notebook
from field_app.store.app_schema import SCHEMA
from field_app.store.database import Database
from field_app.store.downloads import AttachmentFiles
from field_app.store.replica import StoreReplica, StoreTransaction, queue_saved
from field_app.store.tables import TABLES
from sync.client.channel import Channel, new_idempotency_key
from sync.client.engine import SyncEngine
from sync.client.enrol import AgencyKeys, Enrolled, Enrolment
from sync.client.errors import CentreRefused, Offline
from sync.client.flights import Beside, at_once
from sync.client.identity import OwnKeys
from sync.client.replica import HeldKey, Position
from sync.client.reports import RunReport
from sync.client.stating import (
    follow_person,
    follow_revocation,
    state_appointment,
    state_grant,
    state_revocation,
    state_withdrawal,
)
from sync.client.transport import RawAnswer
from sync.protocol.certificates import certify_holder
from sync.protocol.enrolment import (
    CodeRequest,
    CodeState,
    EnrolmentBlob,
    EnrolmentCode,
    new_code,
    seal_blob,
    token_hash,
)
from sync.protocol.errors import Code
from sync.protocol.feed import DeviceEntry, GrantEntry, StaffEntry
from sync.protocol.ids import new_id
from sync.protocol.management import (
    GrantAnswer,
    GrantList,
    NewGrant,
    NewStaff,
    RevocationRequest,
    WithdrawalRequest,
)
from sync.protocol.push import SyncAnswer
from sync.protocol.roles import Role
from sync.protocol.wire import Message
from sync.server.app import build_app
from sync.server.centre import Centre, open_centre
from sync.server.database import Database as CentreDatabase
from sync.server.generations import honour_mark, mark_restored
from sync.server.logs import LOGGER, JsonLines
from sync.server.migration import upgrade
from sync.server.server_key import create_server_key
from tests.sync.serving import new_agency, settings_for

EVERY_RECORD = text(" UNION ALL ".join(f"SELECT record_id FROM {kind}" for kind in TABLES))
"""One statement over all kinds: histories compare whole stores all the time."""

M = TypeVar("M", bound=Message)
B = TypeVar("B", bound=Message)

MOST_CALLS = 1000
"""Of one sync: pages of one item make a hundred, a sync that does not end makes more."""

URL = "http://127.0.0.1:1"


class Killed(BaseException):
    """The process was killed here."""


class CentreFailed(AssertionError):
    """The centre answered `internal`: always a defect, never weather. Says where it failed."""


class LastFailure(logging.Handler):
    """Keeps the last failure that the centre logged: its type and place."""

    def __init__(self) -> None:
        """Listen to errors only."""
        super().__init__(logging.ERROR)
        self.line = "nothing was logged"
        self.setFormatter(JsonLines())

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.line = self.format(record)


LAST_FAILURE = LastFailure()
LOGGER.addHandler(LAST_FAILURE)


class SimCentre:
    """A centre in this process, on SQLite in a folder that can be copied and put back."""

    def __init__(self, folder: Path) -> None:
        """Make the key and the tables where they are missing, and open."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._turn = Lock()  # a device may have a call under way in a thread
        self.loop = asyncio.new_event_loop()
        self._open()

    def _open(self) -> None:
        settings = settings_for(self.folder)
        if not settings.key_file.exists():
            create_server_key(settings.key_file)
            database = CentreDatabase(settings.database_url)
            upgrade(database)
            database.close()
        self.parts: Centre = open_centre(settings)
        # A kill is simulated on the devices; the centre's own durability has tests of its own.
        event.listen(
            self.parts.database.engine,
            "connect",
            lambda connection, _record: connection.execute("PRAGMA synchronous=OFF"),
        )
        share_statements(self.parts.database.engine)
        self.app: ASGIApp = build_app(self.parts)

    def close(self) -> None:
        """Close the database and the loop."""
        self.parts.database.close()
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()

    def new_agency(self) -> EnrolmentCode:
        """Add an agency and return its first code."""
        return new_agency(self.parts)[2]

    def back_up(self) -> Path:
        """Copy the database as it is."""
        self.parts.database.close()
        copy = self.folder.with_name(f"{self.folder.name}-{new_id()[:8]}")
        shutil.copytree(self.folder, copy)
        self._open()
        return copy

    def restore(self, copy: Path) -> None:
        """Put a copy back, without telling the centre."""
        self.parts.database.close()
        shutil.rmtree(self.folder)
        shutil.copytree(copy, self.folder)
        self._open()

    def announce_restore(self) -> None:
        """Tell the centre so, as `field-server restored` and a fresh start do."""
        self.parts.database.write(mark_restored)
        self.parts.database.write(lambda connection: honour_mark(connection, self.parts.clock()))

    def answer(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> RawAnswer:
        """Hand one request to the application."""
        # Nothing else runs here: a hop to another thread and back costs more than the call.
        with self._turn, patch.object(anyio.to_thread, "run_sync", _here):
            return self.loop.run_until_complete(self._ask(method, path, query, headers, body))

    async def _ask(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> RawAnswer:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 1),
        }
        sent: list[Any] = []
        given = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> Any:
            return next(given, {"type": "http.disconnect"})

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        start = next(m for m in sent if m["type"] == "http.response.start")
        if start["status"] == 500:
            raise CentreFailed(f"{method} {path}: {LAST_FAILURE.line}")
        content = b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body")
        received = {k.decode(): v.decode() for k, v in start["headers"]}
        return RawAnswer(start["status"], received, content)


_DIALECTS: dict[str, Dialect] = {}
_STATEMENTS: dict[Any, Any] = {}


def share_statements(engine: Engine) -> None:
    """Let all engines use the same compiled statements.

    SQLAlchemy compiles them anew for each engine, and histories open one a second.
    """
    if engine.dialect.name not in _DIALECTS:
        with engine.connect():  # at the first connection a dialect learns what it talks to
            _DIALECTS[engine.dialect.name] = engine.dialect
    engine.dialect = _DIALECTS[engine.dialect.name]
    engine.update_execution_options(compiled_cache=_STATEMENTS)


async def _here(act: Callable[[], Any], *given: Any, **_options: Any) -> Any:
    """Stand in for `anyio.to_thread.run_sync`: do it on this thread."""
    return act(*given)


@dataclass
class InProcessWire:
    """`sync.client.transport.Transport` to a `SimCentre`, with faults.

    Attributes:
        fault: What happens to a call: `request_lost`, `answer_lost`, `twice`, `late`,
            `kill_before`, `kill_after`; None for nothing.
        fault_in: How many calls pass before it happens.
        late: Requests that were held up, to be delivered by `deliver_late`.
        during: Called once while an answer is on its way: the person types.
        during_in: How many calls pass before that.
    """

    centre: SimCentre
    fault: str | None = None
    fault_in: int = 0
    late: list[tuple[str, str, str, Mapping[str, str], bytes]] = field(default_factory=list)
    during: Callable[[], None] | None = None
    during_in: int = 0
    calls: int = 0
    calls_of_run: int = 0
    sent: list[tuple[str, bytes]] = field(default_factory=list)

    def send(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> RawAnswer:
        """Carry a request, or not."""
        self.calls += 1
        self.calls_of_run += 1
        assert self.calls_of_run < MOST_CALLS, "one sync asks the centre for ever"
        fault = self._fault_now()
        request = (method, path, query, dict(headers), body)
        if fault == "request_lost":
            raise Offline("lost")
        if fault == "late":
            self.late.append(request)
            raise Offline("held up")
        if fault == "kill_before":
            raise Killed
        answer = self.centre.answer(*request)
        if fault == "twice":
            answer = self.centre.answer(*request)
        self._type_now()
        if fault == "answer_lost":
            raise Offline("answer lost")
        if fault == "kill_after":
            raise Killed
        return answer

    def _type_now(self) -> None:
        if self.during is None or self.during_in:
            self.during_in = max(0, self.during_in - 1)
            return
        during, self.during = self.during, None
        during()

    def _fault_now(self) -> str | None:
        if self.fault is None or self.fault_in:
            self.fault_in = max(0, self.fault_in - 1)
            return None
        fault, self.fault = self.fault, None
        return fault

    def deliver_late(self) -> None:
        """Deliver what was held up; nobody hears the answers."""
        while self.late:
            self.centre.answer(*self.late.pop(0))


class KillingReplica(StoreReplica):
    """A replica that is killed when a transaction is about to end, or has just ended.

    Attributes:
        kill_at: Counts transactions down; 0 kills before the commit of the next one.
        kill_after: Kill after the commit instead.
    """

    kill_at: int | None = None
    kill_after: bool = False

    @contextmanager
    def transaction(self) -> Iterator[StoreTransaction]:
        """Open a transaction."""
        due = self.kill_at == 0
        if self.kill_at is not None:
            self.kill_at -= 1
        with super().transaction() as tx:
            yield tx
            if due and not self.kill_after:
                raise Killed
        if due:
            raise Killed


class SimDevice:
    """One enrolled device: its store in a folder, its wire, its person.

    Attributes:
        beside: How a call is made while the device works on; here so that a history repeats.
    """

    beside: Beside[SyncAnswer] = staticmethod(at_once)

    def __init__(
        self, folder: Path, centre: SimCentre, *, page_limit: int = 1000, batch_limit: int = 500
    ) -> None:
        """Open the store of a folder, or make an empty one that is not enrolled yet."""
        self.folder = folder
        self.centre = centre
        self.wire = InProcessWire(centre)
        self.page_limit = page_limit
        self.batch_limit = batch_limit
        self.clock_offset = timedelta(0)
        if not folder.exists():
            Database.create(folder, bytes(32), SCHEMA).close()
        self.open()

    # Life

    def now(self) -> datetime:
        """Return this device's idea of the time."""
        return datetime.now(UTC) + self.clock_offset

    def open(self) -> None:
        """Open the store as a fresh process does."""
        self.database = Database.open(self.folder, bytes(32), SCHEMA)
        with self.database.session() as session:
            share_statements(session.get_bind().engine)
        files = AttachmentFiles(self.folder)
        self.replica = KillingReplica(self.database, self.now, lambda gone: forget_all(files, gone))
        self.engine = SyncEngine(
            self.replica,
            AppMergeRules(self.now),
            self.wire,
            clock=lambda: self.now().timestamp(),
            page_limit=self.page_limit,
            batch_limit=self.batch_limit,
            beside=self.beside,
        )
        with self.replica.reading() as tx:
            enrolled = tx.is_enrolled()
            staff_id = tx.identity().staff_id if enrolled else new_id()
            device_id = tx.identity().device_id if enrolled else new_id()
        self.notebook = Notebook(self.database, staff_id, device_id, self.now)
        if enrolled:
            self.notebook.in_transaction.append(
                lambda session, before, after: queue_saved(session, before, after, self.now())
            )

    def kill(self) -> None:
        """Forget everything that is not on the medium, and start again."""
        self.database.close()
        self.open()

    def close(self) -> None:
        """Close the store."""
        self.database.close()

    def copy_store(self) -> Path:
        """Copy the store's folder as it is, also while it is open: every commit is in it."""
        copy = self.folder.with_name(f"{self.folder.name}-{new_id()[:8]}")
        shutil.copytree(self.folder, copy)
        return copy

    def roll_back(self, copy: Path) -> None:
        """Put an old copy of the store back."""
        self.database.close()
        shutil.rmtree(self.folder)
        shutil.copytree(copy, self.folder)
        self.open()

    # Enrolment

    def enrol(self, code: EnrolmentCode, agency: AgencyKeys | None = None) -> Enrolled:
        """Enrol with a code."""
        enrolment = Enrolment(
            self.wire, URL, code, OwnKeys.make(), clock=lambda: self.now().timestamp()
        )
        enrolled = enrolment.redeem(enrolment.look(), agency)
        with self.replica.transaction() as tx:
            tx.set_identity(enrolled.identity)
            tx.set_position(
                Position(generation=enrolled.generation, lease_days=enrolled.lease_days)
            )
            for key in enrolled.case_keys:
                tx.put_key(HeldKey(key, made_here=False, sealed_for="", seq=0))
        self.kill()
        return enrolled

    @property
    def identity(self) -> Any:
        """Who this device is now."""
        with self.replica.reading() as tx:
            return tx.identity()

    def channel(self) -> Channel:
        """Return a signed channel."""
        return self.engine.channel()

    def invite(
        self, role: Role, team_id: str | None = None, staff_id: str | None = None
    ) -> EnrolmentCode:
        """As a manager: add a person (or use one) and make a code."""
        channel, identity = self.channel(), self.identity
        if staff_id is None:
            staff_id = new_id()
            self._add_person(staff_id, role, team_id)
        code = new_code()
        not_after = int(self.now().timestamp() * 1000) + 3600_000
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        holder = certify_holder(
            Ed25519PrivateKey.from_private_bytes(identity.agency_seed),
            identity.agency_id,
            staff_id,
            role,
            code.code_id,
            code.holder_key().public_key().public_bytes_raw(),
            not_after,
            team_id=team_id,
        )
        blob = EnrolmentBlob(
            server_key=identity.server_key,
            agency_id=identity.agency_id,
            signing_key=identity.agency_key,
            recovery_key=identity.recovery_key,
            holder=holder,
            signing_seed=identity.agency_seed if role is Role.DATA_MANAGER else None,
        )
        channel.call(
            CodeState,
            "POST",
            "/v1/enrolments",
            CodeRequest(
                code_id=code.code_id,
                staff_id=staff_id,
                token_hash=token_hash(code.token()),
                holder=holder,
                blob=seal_blob(blob, code),
                not_after=not_after,
            ),
            idempotency_key=new_idempotency_key(),
        )
        return code

    # Acts of managers

    def grant(self, case_id: str, to: "SimDevice") -> str:
        """Give the person of another device access to a case; return the grant's id."""
        grant_id, staff_id = new_id(), to.identity.staff_id
        with self.replica.reading() as tx:
            statement = state_grant(tx, tx.identity(), case_id, staff_id, grant_id)
        wish = NewGrant(grant_id=grant_id, staff_id=staff_id, statement=statement)
        self._post(GrantAnswer, f"/v1/cases/{case_id}/grants", wish)
        return grant_id

    def withdraw(self, case_id: str, grant_id: str) -> None:
        """End a grant."""
        listed = self.channel().call(GrantList, "GET", f"/v1/cases/{case_id}/grants").grants
        grant = next((grant for grant in listed if grant.grant_id == grant_id), None)
        if grant is None:
            return  # a restored centre has forgotten it
        with self.replica.reading() as tx:
            statement = state_withdrawal(tx, tx.identity(), grant)
        wish = WithdrawalRequest(statement=statement)
        self._post(GrantEntry, f"/v1/cases/{case_id}/grants/{grant_id}/withdrawal", wish)

    def live_grants(self, case_id: str, of: "SimDevice") -> list[str]:
        """Return the ids of the grants that give a person access to a case now."""
        listed = self.channel().call(GrantList, "GET", f"/v1/cases/{case_id}/grants").grants
        staff_id = of.identity.staff_id
        return [g.grant_id for g in listed if g.staff_id == staff_id and g.ended_at is None]

    def revoke(self, device: "SimDevice") -> None:
        """End another device."""
        ended = device.identity

        def state() -> RevocationRequest:
            with self.replica.reading() as tx:
                statement = state_revocation(
                    tx, tx.identity(), ended.device_id, ended.staff_id, self._now_ms()
                )
            return RevocationRequest(statement=statement)

        path = f"/v1/devices/{ended.device_id}/revocation"
        entry, handed_in = self._decide(DeviceEntry, path, state)
        with self.replica.transaction() as tx:
            follow_revocation(tx, entry, handed_in.statement)

    def _add_person(self, staff_id: str, role: Role, team_id: str | None) -> None:
        def state() -> NewStaff:
            with self.replica.reading() as tx:
                statement = state_appointment(
                    tx, tx.identity(), staff_id, role, team_id, self._now_ms()
                )
            return NewStaff(staff_id=staff_id, role=role, team_id=team_id, statement=statement)

        entry, handed_in = self._decide(StaffEntry, "/v1/staff", state)
        with self.replica.transaction() as tx:
            follow_person(tx, entry, handed_in.statement)

    def _now_ms(self) -> int:
        return int(self.now().timestamp() * 1000)

    def _decide(self, answer: type[M], path: str, state: Callable[[], B]) -> tuple[M, B]:
        """State something of the directory; where this store is behind, sync and state it anew."""
        body, key = state(), new_idempotency_key()
        try:
            return self.channel().call(answer, "POST", path, body, idempotency_key=key), body
        except CentreRefused as error:
            if error.problem.code is not Code.DIRECTORY_MOVED:
                raise
        self.sync()
        body, key = state(), new_idempotency_key()
        return self.channel().call(answer, "POST", path, body, idempotency_key=key), body

    def _post(self, answer: type[Message], path: str, body: Message | None) -> None:
        self.channel().call(answer, "POST", path, body, idempotency_key=new_idempotency_key())

    # Work

    def save(self, record: Record) -> Record:
        """Save as a person does."""
        with self.notebook.write() as records:
            return records.save(record, reason="simulated")

    def sync(self, **arguments: Any) -> RunReport:
        """Run the engine once, to its end."""
        self.wire.calls_of_run = 0
        return self.engine.run(**arguments)

    def records(self) -> dict[str, dict[str, Any]]:
        """Return every record of every case but the agency's, as JSON."""
        with self.replica.reading() as tx:
            ids = [row[0] for row in tx.session.execute(EVERY_RECORD)]
            return {
                record_id: values
                for record_id, values in tx.current(ids).items()
                if values["case_id"] != AGENCY_CASE_ID
            }

    def find(self, record_id: str) -> Participant | None:
        """Return a participant that is shown here, or None."""
        with self.notebook.read() as records:
            return records.find(Participant, record_id)

    def get(self, record_id: str) -> Participant:
        """Return a participant."""
        with self.notebook.read() as records:
            found = records.find_even_deleted(Participant, record_id)
        assert found is not None
        return found

    def conflicts(self) -> list[Conflict]:
        """Return the conflicts that are here."""
        with self.notebook.read() as records:
            return records.all_of(Conflict)

    def waiting(self) -> int:
        """Return how many changes are queued or on their way."""
        with self.replica.reading() as tx:
            return tx.count_sendable() + len(tx.sent())


def forget_all(files: AttachmentFiles, attachment_ids: list[str]) -> None:
    """Remove files, as the app does when their cases are purged."""
    for attachment_id in attachment_ids:
        files.forget(attachment_id)


def founded(folder: Path, centre: SimCentre, **options: Any) -> SimDevice:
    """Return the first manager's device of a new agency."""
    device = SimDevice(folder, centre, **options)
    device.enrol(centre.new_agency(), AgencyKeys(OwnKeys.make().signing_seed, bytes(range(32))))
    device.sync()
    return device
