"""Two devices and a centre: what one saves, the other has; what both change, both keep."""

from dataclasses import replace

from field_app.domain.records.participant import Participant
from field_app.services.intake import new_participant
from tests.sync.simulator import SimDevice


def a_case(device: SimDevice, alias: str = "A.") -> Participant:
    saved = device.save(new_participant(alias=alias))
    assert isinstance(saved, Participant)
    return saved


def test_a_case_of_an_advocate_reaches_the_manager(manager: SimDevice, advocate: SimDevice) -> None:
    case = a_case(advocate)

    report = advocate.sync()
    manager.sync()

    assert report.tally.received == 1
    assert manager.get(case.record_id).alias == "A."
    assert manager.records() == advocate.records()


def test_a_small_sync_is_one_request(advocate: SimDevice) -> None:
    case = a_case(advocate)
    advocate.sync()
    advocate.save(replace(advocate.get(case.record_id), phone="1"))
    before = advocate.wire.calls

    advocate.sync()

    assert advocate.wire.calls == before + 1


def test_edits_of_different_fields_are_merged(manager: SimDevice, advocate: SimDevice) -> None:
    case = a_case(advocate)
    advocate.sync()
    manager.sync()
    manager.save(replace(manager.get(case.record_id), phone="1"))
    advocate.save(replace(advocate.get(case.record_id), pronouns="she"))

    manager.sync()
    advocate.sync()
    manager.sync()

    assert manager.get(case.record_id).phone == "1"
    assert manager.get(case.record_id).pronouns == "she"
    assert manager.records() == advocate.records()
    assert manager.conflicts() == []


def test_edits_of_one_field_are_both_kept(manager: SimDevice, advocate: SimDevice) -> None:
    case = a_case(advocate)
    advocate.sync()
    manager.sync()
    manager.save(replace(manager.get(case.record_id), phone="1"))
    advocate.save(replace(advocate.get(case.record_id), phone="2"))

    manager.sync()
    advocate.sync()
    manager.sync()

    assert manager.get(case.record_id).phone == "1"
    assert [(c.field, c.mine, c.theirs) for c in manager.conflicts()] == [("phone", "2", "1")]
    assert manager.records() == advocate.records()
