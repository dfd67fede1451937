"""A secret that was copied is taken back: after a minute, and at every lock."""

from typing import Any

import pytest

from field_app.ui import clipboard
from tests.ui.conftest import AppWindow, Windows

CODE = "FN1-a-code-with-case-keys"


def client_with_a_clipboard(window: AppWindow) -> list[str]:
    """Let the client keep what is set, and answer what it keeps; return what it has kept."""
    kept = [""]
    answer = window.connection._answer

    def answering(body: Any) -> None:
        if body.name == "set":
            kept.append(body.args["value"] if "value" in body.args else body.args["data"])
        window.connection.answers["get"] = kept[-1]
        answer(body)

    window.connection._answer = answering  # type: ignore[method-assign]
    return kept


@pytest.mark.parametrize("leave", ["lock", "quick_exit"])
async def test_a_lock_takes_back_what_was_copied(opened: Windows, leave: str):
    window = await opened(is_unlocked=True)
    kept = client_with_a_clipboard(window)
    await window.controller.secrets.copy(CODE)
    assert kept[-1] == CODE

    gone = getattr(window.controller, leave)()
    if gone is not None:
        await gone

    await window.until(lambda: kept[-1] == "")


async def test_a_minute_takes_back_what_was_copied(
    opened: Windows, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(clipboard, "CLIPBOARD_SECONDS", 0.0)
    window = await opened(is_unlocked=True)
    kept = client_with_a_clipboard(window)

    await window.controller.secrets.copy(CODE)

    await window.until(lambda: kept == ["", CODE, ""])


async def test_what_a_person_copied_since_stays(opened: Windows):
    window = await opened(is_unlocked=True)
    kept = client_with_a_clipboard(window)
    await window.controller.secrets.copy(CODE)
    kept.append("a shopping list")

    await window.controller.secrets.forget()

    assert kept[-1] == "a shopping list"
    window.controller.lock()
    await window.settle(20)
    assert kept[-1] == "a shopping list"


async def test_a_clipboard_that_may_not_be_read_is_emptied_unseen(
    opened: Windows, monkeypatch: pytest.MonkeyPatch
):
    window = await opened(is_unlocked=True)
    kept = client_with_a_clipboard(window)
    await window.controller.secrets.copy(CODE)

    async def forbidden(_self: object) -> str:
        raise RuntimeError("Read permission denied.")

    monkeypatch.setattr("flet.Clipboard.get", forbidden)
    await window.controller.secrets.forget()

    assert kept[-1] == ""
