"""What was told to somebody, and on which basis."""

import flet as ft

from field_app.domain.records.release import DataClass, LegalBasis
from field_app.ui.components.basics import primary_button
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.drafting import use_draft
from field_app.ui.components.fields import field_error
from field_app.ui.components.panels import panel_page
from field_app.ui.components.submitting import finish
from field_app.ui.context import use_app
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator
from field_app.ui.screens.release_fields import data_classes, release_field


@part
def disclosure_panel(*, case_id: str) -> ft.Control:
    """Draw what was told to somebody, and on which basis."""
    app = use_app()
    draft = use_draft(
        f"disclosure:{case_id}",
        {"recipient": "", "classes": [], "basis": LegalBasis.RELEASE.value, "basis_note": ""},
        case_id=case_id,
    )

    async def save() -> None:
        values = draft.values
        classes = [DataClass(word) for word in values["classes"]]
        if not classes:
            draft.refuse("data_classes", t("errors.no_data_class"))
            return
        await finish(
            app,
            draft,
            lambda: app.workspace.releases.disclose(
                case_id,
                recipient=values["recipient"],
                data_classes=classes,
                basis=LegalBasis(values["basis"]),
                basis_note=values["basis_note"],
            ),
        )

    body: list[ft.Control] = [
        release_field(draft, "recipient"),
        data_classes(draft),
        field_error(draft.error_of("data_classes")),
        choice_chips(
            identifier="basis",
            label=t("releases.basis"),
            choices=[Choice(b.value, translator().word(b)) for b in LegalBasis],
            chosen=draft["basis"],
            on_choose=draft.setter("basis"),
        ),
    ]
    if draft["basis"] not in (LegalBasis.RELEASE, LegalBasis.OWN_COPY):
        body.append(release_field(draft, "basis_note", helper=t("releases.basis_help")))
    return panel_page(
        title=t("releases.disclose"),
        body=body,
        primary=primary_button("disclosure-save", t("common.save"), save),
    )
