"""What must hold when everything has come to rest.

who may see a case     has it, and everyone has it as the centre has it
what somebody typed    is in the record, or was replaced by an edit that had seen it, or stands in
                       a conflict, in the inbox, or among what a person of that device must look at
what somebody deleted  is gone, or flagged, and never takes along what its deleter had not seen
what was confirmed     is at the centre once: receipts and the centre's own rows agree
a conflict             can be decided, and is closed everywhere then
a picture              is wherever its record is
who left a case        has no key of it, and never had the one that is used now
"""

from collections import Counter
from typing import Any

from sqlalchemy import select

from field_app.services.conflicts import Choice
from field_app.store.downloads import AttachmentFiles
from field_app.store.replica.outbox import OPEN
from sync.client.attachments import TransferReport
from sync.client.authors import NotOpened, Opener
from sync.client.errors import CentreRefused
from sync.client.freezing import newest_key
from sync.client.replica import Standing
from sync.protocol.envelope import Record
from sync.protocol.ids import RESERVED_CASES
from sync.protocol.management import CasePage, InboxPage
from sync.server.receipts import RECEIPT as CENTRE_RECEIPT
from tests.sync.client.histories.memory import lines_of
from tests.sync.client.histories.world import FIELDS, World, is_quiet, transfer
from tests.sync.simulator import SimDevice

MOST_ROUNDS = 15
KEPT_IN = (*FIELDS, "mine", "theirs")

Rows = dict[str, dict[str, Any]]


def come_to_rest(world: World) -> None:
    """Deliver what was held up, and sync everybody until nothing moves."""
    for device in world.devices:
        device.wire.deliver_late()
        device.wire.fault = None
        device.wire.during = None
    for _ in range(MOST_ROUNDS):
        quiet = True
        for device in world.devices:
            report = device.sync()
            moved = transfer(device) if world.memory.pictures else TransferReport()
            quiet &= is_quiet(report, moved)
        if quiet:
            return
    raise AssertionError(f"after {MOST_ROUNDS} rounds something still moves")


def check(world: World) -> None:
    """Compare everything. The world is at rest."""
    if world.restores:
        world.restate()
        world.let_a_day_pass()
        come_to_rest(world)
    rows = [device.records() for device in world.devices]
    for number, device in enumerate(world.devices):
        same_id = device.identity.device_id == world.first_ids[number]
        assert same_id or world.restores or number in world.rolled_back, "an id changed for nothing"
        _nothing_waits(world, number, device)
        _receipts_agree(world, device)
    _the_manager_has_what_the_centre_has(world, rows[0])
    _all_who_may_see_are_equal(world, rows)
    inbox = _inbox(world.devices[0])
    _nothing_typed_is_lost(world, rows, inbox)
    _nothing_deleted_is_lost(world, rows[0], inbox)
    _closed_conflicts_are_closed(world, rows[0], inbox)
    _nobody_was_asked_for_nothing(world, rows[0])
    if world.announce_restore():  # all else held without it, and has to hold with it
        come_to_rest(world)
        check(world)
        return
    _pictures_are_there(world, rows)
    _who_left_has_no_key(world)
    counts = world.memory.counts
    counts["conflicts seen"] = sum(1 for v in rows[0].values() if v["kind"] == "conflict")
    counts["in the inbox"] = len(inbox)


def decide_everything(world: World) -> bool:
    """Decide every conflict on the manager's device: none is left anywhere.

    Returns whether there was one.
    """
    choices = (Choice.MINE, Choice.THEIRS, Choice.BOTH, Choice.OTHER)
    decided = 0
    while decided < 200 and world.resolve(0, choices[decided % 4]):
        decided += 1
    if not decided:
        return False
    come_to_rest(world)
    open_still = [i for i, v in world.devices[0].records().items() if _is_open_conflict(v)]
    assert open_still == [], "a decided conflict is open again"
    return True


def _nothing_waits(world: World, number: int, device: SimDevice) -> None:
    assert device.waiting() == 0, f"device {number}: waits although nothing is in the way"
    with device.replica.reading() as tx:
        held = [(each.record.record_id, each.reason) for each in tx.held_of_case(None)]
        standing, handed_in = tx.position().standing, tx.position().handed_in
        here = set(tx.cases_here()) - RESERVED_CASES if number in world.revoked else set()
    assert held == [], f"device {number}: a record is held although its key is here: {held}"
    if number in world.revoked:
        assert standing is Standing.REVOKED
        assert here == set(), "a revoked device still shows cases"
        assert handed_in, "a revoked device never came to its end"
    else:
        assert standing is Standing.ACTIVE, f"device {number}: {standing}"


