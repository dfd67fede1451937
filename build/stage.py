"""Copies what a device carries into `build/stage`: the app, the sync client, no server, no tests.

    python build/stage.py

The folder is made anew each time and is what `flet build TARGET build/stage` is given. Its
`pyproject.toml` holds the versions of `build/mobile.txt`, because Flet's own index for phones lags
behind PyPI, and the `[tool.flet]` settings below.
"""

import json
import shutil
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAGE = ROOT / "build" / "stage"

CARRIED = ("field_app", "sync/__init__.py", "sync/protocol", "sync/client")
"""What goes along, from the top of the project. `sync/server` and `tests` never do."""

LEFT_OUT = shutil.ignore_patterns(
    "__pycache__", "*.md", "demo", "commands", "browser", "__main__.py"
)
"""Documents, the demo, the command line and the browser's server: a device starts at `main.py`."""

SETTINGS = """\
[tool.flet]
org = "org.fieldnotes"
product = "Field Notes"
company = "Field Notes"
copyright = "Field Notes"
compile.app = true
compile.packages = true

[tool.flet.app]
path = "."

[tool.flet.splash]
color = "#0F5257"
dark_color = "#171614"

[tool.flet.ios]
dependencies = {phone_only}

[tool.flet.ios.info]
NSCameraUsageDescription = "To photograph a receipt. The photo is kept encrypted in this app."
# The camera's plugin could film; the app never does, but the store asks for the words.
NSMicrophoneUsageDescription = "This app records no sound."

[tool.flet.android]
dependencies = {phone_only}
split_per_abi = true
min_sdk_version = 26

[tool.flet.android.permission]
"android.permission.INTERNET" = true
"android.permission.CAMERA" = true
"android.permission.RECORD_AUDIO" = false

[tool.flet.android.feature]
"android.hardware.camera" = false

[tool.flet.android.manifest_application]
# The store must not travel in an operating system's backup, and nothing is sent in the clear.
allowBackup = "false"
usesCleartextTraffic = "false"
"""


PHONE_ONLY = ("flet-camera", "flet-secure-storage")
"""Extensions that laptops do without: there they would ask for C++ libraries at the build."""


def mobile_requirements() -> list[str]:
    """Return the pinned requirements of `mobile.txt`, comments and blank lines left out."""
    lines = (ROOT / "build" / "mobile.txt").read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def stage(folder: Path = STAGE) -> Path:
    """Make the folder anew and return it."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    for name in CARRIED:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=LEFT_OUT)
        else:
            shutil.copy2(source, target)
    shutil.copytree(ROOT / "assets", folder / "assets", ignore=LEFT_OUT)
    shutil.copy2(ROOT / "build" / "main.py", folder / "main.py")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    requirements = mobile_requirements()
    phone_only = [line for line in requirements if line.partition("==")[0] in PHONE_ONLY]
    everywhere = [line for line in requirements if line not in phone_only]
    dependencies = "".join(f'    "{line}",\n' for line in everywhere)
    settings = SETTINGS.replace("{phone_only}", json.dumps(phone_only))
    (folder / "pyproject.toml").write_text(
        "[project]\n"
        f'name = "{project["name"]}"\n'
        f'version = "{project["version"]}"\n'
        f'description = "{project["description"]}"\n'
        f'requires-python = "{project["requires-python"]}"\n'
        f"dependencies = [\n{dependencies}]\n\n{settings}",
        "utf-8",
    )
    return folder


if __name__ == "__main__":
    staged = stage()
    files = sum(1 for path in staged.rglob("*") if path.is_file())
    sys.stdout.write(f"{files} files in {staged.relative_to(ROOT)}\n")
