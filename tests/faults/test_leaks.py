"""Planted words are in no file that the process wrote or holds open, while it runs and after."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.planting_worker import PLANTED
from tests.store.notebook import PASSPHRASE

PROJECT = Path(__file__).parents[2]
PROC = Path("/proc")
ALSO_PLANTED = (PASSPHRASE, "CREATE TABLE", "SQLite format 3", "etilqs")


def test_planted_words_reach_no_file_while_running_and_after(tmp_path: Path) -> None:
    folder, temporary, home = (tmp_path / name for name in ("store", "tmp", "home"))
    for each in (temporary, home):
        each.mkdir()
    environment = os.environ | {
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "SQLITE_TMPDIR": str(temporary),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(PROJECT),
    }
    log = tmp_path / "log.txt"
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.planting_worker", str(folder)],
            cwd=home,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as worker,
    ):
        assert worker.stdin is not None
        assert worker.stdout is not None
        for place in ("sorting", "closed"):
            assert worker.stdout.readline().decode().strip() == place, log.read_text()
            assert found_in([*files(tmp_path), *open_files(worker.pid)]) == []
            worker.stdin.write(b"\n")
            worker.stdin.flush()
    assert worker.returncode == 0, log.read_text()

    written = [path.name for path in files(tmp_path)]
    assert {"data.log", "keyfile.json", "photo", "field.backup", "log.txt"} <= set(written)
    assert "the id was taken" in log.read_text()
    assert found_in(files(tmp_path)) == []


def test_the_search_would_find_a_word(tmp_path: Path) -> None:
    for number, encoding in enumerate(("utf-8", "utf-16-le")):
        (tmp_path / str(number)).write_bytes(b"\0\1" + f"a {PLANTED} b".encode(encoding))

    assert found_in(files(tmp_path)) == [f"{PLANTED} in 0", f"{PLANTED} in 1"]


def found_in(paths: Iterator[Path] | list[Path]) -> list[str]:
    words = [(word, word.encode(code)) for word in words_() for code in ("utf-8", "utf-16-le")]
    found = []
    for path in paths:
        data = path.read_bytes()
        found += [f"{word} in {path.name}" for word, coded in words if coded in data]
    return sorted(found)


def words_() -> tuple[str, ...]:
    return (PLANTED, *ALSO_PLANTED)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def open_files(pid: int) -> list[Path]:
    """Return the regular files that a process holds open, also those deleted: SQLite's are."""
    if not PROC.exists():
        pytest.skip("open files can be listed on Linux only")
    held = []
    for link in (PROC / str(pid) / "fd").iterdir():
        target = str(link.readlink())
        if target.startswith("/") and not target.startswith("/dev/") and link.is_file():
            held.append(link)
    return held
