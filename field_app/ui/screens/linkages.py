"""Needs and the services outside that may answer them, looked at again until they are closed."""

from datetime import date
from enum import StrEnum

import flet as ft

from field_app.domain.records.goal import NeedKind
from field_app.domain.records.plans import LegalKind, Linkage, LinkageState, TreatmentKind
from field_app.ui import tokens
from field_app.ui.components.basics import card, primary_button, quiet, secondary_button
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.fields import date_field, field_error, text_field
from field_app.ui.components.frame import detail_page
from field_app.ui.components.lists import empty_state
from field_app.ui.components.panels import panel_page
from field_app.ui.components.routed import routed_pane
from field_app.ui.components.states import Tone, state_chip
from field_app.ui.components.submitting import finish
from field_app.ui.components.when import day_of
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator

TREATED = (NeedKind.MENTAL_HEALTH, NeedKind.SUBSTANCE_USE)
TONES = {
    LinkageState.CONNECTED: Tone.DONE,
    LinkageState.REFERRED: Tone.WAITING,
    LinkageState.WAITING: Tone.WAITING,
}


@routed_pane("case_id")
def linkages_screen(*, case_id: str) -> ft.Control:
    """Draw the links of the participant of the route."""
    app = use_app()
    found: list[Linkage] = ft.use_memo(
        lambda: app.workspace.linkages.of_case(case_id), [case_id, app.state.revision]
    )
    today = app.workspace.notebook.today()
    ordered = sorted(found, key=lambda one: one.state is LinkageState.CLOSED)
    body: list[ft.Control] = [quiet(t("linkages.lead"))]
    body += [_linkage(app, one, today) for one in ordered]
    if not found:
        body.append(
            empty_state(
                icon=ft.Icons.HUB_OUTLINED,
                title=t("linkages.none_title"),
                words=t("linkages.none"),
            )
        )
    return detail_page(
        title=t("linkages.title"),
        back_to=f"/caseload/{case_id}",
        body=body,
        primary=primary_button(
            "add-linkage",
            t("linkages.add"),
            lambda: app.open_panel("linkage", case_id=case_id),
            icon=ft.Icons.ADD,
        ),
    )


def _kinds(linkage: Linkage) -> str:
    return " · ".join(
        translator().word(word)
        for word in (linkage.need, linkage.legal, linkage.treatment)
        if word is not None
    )


def _linkage(app: Controller, linkage: Linkage, today: date) -> ft.Control:
    speak = translator()
    lines: list[ft.Control] = [
        ft.Row(
            wrap=True,
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            controls=[
                ft.Text(
                    linkage.provider or speak.word(linkage.need),
                    theme_style=ft.TextThemeStyle.TITLE_MEDIUM,
                ),
                state_chip(TONES.get(linkage.state, Tone.PLAIN), speak.word(linkage.state)),
            ],
        ),
        quiet(_kinds(linkage)),
    ]
    look = linkage.follow_up_on
    if look is not None and linkage.state is not LinkageState.CLOSED:
        tone = Tone.SOON if look <= today else Tone.PLAIN
        words = t("linkages.look_again", day=speak.date(look))
        lines.append(ft.Row(controls=[state_chip(tone, words)]))
    for seen in linkage.follow_ups[-3:]:
        day = speak.date(seen.on) if seen.on else ""
        lines.append(quiet(" · ".join(w for w in (day, seen.note) if w), size=tokens.CAPTION))
    if linkage.state is not LinkageState.CLOSED:
        lines.append(
            ft.Row(
                wrap=True,
                controls=[
                    secondary_button(
                        f"follow-{linkage.record_id}",
                        t("linkages.follow_up"),
                        lambda: app.open_panel(
                            "follow-up", case_id=linkage.case_id, linkage_id=linkage.record_id
                        ),
                        icon=ft.Icons.UPDATE,
                    )
                ],
            )
        )
    return card(*lines, identifier=f"linkage-{linkage.record_id}")


