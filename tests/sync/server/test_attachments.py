"""Attachments over HTTP: idempotent, resumable, bound, limited."""

import json
import os

import pytest

from sync.protocol.attachments import SEALED_CHUNK_BYTES, AttachmentState, open_chunk, seal_chunk
from sync.protocol.ids import new_id
from sync.protocol.limits import CHUNK_BYTES
from sync.protocol.roles import Role
from tests.sync.driver import Answer, Device
from tests.sync.serving import LocalCentre


def put(
    device: Device, attachment_id: str, index: int, case_id: str, last: bool, sealed: bytes
) -> Answer:
    return device.call(
        "PUT",
        f"/v1/attachments/{attachment_id}/{index}?case_id={case_id}&last={str(last).lower()}",
        sealed,
        content_type="application/octet-stream",
    )


@pytest.fixture
def author(centre: LocalCentre) -> Device:
    device = centre.founded().enrol(Role.ADVOCATE)
    device.sync(device.changes(device.new_case(), [{"attachment": 1}]))
    return device


def case_of(device: Device) -> str:
    return next(iter(device.rows.values())).case_id


def test_an_upload_goes_on_where_it_stopped_and_comes_back_whole(author: Device) -> None:
    attachment_id, key, picture = new_id(), os.urandom(32), os.urandom(CHUNK_BYTES + 1000)
    chunks = [
        seal_chunk(key, attachment_id, 0, False, picture[:CHUNK_BYTES]),
        seal_chunk(key, attachment_id, 1, True, picture[CHUNK_BYTES:]),
    ]
    case_id = case_of(author)

    assert put(author, attachment_id, 1, case_id, True, chunks[1]).status == 200
    state = author.call("GET", f"/v1/attachments/{attachment_id}").read(AttachmentState)
    assert [chunk.index for chunk in state.chunks] == [1]
    assert not state.complete
    assert put(author, attachment_id, 0, case_id, False, chunks[0]).status == 200
    assert put(author, attachment_id, 0, case_id, False, chunks[0]).status == 200
    state = author.call("GET", f"/v1/attachments/{attachment_id}").read(AttachmentState)
    assert state.complete

    got = [author.call("GET", f"/v1/attachments/{attachment_id}/{n}").body for n in (0, 1)]
    opened = b"".join(
        open_chunk(key, attachment_id, n, n == 1, sealed) for n, sealed in enumerate(got)
    )
    assert opened == picture
    head = author.call("HEAD", f"/v1/attachments/{attachment_id}/0")
    assert head.status == 200
    assert head.body == b""


def test_other_bytes_another_author_or_another_case_are_refused(
    centre: LocalCentre, author: Device
) -> None:
    attachment_id, case_id = new_id(), case_of(author)
    put(author, attachment_id, 0, case_id, True, bytes(200))
    author.sync(author.changes(author.new_case(), [{"n": 2}]))
    other_case = next(r.case_id for r in author.rows.values() if r.case_id != case_id)

    other_bytes = put(author, attachment_id, 0, case_id, True, bytes([1]) * 200)
    beyond = put(author, attachment_id, 1, case_id, True, bytes(200))
    moved = put(author, attachment_id, 0, other_case, True, bytes(200))
    unknown = put(author, new_id(), 0, new_id(), True, bytes(200))

    assert [a.status for a in (other_bytes, beyond, moved, unknown)] == [409, 409, 409, 404]


def test_what_is_too_large_is_refused_with_the_limit(author: Device) -> None:
    case_id = case_of(author)
    whole = put(author, new_id(), 64, case_id, True, bytes(200))
    chunk = put(author, new_id(), 0, case_id, True, bytes(SEALED_CHUNK_BYTES + 1))

    assert whole.status == 413
    assert json.loads(whole.body)["limit"] == 64 * CHUNK_BYTES
    assert chunk.status == 400
