"""A youth is missing: from when, and what matters for the next contact. No story is required.

Who was told is asked next, while it is known.
"""

import flet as ft

from field_app.domain.records.service import MissingEpisode
from field_app.ui.components.basics import primary_button, quiet
from field_app.ui.components.drafting import use_draft
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.panels import panel_page
from field_app.ui.components.submitting import finish
from field_app.ui.components.when import day_of, when_fields
from field_app.ui.components.writing import write
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t
from field_app.ui.screens.missing_told import open_told


@part
def missing_panel(*, case_id: str) -> ft.Control:
    """Draw the start of a missing episode."""
    app = use_app()
    draft = use_draft(f"missing:{case_id}", {"day": "", "note": ""}, case_id=case_id)
    missing = app.workspace.missing

    async def save() -> None:
        values = draft.values
        begun: list[MissingEpisode] = []

        def begin() -> MissingEpisode:
            day = day_of(values["day"])
            begun.append(missing.begin(case_id, missing_from=day, note=values["note"]))
            return begun[0]

        if await finish(app, draft, begin, undo=lambda e: missing.take_back(e.record_id)):
            open_told(app, begun[0])

    return panel_page(
        title=t("missing.title"),
        body=[
            quiet(t("missing.help")),
            when_fields(
                identifier="missing",
                label=t("missing.since"),
                day=draft["day"],
                clock="",
                now=app.workspace.notebook.now(),
                on_day=draft.setter("day"),
            ),
            text_field(
                identifier="missing-note",
                label=t("missing.note"),
                helper=t("missing.note_help"),
                value=draft["note"],
                on_change=draft.setter("note"),
                lines=2,
            ),
            field_error(draft.problem or None),
        ],
        primary=primary_button("missing-save", t("missing.save"), save),
    )


async def came_back(app: Controller, case_id: str) -> None:
    """Note that the youth is back today: one tap, with an undo."""
    missing = app.workspace.missing
    await write(
        app,
        lambda: missing.came_back(case_id),
        undo=lambda episode: missing.still_missing(episode.record_id),
    )
