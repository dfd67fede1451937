"""A process that holds the open record leaves no picture of its memory when it crashes."""

import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import argparse, ctypes, os, resource, signal, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
if sys.argv[1] == "as a command":
    from field_app.commands.opening import app_of
    app_of(argparse.Namespace(data=Path(sys.argv[2])))
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE)[0])
sys.stdout.flush()
os.kill(os.getpid(), signal.SIGABRT)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux")
def test_a_command_that_opens_the_record_forbids_it(tmp_path: Path) -> None:
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    said = {}
    for how in ("as a command", "bare"):
        ended = subprocess.run(
            [sys.executable, "-c", SCRIPT, how, str(tmp_path / "data")],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == -signal.SIGABRT, ended.stderr
        said[how] = ended.stdout.split()
    assert said == {"as a command": ["0", "0"], "bare": ["1", str(most)]}
    # Where a bare process writes its memory into its folder, this shows that the other one did not.
    assert len(list(tmp_path.glob("core*"))) <= 1
