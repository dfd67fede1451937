"""Fields that the forms of releases, disclosures and the talk about them share."""

import flet as ft

from field_app.domain.records.release import DataClass
from field_app.locales.catalog import LANGUAGES
from field_app.ui.components.choices import Choice, choice_chips, toggled
from field_app.ui.components.drafting import FormDraft
from field_app.ui.components.field_words import language_words
from field_app.ui.components.fields import text_field
from field_app.ui.i18n import t, translator


def release_field(draft: FormDraft, name: str, helper: str | None = None) -> ft.Control:
    """Return the field of some words."""
    return text_field(
        identifier=f"release-{name}",
        label=t(f"releases.field.{name}"),
        helper=helper,
        value=draft[name],
        on_change=draft.setter(name),
        error=draft.error_of(name),
    )


def data_classes(draft: FormDraft) -> ft.Control:
    """Return the chips of what is told."""
    return choice_chips(
        identifier="release-class",
        label=t("releases.classes"),
        choices=[Choice(c.value, translator().word(c)) for c in DataClass],
        chosen=draft["classes"],
        on_choose=lambda value: draft.set(classes=toggled(draft["classes"], value)),
    )


def explained_in(draft: FormDraft) -> ft.Control:
    """Return the chips of the language in which it was explained."""
    return choice_chips(
        identifier="explained-in",
        label=t("releases.language"),
        choices=[Choice(code, language_words(code)) for code in LANGUAGES],
        chosen=draft["language"],
        on_choose=draft.setter("language"),
    )
