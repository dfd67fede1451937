"""The talk about the limits of confidentiality."""

import flet as ft

from field_app.ui.components.basics import primary_button, quiet
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.drafting import use_draft
from field_app.ui.components.fields import field_error
from field_app.ui.components.panels import panel_page
from field_app.ui.components.submitting import finish
from field_app.ui.components.when import day_of, when_fields
from field_app.ui.context import use_app
from field_app.ui.guard import part
from field_app.ui.i18n import t
from field_app.ui.screens.release_fields import explained_in


@part
def confidentiality_panel(*, case_id: str) -> ft.Control:
    """Draw the talk about the limits of confidentiality."""
    app = use_app()
    draft = use_draft(
        f"confidentiality:{case_id}",
        {"day": "", "language": app.state.language, "understood": ""},
        case_id=case_id,
    )

    async def save() -> None:
        values = draft.values
        await finish(
            app,
            draft,
            lambda: app.workspace.releases.log_confidentiality_talk(
                case_id,
                held_on=day_of(values["day"]),
                language=values["language"],
                understood={"yes": True, "no": False}.get(values["understood"]),
            ),
        )

    return panel_page(
        title=t("releases.talk"),
        body=[
            quiet(t("releases.talk_help")),
            explained_in(draft),
            choice_chips(
                identifier="understood",
                label=t("releases.understood"),
                choices=[Choice("yes", t("safety_plan.yes")), Choice("no", t("releases.again"))],
                chosen=draft["understood"] or None,
                on_choose=lambda value: draft.set(
                    understood="" if draft["understood"] == value else value
                ),
            ),
            when_fields(
                identifier="talk",
                day=draft["day"],
                clock="",
                now=app.workspace.notebook.now(),
                on_day=draft.setter("day"),
            ),
            field_error(draft.problem or None),
        ],
        primary=primary_button("talk-save", t("common.save"), save, icon=ft.Icons.CHECK),
    )
