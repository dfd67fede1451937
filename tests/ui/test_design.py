"""Measures of the design: contrast, touch sizes, names of controls, states in words."""

import datetime as dt
import re
import time
from pathlib import Path

import flet as ft
import pytest

from field_app.ui import theme, tokens
from field_app.ui.components.basics import (
    icon_action,
    primary_button,
    secondary_button,
    text_action,
)
from field_app.ui.components.choice_rows import choice_row
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.fields import day_from_picker, day_to_picker, text_field
from field_app.ui.components.folds import fold
from field_app.ui.components.lists import due_line, empty_state
from field_app.ui.components.segments import segments
from field_app.ui.components.states import Tone, progress_line, state_chip
from field_app.ui.theme import CONTRAST, DARK, LIGHT, Palette

LINE = 1.17  # height of a line of Roboto, as a share of its size
INKS = ("primary", "error", "accent")  # words of links, of problems, of warnings
# Text and the ground it stands on: pages, sheets and cards (low), notes and versions (mid).
PAIRS = [
    ("on_primary", "primary"),
    ("on_primary_container", "primary_container"),
    ("on_accent", "accent"),
    ("on_accent_container", "accent_container"),
    ("on_error", "error"),
    ("on_error_container", "error_container"),
    *(
        ("on_surface", ground)
        for ground in ("surface", "surface_low", "surface_mid", "surface_high")
    ),
    *(("on_surface_quiet", f"surface{level}") for level in ("", "_low", "_mid")),
    *((ink, f"surface{level}") for ink in INKS for level in ("", "_low", "_mid")),
]
# What is no text but has to be seen: edges of fields and chips, a bar on its track.
SHAPES = [
    *(("outline", f"surface{level}") for level in ("", "_low", "_mid")),
    ("primary", "surface_high"),
    ("accent", "surface_high"),
]
PALETTES = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}


