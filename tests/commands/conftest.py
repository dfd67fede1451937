"""`field-app` as a process, and a store to try it on."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from field_app import __main__ as command_line
from field_app.bootstrap import build_app
from field_app.demo.caseload import demo_caseload
from field_app.demo.filling import fill
from field_app.settings import load_settings
from field_app.store.kdf import KdfCost

PASSPHRASE = "river lantern orange window"
CHEAP = KdfCost(memory_kib=8 * 1024, passes=1, lanes=1)
PROCESS_SECONDS = 120  # far above what any command takes: only a process that hangs gets there


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture(scope="session")
def a_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo's caseload, never written to: take a copy."""
    data = tmp_path_factory.mktemp("commands") / "data"
    session = build_app(load_settings(data), kdf=CHEAP).session
    session.start_alone(display_name="Ana Secret-Name", passphrase=PASSPHRASE, language="en")
    assert session.workspace is not None
    notebook = session.workspace.notebook
    fill(
        notebook,
        demo_caseload(notebook.now(), advocate_id=notebook.author_id, device_id=notebook.device_id),
    )
    session.lock()
    return data


@pytest.fixture
def data(a_store: Path, tmp_path: Path) -> Path:
    """A data folder of the test's own, with a store in it."""
    return Path(shutil.copytree(a_store, tmp_path / "data"))


@contextmanager
def a_pipe_of(secrets: list[str]) -> Iterator[int]:
    """Give a descriptor that holds secrets, a line each."""
    read_end, write_end = os.pipe()
    os.write(write_end, "".join(f"{secret}\n" for secret in secrets).encode())
    os.close(write_end)
    try:
        yield read_end
    finally:
        os.close(read_end)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process: the same code, without a second for imports."""

    def start(*arguments: object, secrets: list[str] | None = None) -> Ended:
        words = list(map(str, arguments))
        with a_pipe_of(secrets or []) as descriptor:
            if secrets is not None:
                words += ["--passphrase-fd", str(descriptor)]
            try:
                code = command_line.main(words)
            except SystemExit as end:  # argparse: the command line itself made no sense
                code = end.code if isinstance(end.code, int) else 1
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return start


@pytest.fixture
def run_process(tmp_path: Path) -> Run:
    """Run `field-app` in a process of its own, without a terminal."""

    def start(*arguments: object, secrets: list[str] | None = None, **environment: str) -> Ended:
        command = [sys.executable, "-m", "field_app", *map(str, arguments)]
        with a_pipe_of(secrets or []) as descriptor:
            if secrets is not None:
                command += ["--passphrase-fd", str(descriptor)]
            ended = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                env={**os.environ, "HOME": str(tmp_path / "home"), **environment},
                pass_fds=(descriptor,),
                start_new_session=True,  # no terminal to ask on, wherever the tests are run
                timeout=PROCESS_SECONDS,
                check=False,
            )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    return start
