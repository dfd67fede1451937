"""What one window shows now. One `AppState` a page; a change draws its components again.

It holds no record and no key: screens read those through the workspace, which is gone when locked.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import flet as ft

from field_app.locales.catalog import DEFAULT_LANGUAGE
from field_app.ui.theme import ThemeChoice


class Gate(StrEnum):
    """Which door a window stands at. Only behind OPEN is there anything of a person."""

    FIRST_RUN = "first_run"
    LOCKED = "locked"
    RECOVER = "recover"
    OPEN = "open"
    AWAY = "away"  # after a quick exit: an empty page that says nothing


class NoticeKind(StrEnum):
    """What a line at the foot of the screen is about; each has its own icon."""

    SAVED = "saved"
    INFO = "info"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Notice:
    """A translated line at the foot of the screen, with an undo while it stands."""

    words: str
    kind: NoticeKind
    undo: Callable[[], Awaitable[None] | None] | None = None


@dataclass(frozen=True)
class Panel:
    """A panel that is open over (phone) or beside (laptop) the screen: its name in `PANELS`."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class HandedOver:
    """What the phone shows while it is in a youth's hand: a screen of `root`, and about what."""

    screen: str
    about_id: str


@ft.observable
@dataclass
class AppState:
    """The observable state of one window."""

    gate: Gate = Gate.LOCKED
    locks: int = 0  # how often this window was locked: what was typed at the door goes with it
    language: str = DEFAULT_LANGUAGE
    theme: ThemeChoice = ThemeChoice.SYSTEM
    is_wide: bool = False  # list and detail side by side
    is_roomy: bool = False  # and a panel beside them
    revision: int = 0  # raised after each write: screens query again
    is_curtained: bool = False
    notice: Notice | None = None
    panel: Panel | None = None
    # What the phone was handed to the youth for: nothing else is drawn then.
    handed_over: HandedOver | None = None
    # Which part of whose page was shown last: where the way back from a plan leads.
    shown_part: tuple[str, str] = ("", "")
    # The recovery words between set-up and the check that they were written down.
    recovery_words: tuple[str, ...] = ()
