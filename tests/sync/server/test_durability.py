"""What outlives a kill, a restore and the company of other processes."""

import shutil
import threading
from collections import Counter
from pathlib import Path

import pytest
import requests
import urllib3
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from sync.protocol.errors import Code
from sync.protocol.ids import new_id
from sync.protocol.management import WitnessAnswer, WitnessRequest
from sync.protocol.push import SyncAnswer
from sync.protocol.roles import Role
from sync.server.__main__ import main
from sync.server.app import build_app
from sync.server.centre import open_centre
from sync.server.database import Database
from sync.server.migration import upgrade
from sync.server.server_key import create_server_key
from sync.server.tables import ServerTable
from tests.sync.driver import CallFailed, Device
from tests.sync.serving import (
    LocalCentre,
    ServerProcess,
    new_agency,
    settings_for,
)


@pytest.mark.parametrize("backend", ["sqlite", "postgres"])
def test_migrations_lead_to_exactly_the_tables_of_the_models(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'fresh.sqlite3'}"
    if backend == "postgres":
        url = request.getfixturevalue("postgres")
    database = Database(url)
    upgrade(database)

    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, ServerTable.metadata)
    database.close()

    assert differences == []


def test_eight_writers_on_two_processes_and_a_reader_who_misses_nothing(
    postgres: str, tmp_path: Path
) -> None:
    """The counter is the last lock: whoever has seen a number has seen everything below it."""
    settings = settings_for(tmp_path, postgres)
    create_server_key(settings.key_file)
    database = Database(postgres)
    upgrade(database)
    database.close()
    parts = open_centre(settings)
    servers = [ServerProcess(tmp_path, postgres) for _ in range(2)]
    try:
        agency_id, staff_id, code = new_agency(parts)
        manager = Device(servers[0].url).found(agency_id, staff_id, code)
        case_ids = [manager.new_case() for _ in range(3)]
        manager.sync([manager.change(c, {"n": 0}, ahead=n) for n, c in enumerate(case_ids)])
        writers = [
            manager.enrol(Role.DATA_MANAGER, case_keys=list(manager.case_keys.values()))
            for _ in range(8)
        ]
        reader = manager.enrol(Role.DATA_MANAGER, case_keys=list(manager.case_keys.values()))
        written: list[str] = []
        failures: list[BaseException] = []

        def write(number: int, device: Device) -> None:
            try:
                device.url = servers[number % 2].url
                for turn in range(12):
                    changes = [
                        device.change(case_ids[(number + turn) % 3], {"n": n}, ahead=n)
                        for n in range(3)
                    ]
                    device.sync(changes, limit=0)
                    written.extend(change.record_id for change in changes)
            except BaseException as failure:
                failures.append(failure)

        threads = [
            threading.Thread(target=write, args=(number, device))
            for number, device in enumerate(writers)
        ]
        for thread in threads:
            thread.start()
        seen: Counter[str] = Counter()
        turn = 0
        while any(thread.is_alive() for thread in threads) or turn == 0:
            reader.url = servers[turn % 2].url
            turn += 1
            answer = reader.sync(limit=7)
            assert answer.feed is not None
            seen.update(record.record_id for record in answer.feed.records)
        for thread in threads:
            thread.join()
        more = True
        while more:
            answer = reader.sync(limit=7)
            assert answer.feed is not None
            seen.update(record.record_id for record in answer.feed.records)
            more = answer.more
    finally:
        for server in servers:
            server.stop()
        parts.database.close()

    assert failures == []
    assert len(written) == 8 * 12 * 3
    missed = [record_id for record_id in written if record_id not in seen]
    assert missed == []
    assert max(seen.values()) == 1


def test_a_server_killed_in_the_middle_of_pushes_loses_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    settings = settings_for(tmp_path)
    create_server_key(settings.key_file)
    database = Database(settings.database_url)
    upgrade(database)
    database.close()
    parts = open_centre(settings)
    agency_id, staff_id, code = new_agency(parts)
    server = ServerProcess(tmp_path)
    try:
        manager = Device(server.url).found(agency_id, staff_id, code)
        case_id = manager.new_case()
        manager.sync(limit=0)
        confirmed: list[str] = []
        for delay_seconds in (0.1, 0.05):
            batches = []
            for batch in range(6):
                changes = [
                    manager.change(case_id, {"n": n}, ahead=batch * 60 + n) for n in range(60)
                ]
                batches.append((changes, manager.round(changes, limit=0, acked=0)))
            timer = threading.Timer(delay_seconds, server.kill)
            timer.start()
            answered = _send_until_answered(manager, server, batches, timer)
            confirmed += answered
    finally:
        server.stop()
        parts.database.close()

    with LocalCentre.serving(tmp_path, None) as centre:
        manager.url, manager.cursor, manager.rows = centre.url, None, {}
        manager.pull()
    assert len(confirmed) == 2 * 6 * 60
    assert sorted(manager.rows) == sorted(confirmed)
    assert all(row.revision == 1 for row in manager.rows.values())


