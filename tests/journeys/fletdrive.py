"""Drives the app in headless Chromium through the semantics that Flutter gives to screen readers.

What a journey can do is what a blind person can do: find by role and name, or by the stable
identifier of `ft.Semantics`. Learnt about Flet 1.0.5: semantics begin only after a click on a
placeholder; text filled in while a field takes the focus stays in the page, untold to the app, or
is told and gone from the page, so that only what goes over the app's socket proves anything; the
name of an icon button stands on its parent.
"""

import contextlib
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgpack  # type: ignore[import-untyped]
from playwright.sync_api import (
    BrowserContext,
    Locator,
    Page,
    Playwright,
    WebSocket,
    expect,
)
from playwright.sync_api import TimeoutError as NothingCameError

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1280, "height": 800}
ROLES = ("button", "checkbox", "switch", "radio", "tab", "slider")
STARTS_WITHIN_SECONDS = 180.0  # its imports alone take a minute where eight others work
TOLD_WITHIN_MS = 2500  # words go to the app at once; after this they are typed again
TAPPED_WITHIN_MS = 10_000  # after this a tap is done again: a second one may undo the first
ANSWERED_WITHIN_MS = 1500  # the app answers nearly every tap; one that changes nothing waits this
LOOKS_AT_MOST = 25  # until a picture is taken of what never stands still, as a turning ring

_STILL = """([quiet, limit]) => new Promise(done => {
    const host = document.querySelector('flt-semantics-host');
    if (!host) { done(); return; }
    let timer;
    const end = () => { watch.disconnect(); done(); };
    const watch = new MutationObserver(() => {
        clearTimeout(timer);
        timer = setTimeout(end, quiet);
    });
    watch.observe(host, {subtree: true, childList: true, attributes: true, characterData: true});
    timer = setTimeout(end, quiet);
    setTimeout(end, limit);
})"""

