"""The form of a release of information, with the youth's mark."""

import flet as ft

from field_app.domain.records.release import DataClass, SignerRole
from field_app.services.releases import ReleaseEntry
from field_app.ui import tokens
from field_app.ui.components.basics import primary_button, quiet
from field_app.ui.components.choices import Choice, choice_chips, toggled
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.drawn_mark import drawing_pad
from field_app.ui.components.fields import date_field, field_error
from field_app.ui.components.panels import panel_page
from field_app.ui.components.submitting import finish
from field_app.ui.components.when import day_of
from field_app.ui.context import use_app
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator
from field_app.ui.screens.release_fields import data_classes, explained_in, release_field


@part
def release_panel(*, case_id: str) -> ft.Control:
    """Draw the form of a release."""
    app = use_app()
    draft = use_draft(
        f"release:{case_id}",
        {
            "recipient": "",
            "purpose": "",
            "classes": [],
            "signer": SignerRole.YOUTH.value,
            "confirmed": [],
            "expires": "",
            "language": app.state.language,
            "initials": "",
            "strokes": [],
        },
        case_id=case_id,
    )

    async def save() -> None:
        values = draft.values
        entry = ReleaseEntry(
            case_id=case_id,
            recipient=values["recipient"],
            purpose=values["purpose"],
            data_classes=tuple(DataClass(word) for word in values["classes"]),
            signer=SignerRole(values["signer"]),
            signer_is_not_abuser="signer_is_not_abuser" in values["confirmed"],
            youth_agrees="youth_agrees" in values["confirmed"],
            expires_on=day_of(values["expires"]),
            initials=values["initials"],
            strokes=tuple(values["strokes"]),
            language=values["language"],
        )
        await finish(app, draft, lambda: app.workspace.releases.sign(entry))

    today = app.workspace.notebook.today()
    body: list[ft.Control] = [
        quiet(t("releases.help")),
        release_field(draft, "recipient", helper=t("releases.recipient_help")),
        release_field(draft, "purpose"),
        data_classes(draft),
        field_error(draft.error_of("data_classes")),
        choice_chips(
            identifier="release-signer",
            label=t("releases.signer"),
            choices=[Choice(s.value, translator().word(s)) for s in SignerRole],
            chosen=draft["signer"],
            on_choose=draft.setter("signer"),
        ),
        _confirmations(draft),
        field_error(draft.error_of("signer_is_not_abuser", "youth_agrees")),
        ft.Row(
            wrap=True,
            controls=[
                date_field(
                    identifier="release-expires",
                    label=t("releases.expires"),
                    value=day_of(draft["expires"]),
                    first=today,
                    on_change=lambda day: draft.set(expires=day.isoformat()),
                )
            ],
        ),
        quiet(t("releases.expires_help"), size=tokens.CAPTION),
        field_error(draft.error_of("expires_on")),
        explained_in(draft),
        release_field(draft, "initials", helper=t("safety_plan.initials_help")),
        drawing_pad(
            key="release-mark",
            identifier="release-mark",
            label=t("mark.or_draw"),
            strokes=draft["strokes"],
            on_change=draft.setter("strokes"),
        ),
        field_error(draft.error_of("mark", "strokes", "")),
    ]
    return panel_page(
        title=t("releases.add"),
        body=body,
        primary=primary_button(
            "release-save", t("releases.sign"), save, icon=ft.Icons.DRAW_OUTLINED
        ),
    )


def _confirmations(draft: FormDraft) -> ft.Control:
    return choice_chips(
        identifier="release-confirm",
        label=t("releases.confirm"),
        choices=[
            Choice(name, t(f"releases.confirmed.{name}"))
            for name in ("youth_agrees", "signer_is_not_abuser")
        ],
        chosen=draft["confirmed"],
        on_choose=lambda value: draft.set(confirmed=toggled(draft["confirmed"], value)),
    )
