"""What a participant tells about themselves, and where they lived. Every field may stay empty."""

from dataclasses import replace
from typing import Any

import flet as ft

from field_app.domain.records.first_response import PlacementType
from field_app.domain.records.profile import (
    Circumstance,
    EntryPath,
    IdentifiedBy,
    Jurisdiction,
    PlacementPeriod,
    Profile,
)
from field_app.domain.vocabulary import ParticipantKind
from field_app.services.profiles import SERVICE_PLANNING_AREAS
from field_app.ui.components.basics import primary_button, quiet, secondary_button, section_header
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.draft_choices import answer_of, one_of, some_of, words_of, yes_no
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.folds import fold
from field_app.ui.components.lists import menu_line
from field_app.ui.components.panels import panel_page
from field_app.ui.components.submitting import finish
from field_app.ui.components.when import day_of, past_day_field
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator

OWN_WORDS = ("gender", "orientation", "culture")


@part
def profile_panel(*, case_id: str) -> ft.Control:
    """Draw the profile: own words first, the county's questions folded."""
    app = use_app()
    profiles = app.workspace.profiles
    known: Profile = ft.use_memo(lambda: profiles.of_case(case_id), [case_id, app.state.revision])
    draft = use_draft(f"profile:{case_id}", _values(known), case_id=case_id)
    is_open, set_open = ft.use_state(False)
    person = app.workspace.caseload.find(case_id)
    is_youth = person is not None and person.participant_kind is ParticipantKind.YOUTH

    async def save() -> None:
        values = dict(draft.values)
        await finish(app, draft, lambda: profiles.save(_filled_in(known, values)))

    body: list[ft.Control] = [
        quiet(person.alias if person is not None else ""),
        quiet(t("profile.lead")),
        *(
            text_field(
                identifier=f"profile-{name}",
                label=t(f"profile.{name}"),
                value=draft[name],
                on_change=draft.setter(name),
            )
            for name in OWN_WORDS
        ),
        yes_no(draft, "needs_interpreter", t("profile.needs_interpreter")),
    ]
    if is_youth:
        body.append(
            fold(
                identifier="profile-more",
                title=t("profile.more"),
                words=t("profile.more_help"),
                is_open=is_open,
                on_toggle=lambda: set_open(not is_open),
                controls=_countys_questions(draft),
            )
        )
    body.append(field_error(draft.problem or None))
    return panel_page(
        title=t("profile.title"),
        body=body,
        primary=primary_button("profile-save", t("common.save"), save, icon=ft.Icons.CHECK),
    )


def _countys_questions(draft: FormDraft) -> list[ft.Control]:
    area = "service_planning_area"
    return [
        one_of(draft, "entry_path", t("profile.entry_path"), EntryPath),
        one_of(draft, "jurisdiction", t("profile.jurisdiction"), Jurisdiction),
        one_of(draft, "identified_by", t("profile.identified_by"), IdentifiedBy),
        choice_chips(
            identifier="area",
            label=t("profile.service_planning_area"),
            choices=[Choice(str(number), str(number)) for number in SERVICE_PLANNING_AREAS],
            chosen=draft[area],
            on_choose=lambda value: draft.set(**{area: "" if value == draft[area] else value}),
        ),
        yes_no(draft, "is_parenting", t("profile.is_parenting")),
        yes_no(draft, "prior_child_welfare", t("profile.prior_child_welfare")),
        some_of(draft, "circumstances", t("profile.circumstances"), Circumstance),
    ]


def _values(known: Profile) -> dict[str, Any]:
    area = known.service_planning_area
    return {
        **{name: getattr(known, name) for name in OWN_WORDS},
        "needs_interpreter": words_of(known.needs_interpreter),
        "entry_path": known.entry_path.value if known.entry_path else "",
        "jurisdiction": known.jurisdiction.value if known.jurisdiction else "",
        "identified_by": known.identified_by.value if known.identified_by else "",
        "service_planning_area": "" if area is None else str(area),
        "is_parenting": words_of(known.is_parenting),
        "prior_child_welfare": words_of(known.prior_child_welfare),
        "circumstances": [one.value for one in known.circumstances],
    }


def _filled_in(known: Profile, values: dict[str, Any]) -> Profile:
    area = values["service_planning_area"]
    return replace(
        known,
        **{name: values[name].strip() for name in OWN_WORDS},
        needs_interpreter=answer_of(values["needs_interpreter"]),
        entry_path=EntryPath(values["entry_path"]) if values["entry_path"] else None,
        jurisdiction=Jurisdiction(values["jurisdiction"]) if values["jurisdiction"] else None,
        identified_by=IdentifiedBy(values["identified_by"]) if values["identified_by"] else None,
        service_planning_area=int(area) if area else None,
        is_parenting=answer_of(values["is_parenting"]),
        prior_child_welfare=answer_of(values["prior_child_welfare"]),
        circumstances=tuple(Circumstance(one) for one in values["circumstances"]),
    )


