"""What people, managers, networks and fate do in a history.

Device 0 is the data manager's, 1 and 2 are advocates'. Every act may be impossible at the moment
(no such case here, no network): then it does nothing, as in life.
"""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import select

from field_app.domain.records.attachment import Attachment
from field_app.domain.records.conflict import Conflict
from field_app.domain.records.participant import Participant
from field_app.errors import DiskError, FieldAppError
from field_app.services.conflicts import Choice, ConflictService
from field_app.services.intake import new_participant
from field_app.store import sealed_log
from field_app.store.downloads import AttachmentFiles
from field_app.store.files import write_all
from sync.client.attachments import AttachmentTransfer, TransferReport
from sync.client.errors import SyncFailure
from sync.client.replica import Standing
from sync.client.reports import RunReport
from sync.protocol.ids import RESERVED_CASES, new_id
from sync.server.attachments import CHUNK
from sync.server.generations import AGENCY
from sync.server.grants import ACCESS
from sync.server.inbox import INBOX
from tests.sync.client.histories.agency import SHARED_CASES, copy_of_agency
from tests.sync.client.histories.memory import Memory, Removal, lines_of
from tests.sync.simulator import Killed, SimCentre, SimDevice

FIELDS = ("phone", "pronouns")
FAULTS = ("request_lost", "answer_lost", "twice", "late", "kill_before", "kill_after")
CLOCKS = (timedelta(days=-5 * 365), timedelta(hours=-3), timedelta(0), timedelta(days=5 * 365))
MOST_CASES = SHARED_CASES + 2
MOST_RESTORES = 1


