"""Every route, called by everyone who has no business there: refused, and nothing returned."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from sync.protocol.ids import new_id
from sync.protocol.management import NewKeys, StaffChange
from sync.protocol.push import SyncAnswer
from sync.protocol.roles import Role
from sync.protocol.signing import content_digest
from tests.sync.driver import Device
from tests.sync.serving import LocalCentre


@dataclass
class World:
    """An agency with a case, people in every relation to it, and another agency."""

    manager: Device
    owner: Device
    covering: Device
    former: Device
    supervisor: Device
    outsider: Device
    revoked: Device
    stranger: Device
    case_id: str
    grant_id: str
    item_id: str
    attachment_id: str
    secret_ids: list[str]
    spare_staff_id: str

    def device(self, relation: str) -> Device:
        device: Device = getattr(self, relation)
        return device


RELATIONS = ("owner", "covering", "former", "supervisor", "manager", "outsider", "revoked")
READS = {"owner", "covering", "supervisor", "manager"}


@pytest.fixture(scope="module")
def world(centre: LocalCentre) -> World:
    manager = centre.founded()
    team = new_id()
    supervisor = manager.enrol(Role.SUPERVISOR, team)
    owner, covering, former, revoked = (manager.enrol(Role.ADVOCATE, team) for _ in range(4))
    outsider = manager.enrol(Role.ADVOCATE)
    owner.pull()
    case_id = owner.new_case()
    owner.sync(owner.changes(case_id, [{"n": 1}, {"n": 2}]))
    manager.pull()
    manager.grant(case_id, covering)
    grant_id = manager.grant(case_id, owner)
    spare_staff_id = manager.add_staff(Role.ADVOCATE)
    grants = [manager.grant(case_id, device) for device in (former, revoked)]
    for device in (covering, former, revoked):
        device.pull()
    manager.withdraw(case_id, grants[0])
    former.sync([former.change(case_id, {"late": 1})])
    manager.revoke(revoked)
    attachment_id = new_id()
    put = owner.call(
        "PUT",
        f"/v1/attachments/{attachment_id}/0?case_id={case_id}&last=true",
        bytes(100),
        content_type="application/octet-stream",
    )
    assert put.status == 200
    item_id = json.loads(manager.call("GET", "/v1/inbox").body)["items"][0]["item_id"]
    stranger = centre.founded()
    secret_ids = [*(row for row in owner.rows), attachment_id, item_id, grant_id]
    return World(
        manager,
        owner,
        covering,
        former,
        supervisor,
        outsider,
        revoked,
        stranger,
        case_id,
        grant_id,
        item_id,
        attachment_id,
        secret_ids,
        spare_staff_id,
    )


Body = bytes | Callable[[Device], bytes]


def calls(world: World) -> dict[str, tuple[str, str, Body, set[str]]]:
    """Return each call: method, target, body (or how its caller signs it), and who may make it."""
    case_id = world.case_id

    def json_of(message: Any) -> bytes:
        return bytes(message.model_dump_json().encode())

    sealed = world.owner.seal(world.owner.key_for(case_id), "recovery", bytes([9]) * 32)
    manager, nobody = world.manager, new_id()
    grant = manager.new_grant(case_id, world.spare_staff_id)
    deciders = {"manager"}
    return {
        "grants": ("GET", f"/v1/cases/{case_id}/grants", b"", READS),
        "keys": ("GET", f"/v1/cases/{case_id}/keys", b"", READS),
        "records": ("GET", f"/v1/cases/{case_id}/records", b"", READS),
        "deposit": ("POST", f"/v1/cases/{case_id}/keys", json_of(NewKeys(keys=(sealed,))), READS),
        "state": ("GET", f"/v1/attachments/{world.attachment_id}", b"", READS),
        "chunk": ("GET", f"/v1/attachments/{world.attachment_id}/0", b"", READS),
        "give": ("POST", f"/v1/cases/{case_id}/grants", json_of(grant), deciders),
        "withdraw": (
            "POST",
            f"/v1/cases/{case_id}/grants/{world.grant_id}/withdrawal",
            lambda caller: json_of(
                caller.withdrawal(case_id, world.grant_id, world.owner.staff_id)
            ),
            {"supervisor", "manager"},
        ),
        "inbox": ("GET", "/v1/inbox", b"", {"supervisor", "manager"}),
        "decide": (
            "POST",
            f"/v1/inbox/{world.item_id}/decision",
            b'{"decision":"declined"}',
            {"supervisor", "manager"},
        ),
        "add_staff": (
            "POST",
            "/v1/staff",
            lambda caller: json_of(caller.new_staff(Role.DATA_MANAGER)),
            {"manager"},
        ),
        "change_staff": (
            "PATCH",
            f"/v1/staff/{world.spare_staff_id}",
            lambda caller: json_of(
                StaffChange(
                    role=Role.SUPERVISOR,
                    statement=caller.appointment(world.spare_staff_id, Role.SUPERVISOR),
                )
            ),
            {"manager"},
        ),
        "codes": ("GET", "/v1/enrolments", b"", {"manager"}),
        "cancel_code": ("DELETE", "/v1/enrolments/0123456789ab", b"", set()),
        "revoke": (
            "POST",
            f"/v1/devices/{nobody}/revocation",
            lambda caller: json_of(caller.revocation(nobody, nobody)),
            set(),
        ),
        "recovery_keys": ("GET", "/v1/keys/recovery", b"", {"manager"}),
        "audit": ("GET", "/v1/audit", b"", {"manager"}),
        "staff": ("GET", "/v1/staff", b"", set(RELATIONS) - {"revoked"}),
        "devices": ("GET", "/v1/devices", b"", set(RELATIONS) - {"revoked"}),
    }


def test_each_call_is_open_to_exactly_those_who_may_make_it(world: World) -> None:
    wrong = []
    for name, (method, target, body, allowed) in calls(world).items():
        # Those who may come last, so that what they change cannot hide a wrong permission.
        for relation in sorted(RELATIONS, key=lambda relation: relation in allowed):
            device = world.device(relation)
            answer = device.call(method, target, body(device) if callable(body) else body)
            if (answer.status == 200) != (relation in allowed):
                wrong.append((name, relation, answer.status))
            if relation not in allowed:
                assert answer.status in (403, 404, 410), (name, relation, answer.status)
                leaked = [text for text in world.secret_ids if text.encode() in answer.body]
                assert leaked == [], (name, relation)
    assert wrong == []


def test_a_device_of_another_agency_sees_and_changes_nothing(world: World) -> None:
    before = world.manager.call("GET", "/v1/audit").body
    for name, (method, target, body, _) in calls(world).items():
        said = body(world.stranger) if callable(body) else body
        answer = world.stranger.call(method, target, said)
        own_lists = ("inbox", "add_staff", "codes", "recovery_keys", "audit", "staff", "devices")
        assert (answer.status == 200) == (name in own_lists), (name, answer.status)
        leaked = [text for text in world.secret_ids if text.encode() in answer.body]
        assert leaked == [], name
    assert (
        json.loads(world.manager.call("GET", "/v1/audit").body)["entries"]
        == (json.loads(before)["entries"])
    )


def test_a_supervisor_grants_in_the_own_team_only(world: World) -> None:
    def give(staff_id: str) -> int:
        wish = world.supervisor.new_grant(world.case_id, staff_id)
        target = f"/v1/cases/{world.case_id}/grants"
        return world.supervisor.call("POST", target, wish).status

    assert give(world.owner.staff_id) == 200
    assert give(world.outsider.staff_id) == 403


@pytest.mark.parametrize("relation", ["owner", "outsider", "former"])
def test_nobody_without_a_grant_pushes_into_a_case_or_reads_it_by_sync(
    world: World, relation: str
) -> None:
    device = world.device(relation)
    device.case_keys.update(world.owner.case_keys)
    answer = device.sync([device.change(world.case_id, {"n": 3}, record_id=new_id(), base=1)])

    expected = "base_unknown" if relation == "owner" else "no_access"
    assert answer.outcomes[0].code == expected
    if relation != "owner":
        assert answer.outcomes[0].current is None
        assert all(row.case_id != world.case_id for row in device.rows.values())


def test_a_request_that_was_altered_or_signed_by_another_is_refused(world: World) -> None:
    owner = world.owner
    request = owner.round(limit=0).model_dump_json().encode()
    url, headers, raw = owner.request("POST", "/v1/sync", request)

    altered = dict(headers)
    altered["Content-Digest"] = content_digest(raw + b" ")
    assert owner.send("POST", url, altered, raw + b" ").status == 401
    assert owner.send("POST", url, headers, raw + b" ").status == 401
    assert owner.send("POST", url + "?x=1", headers, raw).status == 401
    assert owner.send("PUT", url, headers, raw).status in (401, 405)
    bare = {name: value for name, value in headers.items() if "Signature" not in name}
    world_key, owner.server_key = owner.server_key, None
    assert owner.send("POST", url, bare, raw).status == 401
    owner.server_key = world_key
    forged = owner.request("POST", "/v1/sync", request, key=world.outsider.signing)
    assert owner.send("POST", *forged).status == 401
    assert owner.send("POST", url, headers, raw).status == 200


def test_a_replayed_request_changes_nothing(world: World) -> None:
    owner = world.owner
    change = owner.change(world.case_id, {"n": 9})
    request = owner.round([change], limit=0).model_dump_json().encode()
    sent = owner.request("POST", "/v1/sync", request)

    first, second = owner.send("POST", *sent), owner.send("POST", *sent)

    assert first.status == second.status == 200
    assert json.loads(first.body)["outcomes"] == json.loads(second.body)["outcomes"]
    owner.last_seq += 1
    owner.chain = SyncAnswer.model_validate_json(second.body).chain_head.hash


@pytest.mark.parametrize("years", [-5, 5])
def test_a_clock_wrong_by_years_gets_the_servers_time_and_then_works(
    world: World, years: int
) -> None:
    owner = world.owner
    owner.clock_offset_seconds = years * 365 * 24 * 3600

    answer = owner.call("GET", "/v1/status")
    problem = json.loads(answer.body)
    owner.clock_offset_seconds = 0

    assert answer.status == 401
    assert problem["code"] == "clock_skew"
    assert abs(problem["server_time"] / 1000 - time.time()) < 60
    assert owner.call("GET", "/v1/status").status == 200


def test_the_last_data_manager_can_neither_be_revoked_nor_change_the_own_role(
    world: World,
) -> None:
    manager = world.stranger
    wish = manager.revocation(manager.device_id, manager.staff_id)
    revoked = manager.call("POST", f"/v1/devices/{manager.device_id}/revocation", wish)
    demotion = manager.appointment(manager.staff_id, Role.ADVOCATE)
    end = manager.appointment(manager.staff_id, Role.DATA_MANAGER, active=False)
    demoted = manager.call(
        "PATCH",
        f"/v1/staff/{manager.staff_id}",
        StaffChange(role=Role.ADVOCATE, statement=demotion),
    )
    ended = manager.call(
        "PATCH", f"/v1/staff/{manager.staff_id}", StaffChange(active=False, statement=end)
    )

    assert json.loads(revoked.body)["code"] == "last_manager"
    assert json.loads(demoted.body)["code"] == "forbidden"
    assert json.loads(ended.body)["code"] == "last_manager"


def test_a_management_post_that_is_repeated_happens_once(world: World) -> None:
    wish = world.manager.new_staff(Role.ADVOCATE)
    key = new_id()

    first = world.manager.call("POST", "/v1/staff", wish, key=key)
    second = world.manager.call("POST", "/v1/staff", wish, key=key)
    other = world.manager.new_staff(Role.ADVOCATE)
    reused = world.manager.call("POST", "/v1/staff", other, key=key)

    assert first.status == second.status == 200
    assert first.body == second.body
    assert json.loads(reused.body)["code"] == "idempotency_key_reused"
