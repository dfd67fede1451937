"""An enrolled agency of a manager and two advocates with two shared cases, made once."""

import shutil
import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from field_app.services.intake import new_participant
from sync.protocol.roles import Role
from tests.sync.simulator import SimCentre, SimDevice, founded

SHARED_CASES = 2


@dataclass(frozen=True)
class Agency:
    """A folder with `centre` and `device0` (the manager's) to `device2`, all closed.

    Attributes:
        grants: Of the shared cases, opened by device 1: the grant of device 2.
    """

    folder: Path
    grants: dict[str, str]


def memory_folder() -> Path:
    """Return a new folder in memory, where there is one: a test of logic needs no disk."""
    fast = Path("/dev/shm")
    return Path(tempfile.mkdtemp(dir=fast if fast.is_dir() else None, prefix="histories-"))


@cache
def enrolled_agency() -> Agency:
    """Return the agency that every history of this process begins with."""
    folder = memory_folder()
    centre = SimCentre(folder / "centre")
    manager = founded(folder / "device0", centre)
    advocates = []
    for number in (1, 2):
        device = SimDevice(folder / f"device{number}", centre)
        device.enrol(manager.invite(Role.ADVOCATE))
        advocates.append(device)
    devices = [manager, *advocates]
    for device in (*advocates, *devices):
        device.sync()
    grants = {}
    # Two cases that all three see: most of what can go wrong needs company.
    for number in range(SHARED_CASES):
        case = advocates[0].save(new_participant(alias=f"shared {number}"))
        # Nobody edits this one: what is hidden or purged with its case has to come again.
        advocates[0].save(replace(new_participant(alias="still"), case_id=case.case_id))
        advocates[0].sync()
        manager.sync()
        grants[case.case_id] = manager.grant(case.case_id, advocates[1])
        manager.sync()
    for device in (*devices, *devices):
        device.sync()
    for device in devices:
        device.close()
    centre.close()
    return Agency(folder, grants)


def copy_of_agency() -> Agency:
    """Return a copy to live a history in; whoever asked removes its folder."""
    made = enrolled_agency()
    folder = memory_folder()
    shutil.copytree(made.folder, folder, dirs_exist_ok=True)
    return Agency(folder, dict(made.grants))


def forget_agency() -> None:
    """Remove the agency that was made once."""
    if enrolled_agency.cache_info().currsize:
        shutil.rmtree(enrolled_agency().folder, ignore_errors=True)
        enrolled_agency.cache_clear()
