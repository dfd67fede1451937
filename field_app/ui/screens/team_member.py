"""Somebody who works with a participant: CSW, probation officer, attorney, clinician."""

from dataclasses import replace

import flet as ft

from field_app.domain.records.participant import TeamMember
from field_app.domain.vocabulary import TeamRole
from field_app.ui.components.basics import primary_button, text_action
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.dialogs import use_confirm_dialog
from field_app.ui.components.drafting import use_draft
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.panels import panel_page
from field_app.ui.components.submitting import finish
from field_app.ui.context import use_app
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator

FIELDS = ("name", "organisation", "phone", "email", "note")
KEYBOARDS = {"phone": ft.KeyboardType.PHONE, "email": ft.KeyboardType.EMAIL}


@part
def team_member_panel(*, case_id: str, record_id: str = "") -> ft.Control:
    """Draw the form; without a record id it adds somebody."""
    app = use_app()
    caseload = app.workspace.caseload
    found = ft.use_memo(lambda: caseload.team_member(record_id) if record_id else None, [record_id])
    member: TeamMember = found or TeamMember(case_id=case_id, role=TeamRole.CSW)
    blank = {name: getattr(member, name) for name in FIELDS} | {"role": member.role.value}
    draft = use_draft(f"member:{case_id}/{record_id}", blank, case_id=case_id)
    is_asking, ask = ft.use_state(False)

    async def save() -> None:
        values = draft.values
        changed = replace(
            member,
            role=TeamRole(values["role"]),
            **{name: values[name].strip() for name in FIELDS},
        )
        await finish(app, draft, lambda: caseload.save_team_member(changed))

    async def remove() -> None:
        ask(False)
        await finish(
            app,
            draft,
            lambda: caseload.remove_team_member(record_id),
            undo=lambda _none: caseload.save_team_member(member),
        )

    use_confirm_dialog(
        is_open=is_asking,
        title=t("team.remove"),
        words=t("team.remove_help"),
        confirm=t("team.remove"),
        on_confirm=remove,
        on_cancel=lambda: ask(False),
    )
    fields: list[ft.Control] = [
        text_field(
            identifier=f"member-{name}",
            label=t(f"team.field.{name}"),
            value=draft[name],
            on_change=draft.setter(name),
            error=draft.error_of(name),
            keyboard=KEYBOARDS.get(name, ft.KeyboardType.TEXT),
        )
        for name in FIELDS
    ]
    if found is not None:
        fields.append(text_action("member-remove", t("team.remove"), lambda: ask(True)))
    return panel_page(
        title=t("team.member") if found else t("team.add"),
        body=[
            choice_chips(
                identifier="role",
                label=t("team.role"),
                choices=[Choice(role.value, translator().word(role)) for role in TeamRole],
                chosen=draft["role"],
                on_choose=draft.setter("role"),
            ),
            *fields,
            field_error(draft.other_error),
        ],
        primary=primary_button("member-save", t("common.save"), save),
    )
