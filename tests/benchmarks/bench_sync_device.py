"""One device of Field Notes as a process: a JSON command a line in, a JSON answer a line out.

Started by `bench_sync`, which speaks to the adapters of the peers in the same way:

    init  {dir, url, code}      enrol with a code, or open a folder that is enrolled already; a
                                second one closes the first device and goes on as another
    load  {path, start, count}  put records of the data file here as contacts, to be sent
    edit  {path, start, count, tag, field}   change one field of each: `rev_note`, or `mode`
    sync  {max_attempts}        {ok, attempts, ms}: one run of the engine; ms is measured here
    dump  {out}                 a file of what is here: record id, rev_note, mode and hash of the
                                note; answers how many conflicts are listed, and the values in them
    exit

The store is the encrypted one, on the disk, with the search index following every write, as in
the app. Its data key is given: deriving it from a passphrase is no part of a sync.
"""

import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from field_app.domain.records.contact import Contact
from field_app.domain.vocabulary import Channel, Outcome
from field_app.platform.collector import keep_what_is_loaded
from field_app.services.conflicts import ConflictService
from field_app.services.merging import AppMergeRules
from field_app.services.notebook import Notebook, system_clock
from field_app.store.app_schema import SCHEMA
from field_app.store.database import Database
from field_app.store.replica import StoreReplica, queue_saved
from field_app.store.repositories import bulk
from sync.client.engine import SyncEngine
from sync.client.enrol import Enrolment
from sync.client.errors import SyncFailure
from sync.client.identity import OwnKeys
from sync.client.replica import HeldKey, OpenChange, Position
from sync.client.transport import RequestsTransport
from sync.protocol.enrolment import read_code
from sync.protocol.ids import new_id

DATA_KEY = bytes(range(32))
WRITTEN_IN_ONE_GO = 500

Command = dict[str, Any]


class Device:
    """The commands."""

    def __init__(self, folder: Path, url: str) -> None:
        """Open the folder's store, or make one."""
        if not folder.exists():
            Database.create(folder, DATA_KEY, SCHEMA).close()
        self.url = url
        self.database = Database.open(folder, DATA_KEY, SCHEMA)
        self.database.prepare_search()
        self.replica = StoreReplica(self.database, system_clock)
        self.transport = RequestsTransport(url)
        self.engine = SyncEngine(self.replica, AppMergeRules(system_clock), self.transport)

    def enrol(self, code: str) -> None:
        """Become a device of the agency."""
        enrolment = Enrolment(self.transport, self.url, read_code(code), OwnKeys.make())
        enrolled = enrolment.redeem(enrolment.look())
        with self.replica.transaction() as tx:
            tx.set_identity(enrolled.identity)
            tx.set_position(
                Position(generation=enrolled.generation, lease_days=enrolled.lease_days)
            )
            for key in enrolled.case_keys:
                tx.put_key(HeldKey(key, made_here=False, sealed_for="", seq=0))

    def join(self, code: str) -> Command:
        """Enrol where that was not done before, and take up the pen."""
        with self.replica.reading() as tx:
            is_enrolled = tx.is_enrolled()
        if not is_enrolled:
            self.enrol(code)
        with self.replica.reading() as tx:
            identity = tx.identity()
        self.notebook = Notebook(self.database, identity.staff_id, identity.device_id)
        self.notebook.in_transaction.append(
            lambda session, before, after: queue_saved(session, before, after, system_clock())
        )
        return {"staff_id": identity.staff_id}

    def load(self, command: Command) -> Command:
        """Put new contacts into the store and the outbox, as an import does; not measured."""
        contacts = [as_contact(values) for values in chosen(command)]
        for start in range(0, len(contacts), WRITTEN_IN_ONE_GO):
            part = contacts[start : start + WRITTEN_IN_ONE_GO]
            with self.replica.transaction() as tx:
                tx.write(replace(contact, **self.stamp()) for contact in part)
                tx.put_open(OpenChange(c.record_id, c.case_id, new_id()) for c in part)
        return {}

    def stamp(self) -> dict[str, Any]:
        """Return who writes, where and when."""
        now = system_clock()
        return {
            "author_id": self.notebook.author_id,
            "device_id": self.notebook.device_id,
            "created_at": now,
            "updated_at": now,
        }

    def edit(self, command: Command) -> Command:
        """Change one field of some contacts, each in a transaction of its own."""
        tag = command["tag"]
        is_mode = command.get("field") == "mode"
        change: dict[str, Any] = (
            {"channel": Channel(tag)} if is_mode else {"correction_reason": tag}
        )
        for values in chosen(command):
            with self.notebook.write() as records:
                contact = records.find(Contact, own_id(values["rid"]))
                assert contact is not None
                records.save(replace(contact, **change))
        return {}

    def sync(self, command: Command) -> Command:
        """Run the engine, again when it failed."""
        started = time.perf_counter()
        errors: list[str] = []
        for _ in range(command.get("max_attempts", 1)):
            try:
                report = self.engine.run()
            except SyncFailure as error:
                errors.append(type(error).__name__)
                continue
            break
        else:
            elapsed_ms = (time.perf_counter() - started) * 1000
            return {"ok": False, "attempts": len(errors), "err": errors[-3:], "ms": elapsed_ms}
        elapsed_ms = (time.perf_counter() - started) * 1000
        return {
            "ok": True,
            "attempts": len(errors) + 1,
            "err": errors[-3:],
            "ms": elapsed_ms,
            "rounds": report.rounds,
        }

    def dump(self, command: Command) -> Command:
        """Write what is here."""
        with self.database.session() as session:
            found = [r for r in bulk.every_record(session) if isinstance(r, Contact)]
        lines = [
            f"{their_id(c.record_id)}\t{c.correction_reason}\t{c.channel.value}:"
            f"{sha256(c.note.encode()).hexdigest()}\n"
            for c in found
        ]
        Path(command["out"]).write_text("".join(lines))
        listed = ConflictService(self.notebook).open()
        kept: dict[str, list[str]] = {}
        for view in listed:
            values = kept.setdefault(their_id(view.conflict.subject_id), [])
            values += [str(view.conflict.mine), str(view.conflict.theirs)]
        return {"n": len(found), "conflicts": len(listed), "kept": kept}

    def exit(self, _command: Command) -> Command:
        """Close."""
        self.database.close()
        self.transport.close()
        return {}


