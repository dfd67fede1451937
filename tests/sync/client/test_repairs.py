"""When the two sides differ: one case is read again, a batch that is too large is halved."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from field_app.services.intake import new_participant
from field_app.store.replica.case_keys import KEY
from sync.client.errors import CentreRefused
from sync.client.transport import RawAnswer
from sync.protocol.compression import inflate
from sync.protocol.errors import Code, Problem
from sync.protocol.limits import CHANGES_PER_RUN
from sync.protocol.push import SyncRequest
from sync.protocol.roles import Role
from sync.protocol.signing import sign_answer
from tests.sync.simulator import SimCentre, SimDevice


@pytest.fixture
def device(manager: SimDevice) -> SimDevice:
    return manager


def test_a_differing_digest_reads_that_one_case_again(device: SimDevice) -> None:
    case, other = (device.save(new_participant(alias=alias)) for alias in ("A.", "B."))
    device.sync()
    with device.replica.transaction() as tx:  # what a defect, or a bad sector, may leave behind
        [base] = tx.bases([case.record_id]).values()
        tx.put_bases([replace(base, sealed_hash=bytes(32))])
        tx.write([tx.parse({**tx.current([case.record_id])[case.record_id], "alias": "wrong"})])
        tx.set_position(replace(tx.position(), digest_day=0))
    read: list[str] = []
    honest = device.wire.send

    def send(
        method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> RawAnswer:
        if path.endswith("/records"):
            read.append(path.split("/")[3])
        return honest(method, path, query, headers, body)

    device.wire.send = send  # type: ignore[method-assign]
    device.sync()

    assert read == [case.case_id]
    assert device.get(case.record_id).alias == "A."
    assert device.get(other.record_id).alias == "B."
    assert device.waiting() == 0
    with device.replica.reading() as tx:
        assert tx.problems_of("case_read_again") == [case.case_id]
        assert tx.doubtful(None) == []


def refusing_above(device: SimDevice, centre: SimCentre, most: int) -> list[int]:
    """Let the centre refuse calls of more changes than this; return the sizes that it saw."""
    sizes: list[int] = []
    honest = device.wire.send

    def send(
        method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> RawAnswer:
        text = inflate(body, headers.get("Content-Encoding"))
        sizes.append(len(SyncRequest.model_validate_json(text).changes))
        if sizes[-1] <= most:
            return honest(method, path, query, headers, body)
        problem = Problem(title="Too large", status=413, code=Code.TOO_LARGE, limit=1000)
        content = problem.model_dump_json().encode()
        given = sign_answer(
            centre.parts.key,
            413,
            content,
            device_id=device.identity.device_id,
            generation=0,
            request_signature=headers["Signature"],
            created=0,
        )
        return RawAnswer(413, {**given}, content)

    device.wire.send = send  # type: ignore[method-assign]
    return sizes


def test_a_batch_that_is_too_large_is_halved_by_whole_runs(
    device: SimDevice, centre: SimCentre
) -> None:
    count = 3 * CHANGES_PER_RUN + 4
    saved = [device.save(new_participant(alias=str(n))) for n in range(count)]
    sizes = refusing_above(device, centre, CHANGES_PER_RUN)

    report = device.sync()

    assert sizes[:3] == [count, 2 * CHANGES_PER_RUN, CHANGES_PER_RUN]
    assert report.tally.received == count
    assert device.waiting() == 0
    with device.replica.reading() as tx:
        bases = tx.bases([record.record_id for record in saved])
    assert {base.revision for base in bases.values()} == {1}


def test_one_run_that_is_too_large_is_said_and_kept(device: SimDevice, centre: SimCentre) -> None:
    device.save(new_participant(alias="A."))
    refusing_above(device, centre, 0)

    with pytest.raises(CentreRefused) as caught:
        device.sync()

    assert caught.value.problem.code is Code.TOO_LARGE
    assert device.waiting() == 1


def test_a_change_whose_key_is_not_here_yet_does_not_keep_asking(device: SimDevice) -> None:
    case = device.save(new_participant(alias="A."))
    device.sync()
    with device.replica.transaction() as tx:  # as if the case had come before its key
        held = tx.keys_of_case(case.case_id)
        tx.session.execute(KEY.delete().where(KEY.c.case_id == case.case_id))
    device.save(replace(device.get(case.record_id), phone="1"))

    report = device.sync()

    assert report.rounds == 1
    assert device.waiting() == 1
    with device.replica.transaction() as tx:
        for key in held:
            tx.put_key(key)
    device.sync()
    assert device.waiting() == 0


def test_changes_whose_key_is_not_here_yet_hold_back_nothing_of_other_cases(
    device: SimDevice,
) -> None:
    device.batch_limit = 2
    device.kill()
    cases = [device.save(new_participant(alias=f"{number}.")) for number in range(6)]
    device.sync()
    cases.sort(key=lambda case: case.case_id)  # the order in which they are sent
    with device.replica.transaction() as tx:
        held = [key for case in cases[:3] for key in tx.keys_of_case(case.case_id)]
        for case in cases[:3]:
            tx.session.execute(KEY.delete().where(KEY.c.case_id == case.case_id))
    for case in cases:
        device.save(replace(device.get(case.record_id), phone="1"))

    report = device.sync()

    assert report.tally.received == 3
    assert report.rounds <= 4
    assert device.waiting() == 3
    with device.replica.transaction() as tx:
        for key in held:
            tx.put_key(key)
    assert device.sync().tally.received == 3


def test_a_record_that_cannot_be_opened_does_not_hold_back_what_a_left_case_hands_in(
    tmp_path: Path, device: SimDevice, centre: SimCentre
) -> None:
    advocate = SimDevice(tmp_path / "advocate", centre)
    advocate.enrol(device.invite(Role.ADVOCATE))
    case = device.save(new_participant(alias="A."))
    for each in (advocate, device):
        each.sync()
    grant_id = device.grant(case.case_id, advocate)
    device.sync()
    advocate.sync()
    advocate.save(replace(advocate.get(case.record_id), phone="1"))
    with advocate.replica.transaction() as tx:
        keys = tx.keys_of_case(case.case_id)
        tx.session.execute(KEY.delete().where(KEY.c.case_id == case.case_id))
    device.save(replace(device.get(case.record_id), pronouns="she"))
    device.sync()
    advocate.sync()
    with advocate.replica.transaction() as tx:
        assert len(tx.held_of_case(case.case_id)) == 1
        for key in keys:
            tx.put_key(key)

    device.withdraw(case.case_id, grant_id)
    advocate.sync()

    assert advocate.waiting() == 0
    with advocate.replica.reading() as tx:
        assert tx.leaving() == {}
        assert tx.open_in_case(case.case_id) == []
    advocate.close()