def _the_manager_has_what_the_centre_has(world: World, rows: Rows) -> None:
    """Open the centre's records with the manager's keys; devices may agree and all be behind."""
    manager = world.devices[0]
    channel = manager.channel()
    for case_id in world.allowed(0):
        target = f"/v1/cases/{case_id}/records"
        page = channel.call(CasePage, "GET", target, query="limit=1000")
        assert not page.more
        with manager.replica.reading() as tx:
            opener = Opener(tx, tx.identity().agency_id, page.runs)
            theirs = {r.record_id: tx.plain(tx.parse(opener.open(r))) for r in page.records}
        here = {i: values for i, values in rows.items() if values["case_id"] == case_id}
        assert here == theirs, "the manager's device does not show what the centre has"


def _all_who_may_see_are_equal(world: World, rows: list[Rows]) -> None:
    everything = rows[0]
    for number in set(range(3)) - world.revoked:
        allowed = world.allowed(number)
        here = {i: v for i, v in rows[number].items() if v["case_id"] in allowed}
        expected = {i: v for i, v in everything.items() if v["case_id"] in allowed}
        assert here == expected, f"device {number} and the manager see a case differently"
        if not world.restores:
            more = {v["case_id"] for v in rows[number].values()} - allowed
            assert more == set(), f"device {number} shows cases that it may not see"
            for case_id, to in world.grants:
                assert to != number or case_id in allowed, "a grant was lost"
    assert world.restores or set(world.cases) <= world.allowed(0)


def _nothing_typed_is_lost(world: World, rows: list[Rows], inbox: list[dict[str, Any]]) -> None:
    kept = world.memory.replaced | world.memory.declined
    for values in (*rows[0].values(), *inbox, *_needing_a_person(world)):
        for name in KEPT_IN:
            kept |= lines_of(values.get(name))
    lost_with_the_centre = world.memory.lost_with_the_centre
    for typed in world.memory.typed:
        assert typed.value in kept or (typed.record_id, typed.by) in lost_with_the_centre, (
            f"{typed.value} was typed into {typed.field} of {typed.record_id}, nobody who saw it "
            "replaced it, and it is nowhere"
        )


def _needing_a_person(world: World) -> list[dict[str, Any]]:
    """Return the texts of changes that wait for a decision on their device."""
    found = []
    for device in world.devices:
        with device.replica.reading() as tx:
            ids = list(tx.session.execute(select(OPEN.c.record_id)).scalars())
            texts = tx.current(ids)
            for record_id, change in tx.open_changes(ids).items():
                text = change.kept or texts.get(record_id)
                assert change.attention is not None, "a change is neither sent nor shown"
                assert text is not None, "a change that needs a person has no text"
                found.append(text)
    return found


def _nothing_deleted_is_lost(world: World, rows: Rows, inbox: list[dict[str, Any]]) -> None:
    memory = world.memory
    flagged = {v["subject_id"] for v in rows.values() if v.get("field") == "deleted"}
    late = {v["record_id"] for v in (*inbox, *_needing_a_person(world)) if v.get("deleted")}
    for removal in memory.removals:
        record = rows.get(removal.record_id)
        lost = {record_id for record_id, _ in memory.lost_with_the_centre}
        answered = removal.record_id in flagged | late | memory.restored | lost
        assert answered or record is None or record["deleted"], "a deletion vanished"
    for record_id, record in rows.items():
        if not record["deleted"] or record["kind"] != "participant":
            continue
        now = set().union(*(lines_of(record.get(name)) for name in FIELDS))
        seen = [removal.seen for removal in memory.removals if removal.record_id == record_id]
        assert any(now <= each for each in seen), "deleted by nobody who saw what it said"


def _closed_conflicts_are_closed(world: World, rows: Rows, inbox: list[dict[str, Any]]) -> None:
    waiting = {values["record_id"] for values in (*inbox, *_needing_a_person(world))}
    for record_id, values in rows.items():
        if record_id in world.memory.closed - waiting:
            assert not _is_open_conflict(values), "a decided conflict is open again"