def _send_until_answered(
    device: Device, server: ServerProcess, batches: list, timer: threading.Timer
) -> list[str]:
    answered = []
    for changes, request in batches:
        while True:
            try:
                answer = device.call("POST", "/v1/sync", request).read(SyncAnswer)
            except (requests.RequestException, urllib3.exceptions.HTTPError):
                timer.join()
                if server.process.poll() is not None:
                    server.restart()
                continue
            break
        device.take_in(changes, answer)
        answered += [outcome.record_id for outcome in answer.outcomes]
    timer.join()
    if server.process.poll() is not None:
        server.restart()
    return answered


def test_a_centre_put_back_from_its_backup_is_a_new_generation_and_gets_everything_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, copy = tmp_path / "centre", tmp_path / "copy"
    record_id = new_id()
    with LocalCentre.serving(folder, None) as centre:
        manager = centre.founded()
        case_id = manager.new_case()
        manager.sync([manager.change(case_id, {"n": 1}, record_id=record_id)])
        monkeypatch.setenv("FIELD_SERVER_DATA", str(folder))
        assert main(["backup", str(copy)]) == 0
        lost = manager.change(case_id, {"n": 2}, record_id=record_id)
        manager.sync([lost])
    shutil.copy(folder / "server.key", copy / "server.key")

    with LocalCentre.serving(copy, None) as restored:
        manager.url = restored.url
        with pytest.raises(CallFailed) as changed:
            manager.sync()
        assert changed.value.code is Code.GENERATION_CHANGED
        assert changed.value.problem.generation == 2

        held = manager.rows[record_id]
        _restart_numbers(manager, 2)
        answer = manager.sync()
        assert answer.feed is not None
        (older,) = answer.feed.records
        assert (older.revision, held.revision) == (1, 2)
        again = manager.sync([manager.change(case_id, {"n": 2}, record_id=record_id, base=1)])
        assert again.outcomes[0].status == "accepted"
        assert again.chain_head.generation == 2


def _restart_numbers(device: Device, generation: int) -> None:
    from sync.protocol.receipts import chain_start

    device.generation, device.last_seq, device.cursor, device.rows = generation, 0, None, {}
    device.chain = chain_start(device.agency_id, device.device_id, generation)


def test_an_old_copy_put_back_silently_is_found_out_by_a_signed_receipt(tmp_path: Path) -> None:
    folder, copy = tmp_path / "centre", tmp_path / "copy"
    with LocalCentre.serving(folder, None) as centre:
        manager = centre.founded()
        other = centre.founded()
        case_id = manager.new_case()
        manager.sync(manager.changes(case_id, [{"n": 1}]))
    shutil.copytree(folder, copy)
    with LocalCentre.serving(folder, None) as centre:
        manager.url = other.url = centre.url
        manager.sync(manager.changes(case_id, [{"n": 2}]))
        foreign = other.sync().chain_head

    with LocalCentre.serving(copy, None) as restored:
        manager.url = other.url = restored.url
        with pytest.raises(CallFailed) as behind:
            manager.sync()
        assert behind.value.code is Code.SEQ_GAP
        assert manager.last_answer is not None
        refused = other.call("POST", "/v1/witness", WitnessRequest(chain_head=foreign))
        assert refused.status == 403, "nothing of that agency was lost"
        witness = WitnessRequest(chain_head=manager.last_answer.chain_head)
        forged = witness.chain_head.model_copy(update={"device_seq": 99})
        assert manager.call("POST", "/v1/witness", WitnessRequest(chain_head=forged)).status == 403
        heard = manager.call("POST", "/v1/witness", witness).read(WitnessAnswer)
        assert heard.generation == 2


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"FIELD_SERVER_HOST": "0.0.0.0"}, "without TLS"),
        ({"FIELD_SERVER_PORT": "many"}, "port"),
        ({"DATABASE_URL": "mysql://x"}, "database_url"),
        ({"FIELD_SERVER_TLS_KEY": "k.pem"}, "belong together"),
        ({}, "init` first"),
    ],
)
def test_wrong_or_unsafe_settings_end_with_code_2_and_one_sentence(
    environment: dict[str, str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FIELD_SERVER_DATA", str(tmp_path))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert main(["serve"]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_a_key_file_that_others_can_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FIELD_SERVER_DATA", str(tmp_path))
    assert main(["init"]) == 0
    assert main(["check"]) == 0
    (tmp_path / "server.key").chmod(0o644)

    assert main(["check"]) == 2
    assert "others can read" in capsys.readouterr().err


def test_check_finds_an_audit_chain_that_was_edited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sqlalchemy import text

    monkeypatch.setenv("FIELD_SERVER_DATA", str(tmp_path))
    main(["init"])
    database = Database(f"sqlite:///{tmp_path / 'centre.sqlite3'}")
    database.write(
        lambda connection: connection.execute(
            text("update audit_entry set act = 'nothing' where number = 2")
        )
    )
    database.close()

    assert main(["check"]) == 1
    assert "breaks at number 2" in capsys.readouterr().out


def test_an_app_is_built_without_serving(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    create_server_key(settings.key_file)
    upgrade(Database(settings.database_url))

    assert callable(build_app(open_centre(settings)))
