"""A real Flet page in this process, with no client: only the transport is a fake.

Flet's own code does the rest: diffing, components, hooks, router, events. Everything sent is
packed as for a client, which proves that the tree can be serialised and keeps Flet's snapshots.

Private API, used in this one file (flet 1.0.5): flet.messaging.*, flet.controls.context.
"""

import asyncio
import dataclasses
import functools
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import flet as ft
import msgpack
from flet.controls.base_control import BaseControl
from flet.controls.context import _context_page, context
from flet.messaging.connection import Connection
from flet.messaging.protocol import (
    Message,
    MessageAction,
    configure_encode_object_for_msgpack,
)
from flet.messaging.session import Session
from flet.pubsub.pubsub_hub import PubSubHub

PHONE = (390, 844)
LAPTOP = (1280, 800)

_encode = configure_encode_object_for_msgpack(BaseControl)


class RecordingConnection(Connection):
    """Packs and keeps what is sent, and answers the calls a client would answer."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self.loop = loop
        self.executor = ThreadPoolExecutor(max_workers=2)
        self.pubsubhub = PubSubHub(loop=loop, executor=self.executor)
        self.page_url, self.page_name = "test://app", ""
        self.crashes: list[str] = []
        self.calls: list[tuple[str, Any]] = []
        # What the client answers, by the name of the call.
        self.answers: dict[str, Any] = {"save_file": "/where/the/person/said"}
        self.session: Session | None = None

    def send_message(self, message: Message) -> None:
        msgpack.packb([message.action, message.body], default=_encode)
        if message.action == MessageAction.SESSION_CRASHED:
            self.crashes.append(message.body.message)
        elif message.action == MessageAction.INVOKE_METHOD:
            self.calls.append((message.body.name, message.body.args))
            self.loop.call_soon(self._answer, message.body)

    def _answer(self, body: Any) -> None:
        session = self.session
        assert session is not None
        if body.name == "push_route":
            route = body.args["route"]
            session.apply_page_patch({"route": route})
            self.loop.create_task(
                session.dispatch_event(session.page._i, "route_change", {"route": route})
            )
        answer = self.answers.get(body.name)
        session.handle_invoke_method_results(body.control_id, body.call_id, answer, None)

    def dispose(self) -> None:
        self.executor.shutdown(wait=False)


@functools.cache
def _walked_fields(kind: type[Any]) -> dict[str, int]:
    """Return the fields of a dataclass that lead to what is on screen, with their places."""
    if not dataclasses.is_dataclass(kind):
        return {}
    # `_b` is the body of a component; other private fields lead back to the page.
    return {
        item.name: place
        for place, item in enumerate(dataclasses.fields(kind))
        if not item.metadata.get("skip") and (item.name[0] != "_" or item.name == "_b")
    }


class Harness:
    """A window: what it shows, and what a person does in it."""

    def __init__(
        self, size: tuple[int, int] = PHONE, *, platform: str = "android", web: bool = False
    ) -> None:
        self.loop = asyncio.get_running_loop()
        self.connection = RecordingConnection(self.loop)
        self.session = Session(self.connection)
        self.connection.session = self.session
        self.page: ft.Page = self.session.page
        self.session.apply_page_patch(
            {"route": "/", "width": size[0], "height": size[1], "platform": platform, "web": web}
        )
        self._dismissed: set[int] = set()
        _context_page.set(self.page)
        context.reset_auto_update()
        # What registering a client does: the packing takes the snapshot of later differences.
        msgpack.packb(self.session.get_page_patch(), default=_encode)

    async def run(self, main: Callable[[ft.Page], Any]) -> "Harness":
        main(self.page)
        await self.session.after_event(self.page)
        await self.settle()
        return self

    async def close(self) -> None:
        self.session.close()
        await asyncio.sleep(0)
        self.connection.dispose()

    async def settle(self, rounds: int = 8) -> None:
        for _ in range(rounds):
            await asyncio.sleep(0)
            # A client tells when a closed dialog has left the screen; then it leaves the tree.
            for dialog in list(self.page._dialogs.controls):
                if not dialog.open and id(dialog) not in self._dismissed:
                    self._dismissed.add(id(dialog))
                    await self.session.dispatch_event(dialog._i, "dismiss", None)
        assert not self.connection.crashes, "the session crashed: " + self.connection.crashes[0]

    async def until(self, condition: Callable[[], Any], seconds: float = 5.0) -> Any:
        end = self.loop.time() + seconds
        while True:
            await self.settle()
            if value := condition():
                return value
            assert self.loop.time() < end, f"never came; on screen: {self.texts()}"
            await asyncio.sleep(0.005)

    # --- what is on screen ----------------------------------------------------------------

    def walk(self, node: Any, seen: set[int]) -> Iterator[BaseControl]:
        """Yield the controls under a node in the order in which a person meets them.

        This runs for every question that a test asks of the screen, so it looks only at what a
        control was given: Flet keeps that in `_values`, and all that is at its default elsewhere.
        """
        waiting = [node]
        while waiting:
            node = waiting.pop()
            if isinstance(node, list | tuple):
                waiting.extend(reversed(node))
            elif isinstance(node, dict):
                waiting.extend(reversed(node.values()))
            elif order := _walked_fields(type(node)):
                if id(node) in seen:
                    continue
                seen.add(id(node))
                if isinstance(node, BaseControl):
                    if getattr(node, "visible", True) is False:
                        continue
                    yield node
                given = {**vars(node), **getattr(node, "_values", {})}
                names = sorted((name for name in given if name in order), key=order.__getitem__)
                waiting.extend(given[name] for name in reversed(names))

    def all(self, kind: type[Any]) -> list[Any]:
        roots = [self.page.views, self.page._dialogs, self.page._overlay]
        return [control for control in self.walk(roots, set()) if isinstance(control, kind)]

    def on_top(self, kind: type[Any]) -> list[Any]:
        """Return what a person can see: the uppermost view, and what lies over it."""
        seen: set[int] = set()
        over = [self.page._dialogs, self.page._overlay]
        roots = [*self.views()[-1:], *over]
        return [c for r in roots for c in self.walk(r, seen) if isinstance(c, kind)]

    def by_id(self, identifier: str) -> Any:
        """Return the control inside the one `ft.Semantics` of an identifier."""
        found = self.all_by_id(identifier)
        assert len(found) == 1, f"{identifier}: {len(found)} found; on screen: {self.ids()}"
        return found[0]

    def all_by_id(self, identifier: str) -> list[Any]:
        return [s.content for s in self.on_top(ft.Semantics) if s.identifier == identifier]

    def has(self, identifier: str) -> bool:
        return bool(self.all_by_id(identifier))

    def ids(self) -> list[str]:
        return [s.identifier for s in self.on_top(ft.Semantics) if s.identifier]

    def texts(self) -> list[str]:
        return [text.value for text in self.on_top(ft.Text) if text.value]

    def shows(self, pattern: str) -> bool:
        return any(re.search(pattern, words) for words in self.words())

    def words(self) -> list[str]:
        """Return every string a person can see or hear."""
        names = ("value", "content", "text", "title", "label", "tooltip", "error", "helper")
        return [
            value
            for control in self.on_top(BaseControl)
            for name in (*names, "semantics_label", "hint_text")
            if isinstance(value := getattr(control, name, None), str) and value
        ]

    def everything(self) -> str:
        """Return the whole tree as the client holds it, for looking for what must not be there."""
        packed = msgpack.packb(self.session.get_page_patch(), default=_encode)
        return bytes(packed).decode("utf-8", "replace")

    def views(self) -> list[ft.View]:
        return self.all(ft.View)

    # --- what a person does -----------------------------------------------------------------

    async def fire(self, control: BaseControl, event: str, data: Any = None) -> None:
        await self.session.dispatch_event(control._i, event, data)
        await self.settle()

    async def tap(self, identifier: str) -> None:
        control = self.by_id(identifier)
        assert not getattr(control, "disabled", False), f"{identifier} is disabled"
        await self.fire(control, "click")

    async def enter(self, identifier: str, value: str) -> None:
        """Type: the client sets the property first, then tells of the change."""
        control = self.by_id(identifier)
        self.session.apply_patch(control._i, {"value": value})
        await self.fire(control, "change", value)

    async def submit(self, identifier: str) -> None:
        await self.fire(self.by_id(identifier), "submit")

    async def choose_tab(self, index: int) -> None:
        bar = (self.all(ft.NavigationBar) or self.all(ft.NavigationRail))[-1]
        self.session.apply_patch(bar._i, {"selected_index": index})
        await self.fire(bar, "change", index)

    async def system_back(self) -> None:
        await self.fire(self.page, "view_pop", {"route": self.views()[-1].route})

    async def resize(self, width: int, height: int) -> None:
        self.session.apply_page_patch({"width": width, "height": height})
        await self.fire(self.page, "resize", {"width": width, "height": height})

    async def lifecycle(self, state: ft.AppLifecycleState) -> None:
        await self.fire(self.page, "app_lifecycle_state_change", {"state": state.value})
