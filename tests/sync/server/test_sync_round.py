"""The sync round over real HTTP, on SQLite and on PostgreSQL."""

from collections.abc import Callable
from hashlib import sha256

import pytest
from sqlalchemy import Connection

from sync.protocol.certificates import succeed_device
from sync.protocol.cursor import Cursor
from sync.protocol.digest import case_digest
from sync.protocol.errors import Code, Refusal
from sync.protocol.feed import DeviceEntry
from sync.protocol.ids import AGENCY_CASE_ID, new_id
from sync.protocol.management import NewKeys, SuccessionRequest
from sync.protocol.push import SyncAnswer
from sync.protocol.receipts import Status, chain_start
from sync.protocol.roles import DeviceState, Role
from sync.server.change_feed import END
from sync.server.database import Database
from sync.server.digests import CaseDigests
from sync.server.problems import Refused
from sync.server.push import Pushed
from sync.server.sync_round import is_alone
from tests.sync.driver import CallFailed, Device
from tests.sync.serving import LocalCentre


@pytest.fixture
def manager(centre: LocalCentre) -> Device:
    return centre.founded()


def statuses(answer: SyncAnswer) -> list[Status]:
    return [outcome.status for outcome in answer.outcomes]


def test_a_change_travels_to_another_device_that_may_see_the_case(manager: Device) -> None:
    advocate = manager.enrol(Role.ADVOCATE)
    case_id = advocate.new_case()

    answer = advocate.sync(advocate.changes(case_id, [{"note": "first"}, {"note": "second"}]))
    manager.pull()

    assert statuses(answer) == [Status.ACCEPTED, Status.ACCEPTED]
    assert sorted(text["note"] for text in manager.texts.values()) == ["first", "second"]


def test_a_push_that_is_sent_again_has_the_same_answer_and_happens_once(manager: Device) -> None:
    case_id = manager.new_case()
    changes = manager.changes(case_id, [{"note": str(n)} for n in range(40)])
    request = manager.round(changes, limit=0)

    first = manager.call("POST", "/v1/sync", request).read(SyncAnswer)
    second = manager.call("POST", "/v1/sync", request).read(SyncAnswer)

    assert first.outcomes == second.outcomes
    assert first.chain_head.hash == second.chain_head.hash
    other = manager.enrol(Role.DATA_MANAGER)
    assert len(other.rows) == 40


def test_a_repeat_may_go_on_with_new_numbers(manager: Device) -> None:
    case_id = manager.new_case()
    known = manager.changes(case_id, [{"n": 1}, {"n": 2}])
    manager.call("POST", "/v1/sync", manager.round(known)).read(SyncAnswer)
    new = [manager.change(case_id, {"n": 3}, ahead=2)]
    request = manager.round([*known, *new])
    request = request.model_copy(update={"runs": (*manager.runs(known), *manager.runs(new))})

    answer = manager.call("POST", "/v1/sync", request).read(SyncAnswer)

    assert [outcome.device_seq for outcome in answer.outcomes] == [1, 2, 3]
    assert answer.chain_head.device_seq == 3


def test_a_number_with_other_bytes_is_seq_reused_and_a_gap_names_the_last_number(
    manager: Device,
) -> None:
    case_id = manager.new_case()
    manager.sync(manager.changes(case_id, [{"n": 1}]))
    manager.last_seq = 0
    with pytest.raises(CallFailed) as reused:
        manager.sync([manager.change(case_id, {"n": 2})])
    manager.last_seq = 1
    with pytest.raises(CallFailed) as gap:
        manager.sync([manager.change(case_id, {"n": 3}, ahead=1)])

    assert reused.value.code is Code.SEQ_REUSED
    assert gap.value.code is Code.SEQ_GAP
    assert gap.value.problem.last_device_seq == 1


