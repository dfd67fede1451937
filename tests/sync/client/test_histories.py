"""Random histories of three devices and a centre, against what must always hold.

Hypothesis picks edits, syncs, kills at every step, lost and doubled and late requests, grants,
withdrawals, a revoked device, a copied store, a restored centre. At every quiet moment:

    everyone who may see a case has equal rows
    every value that somebody typed is in the record, or was replaced by an edit that had seen it,
    or stands in a conflict, or lies in the inbox
    nothing is left in any outbox

    EXAMPLES=1000 STEPS=40 pytest tests/sync/client/test_histories.py     a long run, by hand
"""

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from field_app.services.intake import new_participant
from sync.client.errors import SyncFailure
from sync.protocol.management import InboxPage
from sync.protocol.roles import Role
from tests.sync.simulator import Killed, SimCentre, SimDevice, founded

EXAMPLES = int(os.environ.get("EXAMPLES", "4"))
STEPS = int(os.environ.get("STEPS", "20"))
# Mutants only have to die: shrinking what killed them takes minutes (SHRINK=0).
PHASES = tuple(Phase) if os.environ.get("SHRINK", "1") == "1" else (Phase.generate,)
FIELDS = ("phone", "pronouns")
FAULTS = ("request_lost", "answer_lost", "twice", "late", "kill_before", "kill_after")
SHARED_CASES = 2
DEVICES = st.integers(0, 2)
CASES = st.integers(0, SHARED_CASES)

_template: list[Path] = []
_shared: dict[str, str] = {}
"""Shared cases of the template, with the grant of the second advocate."""


def memory_folder() -> Path:
    """Return a new folder in memory, where there is one: a test of logic needs no disk."""
    fast = Path("/dev/shm")
    return Path(tempfile.mkdtemp(dir=fast if fast.is_dir() else None, prefix="histories-"))


def enrolled_agency() -> Path:
    """Return a folder with a centre, a manager and two advocates, made once and then copied."""
    if not _template:
        folder = memory_folder()
        centre = SimCentre(folder / "centre")
        manager = founded(folder / "device0", centre)
        others = []
        for number in (1, 2):
            device = SimDevice(folder / f"device{number}", centre)
            device.enrol(manager.invite(Role.ADVOCATE))
            others.append(device)
        for device in (*others, manager, *others):
            device.sync()
        # Two cases that all three see: most of what can go wrong needs company.
        for number in range(SHARED_CASES):
            saved = others[0].save(new_participant(alias=f"shared {number}"))
            others[0].sync()
            manager.sync()
            _shared[saved.record_id] = manager.grant(saved.record_id, others[1])
            manager.sync()
        for device in (manager, *others):
            device.sync()
        for device in (manager, *others):
            device.close()
        centre.close()
        _template.append(folder)
    return _template[0]


