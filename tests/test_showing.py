"""How the app is shown is for the app to say, whatever the environment tells Flet."""

import os
import socket
import stat
from pathlib import Path

import flet as ft
import pytest

from field_app import app as application
from field_app.app import FieldNotes
from field_app.commands.showing import show
from field_app.errors import InputError
from field_app.settings import FLET_OVERRIDES, has_display

NOTES = FieldNotes(None, None)  # type: ignore[arg-type]


@pytest.fixture
def environments(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """What Flet finds in the environment each time that it is to show a window."""
    found: list[dict[str, str]] = []

    def run(*_: object, **options: object) -> None:
        assert options["view"] is ft.AppView.FLET_APP
        socket_path = Path(os.environ.get("FLET_SERVER_UDS_PATH", "/"))
        mode = stat.S_IMODE(socket_path.parent.stat().st_mode)
        found.append({**os.environ, "mode of the socket's folder": oct(mode)})

    for name in FLET_OVERRIDES:
        monkeypatch.setenv(name, "")  # so that what the app takes away comes back
    monkeypatch.setenv("FLET_SERVER_IP", "0.0.0.0")
    monkeypatch.setenv("FLET_FORCE_WEB_SERVER", "true")
    monkeypatch.delenv("FLET_PLATFORM", raising=False)
    monkeypatch.setattr(ft, "run", run)
    monkeypatch.setattr(application, "keep_words_out_of_logs", lambda: None)
    return found


def test_a_window_never_becomes_a_web_server_by_the_environment(
    environments: list[dict[str, str]],
) -> None:
    show(NOTES)

    (found,) = environments
    assert set(FLET_OVERRIDES) & set(found) <= {"FLET_SERVER_UDS_PATH"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such sockets")
def test_the_desktop_client_is_spoken_to_in_a_folder_of_our_own(
    environments: list[dict[str, str]],
) -> None:
    show(NOTES)

    (found,) = environments
    assert found["mode of the socket's folder"] == "0o700"
    assert not Path(found["FLET_SERVER_UDS_PATH"]).parent.exists()  # gone with the window


def test_a_built_app_keeps_what_its_own_runtime_says(
    environments: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FLET_PLATFORM", "android")
    monkeypatch.setenv("FLET_SERVER_UDS_PATH", str(tmp_path / "from-the-runtime"))

    show(NOTES)

    assert environments[0]["FLET_SERVER_UDS_PATH"] == str(tmp_path / "from-the-runtime")


def test_a_port_that_is_taken_is_one_sentence(environments: list[dict[str, str]]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(InputError, match="--port"):
            show(NOTES, in_browser=True, port=other.getsockname()[1])


def test_a_shown_app_leaves_no_picture_of_its_memory(
    environments: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    forbidden: list[bool] = []
    monkeypatch.setattr(application, "forbid_dumps", lambda: forbidden.append(True))

    show(NOTES)

    assert forbidden == [True]


def test_a_missing_part_is_said_and_not_fetched_from_the_network(
    environments: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("field_app.commands.showing.find_spec", lambda _name: None)

    with pytest.raises(InputError, match="field-notes\\[browser\\]"):
        show(NOTES, in_browser=True)


def test_wayland_alone_is_no_display_for_flet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert not has_display()
    monkeypatch.setenv("DISPLAY", ":0")
    assert has_display()