def test_an_edit_on_an_old_base_is_a_conflict_with_the_current_record(manager: Device) -> None:
    case_id = manager.new_case()
    record_id = new_id()
    manager.sync([manager.change(case_id, {"note": "a"}, record_id=record_id)])
    other = manager.enrol(Role.DATA_MANAGER, case_keys=[manager.key_for(case_id)])
    manager.sync([manager.change(case_id, {"note": "b"}, record_id=record_id)])

    answer = other.sync([other.change(case_id, {"note": "c"}, record_id=record_id)])

    (outcome,) = answer.outcomes
    assert outcome.status is Status.CONFLICT
    assert outcome.current is not None
    assert outcome.current.revision == 2
    assert other.texts[record_id]["note"] == "b"
    again = other.sync([other.change(case_id, {"note": "c"}, record_id=record_id, base=2)])
    assert statuses(again) == [Status.ACCEPTED]


def test_one_refused_change_does_not_stop_the_next(manager: Device) -> None:
    case_id, other_case = manager.new_case(), manager.new_case()
    record_id = new_id()
    manager.sync(
        [
            manager.change(case_id, {"n": 1}, record_id=record_id),
            manager.change(other_case, {"n": 2}, ahead=1),
        ]
    )
    key = manager.key_for(case_id)
    unknown = key.model_copy(update={"key_id": new_id()})

    answer = manager.sync(
        [
            manager.change(other_case, {"moved": 1}, record_id=record_id, base=1),
            manager.change(case_id, {"n": 3}, ahead=1, case_key=unknown),
            manager.change(case_id, {"n": 4}, base=7, ahead=2),
            manager.change(case_id, {"n": 5}, ahead=3),
        ]
    )

    assert [outcome.code for outcome in answer.outcomes] == [
        Refusal.CASE_MISMATCH,
        Refusal.KEY_MISSING,
        Refusal.BASE_UNKNOWN,
        None,
    ]
    assert answer.outcomes[0].current is None


def test_two_edits_of_one_record_in_one_call_follow_each_other(manager: Device) -> None:
    case_id, record_id = manager.new_case(), new_id()

    answer = manager.sync(
        [
            manager.change(case_id, {"n": 1}, record_id=record_id),
            manager.change(case_id, {"n": 2}, record_id=record_id, base=1, ahead=1),
        ]
    )
    other = manager.enrol(Role.DATA_MANAGER, case_keys=[manager.key_for(case_id)])

    assert [outcome.revision for outcome in answer.outcomes] == [1, 2]
    assert other.texts[record_id]["n"] == 2


def test_a_device_does_not_get_its_own_changes_back_unless_it_reads_from_the_start(
    manager: Device,
) -> None:
    case_id = manager.new_case()
    pushed = manager.sync(manager.changes(case_id, [{"n": 1}]))
    assert pushed.feed is not None
    assert pushed.feed.records == ()

    answer = manager.sync(cursor=None)

    assert answer.feed is not None
    assert len(answer.feed.records) == 1


def test_a_push_brings_what_others_wrote_before_it(manager: Device) -> None:
    advocate = manager.enrol(Role.ADVOCATE)
    case_id = advocate.new_case()
    advocate.sync(advocate.changes(case_id, [{"note": "first"}]))
    manager.pull()
    advocate.pull()

    manager.sync(manager.changes(case_id, [{"note": "second"}]))
    answer = advocate.sync(advocate.changes(case_id, [{"note": "third"}]))
    manager.pull()

    assert answer.feed is not None
    assert [advocate.texts[r.record_id]["note"] for r in answer.feed.records] == ["second"]
    assert manager.texts == advocate.texts


def test_a_push_is_alone_only_when_every_number_since_the_cursor_is_its_own() -> None:
    pushed = Pushed(numbers=(6, 2))

    assert is_alone(Cursor(5, END, 0), pushed, head=7)
    assert not is_alone(Cursor(5, END, 0), pushed, head=8)  # somebody wrote after it
    assert not is_alone(Cursor(4, END, 0), pushed, head=7)  # somebody wrote before it
    assert not is_alone(Cursor(5, "5", 0), pushed, head=7)  # the feed was not read to its end
    assert not is_alone(Cursor(5, END, 0), Pushed(), head=5)