def luminance(color: str) -> float:
    """Return the relative luminance of `#RRGGBB` (WCAG 2.2)."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_as_wcag_does():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", PALETTES)
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(name: str, ink: str, ground: str):
    palette: Palette = PALETTES[name]
    least = 7.0 if name == "contrast" else 4.5  # WCAG 1.4.6 and 1.4.3

    assert contrast(getattr(palette, ink), getattr(palette, ground)) >= least


@pytest.mark.parametrize("name", PALETTES)
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_a_shape_that_says_something_can_be_seen(name: str, shape: str, ground: str):
    palette = PALETTES[name]

    assert contrast(getattr(palette, shape), getattr(palette, ground)) >= 3.0  # WCAG 1.4.11


def test_every_ground_that_a_screen_paints_is_measured():
    grounds = {
        *("WHITE", "BLACK"),  # behind a QR code, and behind a picture as large as the window
        *(f"{name}_CONTAINER" for name in ("PRIMARY", "TERTIARY", "ERROR")),
        *("PRIMARY", "OUTLINE"),  # bars without words on them
        *("SURFACE", "SURFACE_CONTAINER_LOW", "SURFACE_CONTAINER_LOWEST"),
        *("SURFACE_CONTAINER", "SURFACE_CONTAINER_HIGHEST"),
    }
    screens = (Path(theme.__file__).parent).rglob("*.py")
    painted = {
        ground
        for screen in screens
        for line in screen.read_text("utf-8").splitlines()
        if "bgcolor=" in line
        for ground in re.findall(r"ft\.Colors\.(\w+)", line)
    }

    assert painted
    assert painted <= grounds


def find(control: ft.BaseControl, kind: type) -> list:
    found = [control] if isinstance(control, kind) else []
    for name in ("content", "controls"):
        inside = getattr(control, name, None)
        for child in inside if isinstance(inside, list) else [inside]:
            if isinstance(child, ft.BaseControl):
                found += find(child, kind)
    return found


def nothing() -> None:
    """Do nothing."""


@pytest.mark.parametrize(
    "control",
    [
        icon_action("a", ft.Icons.ADD, "Add", nothing),
        primary_button("a", "Add", nothing),
        secondary_button("a", "Add", nothing),
        text_action("a", "Add", nothing),
        segments(identifier="s", choices=[Choice("v", "V")], chosen="v", on_choose=print),
        choice_row(identifier="r", choices=[Choice("v", "V")], chosen="", on_choose=print),
        fold(identifier="f", title="F", is_open=False, on_toggle=nothing, controls=[]),
        choice_chips(
            identifier="c", label="C", choices=[Choice("v", "V")], chosen=None, on_choose=print
        ),
        due_line(
            identifier="d", alias="A.", sentence="-", on_open=nothing, on_log=nothing, log_name="L"
        ),
    ],
)
def test_what_is_touched_is_48_pixels_high_and_higher_with_larger_text(control: ft.Control):
    drawn = theme.theme(LIGHT)
    of_theme = {
        ft.FilledButton: drawn.filled_button_theme.style,
        ft.OutlinedButton: drawn.outlined_button_theme.style,
        ft.TextButton: drawn.text_button_theme.style,
    }
    worded = [button for kind in of_theme for button in find(control, kind)]
    icons = find(control, ft.IconButton)

    assert worded or icons
    assert all(button.height >= tokens.TOUCH for button in icons)
    for button in worded:
        own = button.style.padding if button.style else None
        padding = own or of_theme[type(button)].padding
        assert padding.top + tokens.BODY * LINE + padding.bottom >= tokens.TOUCH
        assert button.height is None  # a fixed height cuts large text (WCAG 1.4.4)


def test_an_icon_button_has_its_name_for_screen_readers_and_for_eyes():
    action = icon_action("lock", ft.Icons.LOCK, "Lock", nothing)

    semantics = find(action, ft.Semantics)[0]
    assert (semantics.identifier, semantics.label) == ("lock", "Lock")
    assert find(action, ft.IconButton)[0].tooltip == "Lock"
    assert isinstance(action, ft.MergeSemantics)


@pytest.mark.parametrize("tone", Tone)
def test_a_state_is_an_icon_and_a_word_beside_its_colour(tone: Tone):
    chip = state_chip(tone, "3 days late")

    assert find(chip, ft.Icon)
    assert [text.value for text in find(chip, ft.Text)] == ["3 days late"]


def test_each_state_has_an_icon_of_its_own():
    icons = {find(state_chip(tone, "-"), ft.Icon)[0].icon for tone in Tone}

    assert len(icons) == len(Tone)


def test_a_choice_is_marked_by_a_tick_and_for_screen_readers():
    chips = choice_chips(
        identifier="channel",
        label="Channel",
        choices=[Choice("phone", "Phone", ft.Icons.PHONE), Choice("text", "Text")],
        chosen="phone",
        on_choose=print,
    )

    marks = {s.identifier: s.checked for s in find(chips, ft.Semantics) if s.identifier}
    assert marks == {"channel-phone": True, "channel-text": False}
    assert [b.icon for b in find(chips, ft.OutlinedButton)] == [ft.Icons.CHECK, None]


def test_several_choices_can_be_marked():
    chips = choice_chips(
        identifier="g",
        label="Goals",
        choices=[Choice(v, v) for v in "abc"],
        chosen=["a", "c"],
        on_choose=print,
    )

    assert [s.checked for s in find(chips, ft.Semantics) if s.identifier] == [True, False, True]


def test_a_text_field_teaches_the_keyboard_nothing():
    field = find(text_field(identifier="n", label="N", value="", on_change=print), ft.TextField)[0]

    assert field.enable_suggestions is False
    assert field.enable_ime_personalized_learning is False


def test_a_due_line_without_something_to_log_has_no_button():
    line = due_line(identifier="d", alias="A.", sentence="-", on_open=nothing)

    assert find(line, ft.IconButton) == []


def test_progress_never_goes_beyond_what_is_owed():
    assert find(progress_line(5, 4, "-"), ft.ProgressBar)[0].value == 1.0
    assert find(progress_line(1, 4, "-"), ft.ProgressBar)[0].value == 0.25
    assert find(progress_line(0, 0, "-"), ft.ProgressBar)[0].value == 1.0


def test_an_empty_list_offers_the_first_step():
    empty = empty_state(icon=ft.Icons.ADD, title="T", words="W", action="Begin", on_click=nothing)

    assert [button.content for button in find(empty, ft.FilledButton)] == ["Begin"]


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati", "UTC"])
def test_a_day_goes_through_the_calendar_unchanged_in_every_zone(monkeypatch, zone: str):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        day = dt.date(2026, 11, 23)
        picked = dt.datetime(2026, 11, 23).astimezone(dt.UTC)

        assert day_from_picker(picked) == day
        assert day_to_picker(day).astimezone().date() == day
        assert day_from_picker(day_to_picker(day).astimezone(dt.UTC)) == day
    finally:
        monkeypatch.undo()
        time.tzset()
