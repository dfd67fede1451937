"""The agency in which these tests begin: a centre, who founded it, and an advocate."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.protocol.roles import Role
from tests.sync.simulator import SimCentre, SimDevice, founded


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[SimCentre]:
    """A centre that nobody has enrolled with."""
    found = SimCentre(tmp_path / "centre")
    yield found
    found.close()


@pytest.fixture
def manager(tmp_path: Path, centre: SimCentre) -> Iterator[SimDevice]:
    """The device of the data manager who founded the agency."""
    device = founded(tmp_path / "manager", centre)
    yield device
    device.close()


@pytest.fixture
def advocate(tmp_path: Path, centre: SimCentre, manager: SimDevice) -> Iterator[SimDevice]:
    """The device of an advocate, of whom the manager's knows."""
    device = SimDevice(tmp_path / "advocate", centre)
    device.enrol(manager.invite(Role.ADVOCATE))
    device.sync()
    manager.sync()
    yield device
    device.close()
