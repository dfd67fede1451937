"""What the command line shows and gives out on a device that was long without its centre."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from field_app import programs
from field_app.bootstrap import build_app
from field_app.settings import load_settings
from sync.client.replica import Position, Standing
from tests.commands.conftest import PASSPHRASE, Run
from tests.commands.test_command_line import one_sentence
from tests.sync.serving import LocalCentre

FAR_AHEAD = "2035-01-01"
LONG_AGO = "2020-01-01"
PROGRAM = Path(programs.__file__).parent / "fyi_19_32.toml"
COPY = "all.jsonl"
OF_OLD_CASES = [
    ["due"],
    ["due", "--json"],
    ["due", "--as-of", LONG_AGO],
    ["due", "--as-of", FAR_AHEAD],
    ["program", "compare", PROGRAM, PROGRAM],
    ["program", "compare", PROGRAM, PROGRAM, "--as-of", LONG_AGO],
    ["program", "compare", PROGRAM, PROGRAM, "--as-of", FAR_AHEAD],
    ["export", COPY],
]
"""Commands that show old cases or give them out; a file is made in the folder of the test."""

of_old_cases = pytest.mark.parametrize(
    "words", OF_OLD_CASES, ids=lambda words: " ".join(word for word in words if word != PROGRAM)
)


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCentre]:
    with LocalCentre.serving(tmp_path_factory.mktemp("centre"), None) as local:
        yield local


@pytest.fixture(scope="module")
def enrolled(tmp_path_factory: pytest.TempPathFactory, a_store: Path, centre: LocalCentre) -> Path:
    """A data folder whose store belongs to the centre, never written to: take a copy."""
    folder = Path(shutil.copytree(a_store, tmp_path_factory.mktemp("enrolled") / "data"))
    app = build_app(load_settings(folder))
    app.session.unlock(PASSPHRASE)
    app.enrolment.look(centre.new_agency()[2].text(), centre.url)
    app.enrolment.enrol()
    assert app.session.workspace is not None
    assert app.session.workspace.sync.sync_now().trouble is None
    app.session.lock()
    return folder


@pytest.fixture
def data(enrolled: Path, tmp_path: Path) -> Path:
    """A data folder of the test's own; the centre has answered it just now."""
    return Path(shutil.copytree(enrolled, tmp_path / "data"))


def stand_at(data: Path, **changes: object) -> Position:
    """Let the device stand elsewhere with its centre; return where it stood."""
    session = build_app(load_settings(data)).session
    session.unlock(PASSPHRASE)
    workspace = session.workspace
    assert workspace is not None
    with workspace.sync.replica.transaction() as tx:
        before = tx.position()
        tx.set_position(replace(before, **changes))  # type: ignore[arg-type]
    session.lock()
    return before


def let_the_lease_end(data: Path) -> None:
    """Let the centre have answered for the last time a day longer ago than it allows."""
    before = stand_at(data)
    away = timedelta(days=before.lease_days + 1)
    stand_at(data, reached_at=before.reached_at - away // timedelta(milliseconds=1))


@pytest.fixture
def in_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where the test's commands run."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def in_milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def test_a_due_list_of_another_day_does_not_end_the_store_of_a_revoked_device(
    run: Run, data: Path
) -> None:
    # Its work may still be handed in by its own clock, whatever the centre says of the day.
    now = datetime.now(UTC)
    stand_at(
        data,
        standing=Standing.REVOKED,
        hand_in_until=in_milliseconds(now - timedelta(days=1)),
        centre_time=in_milliseconds(now),
        keep_until=in_milliseconds(now + timedelta(days=30)),
    )

    ended = run("due", "--data", data, "--as-of", FAR_AHEAD, secrets=[PASSPHRASE])

    assert (ended.code, ended.err) == (0, "")
    assert run("verify", "--data", data, secrets=[PASSPHRASE]).code == 0


def test_a_due_list_of_another_day_says_what_is_owed_on_that_day(run: Run, data: Path) -> None:
    ended = run("due", "--data", data, "--as-of", FAR_AHEAD, "--json", secrets=[PASSPHRASE])

    begun = {row["from"][:4] for row in json.loads(ended.out)["obligations"]}
    assert max(begun) in ("2034", "2035")


@of_old_cases
def test_old_cases_are_not_shown_or_given_out_when_the_lease_is_over(
    run: Run, data: Path, in_own_folder: Path, words: list[str | Path]
) -> None:
    let_the_lease_end(data)

    ended = run(*words, "--data", data, secrets=[PASSPHRASE])

    assert (ended.code, ended.out) == (2, "")
    said = one_sentence(ended.err)
    assert "too long without its centre" in said
    assert "Run `field-app sync` first" in said
    assert not (in_own_folder / COPY).exists()


@of_old_cases
@pytest.mark.usefixtures("in_own_folder")
def test_old_cases_are_shown_and_given_out_while_the_lease_runs(
    run: Run, data: Path, words: list[str | Path]
) -> None:
    before = stand_at(data)
    almost = timedelta(days=before.lease_days) - timedelta(hours=1)
    stand_at(data, reached_at=before.reached_at - almost // timedelta(milliseconds=1))

    ended = run(*words, "--data", data, secrets=[PASSPHRASE])

    assert ended.code == 0, ended.err
    assert ended.out


def test_the_next_sync_opens_old_cases_to_the_command_line_again(run: Run, data: Path) -> None:
    let_the_lease_end(data)
    assert run("due", "--data", data, secrets=[PASSPHRASE]).code == 2

    synced = run("sync", "--data", data, secrets=[PASSPHRASE])

    assert synced.code == 0, synced.out
    assert run("due", "--data", data, secrets=[PASSPHRASE]).code == 0


def test_the_days_of_the_lease_are_those_that_the_centre_has_said(run: Run, data: Path) -> None:
    days = stand_at(data).lease_days
    let_the_lease_end(data)

    stand_at(data, lease_days=days + 2)

    assert run("due", "--data", data, secrets=[PASSPHRASE]).code == 0


def test_writing_and_one_s_own_sealed_work_stay_possible_when_the_lease_is_over(
    run: Run, data: Path, in_own_folder: Path
) -> None:
    let_the_lease_end(data)
    new = in_own_folder / "new.jsonl"
    header = {"format": "field-notes-transfer", "version": 1}
    case_id = "0d8f5a4e-2c55-4d3f-9a53-0c8b6a1f7e21"
    person = {"kind": "participant", "record_id": case_id, "case_id": case_id, "alias": "A."}
    new.write_text("\n".join(json.dumps(line) for line in (header, person)), "utf-8")
    backup, proof = in_own_folder / "one.fieldbackup", in_own_folder / "proof.json"
    new_secret = "seven candles under the bridge"

    imported = run("import", new, "--data", data, secrets=[PASSPHRASE])
    kept = run("backup", backup, "--data", data, secrets=[PASSPHRASE, new_secret])
    proved = run("receipts", "--proof", proof, "--data", data, secrets=[PASSPHRASE])

    assert "Imported 1 new records" in imported.out, imported.err
    assert (kept.code, kept.err) == (0, "")
    assert json.loads(proof.read_text("utf-8"))["entries"], proved.err


def test_a_scenario_needs_no_centre_when_the_lease_is_over(
    run: Run, data: Path, in_own_folder: Path
) -> None:
    let_the_lease_end(data)
    scenario = in_own_folder / "case.json"
    scenario.write_text('{"participant": {}}', "utf-8")

    ended = run("due", "--scenario", scenario, "--data", data)

    assert ended.code == 0, ended.err