def _nobody_was_asked_for_nothing(world: World, rows: Rows) -> None:
    """A conflict is between two values of which neither writer knew the other, and asked once.

    Not after a restore or a rollback: who has lost what both sides knew can only ask.
    """
    memory = world.memory
    if world.restores or memory.counts["stores rolled back"]:
        return
    conflicts = [values for values in rows.values() if values["kind"] == "conflict"]
    by = {typed.value: typed.by for typed in memory.typed}
    for values in conflicts:
        mine, theirs = str(values["mine"]), str(values["theirs"])
        # A value that was decided for stands there again, whoever had replaced it before.
        if values["field"] not in FIELDS or memory.chosen & {mine, theirs}:
            continue
        assert mine not in by or by.get(theirs) != by[mine], "a conflict with oneself"
        is_known = theirs in memory.knew(mine) or mine in memory.knew(theirs)
        assert not is_known, f"{mine} and {theirs}: one was typed over the other, knowingly"
    asked = Counter((v["subject_id"], v["field"], str(v["mine"]), v["edit_id"]) for v in conflicts)
    assert all(times == 1 for times in asked.values()), "a conflict was doubled"


def _is_open_conflict(values: dict[str, Any]) -> bool:
    return bool(values["kind"] == "conflict" and not values["resolved"] and not values["deleted"])


def _receipts_agree(world: World, device: SimDevice) -> None:
    """Every receipt of this generation and id is the centre's too, and none is there twice."""
    with device.replica.reading() as tx:
        identity, position = tx.identity(), tx.position()
        mine = [
            (kept.entry.device_seq, kept.entry.record_id, kept.entry.revision, kept.entry.seq)
            for kept in tx.receipts()
            if (kept.device_id, kept.generation) == (identity.device_id, position.generation)
        ]
    columns = CENTRE_RECEIPT.c
    with world.centre.parts.database.read() as connection:
        theirs = connection.execute(
            select(columns.device_seq, columns.record_id, columns.revision, columns.seq)
            .where(
                columns.device_id == identity.device_id, columns.generation == position.generation
            )
            .order_by(columns.device_seq)
        ).all()
    assert mine == [tuple(row) for row in theirs], "receipts differ"
    numbers = [row.device_seq for row in theirs]
    assert numbers == list(range(1, len(numbers) + 1)), "numbers have gaps"


def _pictures_are_there(world: World, rows: list[Rows]) -> None:
    for number in set(range(3)) - world.revoked:
        device = world.devices[number]
        files, allowed = AttachmentFiles(device.folder), world.allowed(number)
        for record_id, values in rows[number].items():
            content = world.memory.pictures.get(record_id)
            is_shown = values["case_id"] in allowed and not values["deleted"]
            if content is None or not is_shown or record_id in world.memory.lost_files:
                continue
            found = b"".join(files.read(record_id, bytes.fromhex(values["file_key"])))
            assert found == content, f"device {number} has another picture"


def _who_left_has_no_key(world: World) -> None:
    if world.restores or world.memory.counts["stores rolled back"]:
        return
    with world.devices[0].replica.reading() as tx:
        used = {case_id: newest_key(tx.keys_of_case(case_id)) for case_id in world.cases}
    for (case_id, number), taken_along in world.memory.taken_along.items():
        if number in world.revoked or case_id in world.allowed(number):
            continue
        with world.devices[number].replica.reading() as tx:
            assert tx.keys_of_case(case_id) == [], f"device {number} kept keys of a case it left"
        key = used[case_id]
        assert key is not None
        assert key.key.key_id not in taken_along, f"device {number} took the key in use along"


def _inbox(manager: SimDevice) -> list[dict[str, Any]]:
    """Return the texts of late work, opened with the manager's keys."""
    try:
        page = manager.channel().call(InboxPage, "GET", "/v1/inbox")
    except CentreRefused as error:
        raise AssertionError(f"the inbox is refused: {error}") from error
    found: list[dict[str, Any]] = []
    with manager.replica.reading() as tx:
        opener = Opener(tx, tx.identity().agency_id, page.runs)
        for item in page.items:
            change = item.change
            record = Record.model_construct(
                **{name: getattr(change, name) for name in type(change).model_fields},
                revision=change.base_revision + 1,
                seq=0,
                generation=item.generation,
                device_id=item.device_id,
                received_at=item.received_at,
            )
            try:
                found.append(opener.open(record))
            except NotOpened as error:
                raise AssertionError(f"late work cannot be opened: {error.reason}") from error
    return found
