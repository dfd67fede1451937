"""The phone's keystore behind Flet's plugin: what it keeps, and what happens when it does not."""

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import flet as ft
import pytest
from flet_secure_storage import KeychainAccessibility

from field_app.app import FieldNotes
from field_app.bootstrap import App, build_app
from field_app.errors import InputError, KeystoreError, LockedError
from field_app.platform.phone_keystore import PROBE, PhoneKeystore
from field_app.services.session import SessionService
from field_app.settings import load_settings
from field_app.store.kdf import KdfCost
from field_app.ui.state import Gate
from tests.platform.secure_storage_phone import Phone, put_into
from tests.ui.conftest import AppWindow
from tests.ui.harness import Harness

PASSPHRASE = "river lantern orange window"
PIN = "482913"
CHEAP = KdfCost(memory_kib=8 * 1024, passes=1, lanes=1)
SOON = 0.2  # seconds: how long a silent phone is waited for here


def on_a_phone(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(test())  # type: ignore[arg-type]


async def connected(phone: Phone, *, platform: str = "android", web: bool = False) -> PhoneKeystore:
    """Return a keystore after a window on the phone has opened."""
    window = Harness(platform=platform, web=web)
    put_into(window, phone)
    keystore = PhoneKeystore(answer_seconds=SOON)
    await keystore.connect(window.page)
    return keystore


def test_what_is_kept_comes_back_and_can_be_forgotten() -> None:
    async def use() -> None:
        phone = Phone()
        keystore = await connected(phone)
        assert keystore.available
        assert phone.entries == {}  # the trial leaves nothing

        await asyncio.to_thread(keystore.set, "a", bytes(range(256)))
        assert await asyncio.to_thread((await connected(phone)).get, "a") == bytes(range(256))
        await asyncio.to_thread(keystore.delete, "a")
        await asyncio.to_thread(keystore.delete, "never there")
        assert await asyncio.to_thread(keystore.get, "a") is None

    on_a_phone(use)


def test_nothing_is_erased_by_the_plugin_and_nothing_leaves_the_phone() -> None:
    async def use() -> None:
        phone = Phone()
        await connected(phone)

        android, ios = phone.options["android"], phone.options["ios"]
        assert android.reset_on_error is False
        assert android.migrate_on_algorithm_change is False
        assert ios.accessibility is KeychainAccessibility.UNLOCKED_THIS_DEVICE
        assert ios.synchronizable is False

    on_a_phone(use)


@pytest.mark.parametrize(
    ("platform", "web"),
    [("linux", False), ("windows", False), ("macos", False), ("android", True), ("ios", True)],
)
def test_a_laptop_and_a_browser_have_none(platform: str, web: bool) -> None:
    async def use() -> None:
        phone = Phone()
        keystore = await connected(phone, platform=platform, web=web)

        assert not keystore.available
        assert phone.options == {}  # was not asked

    on_a_phone(use)


def test_a_build_without_the_plugin_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "flet_secure_storage", None)

    async def use() -> None:
        assert not (await connected(Phone())).available

    on_a_phone(use)


@pytest.mark.parametrize(
    "phone",
    [Phone(has_plugin=False), Phone(is_silent=True), Phone(has_lost_its_key=True)],
    ids=["missing", "silent", "lost its key"],
)
def test_a_keystore_that_does_not_keep_what_it_is_given_is_not_used(phone: Phone) -> None:
    async def use() -> None:
        keystore = await connected(phone)

        assert not keystore.available
        with pytest.raises(KeystoreError):
            await asyncio.to_thread(keystore.get, "a")

    on_a_phone(use)


def test_a_keystore_that_keeps_something_else_is_not_used() -> None:
    class Forgetful:
        async def set(self, key: str, value: str) -> None:
            """Keep nothing."""

        async def get(self, key: str) -> str | None:
            assert key == PROBE
            return None

        async def remove(self, key: str) -> None:
            """Nothing to forget."""

    async def use() -> None:
        keystore = PhoneKeystore(answer_seconds=SOON)
        await keystore.use(Forgetful())
        assert not keystore.available

    on_a_phone(use)


