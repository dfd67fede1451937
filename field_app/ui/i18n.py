"""Words on screen: `t("unlock.title")` in the language of the window that is being drawn.

`load` and the files are in `field_app.locales`; a language change draws the whole window again.
"""

from typing import TYPE_CHECKING, cast

import flet as ft

from field_app.errors import FieldAppError
from field_app.locales.catalog import DEFAULT_LANGUAGE, Translator

if TYPE_CHECKING:
    from field_app.ui.controller import Controller

CONTROLLER_KEY = "controller"  # where a page's session keeps its controller


def current_controller() -> "Controller | None":
    """Return the controller of the window that is drawn or handled now, if there is one."""
    try:
        page = ft.context.page
    except RuntimeError:  # outside any window, as in tests of plain functions
        return None
    return cast("Controller | None", page.session.store.get(CONTROLLER_KEY))


def translator() -> Translator:
    """Return the speaker of the window's language: dates, times, numbers and stored words."""
    controller = current_controller()
    return Translator(controller.state.language if controller else DEFAULT_LANGUAGE)


def t(key: str, **values: object) -> str:
    """Return the sentence of a key in the window's language, values filled in."""
    return translator()(key, **values)


def error_words(error: Exception) -> str:
    """Return what a person reads about an error: never the text of the exception itself."""
    speak = translator()
    if isinstance(error, FieldAppError):
        # The nearest words there are: of this case, else of its kind, else of the kind above.
        kinds = [kind.code for kind in type(error).__mro__ if issubclass(kind, FieldAppError)]
        for code in (error.code, *kinds):
            if f"errors.{code}" in speak:
                return speak(f"errors.{code}", **error.details)
    return speak("errors.unexpected")
