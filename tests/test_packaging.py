"""Packaging: every target would start to build, and the checks see what they are there for."""

import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "build" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


stage = _load("stage")
check = _load("check")


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = stage.stage(tmp_path_factory.mktemp("build") / "stage")
    return folder


def test_a_device_carries_the_app_and_the_sync_client_but_no_server_and_no_tests(
    staged: Path,
) -> None:
    assert (staged / "main.py").is_file()
    assert (staged / "field_app" / "programs" / "fyi_19_32.toml").is_file()
    assert (staged / "sync" / "client").is_dir()
    assert not (staged / "sync" / "server").exists()
    assert not (staged / "tests").exists()
    assert list(check.complaints(staged)) == []


def test_what_a_device_carries_is_enough_to_start(staged: Path) -> None:
    script = "import field_app.app, field_app.bootstrap as b; print(b.__file__)"
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=staged, capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stderr
    assert Path(ran.stdout.strip()).is_relative_to(staged)


def project_and_constraints() -> tuple[dict[str, Any], str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return project, (ROOT / "build" / "constraints.txt").read_text("utf-8")


def test_the_exact_versions_of_a_release_agree_with_what_the_project_asks_for() -> None:
    project, constraints = project_and_constraints()

    assert list(check.constraint_complaints(constraints, project)) == []


def test_a_constraint_that_is_wrong_is_named() -> None:
    project, constraints = project_and_constraints()
    older = re.sub(r"\ncryptography==[\d.]+", "\ncryptography==42.0.0", constraints)
    bare = re.sub(r"\nsegno==([\d.]+) .*(?:\n    --hash.*)+", r"\nsegno==\1", constraints)
    gone = re.sub(r"\nfpdf2==.*(?:\n    .*)+", "", constraints)
    host = "--index-url https://packages.invalid/simple\n" + constraints
    found = {
        broken: "; ".join(check.constraint_complaints(broken, project))
        for broken in (older, bare, gone, host)
    }

    assert "cryptography 42.0.0" in found[older]
    assert "segno has no hash" in found[bare]
    assert "lacks fpdf2" in found[gone]
    assert "not a version: --index-url" in found[host]


def test_only_phones_are_built_with_the_plugins_of_camera_and_keystore(staged: Path) -> None:
    project = tomllib.loads((staged / "pyproject.toml").read_text("utf-8"))

    plugins = project["tool"]["flet"]["android"]["dependencies"]
    assert [p.partition("==")[0] for p in plugins] == ["flet-camera", "flet-secure-storage"]
    assert project["tool"]["flet"]["ios"]["dependencies"] == plugins
    assert not set(plugins) & set(project["project"]["dependencies"])


def test_a_phone_is_asked_for_the_camera_and_never_for_the_microphone(staged: Path) -> None:
    project = tomllib.loads((staged / "pyproject.toml").read_text("utf-8"))

    android, ios = project["tool"]["flet"]["android"], project["tool"]["flet"]["ios"]
    assert android["permission"]["android.permission.CAMERA"] is True
    assert android["permission"]["android.permission.RECORD_AUDIO"] is False
    assert android["feature"]["android.hardware.camera"] is False  # a phone without one may have it
    assert "receipt" in ios["info"]["NSCameraUsageDescription"]


def test_an_import_that_phones_lack_is_named_with_its_file(staged: Path, tmp_path: Path) -> None:
    (tmp_path / "field_app").mkdir()
    (tmp_path / "field_app" / "print_out.py").write_text("import subprocess\n", "utf-8")
    (tmp_path / "field_app" / "hub.py").write_text("from sync.server import app\n", "utf-8")

    found = " / ".join(check.complaints(tmp_path))

    assert "print_out.py imports subprocess" in found
    assert "hub.py imports sync.server" in found


def test_every_target_would_start_to_build(
    staged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(check.json.dumps(check.PYTHONS), "utf-8")
    monkeypatch.setenv("FLET_PYTHON_BUILD_MANIFEST", str(manifest))
    monkeypatch.setenv("FLET_CLI_NO_RICH_OUTPUT", "1")

    prepared = {target: check.flet_build(target, staged) for target in check.TARGETS}

    assert set(prepared.values()) == {"Python 3.14, org.fieldnotes.field_notes"}
    (staged / "main.py").rename(staged / "elsewhere.py")
    with pytest.raises(RuntimeError, match=r"main\.py"):
        check.flet_build("apk", staged)