def own_id(given: str) -> str:
    """Return an id of the data file as the app writes ids."""
    return str(UUID(given))


def their_id(record_id: str) -> str:
    """Return the app's id as the data file writes it."""
    return UUID(record_id).hex


def chosen(command: Command) -> list[dict[str, Any]]:
    """Return the records of the data file that a command means."""
    start = command["start"]
    with Path(command["path"]).open() as lines:
        wanted = [line for n, line in enumerate(lines) if start <= n < start + command["count"]]
    return [json.loads(line) for line in wanted]


def as_contact(values: dict[str, Any]) -> Contact:
    """Return a record of the data file as a contact; what a contact has no field for is kept."""
    return Contact(
        record_id=own_id(values["rid"]),
        case_id=own_id(values["client"]),
        at=datetime.fromisoformat(values["occurred_at"]).astimezone(UTC),
        channel=Channel(values["mode"]),
        outcome=Outcome.REACHED,
        minutes=values["minutes"],
        note=values["summary"] + values["plan"],
        extra={name: values[name] for name in ("phase", "followup", "tags")},
    )


def main() -> None:
    """Answer commands until `exit`."""
    keep_what_is_loaded()  # as the app does
    device: Device | None = None
    for line in sys.stdin:
        command = json.loads(line)
        name = command["cmd"]
        if device is None or name == "init":
            if device is not None:
                device.exit({})
            device = Device(Path(command["dir"]), command["url"])
            answer = device.join(command.get("code", ""))
        else:
            method: Callable[[Command], Command] = getattr(device, name)
            answer = method(command)
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(json.dumps({"cmd": name, "rss_mb": peak_mb, **answer}), flush=True)
        if name == "exit":
            return


def nursery() -> None:
    """Fork a device for each line that names its two pipes and its log; say its process id."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    for line in iter(sys.stdin.readline, ""):
        commands, answers, log = line.rstrip("\n").split("\t")
        pid = os.fork()
        if pid:
            print(pid, flush=True)
            continue
        os.setsid()
        os.dup2(os.open(commands, os.O_RDONLY), 0)
        os.dup2(os.open(answers, os.O_WRONLY), 1)
        os.dup2(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644), 2)
        sys.stdin = os.fdopen(0, closefd=False)  # the old one may hold lines of the nursery's
        try:
            main()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)


if __name__ == "__main__":
    nursery() if sys.argv[1:] == ["nursery"] else main()