def test_a_keystore_that_falls_silent_later_is_said_and_loses_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def use() -> None:
        phone = Phone()
        keystore = await connected(phone)
        await asyncio.to_thread(keystore.set, "a", b"secret")
        before = dict(phone.entries)

        phone.is_silent = True
        with pytest.raises(KeystoreError):
            await asyncio.to_thread(keystore.get, "a")
        phone.is_silent, phone.has_lost_its_key = False, True
        for act in (lambda: keystore.get("a"), lambda: keystore.set("a", b"other")):
            with pytest.raises(KeystoreError):
                await asyncio.to_thread(act)

        assert phone.entries == before  # an error of the cipher has erased nothing
        assert "c2VjcmV0" not in caplog.text  # nor told what was kept

    on_a_phone(use)


def test_what_somebody_else_put_there_is_an_answer_that_cannot_be_read() -> None:
    async def use() -> None:
        phone = Phone(entries={"a": "not base64!"})
        keystore = await connected(phone)
        with pytest.raises(KeystoreError):
            await asyncio.to_thread(keystore.get, "a")

    on_a_phone(use)


def test_the_loop_that_has_to_answer_may_not_ask() -> None:
    async def use() -> None:
        keystore = await connected(Phone())
        with pytest.raises(RuntimeError, match="event loop"):
            keystore.get("a")

    on_a_phone(use)


# --- the whole app on a phone -------------------------------------------------------------------


async def app_on(phone: Phone, data: Path) -> tuple[AppWindow, App, SessionService]:
    """Start the app on the phone."""
    keystore = PhoneKeystore(answer_seconds=SOON)
    app = build_app(load_settings(data), kdf=CHEAP, keystore=keystore)
    window = AppWindow(platform="android")
    put_into(window, phone)
    await window.run(
        FieldNotes(app.session, app.device_preferences, app.enrolment, connect=app.connect)
    )
    await window.controller.run(lambda: None)  # whatever comes first waits for the keystore
    await window.settle()
    return window, app, app.session


async def first_run(window: AppWindow, passphrase: str) -> None:
    await window.tap("start")
    await window.enter("name", "Ana")
    await window.enter("new-passphrase", passphrase)
    await window.enter("new-passphrase-again", passphrase)
    await window.tap("make")


def test_a_pin_opens_the_record_where_a_keystore_is(tmp_path: Path) -> None:
    async def use() -> None:
        phone = Phone()
        window, _, session = await app_on(phone, tmp_path)
        await window.tap("start")
        assert window.shows("PIN of six digits")
        await window.tap("quick-exit")
        await window.close()

        window, _, session = await app_on(phone, tmp_path)
        await first_run(window, PIN)
        await window.until(lambda: session.status == "open")
        await asyncio.to_thread(session.lock)
        await window.close()
        kinds = sorted(name.split(".")[2] for name in phone.entries)
        assert kinds == ["anchor", "device-secret", "guesses"]

        window, _, session = await app_on(phone, tmp_path)
        assert window.shows("Passphrase or PIN")
        await window.enter("passphrase", PIN)
        await window.tap("unlock")
        await window.until(lambda: window.controller.state.gate is Gate.OPEN)
        window.controller.lock()
        await window.until(lambda: session.status == "locked")
        await window.close()

    on_a_phone(use)


def test_without_a_keystore_no_pin_is_offered_and_none_is_taken(tmp_path: Path) -> None:
    async def use() -> None:
        window, _, session = await app_on(Phone(has_plugin=False), tmp_path)
        await first_run(window, PIN)
        await window.settle()

        assert session.status == "new"
        assert not window.shows("PIN of six digits")
        assert window.shows("A PIN is not safe on this device")
        await window.close()

    on_a_phone(use)