_NEXT_FRAME = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@contextlib.contextmanager
def server(module: str, *arguments: str, **environment: str) -> Iterator[str]:
    """Run `python -m module PORT …` and give the link that it says as soon as it listens."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, "0", *arguments],
        cwd=Path(__file__).parents[2],
        env=dict(os.environ, **environment),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], STARTS_WITHIN_SECONDS)
    address = process.stdout.readline().strip() if ready else ""
    try:
        assert address, f"{module} did not say its address ({process.poll()})"
        yield address
    finally:
        process.stdout.close()
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def browser(
    playwright: Playwright,
    size: dict[str, int] | None = None,
    *,
    locale: str = "en-US",
    color_scheme: Any = "light",
) -> Iterator[BrowserContext]:
    """Start Chromium with a fresh profile that reaches nothing but this machine."""
    size = size or PHONE
    is_phone = size["width"] < 840
    with tempfile.TemporaryDirectory(prefix="journey") as profile:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            args=ARGUMENTS,
            viewport=size,  # type: ignore[arg-type]
            device_scale_factor=2 if is_phone else 1,
            has_touch=is_phone,
            is_mobile=is_phone,
            locale=locale,
            color_scheme=color_scheme,
        )
        context.route(
            "**/*",
            lambda route: (
                route.continue_()
                if route.request.url.startswith(("http://127.0.0.1", "data:", "blob:"))
                else route.abort()
            ),
        )
        try:
            yield context
        finally:
            context.close()


class Window:
    """One window of the app in the browser."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(20_000)  # a machine that does other things as well
        self.taps = 0
        self._socket: WebSocket | None = None
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        self._socket = socket  # a reload opens another one

    # --- coming and going -----------------------------------------------------------------

    def open(self, address: str) -> "Window":
        self.page.goto(address)
        self.wait_until_drawn()
        return self

    def reload(self) -> None:
        self.page.reload()
        self.wait_until_drawn()

    def wait_until_drawn(self) -> None:
        """Wait for the first frame and turn semantics on."""
        self.page.wait_for_selector("flt-semantics-placeholder", state="attached", timeout=60_000)
        self.page.wait_for_function("!document.getElementById('loading')", timeout=60_000)
        self.page.evaluate("document.querySelector('flt-semantics-placeholder')?.click()")
        self.page.wait_for_selector(
            "flt-semantics-host :is([role],input,textarea,h1,h2,span)", state="attached"
        )
        self.settle()

    def settle(self, quiet_ms: int = 120, limit_ms: int = 5000) -> None:
        """Wait until what a screen reader sees has been still for a moment."""
        self.page.evaluate(_STILL, [quiet_ms, limit_ms])

    # --- finding --------------------------------------------------------------------------

    def by_id(self, identifier: str) -> Locator:
        """Return what can be acted on under an identifier.

        Flutter puts the identifier on the node itself when it merges with its content, and on a
        node around it when it does not.
        """
        own = f'[flt-semantics-identifier="{identifier}"]'
        roles = ",".join(f"[role={role}]" for role in ROLES)
        kinds = f":is({roles},input,textarea)"
        return self.page.locator(f"{own}{kinds}, {own} {kinds}").first

    def tab(self, name: str) -> Locator:
        """Return a place of the navigation: a tab of the bar, a button of the rail."""
        rail = self.page.get_by_role("button", name=re.compile(rf"^{re.escape(name)}\b"))
        return self.page.get_by_role("tab", name=name).or_(rail).first

    def text(self, words: str) -> Locator:
        return self.page.locator("flt-semantics-host").get_by_text(words, exact=False)

    def snapshot(self) -> str:
        """Return everything a screen reader would find."""
        return self.page.locator("body").aria_snapshot()

    def markup(self) -> str:
        """Return the whole page as markup: values, labels and all."""
        return self.page.content()

    # --- doing ----------------------------------------------------------------------------

    def tap(self, identifier: str) -> None:
        self.tap_on(self.by_id(identifier))

    def tap_on(self, found: Locator) -> None:
        """Tap, again when the app was told nothing, and wait for its answer."""
        assert self._socket is not None
        found.wait_for(state="attached")
        for _ in range(3):
            is_told = False
            with (
                contextlib.suppress(NothingCameError),
                self._socket.expect_event("framereceived", timeout=ANSWERED_WITHIN_MS),
            ):
                with self._socket.expect_event("framesent", timeout=TAPPED_WITHIN_MS):
                    found.click()
                is_told = True
            if is_told:
                break
        self.taps += 1
        self.settle()

    def type(self, identifier: str, words: str) -> None:
        """Fill a field, again when the app was not told."""
        field = self.by_id(identifier)
        field.wait_for(state="attached")
        for attempt in range(6):
            with contextlib.suppress(NothingCameError):
                with self._told(words):
                    field.focus()
                    if attempt % 2 == 0:
                        field.fill(words)
                    else:  # a field that had the focus from the start may hear the keyboard only
                        self.page.keyboard.press("Control+A")
                        self.page.keyboard.press("Delete")
                        self.page.keyboard.insert_text(words)
                self.settle()
                return
        raise AssertionError(f"{identifier!r} did not take what was typed:\n{self.snapshot()}")

    def _told(self, words: str) -> contextlib.AbstractContextManager[Any]:
        """Wait until the app is told of a field that holds exactly these words."""
        packed: bytes = msgpack.packb(words)

        def tells(frame: bytes | str) -> bool:
            return packed in (frame if isinstance(frame, bytes) else frame.encode())

        assert self._socket is not None
        return self._socket.expect_event("framesent", tells, timeout=TOLD_WITHIN_MS)

    # --- seeing ---------------------------------------------------------------------------

    def see(self, words: str, seconds: float = 10) -> None:
        """Wait until a screen reader would find the words, as text or as a name."""
        end = time.monotonic() + seconds
        while words not in (found := self.snapshot()):
            assert time.monotonic() < end, f"{words!r} never came; there is:\n{found}"
            self.settle()

    def see_id(self, identifier: str, timeout_ms: float = 30_000) -> None:
        expect(
            self.page.locator(f'[flt-semantics-identifier="{identifier}"]').first
        ).to_be_attached(timeout=timeout_ms)

    def see_chosen(self, identifier: str) -> None:
        """Wait until a line is announced as the one that is shown."""
        own = f'[flt-semantics-identifier="{identifier}"]'
        expect(self.page.locator(own)).to_have_attribute("aria-current", "true")

    def picture(self, path: Path) -> None:
        """Take a picture once painting is over: when two looks in a row show the same.

        Sheets slide in, ink and focus fade. What the pointer rests on would show its tooltip.
        """
        size = self.page.viewport_size or PHONE
        # Beside the lists of a phone, under the rail of a laptop: nothing to rest on.
        self.page.mouse.move(1, size["height"] * (0.5 if size["width"] < 840 else 0.99))
        self.settle()
        self.page.evaluate(_NEXT_FRAME)
        before = b""
        for _ in range(LOOKS_AT_MOST):
            seen = self.page.screenshot()
            if seen == before:
                break
            before = seen
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(before)