class Histories(RuleBasedStateMachine):
    """Device 0 is the data manager's; 1 and 2 are advocates'."""

    folder: Path

    @initialize()
    def begin(self) -> None:
        """Start from an enrolled agency without cases."""
        self.folder = memory_folder()
        shutil.copytree(enrolled_agency(), self.folder, dirs_exist_ok=True)
        self.centre = SimCentre(self.folder / "centre")
        self.devices: list[SimDevice] = []
        for number in range(3):
            folder = self.folder / f"device{number}"
            self.devices.append(SimDevice(folder, self.centre, page_limit=3))
        self.cases: list[str] = list(_shared)
        self.typed: dict[tuple[str, str], list[str]] = {}
        self.seen: dict[str, set[str]] = {}
        self.grants = {(case_id, 2): grant_id for case_id, grant_id in _shared.items()}
        self.count = 0
        self.backup: Path | None = None
        self.copies: dict[int, Path] = {}
        self.restored = False

    # What people do

    @rule(device=DEVICES)
    @precondition(lambda self: len(self.cases) <= SHARED_CASES)
    def open_case(self, device: int) -> None:
        """Open a case."""
        saved = self.devices[device].save(new_participant(alias=f"case {len(self.cases)}"))
        self.cases.append(saved.record_id)

    @rule(device=DEVICES, case=CASES, field=st.sampled_from(FIELDS))
    def edit(self, device: int, case: int, field: str) -> None:
        """Type a new value into a field, where the device shows the case."""
        self._edit(self.devices[device], case, field)

    def _edit(self, device: SimDevice, case: int, field: str) -> None:
        if case >= len(self.cases):
            return
        record = device.find(self.cases[case])
        if record is None:
            return
        self.count += 1
        value = f"v{self.count}"
        # A value that this edit had before it counts as seen, and may be replaced.
        self.seen.setdefault(value, set()).add(str(getattr(record, field)))
        device.save(replace(record, **{field: value}))
        self.typed.setdefault((self.cases[case], field), []).append(value)

    @rule(device=DEVICES)
    def sync(self, device: int) -> None:
        """Sync without any fault."""
        self.try_sync(self.devices[device])

    @rule(device=DEVICES, fault=st.sampled_from(FAULTS))
    def sync_with_fault(self, device: int, fault: str) -> None:
        """Sync while the network or the process fails."""
        self.devices[device].wire.fault = fault
        self.try_sync(self.devices[device])

    @rule(device=DEVICES, step=st.integers(0, 5), after=st.booleans())
    def sync_and_be_killed(self, device: int, step: int, after: bool) -> None:
        """Be killed before or after the commit of some transaction of a sync."""
        replica = self.devices[device].replica
        replica.kill_at, replica.kill_after = step, after
        self.try_sync(self.devices[device])
        self.devices[device].replica.kill_at = None

    @rule(device=DEVICES, case=CASES, field=st.sampled_from(FIELDS))
    def sync_while_typing(self, device: int, case: int, field: str) -> None:
        """Type while the answer is on its way."""
        target = self.devices[device]
        target.wire.during = lambda: self._edit(target, case, field)
        self.try_sync(target)
        target.wire.during = None

    @rule(device=DEVICES)
    def deliver_late(self, device: int) -> None:
        """Deliver requests that were held up."""
        self.devices[device].wire.deliver_late()

    def try_sync(self, device: SimDevice) -> None:
        """Sync; a failure is a state, a kill is a fresh process."""
        try:
            device.sync()
        except SyncFailure:
            pass
        except Killed:
            device.kill()
            device.wire.fault = None

    # What managers and fate do

    @rule(case=CASES, device=st.integers(1, 2))
    def grant(self, case: int, device: int) -> None:
        """Give an advocate access to a case that the centre knows."""
        if case >= len(self.cases) or (self.cases[case], device) in self.grants:
            return
        manager = self.devices[0]
        self.try_sync(manager)
        case_id = self.cases[case]
        try:
            grant_id = manager.grant(case_id, self.devices[device])
        except (SyncFailure, Killed):
            return
        self.grants[case_id, device] = grant_id
        self.try_sync(manager)

    @rule(case=CASES, device=st.integers(1, 2))
    def withdraw(self, case: int, device: int) -> None:
        """Take that access away again."""
        if case >= len(self.cases):
            return
        grant_id = self.grants.pop((self.cases[case], device), None)
        if grant_id is None:
            return
        try:
            self.devices[0].withdraw(self.cases[case], grant_id)
        except SyncFailure:
            self.grants[self.cases[case], device] = grant_id

    @rule(device=DEVICES)
    def copy_store(self, device: int) -> None:
        """Copy a device's store, as a backup of the phone does."""
        self.copies[device] = self.devices[device].copy_store()

    @rule(device=DEVICES)
    def roll_back_store(self, device: int) -> None:
        """Put the copy back after a sync: what was typed since is at the centre or gone with it."""
        copy = self.copies.pop(device, None)
        if copy is None:
            return
        target = self.devices[device]
        for _ in range(3):
            self.try_sync(target)
        if target.waiting() == 0:
            target.roll_back(copy)

    @rule()
    def back_up_centre(self) -> None:
        """Copy the centre's database."""
        self.backup = self.centre.back_up()

    @rule()
    def restore_centre(self) -> None:
        """Put the copy back without a word: the devices have to notice."""
        if self.backup is not None and not self.restored:
            self.centre.restore(self.backup)
            self.restored = True
            self.grants.clear()

    # What must hold

    @invariant()
    def no_store_is_broken(self) -> None:
        """Each open change has a record or a kept text to send."""
        for device in getattr(self, "devices", ()):
            with device.replica.reading() as tx:
                waiting = tx.sendable(1000)
                here = tx.current([change.record_id for change in waiting])
            for change in waiting:
                assert change.kept is not None or change.record_id in here

    @rule()
    def settle(self) -> None:
        """Come to rest, and compare everything."""
        for device in self.devices:
            device.wire.deliver_late()
            device.wire.fault = None
        for _ in range(4):
            for device in self.devices:
                device.sync()
        for device in self.devices:
            assert device.waiting() == 0, "something waits although nothing is in the way"
            with device.replica.reading() as tx:
                assert tx.held_of_case(None) == [], "a record is held although its key is here"
        self._compare_rows()
        self._no_value_vanished()

    def _compare_rows(self) -> None:
        everything = self.devices[0].records()
        for device in self.devices[1:]:
            here = device.records()
            cases = {values["case_id"] for values in here.values()}
            expected = {i: v for i, v in everything.items() if v["case_id"] in cases}
            assert here == expected, "two devices that see a case differ"

    def _no_value_vanished(self) -> None:
        everything = self.devices[0].records()
        kept: set[str] = set()
        for values in everything.values():
            kept |= {str(values.get(name)) for name in (*FIELDS, "mine", "theirs")}
        kept |= self._inbox()
        for (_, _), values_typed in self.typed.items():
            for value in values_typed:
                if value in kept:
                    continue
                replaced = any(value in before for before in self.seen.values())
                assert replaced, f"{value} was typed, and nobody who saw it replaced it"

    def _inbox(self) -> set[str]:
        page = self.devices[0].channel().call(InboxPage, "GET", "/v1/inbox")
        if not page.items:
            return set()
        from sync.client.authors import Opener
        from sync.protocol.envelope import Record

        found: set[str] = set()
        with self.devices[0].replica.reading() as tx:
            opener = Opener(tx, tx.identity().agency_id, page.runs)
            for item in page.items:
                change = item.change
                record = Record.model_construct(
                    **{name: getattr(change, name) for name in type(change).model_fields},
                    revision=change.base_revision + 1,
                    seq=0,
                    generation=item.generation,
                    device_id=item.device_id,
                    received_at=item.received_at,
                )
                text: dict[str, Any] = opener.open(record)
                found |= {str(text.get(name)) for name in (*FIELDS, "mine", "theirs")}
        return found

    def teardown(self) -> None:
        """Come to rest once more, then clean up."""
        if not hasattr(self, "devices"):
            return
        try:
            self.settle()
        finally:
            for device in self.devices:
                device.close()
            self.centre.close()
            shutil.rmtree(self.folder, ignore_errors=True)


def test_random_histories_lose_nothing() -> None:
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=EXAMPLES < 50,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            phases=PHASES,
        ),
    )