def made_with_a_pin(phone: Phone, data: Path) -> tuple[str, ...]:
    """Make a store with a PIN on the phone; return its recovery words."""
    found: list[tuple[str, ...]] = []

    async def use() -> None:
        window, _, session = await app_on(phone, data)
        found.append(
            await asyncio.to_thread(
                lambda: session.start_alone(display_name="Ana", passphrase=PIN, language="en")
            )
        )
        await asyncio.to_thread(session.lock)
        await window.close()

    on_a_phone(use)
    return found[0]


def test_a_phone_that_cannot_be_asked_now_opens_nothing_and_counts_nothing(
    tmp_path: Path,
) -> None:
    phone = Phone()
    made_with_a_pin(phone, tmp_path)
    before = dict(phone.entries)

    async def use() -> None:
        phone.is_silent = True
        window, _, session = await app_on(phone, tmp_path)
        with pytest.raises(KeystoreError):
            await asyncio.to_thread(session.unlock, PIN)
        await window.close()
        phone.is_silent = False
        window, _, session = await app_on(phone, tmp_path)
        await asyncio.to_thread(session.unlock, PIN)
        await asyncio.to_thread(session.lock)
        await window.close()

    on_a_phone(use)
    assert {name for name in before if "secret" in name} <= set(phone.entries)


@pytest.mark.parametrize("is_other_phone", [True, False], ids=["another phone", "entries gone"])
def test_a_device_secret_that_is_gone_leaves_the_recovery_words(
    tmp_path: Path, is_other_phone: bool
) -> None:
    phone, data = Phone(), tmp_path / "a"
    words = " ".join(made_with_a_pin(phone, data))
    if is_other_phone:  # the folder was put back from a backup of the whole phone
        data = shutil.copytree(tmp_path / "a", tmp_path / "b")
        phone = Phone()
    else:
        phone.entries.clear()

    async def use() -> None:
        window, _, session = await app_on(phone, data)
        for _ in range(2):  # no wait is due, for nothing was tried
            with pytest.raises(LockedError) as said:
                await asyncio.to_thread(session.unlock, PIN)
            assert said.value.code == "device_secret_missing"
        await asyncio.to_thread(session.recover, words, "735182")
        await asyncio.to_thread(session.lock)
        await asyncio.to_thread(session.unlock, "735182")
        await asyncio.to_thread(session.lock)
        await window.close()

    on_a_phone(use)


def test_a_keystore_that_is_broken_for_good_leaves_the_recovery_words_and_a_passphrase(
    tmp_path: Path,
) -> None:
    phone = Phone()
    words = " ".join(made_with_a_pin(phone, tmp_path))
    phone.has_lost_its_key = True

    async def use() -> None:
        window, _, session = await app_on(phone, tmp_path)
        with pytest.raises(KeystoreError):
            await asyncio.to_thread(session.unlock, PIN)
        with pytest.raises(InputError):  # without a keystore a PIN protects nothing
            await asyncio.to_thread(session.recover, words, PIN)
        await asyncio.to_thread(session.recover, words, PASSPHRASE)
        await asyncio.to_thread(session.lock)
        await asyncio.to_thread(session.unlock, PASSPHRASE)
        await asyncio.to_thread(session.lock)
        await window.close()

    on_a_phone(use)


def test_a_hidden_app_lets_the_keystore_know_where_the_record_ends(tmp_path: Path) -> None:
    async def use() -> None:
        phone = Phone()
        window, _, session = await app_on(phone, tmp_path)
        await asyncio.to_thread(
            lambda: session.start_alone(display_name="Ana", passphrase=PIN, language="en")
        )
        await window.controller.opened()
        assert not any("anchor" in name for name in phone.entries)

        await window.lifecycle(ft.AppLifecycleState.HIDE)
        await window.until(lambda: any("anchor" in name for name in phone.entries))

        window.controller.lock()
        await window.until(lambda: session.status == "locked")
        await window.close()

    on_a_phone(use)