def test_a_feed_read_one_item_a_page_misses_and_repeats_nothing(manager: Device) -> None:
    advocate = manager.enrol(Role.ADVOCATE)
    case_ids = [advocate.new_case() for _ in range(3)]
    changes = []
    for case_id in case_ids:
        for n in range(4):
            changes.append(advocate.change(case_id, {"n": n}, ahead=len(changes)))
    advocate.sync(changes)
    colleague = manager.enrol(Role.ADVOCATE)
    manager.pull()
    for case_id in reversed(case_ids):
        manager.grant(case_id, colleague)
    seen: list[str] = []

    more = True
    while more:
        answer = colleague.sync(limit=1)
        assert answer.feed is not None
        seen += [record.record_id for record in answer.feed.records]
        more = answer.more

    assert sorted(seen) == sorted(change.record_id for change in changes)
    assert len(colleague.texts) == 12, "every key came before its records"


def test_a_key_sealed_after_the_records_were_written_comes_with_them(manager: Device) -> None:
    advocate = manager.enrol(Role.ADVOCATE)
    case_id = advocate.new_case()
    advocate.sync(advocate.changes(case_id, [{"n": n} for n in range(3)]))
    second = manager.enrol(Role.ADVOCATE, staff_id=advocate.staff_id)
    case_key = advocate.key_for(case_id)
    sealed = advocate.seal(case_key, second.device_id, second.keys.sealing_key)
    wish = NewKeys(keys=(sealed,))
    assert advocate.call("POST", f"/v1/cases/{case_id}/keys", wish).status == 200
    second.cursor, second.rows = None, {}

    more = True
    while more:
        more = second.sync(limit=1).more
        assert len(second.texts) == len(second.rows)
    assert len(second.texts) == 3


def test_withdrawn_access_is_told_once_and_a_new_grant_brings_the_case_whole(
    manager: Device,
) -> None:
    advocate = manager.enrol(Role.ADVOCATE)
    case_id = manager.new_case()
    manager.sync(manager.changes(case_id, [{"n": n} for n in range(3)]))
    grant_id = manager.grant(case_id, advocate)
    advocate.pull()
    assert len(advocate.rows) == 3

    manager.withdraw(case_id, grant_id)
    advocate.pull()
    assert advocate.withdrawn == [case_id]
    assert advocate.rows == {}

    advocate.pull()
    assert advocate.withdrawn == [case_id]
    manager.grant(case_id, advocate)
    advocate.pull()
    assert len(advocate.rows) == 3


def test_overlapping_grants_are_one_span_of_access(manager: Device) -> None:
    advocate = manager.enrol(Role.ADVOCATE)
    case_id = manager.new_case()
    manager.sync(manager.changes(case_id, [{"n": 1}]))
    first = manager.grant(case_id, advocate)
    manager.grant(case_id, advocate)
    advocate.pull()

    manager.withdraw(case_id, first)
    answer = advocate.pull()

    assert advocate.withdrawn == []
    assert answer.feed is not None
    assert answer.feed.records == ()
    assert len(advocate.rows) == 1


