"""What the command line shows and gives out on a device that was long without its centre."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from field_app.bootstrap import build_app
from field_app.services.workspace import Workspace
from field_app.settings import load_settings
from sync.client.replica import Position, Standing
from tests.commands.conftest import PASSPHRASE, Run
from tests.sync.serving import LocalCentre

FAR_AHEAD = "2035-01-01"


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
    workspace: Workspace | None = session.workspace
    assert workspace is not None
    with workspace.sync.replica.transaction() as tx:
        before = tx.position()
        tx.set_position(replace(before, **changes))  # type: ignore[arg-type]
    session.lock()
    return before


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
