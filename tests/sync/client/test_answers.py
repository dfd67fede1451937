"""Answers that must not be believed, and centres that must not be trusted blindly."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from field_app.errors import DiskError
from field_app.services.intake import new_participant
from sync.client.errors import ContradictoryAnswer, NotTheCentre, Offline
from sync.client.replica import Standing
from sync.client.transport import RawAnswer, RequestsTransport, check_centre_url
from sync.protocol.compression import inflate
from sync.protocol.limits import FEED_LIMIT
from sync.protocol.push import SyncAnswer
from sync.protocol.receipts import sign_chain_head
from sync.protocol.roles import Role
from sync.protocol.signing import sign_answer
from sync.protocol.version import DEVICE_HEADER
from tests.sync.simulator import SimCentre, SimDevice


@pytest.fixture
def device(manager: SimDevice) -> SimDevice:
    return manager


Forge = Callable[[SyncAnswer], SyncAnswer]


def hostile(device: SimDevice, centre: SimCentre, forge: Forge) -> None:
    """Let the next answer be forged by somebody who holds the centre's own key."""
    honest = device.wire.send

    def send(
        method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> RawAnswer:
        answer = honest(method, path, query, headers, body)
        text = inflate(answer.body, answer.headers.get("content-encoding"))
        forged = forge(SyncAnswer.model_validate_json(text))
        return signed(centre.parts.key, forged.model_dump_json().encode(), headers, forged)

    device.wire.send = send  # type: ignore[method-assign]


def signed(
    key: Ed25519PrivateKey, content: bytes, headers: Mapping[str, str], answer: SyncAnswer
) -> RawAnswer:
    given = {
        **sign_answer(
            key,
            200,
            content,
            device_id=answer.chain_head.device_id,
            generation=answer.generation,
            request_signature=headers["Signature"],
            created=0,
        )
    }
    assert given[DEVICE_HEADER]
    return RawAnswer(200, given, content)


def test_a_sign_in_page_is_no_network(device: SimDevice) -> None:
    device.save(new_participant(alias="A."))
    page = RawAnswer(200, {"Content-Type": "text/html"}, b"<html>Please sign in</html>")
    device.wire.send = lambda *_: page  # type: ignore[method-assign]

    with pytest.raises(NotTheCentre, match="sign in first"):
        device.sync()

    assert device.waiting() == 1


def test_a_bare_410_wipes_nothing(device: SimDevice) -> None:
    case = device.save(new_participant(alias="A."))
    gone = RawAnswer(410, {}, b'{"title":"","status":410,"code":"device_revoked"}')
    device.wire.send = lambda *_: gone  # type: ignore[method-assign]

    with pytest.raises(NotTheCentre):
        device.sync()

    assert device.find(case.record_id) is not None


def test_a_receipt_for_other_bytes_is_refused(device: SimDevice, centre: SimCentre) -> None:
    device.save(new_participant(alias="A."))

    def forge(answer: SyncAnswer) -> SyncAnswer:
        head = answer.chain_head
        forged = sign_chain_head(
            centre.parts.key,
            head.agency_id,
            head.device_id,
            head.generation,
            head.device_seq,
            sha256(b"something else").digest(),
            head.at,
        )
        return answer.model_copy(update={"chain_head": forged})

    honest = device.wire.send
    hostile(device, centre, forge)
    with pytest.raises(ContradictoryAnswer, match="receipts do not fit"):
        device.sync()

    assert device.waiting() == 1
    with device.replica.reading() as tx:
        assert tx.position().acked_seq == 0 or tx.sent()
    device.wire.send = honest  # type: ignore[method-assign]
    assert device.sync().tally.received == 1


@pytest.mark.parametrize("less", [1, 2])
def test_a_head_of_fewer_changes_than_were_sent_is_refused(
    device: SimDevice, centre: SimCentre, less: int
) -> None:
    for number in range(3):
        device.save(new_participant(alias=f"{number}"))

    def forge(answer: SyncAnswer) -> SyncAnswer:
        head = answer.chain_head
        forged = sign_chain_head(
            centre.parts.key,
            head.agency_id,
            head.device_id,
            head.generation,
            head.device_seq - less,
            head.hash,
            head.at,
        )
        return answer.model_copy(update={"chain_head": forged})

    hostile(device, centre, forge)
    with pytest.raises(ContradictoryAnswer, match="receipts do not fit"):
        device.sync()

    assert device.waiting() == 3


def test_an_older_revision_is_refused_and_said(
    tmp_path: Path, device: SimDevice, centre: SimCentre
) -> None:
    other = SimDevice(tmp_path / "other", centre)
    other.enrol(device.invite(Role.DATA_MANAGER))
    case = device.save(new_participant(alias="A."))
    device.sync()
    old: list[SyncAnswer] = []

    def remember(answer: SyncAnswer) -> SyncAnswer:
        old.append(answer)
        return answer

    honest = other.wire.send
    hostile(other, centre, remember)
    other.sync()
    device.save(replace(device.get(case.record_id), phone="1"))
    device.sync()
    other.wire.send = honest  # type: ignore[method-assign]
    other.sync()
    assert other.get(case.record_id).phone == "1"

    first = next(a for a in old if a.feed is not None and a.feed.records)
    assert first.feed is not None

    def replay(answer: SyncAnswer) -> SyncAnswer:
        assert answer.feed is not None
        feed = answer.feed.model_copy(update={"records": first.feed.records})  # type: ignore[union-attr]
        return answer.model_copy(update={"feed": feed, "runs": first.runs, "digests": ()})

    hostile(other, centre, replay)
    other.sync()

    assert other.get(case.record_id).phone == "1"
    with other.replica.reading() as tx:
        assert tx.problems_of("old_revision") == [case.record_id]
    other.close()


def test_a_page_larger_than_was_asked_for_is_refused_whole(
    tmp_path: Path, device: SimDevice, centre: SimCentre
) -> None:
    other = SimDevice(tmp_path / "other", centre, page_limit=1)
    other.enrol(device.invite(Role.DATA_MANAGER))
    other.sync()
    device.sync()
    case = device.save(new_participant(alias="A."))
    own = other.save(new_participant(alias="B."))
    device.sync()
    honest = other.wire.send

    def swell(answer: SyncAnswer) -> SyncAnswer:
        assert answer.feed is not None
        many = tuple(answer.feed.grants) * (3 * FEED_LIMIT)
        assert many
        return answer.model_copy(update={"feed": answer.feed.model_copy(update={"grants": many})})

    hostile(other, centre, swell)
    with pytest.raises(ContradictoryAnswer, match="larger page"):
        other.sync()

    assert other.get(own.record_id).alias == "B."
    other.wire.send = honest  # type: ignore[method-assign]
    other.sync()
    assert other.waiting() == 0
    assert other.get(case.record_id).alias == "A."
    device.sync()
    assert device.records() == other.records()
    other.close()


def test_a_compressed_bomb_is_refused(device: SimDevice, centre: SimCentre) -> None:
    case = device.save(new_participant(alias="A."))
    bomb = zlib.compress(bytes(40 * 1024 * 1024))
    honest = device.wire.send

    def send(
        method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> RawAnswer:
        honest(method, path, query, headers, body)
        given = sign_answer(
            centre.parts.key,
            200,
            bomb,
            device_id=device.identity.device_id,
            generation=1,
            request_signature=headers["Signature"],
            created=0,
        )
        return RawAnswer(200, {**given, "Content-Encoding": "deflate"}, bomb)

    device.wire.send = send  # type: ignore[method-assign]
    with pytest.raises(ContradictoryAnswer, match="unpacked"):
        device.sync()

    assert (device.waiting(), device.get(case.record_id).alias) == (1, "A.")
    device.wire.send = honest  # type: ignore[method-assign]
    device.sync()
    assert device.waiting() == 0
    with device.replica.reading() as tx:  # its bytes had arrived: they came twice, and are one
        assert tx.bases([case.record_id])[case.record_id].revision == 1


@pytest.mark.parametrize("years", [-5, 5])
def test_a_clock_five_years_wrong_costs_one_more_request(device: SimDevice, years: int) -> None:
    device.clock_offset = timedelta(days=365 * years)
    device.kill()
    device.save(new_participant(alias="A."))
    before = device.wire.calls

    report = device.sync()

    assert report.tally.received == 1
    assert device.wire.calls - before <= report.rounds + 1
    device.clock_offset = timedelta(0)  # set right again: as little ado
    device.save(new_participant(alias="B."))
    assert device.sync().tally.received == 1
    assert device.waiting() == 0


def test_a_full_disk_loses_nothing(device: SimDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    device.save(new_participant(alias="A."))
    log = device.database._log
    assert log is not None

    def full(_payload: bytes) -> None:
        raise DiskError("The disk is full.")

    monkeypatch.setattr(log, "append", full)
    with pytest.raises(DiskError):
        device.sync()
    monkeypatch.undo()

    assert device.waiting() == 1
    assert device.sync().tally.received == 1


def test_a_restored_centre_gets_everything_again(device: SimDevice, centre: SimCentre) -> None:
    first = device.save(new_participant(alias="A."))
    device.sync()
    backup = centre.back_up()
    second = device.save(new_participant(alias="B."))
    device.save(replace(device.get(first.record_id), phone="1"))
    device.sync()

    centre.restore(backup)
    device.sync()

    with device.replica.reading() as tx:
        assert tx.position().generation == 2
        assert tx.problems_of("centre_restored") == ["2"]
        assert {b.revision for b in tx.bases([first.record_id, second.record_id]).values()} == {
            1,
            2,
        }
    assert device.waiting() == 0
    assert device.conflicts() == []


def test_an_old_copy_of_a_store_gets_a_new_id(device: SimDevice) -> None:
    case = device.save(new_participant(alias="A."))
    device.sync()
    copy = device.copy_store()
    device.save(replace(device.get(case.record_id), phone="1"))
    device.sync()
    old_id = device.identity.device_id

    device.roll_back(copy)
    device.save(replace(device.get(case.record_id), pronouns="she"))
    device.sync()

    assert device.identity.device_id != old_id
    assert device.get(case.record_id).phone == "1"
    assert device.get(case.record_id).pronouns == "she"
    assert device.waiting() == 0
    with device.replica.reading() as tx:
        assert tx.position().standing is Standing.ACTIVE


@pytest.mark.parametrize(
    "url",
    [
        "http://centre.example.org",
        "ftp://x",
        "https://x/path",
        "https://me:pw@x",
        "nonsense",
        "http://127.0.0.1:99999",
        "https://x:0",
        "https://x:port",
    ],
)
def test_an_address_that_is_not_safe_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="centre"):
        check_centre_url(url)


def test_nobody_listening_is_offline() -> None:
    transport = RequestsTransport("http://127.0.0.1:9")

    with pytest.raises(Offline):
        transport.send("GET", "/v1/status", "", {}, b"")

    transport.close()