def test_cover_begins_and_ends_by_the_servers_clock(
    centre: LocalCentre, manager: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    advocate = manager.enrol(Role.ADVOCATE)
    case_id = manager.new_case()
    manager.sync(manager.changes(case_id, [{"n": 1}]))
    now = centre.parts.clock()
    manager.grant(case_id, advocate, kind="cover", starts_at=now + 60_000, until=now + 120_000)
    advocate.pull()
    assert advocate.rows == {}

    monkeypatch.setattr(centre.parts, "clock", lambda: now + 61_000)
    advocate.pull()
    assert len(advocate.rows) == 1

    monkeypatch.setattr(centre.parts, "clock", lambda: now + 121_000)
    advocate.pull()
    assert advocate.withdrawn == [case_id]


def test_late_work_goes_to_the_inbox_and_counts_as_received(manager: Device) -> None:
    advocate = manager.enrol(Role.ADVOCATE)
    case_id, record_id = manager.new_case(), new_id()
    manager.sync([manager.change(case_id, {"note": "a"}, record_id=record_id)])
    grant_id = manager.grant(case_id, advocate)
    advocate.pull()
    late = [
        advocate.change(case_id, {"note": "late"}, record_id=record_id),
        advocate.change(case_id, {"note": "new"}, ahead=1),
        advocate.change(case_id, {}, record_id=record_id, deleted=True, ahead=2),
        advocate.change(case_id, {"note": "guess"}, record_id=record_id, base=2, ahead=3),
    ]
    manager.withdraw(case_id, grant_id)
    manager.sync([manager.change(case_id, {"note": "b"}, record_id=record_id)])

    answer = advocate.sync(late)
    inbox = json_of(manager, "/v1/inbox")

    assert statuses(answer) == [
        Status.RECEIVED_LATE,
        Status.RECEIVED_LATE,
        Status.RECEIVED_LATE,
        Status.REFUSED,
    ]
    assert all(outcome.current is None for outcome in answer.outcomes)
    assert len(inbox["items"]) == 3
    assert manager.pull().inbox_open == 3
    item_id = inbox["items"][0]["item_id"]
    decided = manager.call("POST", f"/v1/inbox/{item_id}/decision", b'{"decision":"taken"}')
    assert decided.status == 200
    assert manager.pull().inbox_open == 2


def json_of(device: Device, target: str) -> dict[str, list[dict[str, str]]]:
    import json

    answer = device.call("GET", target)
    assert answer.status == 200, answer.body
    parsed: dict[str, list[dict[str, str]]] = json.loads(answer.body)
    return parsed


def test_a_revoked_device_hands_in_its_work_and_gets_nothing(manager: Device) -> None:
    advocate = manager.enrol(Role.ADVOCATE)
    case_id = advocate.new_case()
    advocate.sync(advocate.changes(case_id, [{"n": 1}]))
    waiting = [advocate.change(case_id, {"n": 2})]
    offline_case = advocate.new_case()
    waiting.append(advocate.change(offline_case, {"n": 3}, ahead=1))
    manager.revoke(advocate)

    with pytest.raises(CallFailed) as revoked:
        advocate.sync(waiting)
    assert revoked.value.code is Code.DEVICE_REVOKED
    assert revoked.value.status == 410

    handed_in = advocate.sync(waiting, hand_in=True)
    again = advocate.call("POST", "/v1/sync", advocate.round(waiting, hand_in=True, acked=0)).read(
        SyncAnswer
    )

    assert handed_in.revoked
    assert handed_in.feed is None
    assert statuses(handed_in) == [Status.RECEIVED_LATE, Status.RECEIVED_LATE]
    assert again.outcomes == handed_in.outcomes
    assert manager.pull().inbox_open == 2


def test_the_digest_of_a_case_is_the_one_that_a_reader_computes(manager: Device) -> None:
    case_id = manager.new_case()
    answer = manager.sync(manager.changes(case_id, [{"n": n} for n in range(5)]))
    expected = case_digest(
        (row.record_id, sha256(row.sealed).digest(), row.deleted) for row in manager.rows.values()
    )

    assert {digest.case_id: digest.digest for digest in answer.digests}[case_id] == expected
    asked = manager.sync(digest_of=(case_id,))
    assert [digest.digest for digest in asked.digests] == [expected]
    page = json_of(manager, f"/v1/cases/{case_id}/records?limit=2")
    assert len(page["records"]) == 2
    assert page["more"]


def test_the_digest_follows_every_change_also_those_that_another_process_took_in(
    manager: Device, centre: LocalCentre
) -> None:
    case_id = manager.new_case()
    manager.sync(manager.changes(case_id, [{"n": n} for n in range(5)]))
    own_memory = centre.parts.digests
    record_ids = list(manager.rows)
    for number, record_id in enumerate(record_ids):
        centre.parts.digests = CaseDigests() if number % 2 else own_memory
        answer = manager.sync([manager.change(case_id, {"n": -number}, record_id=record_id)])

        manager.pull()
        expected = case_digest(
            (row.record_id, sha256(row.sealed).digest(), row.deleted)
            for row in manager.rows.values()
        )
        assert {digest.case_id: digest.digest for digest in answer.digests} == {case_id: expected}
    centre.parts.digests = own_memory


def test_a_push_that_is_rolled_back_leaves_no_trace_in_a_digest(
    manager: Device, centre: LocalCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = manager.new_case()
    first = manager.sync(manager.changes(case_id, [{"n": 1}]))
    honest = Database.write

    def failing(database: Database, work: Callable[[Connection], object]) -> object:
        def cut(connection: Connection) -> object:
            work(connection)
            raise Refused(Code.BUSY, "The commit failed.")

        return honest(database, cut)

    monkeypatch.setattr(Database, "write", failing)
    lost = manager.changes(case_id, [{"n": 2}])
    with pytest.raises(CallFailed):
        manager.call("POST", "/v1/sync", manager.round(lost)).read(SyncAnswer)
    monkeypatch.undo()

    asked = manager.sync(digest_of=(case_id,))
    assert asked.digests == first.digests


def test_an_advocate_reads_the_agencys_case_and_cannot_write_it(manager: Device) -> None:
    manager.new_key(AGENCY_CASE_ID)
    manager.sync([manager.change(AGENCY_CASE_ID, {"setting": 1})])
    advocate = manager.enrol(Role.ADVOCATE, case_keys=[manager.key_for(AGENCY_CASE_ID)])

    answer = advocate.sync([advocate.change(AGENCY_CASE_ID, {"setting": 2})])

    assert [text["setting"] for text in advocate.texts.values()] == [1]
    assert answer.outcomes[0].code is Refusal.ROLE_FORBIDDEN


def test_a_supervisor_sees_the_cases_that_the_team_opens(manager: Device) -> None:
    team = new_id()
    supervisor = manager.enrol(Role.SUPERVISOR, team)
    stranger = manager.enrol(Role.SUPERVISOR, new_id())
    advocate = manager.enrol(Role.ADVOCATE, team)
    case_id = advocate.new_case()
    advocate.sync(advocate.changes(case_id, [{"n": 1}]))

    supervisor.pull()
    stranger.pull()

    assert len(supervisor.texts) == 1
    assert stranger.rows == {}


def succeed(device: Device) -> Device:
    """Let a device whose store was copied give itself a new identity; return it."""
    successor = Device(
        device.url,
        agency_id=device.agency_id,
        staff_id=device.staff_id,
        agency_key=device.agency_key,
        server_key=device.server_key,
    )
    successor.chain = chain_start(successor.agency_id, successor.device_id, successor.generation)
    wish = SuccessionRequest(
        device_id=successor.device_id,
        signing_key=successor.keys.signing_key,
        sealing_key=successor.keys.sealing_key,
        succession=succeed_device(
            device.signing, device.agency_id, device.device_id, successor.keys, 1
        ),
    )
    assert device.call("POST", "/v1/devices/succession", wish).status == 200
    return successor


def test_a_copied_store_gets_a_new_identity_and_the_old_one_dies(manager: Device) -> None:
    advocate = manager.enrol(Role.ADVOCATE)
    case_id = advocate.new_case()
    advocate.sync(advocate.changes(case_id, [{"n": 1}]))
    successor = succeed(advocate)
    with pytest.raises(CallFailed) as replaced:
        advocate.sync()

    manager.pull()

    assert replaced.value.code is Code.DEVICE_REPLACED
    assert replaced.value.problem.successor == successor.device_id
    assert manager.device_states[advocate.device_id] == "replaced"
    assert manager.directory[successor.device_id].staff_id == advocate.staff_id


def test_the_revocation_of_a_device_that_succeeded_itself_comes_to_all_and_ends_it_alone(
    manager: Device,
) -> None:
    advocate, colleague = manager.enrol(Role.ADVOCATE), manager.enrol(Role.ADVOCATE)
    successor = succeed(advocate)
    target = f"/v1/devices/{advocate.device_id}/revocation"
    wish = manager.revocation(advocate.device_id, advocate.staff_id)

    taken = manager.call("POST", target, wish).read(DeviceEntry)
    # Again is no error, and changes nothing: the first statement stays.
    again = manager.revocation(advocate.device_id, advocate.staff_id)
    assert manager.call("POST", target, again).read(DeviceEntry) == taken

    assert (taken.state, taken.revocation) == (DeviceState.REPLACED, wish.statement)
    answer = colleague.sync()
    assert answer.feed is not None
    assert [d for d in answer.feed.devices if d.device_id == advocate.device_id] == [taken]
    with pytest.raises(CallFailed) as replaced:
        advocate.sync()
    assert replaced.value.problem.successor == successor.device_id
    successor.pull()
    assert successor.device_states[successor.device_id] == "active"
