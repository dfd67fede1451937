"""Pictures on the wire: cut and resumed, swapped and refused, gone with their case."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from field_app.domain.records.attachment import Attachment
from field_app.services.intake import new_participant
from field_app.store.attachments import Attachments
from field_app.store.downloads import AttachmentFiles
from field_app.store.replica.files import FILE
from sync.client.attachments import AttachmentTransfer
from sync.client.errors import CentreRefused, ContradictoryAnswer, Offline
from sync.client.transport import RawAnswer
from sync.protocol.attachments import open_chunk
from sync.protocol.errors import Code
from sync.protocol.ids import new_id
from sync.protocol.limits import CHUNK_BYTES
from tests.sync.simulator import SimCentre, SimDevice

PICTURE = os.urandom(2 * CHUNK_BYTES + 500)  # three chunks


def files_of(device: SimDevice) -> AttachmentFiles:
    return AttachmentFiles(device.folder)


def transfer_of(device: SimDevice) -> AttachmentTransfer:
    return AttachmentTransfer(device.replica, files_of(device), device.channel)


def a_picture(device: SimDevice, case_id: str, content: bytes = PICTURE) -> Attachment:
    attachment_id = new_id()
    stored = files_of(device).write(attachment_id, [content])
    saved = device.save(
        Attachment(
            record_id=attachment_id,
            case_id=case_id,
            size_bytes=stored.size_bytes,
            chunks=stored.chunks,
            digest=stored.digest.hex(),
            file_key=stored.key.hex(),
        )
    )
    assert isinstance(saved, Attachment)
    return saved


def content_on(device: SimDevice, picture: Attachment) -> bytes:
    assert picture.file_key is not None
    key = bytes.fromhex(picture.file_key)
    return b"".join(files_of(device).read(picture.record_id, key))


def cut_at_call(device: SimDevice, number: int, fault: str) -> None:
    """Let the n-th call from now on fail."""
    honest, left = device.wire.send, [number]

    def send(*request: object) -> RawAnswer:
        left[0] -= 1
        if left[0] == 0:
            device.wire.fault = fault
        return honest(*request)  # type: ignore[arg-type]

    device.wire.send = send  # type: ignore[method-assign, assignment]


def paths_of(device: SimDevice, method: str) -> list[str]:
    """Record the paths of calls from now on."""
    honest, seen = device.wire.send, list[str]()

    def send(*request: object) -> RawAnswer:
        if request[0] == method:
            seen.append(str(request[1]).rpartition("/")[2])
        return honest(*request)  # type: ignore[arg-type]

    device.wire.send = send  # type: ignore[method-assign, assignment]
    return seen


@pytest.fixture
def shared(manager: SimDevice, advocate: SimDevice) -> Attachment:
    """A picture that the advocate handed in, and whose record the manager has."""
    case = advocate.save(new_participant(alias="A."))
    picture = a_picture(advocate, case.case_id)
    advocate.sync()
    transfer_of(advocate).run(download=False)
    manager.sync()
    return picture


def test_the_store_seals_in_the_form_of_the_protocol(tmp_path: Path) -> None:
    attachment_id, files = new_id(), Attachments(tmp_path)
    stored = files.write(attachment_id, [PICTURE])

    opened = [
        open_chunk(stored.key, attachment_id, n, n == 2, files.sealed_chunk(attachment_id, n))
        for n in range(stored.chunks)
    ]

    assert b"".join(opened) == PICTURE


@pytest.mark.parametrize("fault", ["request_lost", "answer_lost"])
def test_an_upload_that_is_cut_goes_on_where_it_stopped(
    manager: SimDevice, advocate: SimDevice, fault: str
) -> None:
    case = advocate.save(new_participant(alias="A."))
    picture = a_picture(advocate, case.case_id)
    advocate.sync()
    assert advocate.waiting() == 0  # the record does not wait for its picture

    honest = advocate.wire.send
    cut_at_call(advocate, 3, fault)  # what is there, chunk 0, chunk 1
    with pytest.raises(Offline):
        transfer_of(advocate).run(download=False)
    advocate.wire.send = honest  # type: ignore[method-assign]
    put = paths_of(advocate, "PUT")
    report = transfer_of(advocate).run(download=False)

    assert report.uploaded == [picture.record_id]
    assert put == (["1", "2"] if fault == "request_lost" else ["2"])
    assert transfer_of(advocate).run(download=False).uploaded == []
    manager.sync()
    assert transfer_of(manager).run(download=True).downloaded == [picture.record_id]
    assert content_on(manager, picture) == PICTURE


def test_a_download_that_is_cut_goes_on_where_it_stopped(
    manager: SimDevice, shared: Attachment
) -> None:
    honest = manager.wire.send
    cut_at_call(manager, 3, "answer_lost")
    with pytest.raises(Offline):
        transfer_of(manager).fetch(shared.record_id)
    assert not files_of(manager).has(shared.record_id)
    manager.wire.send = honest  # type: ignore[method-assign]
    got = paths_of(manager, "GET")

    assert transfer_of(manager).fetch(shared.record_id)

    assert got == ["2"]
    assert content_on(manager, shared) == PICTURE


def test_pictures_come_only_when_opened_unless_they_may_come_unasked(
    manager: SimDevice, shared: Attachment
) -> None:
    assert transfer_of(manager).run(download=False).downloaded == []
    assert files_of(manager).ids() == set()

    assert transfer_of(manager).run(download=True).downloaded == [shared.record_id]
    assert transfer_of(manager).run(download=True).downloaded == []


def test_chunks_that_the_centre_swaps_or_leaves_out_are_not_kept(
    manager: SimDevice, shared: Attachment
) -> None:
    honest = manager.channel
    first = honest().send("GET", f"/v1/attachments/{shared.record_id}/0", b"")

    class Swapping:
        def send(self, *_arguments: object, **_options: object) -> bytes:
            return first  # for chunk 1 as well

    transfer = AttachmentTransfer(manager.replica, files_of(manager), Swapping)  # type: ignore[arg-type]
    with pytest.raises(ContradictoryAnswer, match="not the one") as caught:
        transfer.fetch(shared.record_id)

    assert caught.value.code == "attachment_wrong"
    assert files_of(manager).chunks_received(shared.record_id) == 1
    transfer_of(manager).fetch(shared.record_id)
    assert content_on(manager, shared) == PICTURE


def test_a_file_with_another_digest_than_its_record_s_is_refused(
    manager: SimDevice, advocate: SimDevice, shared: Attachment
) -> None:
    # The record is changed to name other bytes, sealed under the same key for the same places.
    advocate.save(replace(shared, digest=bytes(32).hex()))
    advocate.sync()
    manager.sync()

    with pytest.raises(ContradictoryAnswer, match="not the one"):
        transfer_of(manager).fetch(shared.record_id)

    assert files_of(manager).ids() == set()
    assert files_of(manager).chunks_received(shared.record_id) == 0


def test_a_damaged_file_is_not_handed_in_and_said(advocate: SimDevice) -> None:
    case = advocate.save(new_participant(alias="A."))
    picture = a_picture(advocate, case.case_id)
    path = advocate.folder / "attachments" / picture.record_id
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))
    advocate.sync()
    put = paths_of(advocate, "PUT")

    report = transfer_of(advocate).run(download=False)

    assert (put, report.refused) == ([], {picture.record_id: "damaged"})
    with advocate.replica.reading() as tx:
        assert tx.problems_of("attachment_damaged") == [picture.record_id]


def test_a_picture_of_another_case_is_refused_and_the_rest_goes_on(
    advocate: SimDevice, shared: Attachment
) -> None:
    other = advocate.save(new_participant(alias="B."))
    good = a_picture(advocate, other.case_id, b"small")
    advocate.sync()
    with advocate.replica.transaction() as tx:  # a store that names another case for the file
        tx.session.execute(FILE.update().values(case_id=other.case_id))
        tx.hand_in_files_again()

    report = transfer_of(advocate).run(download=False)

    assert report.refused == {shared.record_id: "attachment_conflict"}
    assert report.uploaded == [good.record_id]


def test_what_the_centre_will_not_take_is_said_once_and_holds_nothing_back(
    centre: SimCentre, advocate: SimDevice
) -> None:
    case = advocate.save(new_participant(alias="A."))
    large, small = a_picture(advocate, case.case_id), a_picture(advocate, case.case_id, b"small")
    advocate.sync()
    centre.parts.attachments.most_chunks = 2

    report = transfer_of(advocate).run(download=False)

    assert report.refused == {large.record_id: "too_large"}
    assert report.uploaded == [small.record_id]
    assert transfer_of(advocate).run(download=False).refused == {}
    with advocate.replica.reading() as tx:
        assert tx.problems_of("attachment_too_large") == [large.record_id]


def test_a_picture_whose_author_is_cut_off_is_not_here_yet(
    manager: SimDevice, advocate: SimDevice
) -> None:
    case = advocate.save(new_participant(alias="A."))
    picture = a_picture(advocate, case.case_id)
    advocate.sync()
    manager.sync()

    assert transfer_of(manager).run(download=True).downloaded == []
    with pytest.raises(CentreRefused) as caught:
        transfer_of(manager).fetch(picture.record_id)

    assert caught.value.problem.code is Code.NOT_FOUND


def test_a_withdrawn_case_waits_for_its_picture_and_then_takes_the_file_along(
    centre: SimCentre, manager: SimDevice, advocate: SimDevice
) -> None:
    case = manager.save(new_participant(alias="A."))
    manager.sync()
    grant_id = manager.grant(case.case_id, advocate)
    manager.sync()
    advocate.sync()
    picture = a_picture(advocate, case.case_id)
    advocate.sync()
    manager.sync()
    manager.withdraw(case.case_id, grant_id)

    advocate.sync()
    assert advocate.find(case.record_id) is None
    assert files_of(advocate).has(picture.record_id)
    report = transfer_of(advocate).run(download=False)

    assert report.uploaded == [picture.record_id]
    assert report.purged == {case.case_id}
    assert files_of(advocate).ids() == set()
    transfer_of(manager).fetch(picture.record_id)
    assert content_on(manager, picture) == PICTURE


def test_a_centre_that_forgot_a_picture_gets_it_again(
    centre: SimCentre, manager: SimDevice, advocate: SimDevice
) -> None:
    case = advocate.save(new_participant(alias="A."))
    advocate.sync()
    backup = centre.back_up()
    picture = a_picture(advocate, case.case_id)
    advocate.sync()
    transfer_of(advocate).run(download=False)

    centre.restore(backup)
    advocate.sync()

    assert transfer_of(advocate).run(download=False).uploaded == [picture.record_id]
    manager.sync()
    transfer_of(manager).fetch(picture.record_id)
    assert content_on(manager, picture) == PICTURE


def picture_after_a_backup(
    centre: SimCentre, manager: SimDevice, advocate: SimDevice
) -> tuple[Attachment, Path]:
    """Return a picture that the centre has, and a backup in which only its case is."""
    case = advocate.save(new_participant(alias="A."))
    advocate.sync()
    manager.sync()
    backup = centre.back_up()
    picture = a_picture(advocate, case.case_id, b"small")
    advocate.sync()
    transfer_of(advocate).run(download=False)
    return picture, backup


def test_who_only_has_a_copy_of_a_forgotten_picture_hands_it_in_with_its_record(
    centre: SimCentre, manager: SimDevice, advocate: SimDevice
) -> None:
    picture, backup = picture_after_a_backup(centre, manager, advocate)
    manager.sync()
    transfer_of(manager).fetch(picture.record_id)
    centre.restore(backup)
    with manager.replica.transaction() as tx:  # a day later; the author does not come back
        tx.set_position(replace(tx.position(), digest_day=0, digest_after=""))

    manager.sync()

    with manager.replica.reading() as tx:
        assert tx.position().generation == 1  # it cannot prove what it has seen by the digest
    assert transfer_of(manager).run(download=False).uploaded == [picture.record_id]


def test_who_is_revoked_by_a_centre_that_forgot_a_picture_hands_it_in_again(
    centre: SimCentre, manager: SimDevice, advocate: SimDevice
) -> None:
    picture, backup = picture_after_a_backup(centre, manager, advocate)
    manager.sync()  # has the record, and not the file
    centre.restore(backup)
    manager.revoke(advocate)
    advocate.wire.fault, advocate.wire.fault_in = "request_lost", 1
    with pytest.raises(Offline):
        advocate.sync()
    with advocate.replica.reading() as tx:
        assert tx.has_files_only_here(picture.case_id)  # nothing may be purged from here on

    advocate.sync()

    assert transfer_of(advocate).run(download=False).uploaded == [picture.record_id]
    manager.sync()
    transfer_of(manager).fetch(picture.record_id)
    assert content_on(manager, picture) == b"small"


def test_a_removed_picture_leaves_the_other_devices_too(
    manager: SimDevice, advocate: SimDevice, shared: Attachment
) -> None:
    transfer_of(manager).fetch(shared.record_id)
    with advocate.notebook.write() as records:
        records.delete(replace(shared, file_key=None), reason="taken back")
    advocate.sync()
    manager.sync()

    transfer_of(manager).run(download=True)

    assert files_of(manager).ids() == set()


@pytest.mark.parametrize("end", ["revoked", "withdrawn"])
def test_who_may_only_hand_in_goes_on_where_the_upload_stopped(
    manager: SimDevice, advocate: SimDevice, end: str
) -> None:
    case = manager.save(new_participant(alias="A."))
    manager.sync()
    grant_id = manager.grant(case.case_id, advocate)
    manager.sync()
    advocate.sync()
    picture = a_picture(advocate, case.case_id)
    advocate.sync()
    honest = advocate.wire.send
    cut_at_call(advocate, 4, "request_lost")  # what is there, chunks 0 and 1 pass
    with pytest.raises(Offline):
        transfer_of(advocate).run(download=False)
    advocate.wire.send = honest  # type: ignore[method-assign]
    if end == "revoked":
        manager.revoke(advocate)
    else:
        manager.withdraw(case.case_id, grant_id)
    advocate.sync()
    put = paths_of(advocate, "PUT")

    report = transfer_of(advocate).run(download=False)

    assert (put, report.uploaded) == (["2"], [picture.record_id])
    manager.sync()
    transfer_of(manager).fetch(picture.record_id)
    assert content_on(manager, picture) == PICTURE


def test_somebody_else_s_picture_is_not_listed_after_access_ended(
    manager: SimDevice, advocate: SimDevice
) -> None:
    case = manager.save(new_participant(alias="A."))
    picture = a_picture(manager, case.case_id, b"small")
    manager.sync()
    transfer_of(manager).run(download=False)
    grant_id = manager.grant(case.case_id, advocate)
    manager.sync()
    manager.withdraw(case.case_id, grant_id)

    with pytest.raises(CentreRefused) as caught:
        advocate.channel().send("GET", f"/v1/attachments/{picture.record_id}", b"")

    assert caught.value.problem.code is Code.NOT_FOUND


def test_a_refused_picture_is_taken_when_somebody_asks_again_and_the_limit_has_changed(
    centre: SimCentre, advocate: SimDevice
) -> None:
    case = advocate.save(new_participant(alias="A."))
    picture = a_picture(advocate, case.case_id)
    advocate.sync()
    centre.parts.attachments.most_chunks = 2
    transfer_of(advocate).run(download=False)
    centre.parts.attachments.most_chunks = 3
    assert transfer_of(advocate).run(download=False).uploaded == []

    with advocate.replica.transaction() as tx:
        tx.hand_in_files_again(only_refused=True)

    assert transfer_of(advocate).run(download=False).uploaded == [picture.record_id]


def test_a_picture_waits_where_it_may_not_go_and_goes_when_its_device_is_ended(
    manager: SimDevice, advocate: SimDevice
) -> None:
    case = advocate.save(new_participant(alias="A."))
    picture = a_picture(advocate, case.case_id, b"small")
    advocate.sync()
    manager.sync()
    assert transfer_of(advocate).run(download=False, upload=False).uploaded == []

    manager.revoke(advocate)
    advocate.sync()

    assert transfer_of(advocate).run(download=False, upload=False).uploaded == [picture.record_id]
