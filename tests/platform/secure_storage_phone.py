"""A phone with the secure storage plugin, as a Flet client: it gets and answers Flet's messages.

It does what the Dart side of flet-secure-storage 1.0.5 and flutter_secure_storage 10.3.1 do with a
call, as read in their sources: `set`, `get` and `remove` by key; on Android an error of the cipher
erases everything when `reset_on_error` says so; errors come back as text.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.ui.harness import Harness, RecordingConnection


@dataclass
class Phone:
    """What lies in the phone's keystore, and how it behaves now."""

    entries: dict[str, str] = field(default_factory=dict)
    is_silent: bool = False  # never answers
    has_plugin: bool = True
    has_lost_its_key: bool = False  # what was kept cannot be read any more
    options: dict[str, Any] = field(default_factory=dict)
    windows: list[Harness] = field(default_factory=list)  # a window lives as long as its phone

    def answer(self, method: str, arguments: dict[str, Any]) -> tuple[Any, str | None]:
        """Return the plugin's result and error."""
        key = arguments["key"]
        if not self.has_plugin:
            return None, "MissingPluginException(No implementation found)"
        if self.has_lost_its_key and method != "remove":
            if self.options["android"].reset_on_error:
                self.entries.clear()
                self.has_lost_its_key = False
            elif method == "set" or key in self.entries:
                return None, f"PlatformException(BadPaddingException, {arguments})"
        if method == "set":
            self.entries[key] = arguments["value"]
        elif method == "remove":
            self.entries.pop(key, None)
        return (self.entries.get(key) if method == "get" else None), None


class PhoneConnection(RecordingConnection):
    """Answers the plugin's calls as the phone does, and all others as the harness does."""

    phone: Phone

    def _answer(self, body: Any) -> None:
        session = self.session
        assert session is not None
        if body.name not in ("set", "get", "remove"):
            super()._answer(body)
            return
        if self.phone.is_silent:
            return
        plugin = session.index[body.control_id]
        self.phone.options = {"android": plugin.android_options, "ios": plugin.ios_options}
        result, error = self.phone.answer(body.name, body.args)
        session.handle_invoke_method_results(body.control_id, body.call_id, result, error)


def put_into(window: Harness, phone: Phone) -> None:
    """Let a window run on this phone."""
    window.connection.__class__ = PhoneConnection
    window.connection.phone = phone  # type: ignore[attr-defined]
    phone.windows.append(window)
