"""Bombs, huge bodies, unknown versions, nonsense; and words that a centre must never know."""

import json
import time
import zlib
from pathlib import Path

import pytest
import requests
import schemathesis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import response_schema_conformance
from sqlalchemy import event

from sync.protocol.ids import new_id
from sync.protocol.limits import BODY_BYTES
from sync.protocol.roles import Role
from sync.protocol.signing import sign_request
from sync.server.__main__ import main
from sync.server.app import build_api
from sync.server.limits import RateLimit
from sync.server.problems import Refused
from tests.sync.driver import Device
from tests.sync.serving import LocalCentre


def send_raw(device: Device, raw: bytes, coding: str | None) -> requests.Response:
    covered = {"Content-Encoding": coding} if coding else {}
    signed = sign_request(
        device.signing,
        device.device_id,
        "POST",
        "/v1/sync",
        "",
        raw,
        created=int(time.time()),
        nonce=new_id(),
        headers=covered,
    )
    headers = {"Field-Notes-Protocol": "1", "Content-Type": "application/json", **covered, **signed}
    return device.http.post(device.url + "/v1/sync", data=raw, headers=headers, timeout=30)


def test_a_compressed_bomb_is_refused_before_it_unfolds(sqlite_centre: LocalCentre) -> None:
    device = sqlite_centre.founded()
    bomb = zlib.compress(bytes(1_000_000_000 // 8), 9)
    assert len(bomb) < BODY_BYTES

    answer = send_raw(device, bomb, "deflate")

    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


def test_bodies_that_are_huge_cut_or_no_json_are_refused(sqlite_centre: LocalCentre) -> None:
    device = sqlite_centre.founded()

    assert send_raw(device, bytes(BODY_BYTES + 1), None).status_code == 413
    assert send_raw(device, zlib.compress(b"{}" * 500)[:-4], "deflate").status_code == 400
    assert send_raw(device, b"{}", "gzip").status_code == 400
    assert send_raw(device, b"[1,2", None).status_code == 400
    assert send_raw(device, b'{"generation":1,"cursor":"x"}', None).json()["code"] == (
        "cursor_invalid"
    )


def test_another_protocol_version_gets_the_range_that_is_served(
    sqlite_centre: LocalCentre,
) -> None:
    answer = requests.get(
        sqlite_centre.url + "/v1/status", headers={"Field-Notes-Protocol": "99"}, timeout=10
    )

    assert answer.status_code == 426
    assert answer.json()["highest_protocol"] == 1


def test_a_rate_limit_says_how_long_to_wait() -> None:
    now = [0.0]
    limit = RateLimit(2, 60, clock=lambda: now[0])
    limit.spend("a")
    limit.spend("a")
    limit.spend("b")

    with pytest.raises(Refused) as refused:
        limit.spend("a")
    now[0] += 31

    assert refused.value.more == {"retry_after_seconds": 30}
    limit.spend("a")


def as_stranger(device: Device, device_id: str) -> requests.Response:
    """Call under somebody's id, with a signature that is not theirs."""
    forged = device.request(
        "GET", "/v1/status", b"", key=Ed25519PrivateKey.generate(), device_id=device_id
    )
    return requests.get(forged[0], headers=forged[1], timeout=10)


def test_a_stranger_who_knows_a_device_s_id_cannot_lock_it_out(
    sqlite_centre: LocalCentre,
) -> None:
    device = sqlite_centre.founded()
    sqlite_centre.parts.device_limit = RateLimit(5, 3600)
    sqlite_centre.parts.stranger_limit = RateLimit(5, 3600)

    codes = [as_stranger(device, device.device_id).json()["code"] for _ in range(8)]

    assert codes == ["signature_invalid"] * 5 + ["rate_limited"] * 3
    # From the same address, as behind one router.
    assert [device.call("GET", "/v1/status").status for _ in range(6)] == [200] * 5 + [429]


def test_strangers_from_one_address_are_not_looked_up_without_end(
    sqlite_centre: LocalCentre,
) -> None:
    device = sqlite_centre.founded()
    sqlite_centre.parts.stranger_limit = RateLimit(3, 3600)
    looked_up: list[str] = []
    event.listen(
        sqlite_centre.parts.database.engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_rest: looked_up.append(statement),
    )

    codes = [as_stranger(device, new_id()).json()["code"] for _ in range(6)]

    assert codes == ["device_unknown"] * 3 + ["rate_limited"] * 3
    assert sum("FROM device" in statement for statement in looked_up) == 3


def test_planted_words_are_nowhere_on_the_centres_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    words = [b"Quetzalcoatl-Note", b"Xochitl-Name", b"Tlaloc-Picture"]
    folder = tmp_path / "centre"
    from sync.protocol.attachments import seal_chunk
    from sync.server.logs import set_up_logs

    set_up_logs("debug")
    with LocalCentre.serving(folder, None) as centre:
        manager = centre.founded()
        advocate = manager.enrol(Role.ADVOCATE)
        case_id = advocate.new_case()
        changes = advocate.changes(
            case_id, [{"note": words[0].decode(), "name": words[1].decode()}] * 5
        )
        advocate.sync(changes)
        attachment_id = new_id()
        sealed = seal_chunk(bytes(32), attachment_id, 0, True, words[2] * 1000)
        advocate.call(
            "PUT",
            f"/v1/attachments/{attachment_id}/0?case_id={case_id}&last=true",
            sealed,
            content_type="application/octet-stream",
        )
        advocate.call("POST", "/v1/staff", b'{"staff_id":"Xochitl-Name","role":"advocate"}')
        manager.pull()
        assert manager.texts[changes[0].record_id]["note"] == words[0].decode()
        monkeypatch.setenv("FIELD_SERVER_DATA", str(folder))
        assert main(["backup", str(tmp_path / "copy")]) == 0
        places = [path for path in tmp_path.rglob("*") if path.is_file()]
        held = {path.name for path in places}
        assert {"centre.sqlite3", "centre.sqlite3-wal"} <= held
        found = [
            (path.name, word) for path in places for word in words if word in path.read_bytes()
        ]
    logged = "".join(capfd.readouterr())

    assert found == []
    assert '"event":"call"' in logged
    assert [word for word in words if word.decode() in logged] == []
    assert case_id not in logged


def test_no_generated_request_breaks_the_centre(sqlite_centre: LocalCentre) -> None:
    manager = sqlite_centre.founded()
    schema = schemathesis.openapi.from_dict(build_api(sqlite_centre.parts).openapi())
    statuses: set[int] = set()

    for operation in schema.get_all_operations():
        api = operation.ok()

        @settings(
            max_examples=5,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @_given(api)
        def run(case: schemathesis.Case) -> None:
            answer = _send(manager, case)
            statuses.add(answer.status_code)
            assert answer.status_code < 500, (case.method, case.formatted_path, answer.text)
            case.validate_response(answer, checks=_CHECKS)

        run()
    assert {200, 400, 404} <= statuses


_CHECKS = [
    schemathesis.checks.not_a_server_error,
    response_schema_conformance,
]


def _given(operation: object):  # type: ignore[no-untyped-def]
    from hypothesis import given

    return given(case=operation.as_strategy())  # type: ignore[attr-defined]


def _send(device: Device, case: schemathesis.Case) -> requests.Response:
    """Send a generated case, signed as this device: unsigned ones would all stop at the door."""
    wanted = case.as_transport_kwargs(base_url=device.url)
    prepared = requests.Request(
        method=wanted["method"],
        url=wanted["url"],
        params=wanted.get("params"),
        json=wanted.get("json"),
        data=wanted.get("data"),
    ).prepare()
    from urllib.parse import urlsplit

    parts = urlsplit(prepared.url or "")
    body = prepared.body or b""
    body = body.encode() if isinstance(body, str) else body
    covered = {"Idempotency-Key": new_id()} if prepared.method == "POST" else {}
    signed = sign_request(
        device.signing,
        device.device_id,
        prepared.method or "",
        parts.path,
        parts.query,
        body,
        created=int(time.time()),
        nonce=new_id(),
        headers=covered,
    )
    prepared.headers.update({"Field-Notes-Protocol": "1", **covered, **signed})
    return device.http.send(prepared, timeout=30)


def test_the_documentation_and_the_health_page_need_no_signature(
    sqlite_centre: LocalCentre,
) -> None:
    health = requests.get(sqlite_centre.url + "/healthz", timeout=10)
    document = requests.get(sqlite_centre.url + "/openapi.json", timeout=10).json()

    assert health.json() == {"healthy": True}
    assert "/v1/sync" in document["paths"]
    assert json.dumps(document).count("staff_id") > 3
