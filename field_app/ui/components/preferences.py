"""Language and colours: chosen before the first unlock and in the settings alike."""

import flet as ft

from field_app.locales.catalog import LANGUAGES
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.controller import Controller
from field_app.ui.i18n import t
from field_app.ui.theme import ThemeChoice

_THEME_ICONS = {
    ThemeChoice.SYSTEM: ft.Icons.PHONE_ANDROID,
    ThemeChoice.LIGHT: ft.Icons.LIGHT_MODE_OUTLINED,
    ThemeChoice.DARK: ft.Icons.DARK_MODE_OUTLINED,
    ThemeChoice.CONTRAST: ft.Icons.CONTRAST,
}


def language_chips(app: Controller) -> ft.Control:
    """Return the languages, each in its own words."""
    return choice_chips(
        identifier="language",
        label=t("language.label"),
        choices=[Choice(code, t(f"language.{code}")) for code in LANGUAGES],
        chosen=app.state.language,
        on_choose=app.set_language,
    )


def theme_chips(app: Controller) -> ft.Control:
    """Return the colour themes."""
    return choice_chips(
        identifier="theme",
        label=t("settings.theme"),
        choices=[Choice(c.value, t(f"theme.{c}"), _THEME_ICONS[c]) for c in ThemeChoice],
        chosen=app.state.theme.value,
        on_choose=lambda value: app.set_theme(ThemeChoice(value)),
    )
