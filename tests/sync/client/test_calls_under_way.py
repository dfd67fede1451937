"""While a call travels the device works on: the next batch is frozen, the next page fetched.

Whatever is cut, killed or forged in between, each change is at the centre once, with its receipt.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from field_app.errors import DiskError
from field_app.services.intake import new_participant
from sync.client.errors import ContradictoryAnswer, Offline, Stopped
from sync.client.flights import at_once, in_a_thread
from sync.client.transport import RawAnswer
from sync.protocol.compression import inflate
from sync.protocol.management import ReceiptPage
from sync.protocol.roles import Role
from sync.protocol.signing import sign_answer
from tests.sync.simulator import Killed, SimCentre, SimDevice, founded

BATCH = 2


@pytest.fixture
def device(tmp_path: Path, centre: SimCentre) -> Iterator[SimDevice]:
    found = founded(tmp_path / "device", centre, batch_limit=BATCH)
    yield found
    found.close()


@pytest.fixture
def second(tmp_path: Path, centre: SimCentre, device: SimDevice) -> Iterator[SimDevice]:
    """Another device of the same person, which reads in pages of two items."""
    found = SimDevice(tmp_path / "second", centre, page_limit=2)
    found.enrol(device.invite(Role.DATA_MANAGER, staff_id=device.identity.staff_id))
    device.sync()
    found.sync()
    yield found
    found.close()


def fill(device: SimDevice, count: int) -> set[str]:
    saved = [device.save(new_participant(alias=f"{number}")) for number in range(count)]
    return {record.record_id for record in saved}


def receipted(device: SimDevice) -> list[str]:
    """Return the records of all receipts in the order of their numbers."""
    with device.replica.reading() as tx:
        entries = [kept.entry for kept in tx.receipts()]
    assert [entry.device_seq for entry in entries] == list(range(1, len(entries) + 1))
    return [entry.record_id for entry in entries]


def all_is_in(device: SimDevice, centre: SimCentre, second: SimDevice, edits: int = 0) -> None:
    """Check that everything of a device is at the centre once, receipted, and on another device."""
    assert device.waiting() == 0
    second.sync()
    assert second.records() == device.records()
    mine = [record_id for record_id in receipted(device) if record_id in device.records()]
    assert set(mine) == set(device.records())
    assert len(mine) == len(device.records()) + edits


@pytest.mark.parametrize("beside", [at_once, in_a_thread])
def test_many_batches_and_pages_arrive_whole(
    device: SimDevice, centre: SimCentre, second: SimDevice, beside: object
) -> None:
    device.beside = second.beside = beside  # type: ignore[assignment]
    device.kill()
    second.kill()
    fill(device, 7)

    report = device.sync()

    assert report.tally.received == 7
    assert report.rounds == 4
    all_is_in(device, centre, second)


@pytest.mark.parametrize(
    "fault", ["request_lost", "answer_lost", "twice", "kill_before", "kill_after"]
)
def test_a_call_that_is_cut_loses_and_doubles_nothing(
    device: SimDevice, centre: SimCentre, second: SimDevice, fault: str
) -> None:
    for cut in range(5):
        fill(device, 7)
        device.wire.fault, device.wire.fault_in = fault, cut
        for _ in range(2):
            try:
                device.sync()
            except Offline:
                continue
            except Killed:
                device.kill()
        device.wire.fault = None
        device.sync()
        all_is_in(device, centre, second)


@pytest.mark.parametrize("after", [False, True])
def test_a_kill_at_any_commit_loses_and_doubles_nothing(
    device: SimDevice, centre: SimCentre, second: SimDevice, after: bool
) -> None:
    for at in range(8):
        fill(device, 7)
        device.replica.kill_at, device.replica.kill_after = at, after
        with pytest.raises(Killed):
            device.sync()
        device.kill()
        device.sync()
        all_is_in(device, centre, second)


def test_a_kill_while_pages_are_read_ahead_leaves_no_page_out(
    device: SimDevice, centre: SimCentre, second: SimDevice
) -> None:
    for at in range(8):
        fill(device, 9)
        device.sync()
        second.replica.kill_at = at
        with pytest.raises(Killed):
            second.sync()
        second.kill()
        all_is_in(device, centre, second)


def test_two_batches_whose_answers_were_lost_are_proved_by_the_receipts_between(
    device: SimDevice, centre: SimCentre, second: SimDevice
) -> None:
    fill(device, 6)
    calls = []
    honest = device.wire.send

    def send(method: str, path: str, query: str, *rest: object) -> RawAnswer:
        calls.append(path)
        return honest(method, path, query, *rest)  # type: ignore[arg-type]

    # The commit that would store the first answer; the second batch is at the centre by then.
    device.replica.kill_at = 2
    with pytest.raises(Killed):
        device.sync()
    device.kill()
    with device.replica.reading() as tx:
        assert len(tx.sent()) == 2 * BATCH
    device.wire.send = send  # type: ignore[method-assign]

    report = device.sync()

    assert "/v1/status/receipts" in calls
    assert report.tally.received == 6
    all_is_in(device, centre, second)


@pytest.mark.parametrize("lie", ["none", "other record", "endless"])
def test_receipts_between_that_do_not_fit_mark_nothing_as_received(
    device: SimDevice, centre: SimCentre, lie: str
) -> None:
    fill(device, 6)
    device.replica.kill_at = 2
    with pytest.raises(Killed):
        device.sync()
    device.kill()
    before = receipted(device)
    honest = device.wire.send

    def send(
        method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> RawAnswer:
        answer = honest(method, path, query, headers, body)
        if path != "/v1/status/receipts":
            return answer
        text = inflate(answer.body, answer.headers.get("content-encoding"))
        page = ReceiptPage.model_validate_json(text)
        forged = {
            "none": (),
            "other record": tuple(
                entry.model_copy(update={"record_id": device.identity.device_id})
                for entry in page.entries
            ),
            "endless": page.entries[:1] * 3,
        }[lie]
        content = page.model_copy(update={"entries": forged}).model_dump_json().encode()
        given = sign_answer(
            centre.parts.key,
            200,
            content,
            device_id=device.identity.device_id,
            generation=page.generation,
            request_signature=headers["Signature"],
            created=0,
        )
        return RawAnswer(200, dict(given), content)

    device.wire.send = send  # type: ignore[method-assign]
    with pytest.raises(ContradictoryAnswer):
        device.sync()

    assert receipted(device) == before
    device.wire.send = honest  # type: ignore[method-assign]
    device.sync()
    assert device.waiting() == 0


def test_what_is_typed_while_two_batches_travel_is_sent_after_them(
    device: SimDevice, centre: SimCentre, second: SimDevice
) -> None:
    ids = sorted(fill(device, 4))

    def type_on() -> None:
        for record_id in ids:
            device.save(replace(device.get(record_id), pronouns="they"))

    device.wire.during = type_on
    report = device.sync()

    assert report.tally.received == 6  # the second batch was not frozen yet, and has it already
    assert report.tally.conflicts == 0
    all_is_in(device, centre, second, edits=2)
    assert {second.get(record_id).pronouns for record_id in ids} == {"they"}


def test_a_full_disk_while_the_next_page_is_here_already_leaves_no_page_out(
    device: SimDevice, centre: SimCentre, second: SimDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(device, 9)
    device.sync()
    honest = second.database._append
    rounds = iter([honest, honest])

    def append(changes: dict[str, object]) -> None:
        act = next(rounds, None)
        if act is None:
            raise DiskError("The disk is full.", code="disk_full")
        act(changes)

    monkeypatch.setattr(second.database, "_append", append)
    with pytest.raises(DiskError):
        second.sync()
    monkeypatch.undo()

    all_is_in(device, centre, second)


def test_stop_is_heard_while_a_call_is_under_way(
    device: SimDevice, centre: SimCentre, second: SimDevice
) -> None:
    device.beside = in_a_thread
    device.kill()
    fill(device, 8)
    asked = iter([False, False, True])

    with pytest.raises(Stopped):
        device.sync(stop=lambda: next(asked, True))

    device.sync()
    all_is_in(device, centre, second)


def test_the_next_batch_is_frozen_before_the_answer_is_here(
    device: SimDevice, centre: SimCentre, second: SimDevice
) -> None:
    device.beside = in_a_thread
    device.kill()
    fill(device, 4)
    frozen = Event()
    honest, compose_ahead = device.wire.send, device.engine._compose_ahead

    def send(*request: object) -> RawAnswer:
        answer = honest(*request)  # type: ignore[arg-type]
        assert frozen.wait(20), "nothing was frozen while the call was on its way"
        return answer

    def compose(*given: object) -> object:
        plan = compose_ahead(*given)  # type: ignore[arg-type]
        frozen.set()
        return plan

    device.wire.send = send  # type: ignore[method-assign]
    device.engine._compose_ahead = compose  # type: ignore[method-assign, assignment]
    assert device.sync().tally.received == 4
    all_is_in(device, centre, second)