class World:
    """Three devices and a centre in a folder of their own.

    Attributes:
        opened_by: Number of the device that opened a case.
        cases: Ids of all cases that anybody opened (of the participant's record as well).
        grants: What the manager gave and did not take back, by (case, device number).
        revoked: Numbers of devices that the manager has ended.
        rolled_back: Numbers of devices whose store was put back from a copy.
        first_ids: Device ids at the beginning, by number.
        restores: How often the centre was put back from an old copy.
        stirred: Numbers of devices that synced since somebody looked at them.
    """

    def __init__(self, page_limit: int, batch_limit: int = 500) -> None:
        """Begin with an enrolled agency; pages of so many items, calls of so many changes."""
        made = copy_of_agency()
        self.folder = made.folder
        self.centre = SimCentre(self.folder / "centre")
        self.devices = [
            SimDevice(
                self.folder / f"device{number}",
                self.centre,
                page_limit=page_limit,
                batch_limit=batch_limit,
            )
            for number in range(3)
        ]
        self.cases = list(made.grants)
        self.opened_by = dict.fromkeys(made.grants, 1)
        self.grants = {(case_id, 2): grant_id for case_id, grant_id in made.grants.items()}
        self.revoked: set[int] = set()
        self.restores = 0
        self.rolled_back: set[int] = set()
        self.first_ids = self.device_ids()
        self.memory = Memory()
        self.stirred: set[int] = set()
        self._backup: tuple[Path, list[str]] | None = None
        self._forgotten_files: set[str] = set()
        self._generation = 0
        self._copies: dict[int, tuple[Path, str, set[str]]] = {}

    def close(self) -> None:
        """Close everything and remove the folder."""
        for device in self.devices:
            device.close()
        self.centre.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # What people do

    def open_case(self, number: int) -> None:
        """Open a case."""
        if len(self.cases) < MOST_CASES and self._is_active(number):
            saved = self.devices[number].save(new_participant(alias=f"case {len(self.cases)}"))
            self.cases.append(saved.record_id)
            self.opened_by[saved.record_id] = number

    def edit(self, number: int, case: int, name: str) -> None:
        """Type a new value into a field, where the device shows the case."""
        if case >= len(self.cases):
            return
        device, record_id = self.devices[number], self.cases[case]
        record = device.find(record_id)
        if record is None:
            return
        value = self.memory.new_value()
        device.save(with_value(record, name, value))
        self.memory.note(value, record_id, name, getattr(record, name), number)

    def delete(self, number: int, case: int) -> None:
        """Delete a record, where the device shows it."""
        if case >= len(self.cases):
            return
        device, record_id = self.devices[number], self.cases[case]
        record = device.find(record_id)
        if record is None:
            return
        with device.notebook.write() as records:
            records.delete(record, reason="simulated")
        seen = set().union(*(lines_of(getattr(record, name)) for name in FIELDS))
        self.memory.removals.append(Removal(record_id, frozenset(seen)))
        self.memory.counts["deletions"] += 1

    def take_picture(self, number: int, case: int) -> None:
        """Keep a small picture in a case, where the device shows it."""
        if case >= len(self.cases) or len(self.memory.pictures) > 3:
            return
        device, case_id = self.devices[number], self.cases[case]
        if device.find(case_id) is None:
            return
        attachment_id, content = new_id(), os.urandom(500)
        stored = AttachmentFiles(device.folder).write(attachment_id, [content])
        device.save(
            Attachment(
                record_id=attachment_id,
                case_id=case_id,
                size_bytes=stored.size_bytes,
                chunks=stored.chunks,
                digest=stored.digest.hex(),
                file_key=stored.key.hex(),
            )
        )
        self.memory.pictures[attachment_id] = content

    def resolve(self, number: int, choice: Choice) -> bool:
        """Decide the oldest open conflict that a device shows; return whether there was one."""
        device = self.devices[number]
        service = ConflictService(device.notebook)
        for view in service.open():
            conflict, other, chosen = view.conflict, None, choice
            if conflict.field == "deleted":
                chosen = Choice.MINE if choice is Choice.MINE else Choice.THEIRS
            elif choice is Choice.OTHER:
                other = self.memory.new_value()
            elif choice is Choice.BOTH and not view.can_keep_both:
                chosen = Choice.MINE
            service.resolve(conflict.record_id, chosen, other)
            self._remember_choice(number, conflict, view.present, other)
            return True
        return False

    def _remember_choice(
        self, number: int, conflict: Conflict, present: object, other: str | None
    ) -> None:
        self.memory.closed.add(conflict.record_id)
        self.memory.counts["conflicts resolved"] += 1
        subject = self.devices[number].get(conflict.subject_id)
        if subject.deleted:  # whoever decides about a deleted record has seen that it is
            seen = set().union(*(lines_of(getattr(subject, name)) for name in FIELDS))
            self.memory.removals.append(Removal(conflict.subject_id, frozenset(seen)))
        elif conflict.field == "deleted":
            self.memory.restored.add(conflict.subject_id)
        if conflict.field == "deleted":
            return
        if other is not None:
            self.memory.note(other, conflict.subject_id, conflict.field, present, number)
        elif getattr(subject, conflict.field) != present:
            self.memory.replaced |= lines_of(present)
            self.memory.chosen |= lines_of(getattr(subject, conflict.field))

    # Networks, clocks and power

    def sync(self, number: int) -> None:
        """Sync, records first and then pictures."""
        self.try_sync(self.devices[number])

    def sync_with_fault(self, number: int, fault: str, at_call: int) -> None:
        """Sync; a fault strikes at the n-th call."""
        device = self.devices[number]
        device.wire.fault, device.wire.fault_in = fault, at_call
        self.memory.counts["faults"] += 1
        self.try_sync(device)

    def sync_and_be_killed(self, number: int, moment: str, step: int) -> None:
        """Be killed `before` or `after` the commit of the n-th transaction of a sync."""
        device = self.devices[number]
        device.replica.kill_at, device.replica.kill_after = step, moment == "after"
        self.memory.counts["faults"] += 1
        self.try_sync(device)
        device.replica.kill_at = None

    def sync_on_full_disk(self, number: int, write: int) -> None:
        """Sync on a disk that is full at the n-th write, and has room again then."""
        self.memory.counts["faults"] += 1
        with full_disk(write):
            self.try_sync(self.devices[number])

    def sync_while_typing(self, number: int, case: int, name: str, at_call: int) -> None:
        """Type, sync, and type on while the answer to the n-th call is on its way."""
        self.edit(number, case, name)
        device = self.devices[number]
        device.wire.during, device.wire.during_in = lambda: self.edit(number, case, name), at_call
        self.try_sync(device)
        device.wire.during = None

    def deliver_late(self, number: int) -> None:
        """Deliver requests that were held up."""
        self.devices[number].wire.deliver_late()

    def set_clock(self, number: int, offset: timedelta) -> None:
        """Set a device's clock wrong, or right."""
        self.devices[number].clock_offset = offset

    def try_sync(self, device: SimDevice) -> None:
        """Sync; a failure is a state, a kill is a fresh process."""
        self.stirred.add(self.devices.index(device))
        try:
            device.sync()
            if self.memory.pictures:
                transfer(device)
        except (SyncFailure, DiskError):
            pass
        except Killed:
            device.kill()
        device.wire.fault = None

    # What managers do

    def grant(self, case: int, number: int) -> None:
        """Give an advocate access to a case that the centre knows."""
        if case >= len(self.cases) or (self.cases[case], number) in self.grants:
            return
        if number not in self.revoked:
            case_id = self.cases[case]
            self._manage(lambda manager: self._given(manager, case_id, number))

    def _given(self, manager: SimDevice, case_id: str, number: int) -> None:
        self.grants[case_id, number] = manager.grant(case_id, self.devices[number])

    def withdraw(self, case: int, number: int) -> None:
        """Take that access away again."""
        if case >= len(self.cases):
            return
        case_id = self.cases[case]
        grant_id = self.grants.get((case_id, number))
        if grant_id is not None:
            self._manage(lambda manager: self._taken(manager, case_id, grant_id, number))

    def _taken(self, manager: SimDevice, case_id: str, grant_id: str, number: int) -> None:
        manager.withdraw(case_id, grant_id)
        del self.grants[case_id, number]
        self.memory.taken_along[case_id, number] = self._keys(number)
        self.memory.counts["withdrawals"] += 1

    def change_mind(self, case: int, number: int, name: str, at_call: int) -> None:
        """Take access away while its person types, cut them off, and give it back."""
        if case >= len(self.cases) or (self.cases[case], number) not in self.grants:
            return
        self.withdraw(case, number)
        device = self.devices[number]
        device.wire.fault, device.wire.fault_in = "request_lost", at_call
        self.sync_while_typing(number, case, name, 0)
        self.grant(case, number)

    def revoke(self, number: int) -> None:
        """End a device: lost, or its person has left."""
        if number not in self.revoked and self._is_active(number):
            self._manage(lambda manager: self._ended(manager, number))

    def _ended(self, manager: SimDevice, number: int) -> None:
        manager.revoke(self.devices[number])
        self.revoked.add(number)
        self.memory.counts["revocations"] += 1

    def _manage(self, act: Callable[[SimDevice], None]) -> None:
        manager = self.devices[0]
        self.try_sync(manager)
        try:
            act(manager)
        except (SyncFailure, FieldAppError):
            return
        self.try_sync(manager)

    def restate(self) -> None:
        """As a manager does after a restore: give and take away again what the centre forgot."""
        manager = self.devices[0]
        for case_id in self.cases:
            for number in {1, 2} - self.revoked:
                device = self.devices[number]
                has, given = case_id in self.allowed(number), self.grants.get((case_id, number))
                if given is not None and not has:
                    self.grants[case_id, number] = manager.grant(case_id, device)
                elif given is None and has and self.opened_by.get(case_id) != number:
                    for grant in manager.live_grants(case_id, device):
                        manager.withdraw(case_id, grant)

    def let_a_day_pass(self) -> None:
        """Let each device compare its old cases with the centre, as it does once a day.

        Who only reads may not notice a restore that nobody announced; this does.
        """
        for device in self.devices:
            with device.replica.transaction() as tx:
                tx.set_position(replace(tx.position(), digest_day=0, digest_after=""))

    def allowed(self, number: int) -> set[str]:
        """Return the cases that the centre lets the person of a device see."""
        staff_id = self.devices[number].identity.staff_id
        query = select(ACCESS.c.case_id).where(
            ACCESS.c.staff_id == staff_id, ACCESS.c.ended_seq.is_(None)
        )
        with self.centre.parts.database.read() as connection:
            return set(connection.scalars(query)) - RESERVED_CASES

    # What fate does

    def copy_store(self, number: int) -> None:
        """Copy a device's store, as a backup of the phone does."""
        device = self.devices[number]
        self._copies[number] = device.copy_store(), device.identity.device_id, self._keys(number)

    def _keys(self, number: int) -> set[str]:
        with self.devices[number].replica.reading() as tx:
            cases = tx.all_key_cases()
            return {held.key.key_id for case_id in cases for held in tx.keys_of_case(case_id)}

    def roll_back_store(self, number: int) -> None:
        """Put the copy back after a sync: what was typed since is at the centre or gone with it.

        Not across a change of the device's id: whose id has died asks for a new code. Nor across
        new keys of the only manager: what nobody else can open takes the recovery words.
        """
        if number not in self._copies or number in self.revoked:
            return
        copy, device_id, keys = self._copies.pop(number)
        device = self.devices[number]
        for _ in range(3):
            self.try_sync(device)
        is_same = device.identity.device_id == device_id and (number or self._keys(number) == keys)
        if self.is_empty(number) and is_same:
            device.roll_back(copy)
            self.rolled_back.add(number)
            self.memory.counts["stores rolled back"] += 1
            if number == 0:
                self.sync(0)  # to its old id nobody seals a key that no one else could open

    def is_empty(self, number: int) -> bool:
        """Return whether everything of a device has its receipt."""
        with self.devices[number].replica.reading() as tx:
            open_changes = [c for case in tx.cases("", 1000) for c in tx.open_in_case(case)]
            return not (open_changes or tx.count_sendable() or tx.sent() or tx.has_uploads())

    def back_up_centre(self) -> None:
        """Copy the centre's database and files."""
        self._backup = self.centre.back_up(), self.device_ids()

    def restore_centre(self, number: int, case: int, name: str) -> None:
        """Put the copy back without a word, while somebody's work is numbered and not received.

        The devices have to notice. Not where a device got its id since: a centre that does not
        know it asks for a new code.
        """
        if self._backup is None or self.restores == MOST_RESTORES or self.revoked:
            return
        copy, device_ids = self._backup
        if device_ids == self.device_ids():
            self.edit(number, case, name)
            self.sync_with_fault(number, "request_lost", 0)
            late, files = self._late_work(), self._files_at_centre()
            self.centre.restore(copy)
            self._forgotten_files = files - self._files_at_centre()
            self._generation = self._generation_of_centre()
            lost = late - self._late_work()
            self.memory.lost_with_the_centre |= {(record_id, by) for record_id, by, *_ in lost}
            self.memory.lost_files |= self._files_nowhere()
            self.restores += 1
            self.memory.counts["centres restored"] += 1

    def announce_restore(self) -> bool:
        """Say that the centre was put back, if nobody could see it and files were lost with it.

        The centre signs what it has of records and of managers' acts, not of files: a copy made
        between a picture's record and its file looks like no restore at all, to every device.
        So the operator says it, and who still has a file hands it in. What was handed in, and
        purged with its case since by the only device that had it, is lost with the centre.
        """
        lacking = self._forgotten_files - self._files_at_centre()
        if not lacking or self._generation_of_centre() != self._generation:
            return False
        self.memory.lost_files |= lacking & self._files_nowhere()
        self.memory.counts["restores announced"] += 1
        self.centre.announce_restore()
        return True

    def _generation_of_centre(self) -> int:
        with self.centre.parts.database.read() as connection:
            return int(connection.scalars(select(AGENCY.c.generation)).one())

    def _late_work(self) -> set[tuple[str, int, int, int]]:
        """Return record, device, generation and number of all in the inbox, decided or not."""
        numbers = {device_id: number for number, device_id in enumerate(self.device_ids())}
        with self.centre.parts.database.read() as connection:
            rows = connection.execute(select(INBOX)).all()
        return {
            (row.record_id, numbers.get(row.device_id, -1), row.generation, row.device_seq)
            for row in rows
        }

    def _files_at_centre(self) -> set[str]:
        with self.centre.parts.database.read() as connection:
            return set(connection.execute(select(CHUNK.c.attachment_id)).scalars())

    def _files_nowhere(self) -> set[str]:
        """Return the pictures whose file is on no device and not at the centre."""
        there = self._files_at_centre()
        folders = [AttachmentFiles(device.folder) for device in self.devices]
        return {
            picture
            for picture in self.memory.pictures.keys() - there
            if not any(files.has(picture) for files in folders)
        }

    def device_ids(self) -> list[str]:
        """Return who the devices are now, by number."""
        return [device.identity.device_id for device in self.devices]

    def _is_active(self, number: int) -> bool:
        with self.devices[number].replica.reading() as tx:
            return tx.position().standing is Standing.ACTIVE


@contextmanager
def full_disk(write: int) -> Iterator[None]:
    """Let the n-th write to a store's log fail for want of room."""
    left = iter(range(write, -1, -1))

    def write_some(fd: int, data: bytes) -> None:
        if next(left, None) == 0:
            write_all(fd, data[: len(data) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write_all(fd, data)

    with patch.object(sealed_log, "write_all", write_some):
        yield


def with_value(record: Participant, name: str, value: str) -> Participant:
    """Return a record with another value in one of `FIELDS`."""
    return replace(record, phone=value) if name == "phone" else replace(record, pronouns=value)


def transfer(device: SimDevice) -> TransferReport:
    """Move pictures both ways, as the app does after a sync."""
    files = AttachmentFiles(device.folder)
    return AttachmentTransfer(device.replica, files, device.channel).run(download=True)


def is_quiet(report: RunReport, moved: TransferReport) -> bool:
    """Return whether a sync found nothing to do."""
    tally = report.tally
    done = tally.received + tally.late + tally.conflicts + tally.refused + report.feed_items
    return not (done or moved.uploaded or moved.downloaded)
