"""Light, dark and high-contrast themes from one deep teal, on warm neutral surfaces.

The neutral surfaces are set by hand, because a seed alone tints them towards the seed. Every pair
of text and ground in `LIGHT`, `DARK` and `CONTRAST` is checked against WCAG by a test.
"""

from dataclasses import dataclass
from enum import StrEnum

import flet as ft

from field_app.ui import tokens

SEED = "#0F5257"


class ThemeChoice(StrEnum):
    """What a person can choose in the settings."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


@dataclass(frozen=True)
class Palette:
    """The colours of one theme, as `#RRGGBB`, named for what they do."""

    primary: str
    on_primary: str
    primary_container: str
    on_primary_container: str
    accent: str
    on_accent: str
    accent_container: str
    on_accent_container: str
    error: str
    on_error: str
    error_container: str
    on_error_container: str
    surface: str
    surface_low: str
    surface_mid: str
    surface_high: str
    on_surface: str
    on_surface_quiet: str
    outline: str
    outline_quiet: str


LIGHT = Palette(
    primary="#0F5257",
    on_primary="#FFFFFF",
    primary_container="#CFE6E4",
    on_primary_container="#06363A",
    accent="#8A4B08",
    on_accent="#FFFFFF",
    accent_container="#FBE3C6",
    on_accent_container="#4E2900",
    error="#9F2A22",
    on_error="#FFFFFF",
    error_container="#F9DEDA",
    on_error_container="#5C120D",
    surface="#FAF7F2",
    surface_low="#FFFFFF",
    surface_mid="#F1ECE4",
    surface_high="#E8E2D8",
    on_surface="#23211D",
    on_surface_quiet="#57534B",
    outline="#857F74",
    outline_quiet="#D9D2C6",
)
DARK = Palette(
    primary="#8FD0CC",
    on_primary="#00373A",
    primary_container="#1D4A4D",
    on_primary_container="#CDEBE8",
    accent="#F0BD80",
    on_accent="#452600",
    accent_container="#5A3A10",
    on_accent_container="#FCE3C5",
    error="#F2B3AB",
    on_error="#5C120D",
    error_container="#6E2620",
    on_error_container="#FBDDD9",
    surface="#171614",
    surface_low="#1F1D1A",
    surface_mid="#282622",
    surface_high="#33302B",
    on_surface="#ECE7DF",
    on_surface_quiet="#BDB6AA",
    outline="#8F887C",
    outline_quiet="#46423B",
)
CONTRAST = Palette(
    primary="#00363A",
    on_primary="#FFFFFF",
    primary_container="#00363A",
    on_primary_container="#FFFFFF",
    accent="#4E2900",
    on_accent="#FFFFFF",
    accent_container="#FFF1DC",
    on_accent_container="#341B00",
    error="#7A0C05",
    on_error="#FFFFFF",
    error_container="#FFE9E6",
    on_error_container="#5C0500",
    surface="#FFFFFF",
    surface_low="#FFFFFF",
    surface_mid="#FFFFFF",
    surface_high="#F0F0F0",
    on_surface="#000000",
    on_surface_quiet="#1C1C1C",
    outline="#000000",
    outline_quiet="#000000",
)


def _text_theme(color: str) -> ft.TextTheme:
    def style(size: int, weight: ft.FontWeight, height: float) -> ft.TextStyle:
        # Without a colour of its own, a style is black in the dark theme as well.
        return ft.TextStyle(size=size, weight=weight, height=height, letter_spacing=0, color=color)

    normal, strong = ft.FontWeight.W_400, ft.FontWeight.W_600
    return ft.TextTheme(
        headline_large=style(tokens.HEADLINE, strong, 1.25),
        headline_medium=style(tokens.HEADLINE, strong, 1.25),
        headline_small=style(tokens.TITLE, strong, 1.3),
        title_large=style(tokens.TITLE, strong, 1.3),
        title_medium=style(tokens.LEAD, strong, 1.35),
        title_small=style(tokens.BODY, strong, 1.4),
        body_large=style(tokens.LEAD, normal, 1.45),
        body_medium=style(tokens.BODY, normal, 1.45),
        body_small=style(tokens.CAPTION, normal, 1.4),
        label_large=style(tokens.BODY, strong, 1.3),
        label_medium=style(tokens.CAPTION, strong, 1.3),
        label_small=style(tokens.CAPTION, normal, 1.3),
    )


def _scheme(p: Palette) -> ft.ColorScheme:
    return ft.ColorScheme(
        primary=p.primary,
        on_primary=p.on_primary,
        primary_container=p.primary_container,
        on_primary_container=p.on_primary_container,
        secondary=p.primary,
        on_secondary=p.on_primary,
        secondary_container=p.primary_container,
        on_secondary_container=p.on_primary_container,
        tertiary=p.accent,
        on_tertiary=p.on_accent,
        tertiary_container=p.accent_container,
        on_tertiary_container=p.on_accent_container,
        error=p.error,
        on_error=p.on_error,
        error_container=p.error_container,
        on_error_container=p.on_error_container,
        surface=p.surface,
        on_surface=p.on_surface,
        on_surface_variant=p.on_surface_quiet,
        surface_bright=p.surface_low,
        surface_dim=p.surface_high,
        surface_container_lowest=p.surface_low,
        surface_container_low=p.surface_low,
        surface_container=p.surface_mid,
        surface_container_high=p.surface_mid,
        surface_container_highest=p.surface_high,
        surface_tint=p.surface,
        outline=p.outline,
        outline_variant=p.outline_quiet,
        inverse_surface=p.on_surface,
        on_inverse_surface=p.surface,
        inverse_primary=p.primary_container,
    )


def theme(palette: Palette) -> ft.Theme:
    """Return the Flet theme of a palette: same shapes, type and touch sizes in all of them."""
    corner = ft.RoundedRectangleBorder(radius=tokens.CORNER)
    edged = ft.RoundedRectangleBorder(
        radius=tokens.CORNER, side=ft.BorderSide(1, palette.outline_quiet)
    )
    button = ft.ButtonStyle(
        shape=corner,
        padding=ft.Padding.symmetric(horizontal=tokens.SPACE_XL, vertical=tokens.BUTTON_PADDING),
        text_style=ft.TextStyle(size=tokens.LEAD, weight=ft.FontWeight.W_600),
    )
    link = ft.ButtonStyle(
        shape=corner,
        padding=ft.Padding.symmetric(horizontal=tokens.SPACE_M, vertical=tokens.BUTTON_PADDING),
        text_style=ft.TextStyle(size=tokens.BODY, weight=ft.FontWeight.W_600),
    )
    # Pages change without sliding on a desk, where the list stays in sight beside the detail.
    still = ft.PageTransitionTheme.NONE
    return ft.Theme(
        color_scheme_seed=SEED,
        color_scheme=_scheme(palette),
        scaffold_bgcolor=palette.surface,
        text_theme=_text_theme(palette.on_surface),
        visual_density=ft.VisualDensity.STANDARD,
        page_transitions=ft.PageTransitionsTheme(linux=still, windows=still, macos=still),
        filled_button_theme=ft.FilledButtonTheme(style=button),
        outlined_button_theme=ft.OutlinedButtonTheme(style=button),
        text_button_theme=ft.TextButtonTheme(style=link),
        # The edge shows a card on a sheet of its own colour, and under high contrast everywhere.
        card_theme=ft.CardTheme(elevation=tokens.ELEVATION, shape=edged, color=palette.surface_low),
        dialog_theme=ft.DialogTheme(shape=corner, bgcolor=palette.surface_low),
        # Icon buttons carry their spoken name themselves (`basics.icon_action`): not twice.
        tooltip_theme=ft.TooltipTheme(exclude_from_semantics=True),
        appbar_theme=ft.AppBarTheme(
            bgcolor=palette.surface,
            color=palette.on_surface,
            elevation=0,
            elevation_on_scroll=tokens.ELEVATION,
            center_title=False,
            title_text_style=ft.TextStyle(
                size=tokens.TITLE, weight=ft.FontWeight.W_600, color=palette.on_surface
            ),
        ),
        navigation_bar_theme=ft.NavigationBarTheme(
            bgcolor=palette.surface_mid, indicator_color=palette.primary_container
        ),
        navigation_rail_theme=ft.NavigationRailTheme(
            bgcolor=palette.surface_mid, indicator_color=palette.primary_container
        ),
    )


def apply(page: ft.Page, choice: ThemeChoice) -> None:
    """Put a chosen theme on the page. High contrast is a light theme of its own."""
    page.theme = theme(CONTRAST if choice is ThemeChoice.CONTRAST else LIGHT)
    page.dark_theme = theme(DARK)
    page.theme_mode = {
        ThemeChoice.SYSTEM: ft.ThemeMode.SYSTEM,
        ThemeChoice.LIGHT: ft.ThemeMode.LIGHT,
        ThemeChoice.DARK: ft.ThemeMode.DARK,
        ThemeChoice.CONTRAST: ft.ThemeMode.LIGHT,
    }[choice]
