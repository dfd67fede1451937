"""Access that ends and comes back while work of its case is still on its way."""

from dataclasses import replace

import pytest

from field_app.services.intake import new_participant
from sync.client.errors import Offline
from tests.sync.simulator import SimDevice


def shared_case(manager: SimDevice, advocate: SimDevice, more: int = 0) -> tuple[str, str]:
    """Return a case of the manager with some more records, and the grant of the advocate."""
    case_id = manager.save(new_participant(alias="A.")).case_id
    for number in range(more):
        manager.save(replace(new_participant(alias=str(number)), case_id=case_id))
    manager.sync()
    grant_id = manager.grant(case_id, advocate)
    for device in (manager, advocate):
        device.sync()
    assert len(advocate.records()) == 1 + more
    return case_id, grant_id


def lose_access_while_typing(
    manager: SimDevice, advocate: SimDevice, case_id: str, grant_id: str
) -> None:
    """Withdraw; the advocate types while hearing of it, and cannot hand that in yet."""
    manager.withdraw(case_id, grant_id)
    advocate.save(replace(advocate.get(case_id), phone="1"))

    def type_on() -> None:
        advocate.save(replace(advocate.get(case_id), phone="2"))

    advocate.wire.during = type_on
    advocate.wire.fault, advocate.wire.fault_in = "request_lost", 1
    with pytest.raises(Offline):
        advocate.sync()
    assert advocate.records() == {}


@pytest.mark.parametrize("page_limit", [1, 100])
@pytest.mark.parametrize("more", [0, 1])
def test_a_case_to_which_access_came_back_is_whole_with_what_was_typed_meanwhile(
    manager: SimDevice, advocate: SimDevice, more: int, page_limit: int
) -> None:
    case_id, grant_id = shared_case(manager, advocate, more)
    advocate.page_limit = page_limit
    advocate.kill()
    lose_access_while_typing(manager, advocate, case_id, grant_id)

    manager.grant(case_id, advocate)
    advocate.sync()
    manager.sync()
    advocate.sync()

    assert advocate.get(case_id).phone == "2"
    assert manager.records() == advocate.records()
    assert len(advocate.records()) == 1 + more


def test_an_old_answer_shows_a_revoked_device_nothing(
    manager: SimDevice, advocate: SimDevice
) -> None:
    case_id, _ = shared_case(manager, advocate)
    manager.sync()  # knows the device
    advocate.save(replace(advocate.get(case_id), phone="1"))
    advocate.wire.fault = "answer_lost"
    with pytest.raises(Offline):
        advocate.sync()

    manager.revoke(advocate)
    report = advocate.sync()

    assert report.tally.received == 1
    assert report.handed_in
    assert advocate.records() == {}