def _one(draft: FormDraft, name: str, label: str, kind: type[StrEnum]) -> ft.Control:
    """Return chips of which one, or none, is chosen."""
    return choice_chips(
        identifier=f"linkage-{name}",
        label=label,
        choices=[Choice(word.value, translator().word(word)) for word in kind],
        chosen=draft[name] or None,
        on_choose=lambda value: draft.set(**{name: "" if draft[name] == value else value}),
    )


def _look_again(app: Controller, draft: FormDraft) -> ft.Control:
    return ft.Row(
        wrap=True,
        controls=[
            date_field(
                identifier="linkage-look",
                label=t("linkages.when"),
                value=day_of(draft["look"]),
                first=app.workspace.notebook.today(),
                on_change=lambda day: draft.set(look=day.isoformat()),
            )
        ],
    )


@part
def linkage_panel(*, case_id: str) -> ft.Control:
    """Draw the form of a new link."""
    app = use_app()
    draft = use_draft(
        f"linkage:{case_id}",
        {
            "need": "",
            "legal": "",
            "treatment": "",
            "provider": "",
            "state": LinkageState.WANTED.value,
            "look": "",
        },
        case_id=case_id,
    )

    async def save() -> None:
        values = draft.values
        if not values["need"]:
            draft.refuse("need", t("linkages.need_needed"))
            return
        need = NeedKind(values["need"])
        is_legal = need is NeedKind.LEGAL_ADVOCACY and values["legal"]
        is_treated = need in TREATED and values["treatment"]
        linkage = Linkage(
            case_id=case_id,
            need=need,
            legal=LegalKind(values["legal"]) if is_legal else None,
            treatment=TreatmentKind(values["treatment"]) if is_treated else None,
            provider=values["provider"].strip(),
            state=LinkageState(values["state"] or LinkageState.WANTED),
            follow_up_on=day_of(values["look"]),
        )
        await finish(app, draft, lambda: app.workspace.linkages.add(linkage))

    body: list[ft.Control] = [
        _one(draft, "need", t("plans.need"), NeedKind),
        field_error(draft.error_of("need")),
    ]
    if draft["need"] == NeedKind.LEGAL_ADVOCACY:
        body.append(_one(draft, "legal", t("linkages.legal"), LegalKind))
    if draft["need"] in TREATED:
        body.append(_one(draft, "treatment", t("linkages.treatment"), TreatmentKind))
    body += [
        text_field(
            identifier="linkage-provider",
            label=t("linkages.provider"),
            value=draft["provider"],
            on_change=draft.setter("provider"),
        ),
        _one(draft, "state", t("linkages.state"), LinkageState),
        _look_again(app, draft),
        field_error(draft.other_error),
    ]
    return panel_page(
        title=t("linkages.add"),
        body=body,
        primary=primary_button("linkage-save", t("common.save"), save),
    )


@part
def follow_up_panel(*, case_id: str, linkage_id: str) -> ft.Control:
    """Draw one look at how a link is going."""
    app = use_app()
    linkages = app.workspace.linkages
    found = ft.use_memo(lambda: linkages.of_case(case_id), [case_id, app.state.revision])
    linkage = next((one for one in found if one.record_id == linkage_id), None)
    draft = use_draft(
        f"follow-up:{case_id}/{linkage_id}",
        {"state": linkage.state.value if linkage else "", "note": "", "look": ""},
        case_id=case_id,
    )
    if linkage is None:
        return panel_page(title=t("linkages.follow_up"), body=[quiet(t("linkages.gone"))])
    before = linkage.state

    async def save() -> None:
        values = draft.values
        await finish(
            app,
            draft,
            lambda: linkages.follow_up(
                linkage_id,
                LinkageState(values["state"] or before),
                note=values["note"],
                follow_up_on=day_of(values["look"]),
            ),
        )

    return panel_page(
        title=t("linkages.follow_up"),
        body=[
            quiet(" · ".join(word for word in (linkage.provider, _kinds(linkage)) if word)),
            _one(draft, "state", t("linkages.state"), LinkageState),
            text_field(
                identifier="follow-note",
                label=t("linkages.note"),
                value=draft["note"],
                on_change=draft.setter("note"),
                lines=2,
            ),
            _look_again(app, draft),
            field_error(draft.problem or None),
        ],
        primary=primary_button("follow-save", t("common.save"), save),
    )
