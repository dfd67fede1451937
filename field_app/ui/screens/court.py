"""Support around a hearing, new or changed. There is no place for what was testified: it could be
demanded.
"""

from dataclasses import replace
from typing import Any

import flet as ft

from field_app.domain.records.gatherings import (
    CourtHelp,
    CourtProgram,
    CourtSupport,
    HearingKind,
)
from field_app.ui.components.basics import primary_button, quiet
from field_app.ui.components.draft_choices import answer_of, one_of, some_of, words_of, yes_no
from field_app.ui.components.drafting import use_draft
from field_app.ui.components.fields import date_field, field_error
from field_app.ui.components.panels import panel_page
from field_app.ui.components.submitting import finish
from field_app.ui.components.when import day_of, next_day_field
from field_app.ui.context import use_app
from field_app.ui.guard import part
from field_app.ui.i18n import t


@part
def court_panel(*, case_id: str, record_id: str = "") -> ft.Control:
    """Draw the support around one hearing; `record_id` is the one to change."""
    app = use_app()
    court = app.workspace.court
    found = ft.use_memo(lambda: court.of_case(case_id), [case_id, app.state.revision])
    known = next((one for one in found if one.record_id == record_id), None)
    base = known or CourtSupport(case_id=case_id)
    about = f"{case_id}/{record_id}" if record_id else case_id
    draft = use_draft(f"court:{about}", _values(base, is_new=known is None), case_id=case_id)
    today = app.workspace.notebook.today()
    if record_id and known is None:
        return panel_page(title=t("court.title"), body=[quiet(t("meeting.gone"))])

    async def save() -> None:
        if not draft["hearing"]:
            draft.refuse("hearing", t("court.hearing_needed"))
            return
        values = dict(draft.values)
        await finish(app, draft, lambda: court.save(_filled_in(base, values)))

    return panel_page(
        title=t("court.title"),
        body=[
            quiet(app.workspace.caseload.aliases().get(case_id, "")),
            quiet(t("court.help")),
            one_of(draft, "hearing", t("court.hearing"), HearingKind),
            field_error(draft.error_of("hearing")),
            some_of(draft, "help_given", t("court.given"), CourtHelp),
            yes_no(draft, "testifies", t("court.testifies")),
            one_of(draft, "program", t("court.program"), CourtProgram),
            ft.Row(
                wrap=True,
                controls=[
                    date_field(
                        key="day",
                        identifier="court-day",
                        label=t("court.day"),
                        value=day_of(draft["day"]) or today,
                        on_change=lambda day: draft.set(day=day.isoformat()),
                    ),
                    *next_day_field(draft, "next_on", t("court.next_on"), first=today),
                ],
            ),
            field_error(draft.other_error),
        ],
        primary=primary_button("court-save", t("common.save"), save, icon=ft.Icons.CHECK),
    )


def _values(support: CourtSupport, *, is_new: bool) -> dict[str, Any]:
    return {
        "hearing": "" if is_new else support.hearing.value,
        "program": support.program.value if support.program else "",
        "testifies": words_of(support.testifies),
        "help_given": [one.value for one in support.help_given],
        "day": support.hearing_on.isoformat() if support.hearing_on else "",
        "next_on": support.next_hearing_on.isoformat() if support.next_hearing_on else "",
    }


def _filled_in(base: CourtSupport, values: dict[str, Any]) -> CourtSupport:
    return replace(
        base,
        hearing_on=day_of(values["day"]),
        hearing=HearingKind(values["hearing"]),
        program=CourtProgram(values["program"]) if values["program"] else None,
        testifies=answer_of(values["testifies"]),
        help_given=tuple(CourtHelp(one) for one in values["help_given"]),
        next_hearing_on=day_of(values["next_on"]),
    )