def profile_part(app: Controller, case_id: str) -> list[ft.Control]:
    """Return what is known on a participant's page, and the way to write more."""
    known: Profile = app.workspace.profiles.of_case(case_id)
    lines = [
        t("person.detail", field=t(f"profile.{name}"), value=words)
        for name, words in _said(known)
        if words
    ]
    return [
        section_header(t("profile.title")),
        *(quiet(line) for line in lines or [t("profile.none")]),
        secondary_button(
            "edit-profile",
            t("profile.edit"),
            lambda: app.open_panel("profile", case_id=case_id),
            icon=ft.Icons.EDIT,
        ),
    ]


def _said(known: Profile) -> list[tuple[str, str]]:
    speak = translator()
    words = {
        name: speak.word(word)
        for name in ("entry_path", "jurisdiction", "identified_by")
        if (word := getattr(known, name)) is not None
    }
    answers = {
        name: t(f"answer.{words_of(answer)}")
        for name in ("needs_interpreter", "is_parenting", "prior_child_welfare")
        if (answer := getattr(known, name)) is not None
    }
    area = known.service_planning_area
    return [
        *((name, getattr(known, name)) for name in OWN_WORDS),
        *answers.items(),
        *words.items(),
        ("service_planning_area", "" if area is None else str(area)),
        ("circumstances", ", ".join(speak.word(one) for one in known.circumstances)),
    ]


# --- where a youth lived ----------------------------------------------------------------------


def placements_part(app: Controller, case_id: str) -> list[ft.Control]:
    """Return where a youth lives and lived, the latest first: type, county and state only."""
    found: list[PlacementPeriod] = app.workspace.profiles.placements(case_id)
    return [
        section_header(t("placement.title")),
        *(_placement_line(app, one) for one in reversed(found)),
        *([] if found else [quiet(t("placement.none"))]),
        secondary_button(
            "add-placement",
            t("placement.add"),
            lambda: app.open_panel("placement", case_id=case_id),
            icon=ft.Icons.ADD_HOME_OUTLINED,
        ),
    ]


def _placement_line(app: Controller, one: PlacementPeriod) -> ft.Control:
    speak = translator()
    since = speak.date(one.starts_on) if one.starts_on else "?"
    until = speak.date(one.ends_on) if one.ends_on else t("services.until_now")
    place = ", ".join(words for words in (one.county, one.state) if words)
    when = t("services.from_to", since=since, until=until)
    return menu_line(
        identifier=f"placement-{one.record_id}",
        icon=ft.Icons.HOUSE_OUTLINED,
        title=speak.word(one.placement),
        words=" · ".join(words for words in (when, place) if words),
        on_click=lambda: app.open_panel("placement", case_id=one.case_id, record_id=one.record_id),
    )


@part
def placement_panel(*, case_id: str, record_id: str = "") -> ft.Control:
    """Draw where the youth lives from a day on; the place before ends the day before."""
    app = use_app()
    profiles = app.workspace.profiles
    found = ft.use_memo(lambda: profiles.placements(case_id), [case_id, app.state.revision])
    known = next((one for one in found if one.record_id == record_id), None)
    base = known or PlacementPeriod(case_id=case_id)
    about = f"{case_id}/{record_id}" if record_id else case_id
    draft = use_draft(
        f"placement:{about}",
        {
            "placement_type": known.placement.value if known else "",
            "county": base.county,
            "state": base.state,
            "starts_on": base.starts_on.isoformat() if base.starts_on else "",
            "ends_on": base.ends_on.isoformat() if base.ends_on else "",
        },
        case_id=case_id,
    )
    today = app.workspace.notebook.today()
    if record_id and known is None:
        return panel_page(title=t("placement.title"), body=[quiet(t("meeting.gone"))])

    async def save() -> None:
        if not draft["placement_type"]:
            draft.refuse("placement_type", t("placement.type_needed"))
            return
        values = dict(draft.values)
        changed = replace(
            base,
            placement=PlacementType(values["placement_type"]),
            county=values["county"].strip(),
            state=values["state"].strip(),
            starts_on=day_of(values["starts_on"]),
            ends_on=day_of(values["ends_on"]),
        )
        await finish(app, draft, lambda: profiles.add_placement(changed))

    return panel_page(
        title=t("placement.title"),
        body=[
            quiet(app.workspace.caseload.aliases().get(case_id, "")),
            quiet(t("placement.help")),
            one_of(draft, "placement_type", t("placement.type"), PlacementType),
            field_error(draft.error_of("placement_type")),
            text_field(
                identifier="placement-county",
                label=t("placement.county"),
                value=draft["county"],
                on_change=draft.setter("county"),
            ),
            text_field(
                identifier="placement-state",
                label=t("placement.state"),
                value=draft["state"],
                on_change=draft.setter("state"),
            ),
            ft.Row(
                wrap=True,
                controls=[
                    *past_day_field(draft, "starts_on", t("placement.starts_on"), last=today),
                    *past_day_field(draft, "ends_on", t("placement.ends_on"), last=today),
                ],
            ),
            field_error(draft.error_of("ends_on")),
            field_error(draft.other_error),
        ],
        primary=primary_button("placement-save", t("common.save"), save, icon=ft.Icons.CHECK),
    )
