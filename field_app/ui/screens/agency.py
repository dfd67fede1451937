"""What the agency sets for everybody: its numbers; and the trainings of its staff."""

import flet as ft

from field_app.domain.records.agency_setting import AgencySetting, SettingName
from field_app.domain.records.staff import TrainingDone, TrainingTopic
from field_app.ui.components.basics import primary_button, quiet, section_header
from field_app.ui.components.draft_choices import one_of
from field_app.ui.components.drafting import use_draft
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.numbers import whole_number
from field_app.ui.components.panels import panel_page
from field_app.ui.components.submitting import finish
from field_app.ui.components.when import day_of, when_fields
from field_app.ui.components.written_lines import written_line
from field_app.ui.context import use_app
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator


@part
def agency_numbers_panel() -> ft.Control:
    """Draw the agency's numbers; an empty field leaves the number as it is."""
    app = use_app()
    agency = app.workspace.agency
    known = ft.use_memo(
        lambda: {name: agency.number(name) for name in SettingName}, [app.state.revision]
    )
    shown = {name: "" if known[name] is None else str(known[name]) for name in SettingName}
    draft = use_draft("agency-numbers", {name.value: shown[name] for name in SettingName})

    async def save() -> None:
        values = dict(draft.values)

        def write() -> list[AgencySetting]:
            typed = {name: whole_number(values[name.value], name.value) for name in SettingName}
            # A number that was left alone keeps its time: backpacks are counted from theirs.
            return [
                agency.set_number(name, number)
                for name, number in typed.items()
                if number is not None and number != known[name]
            ]

        await finish(app, draft, write)

    return panel_page(
        title=t("agency.numbers"),
        body=[
            quiet(t("agency.numbers_help")),
            *(
                text_field(
                    identifier=f"number-{name.value.replace('_', '-')}",
                    label=translator().word(name),
                    value=draft[name.value],
                    on_change=draft.setter(name.value),
                    error=draft.error_of(name.value),
                    keyboard=ft.KeyboardType.NUMBER,
                )
                for name in SettingName
            ),
            field_error(draft.other_error),
        ],
        primary=primary_button("numbers-save", t("common.save"), save, icon=ft.Icons.CHECK),
    )


@part
def trainings_panel(*, staff_id: str) -> ft.Control:
    """Draw somebody's trainings, and the form of the next one (PRA-24, X-01)."""
    app = use_app()
    agency = app.workspace.agency
    done: list[TrainingDone] = ft.use_memo(
        lambda: agency.trainings(staff_id), [staff_id, app.state.revision]
    )
    member = ft.use_memo(lambda: agency.member(staff_id), [staff_id, app.state.revision])
    draft = use_draft(f"training:{staff_id}", {"topic": "", "hours": "", "day": "", "note": ""})

    async def save() -> None:
        if not draft["topic"]:
            draft.refuse("topic", t("agency.topic_needed"))
            return
        values = dict(draft.values)

        def write() -> TrainingDone:
            saved: TrainingDone = agency.log_training(
                staff_id,
                TrainingTopic(values["topic"]),
                hours=whole_number(values["hours"], "hours") or 0,
                done_on=day_of(values["day"]),
                note=values["note"],
            )
            return saved

        await finish(app, draft, write)

    return panel_page(
        title=t("agency.trainings"),
        body=[
            quiet(member.display_name if member is not None else ""),
            quiet(t("agency.trainings_help", count=sum(one.hours for one in done))),
            *(_training(one) for one in done),
            section_header(t("agency.add_training")),
            one_of(draft, "topic", t("agency.topic"), TrainingTopic),
            field_error(draft.error_of("topic")),
            text_field(
                identifier="training-hours",
                label=t("agency.hours"),
                value=draft["hours"],
                on_change=draft.setter("hours"),
                error=draft.error_of("hours"),
                keyboard=ft.KeyboardType.NUMBER,
            ),
            when_fields(
                identifier="training",
                day=draft["day"],
                clock="",
                now=app.workspace.notebook.now(),
                on_day=draft.setter("day"),
            ),
            text_field(
                identifier="training-note",
                label=t("log.note"),
                value=draft["note"],
                on_change=draft.setter("note"),
            ),
            field_error(draft.other_error),
        ],
        primary=primary_button("training-save", t("common.save"), save, icon=ft.Icons.CHECK),
    )


def _training(one: TrainingDone) -> ft.Control:
    speak = translator()
    notes = [
        speak.date(one.done_on) if one.done_on else "",
        t("agency.training_hours", count=one.hours),
        one.note,
    ]
    return written_line(
        identifier=f"training-{one.record_id}",
        words=speak.word(one.topic),
        note=" · ".join(note for note in notes if note),
        icon=ft.Icons.SCHOOL_OUTLINED,
    )
