"""A process that holds the open record does not look for garbage among its own modules."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import argparse, gc, sys
from pathlib import Path
from field_app.commands.opening import app_of
app_of(argparse.Namespace(data=Path(sys.argv[1])))
print(gc.get_freeze_count() > 10 * len(gc.get_objects()), gc.isenabled(), gc.get_threshold()[0])
"""


def test_a_command_that_opens_the_record_leaves_its_modules_alone(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "data")]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)

    assert ended.stdout.split() == ["True", "True", "10000"]
