"""Who belongs to a participant: the safe-contact rule, details, team, linked people, the case."""

import flet as ft

from field_app.domain.records.participant import Participant, TeamMember
from field_app.domain.vocabulary import ParticipantKind
from field_app.services.caseload import ParticipantPage
from field_app.ui.components.basics import quiet, secondary_button, section_header
from field_app.ui.components.field_words import PERSON_ICONS, language_words
from field_app.ui.components.lists import menu_line
from field_app.ui.components.safe_contact import safe_contact_rule
from field_app.ui.controller import Controller
from field_app.ui.i18n import t, translator
from field_app.ui.screens.profile import placements_part, profile_part


def people_part(app: Controller, page: ParticipantPage) -> list[ft.Control]:
    """Return the part of the page about people."""
    person = page.participant
    case_id = person.case_id
    is_youth = person.participant_kind is ParticipantKind.YOUTH
    return [
        section_header(t("safe.title")),
        safe_contact_rule(person),
        secondary_button(
            "edit-safe",
            t("safe.edit"),
            lambda: app.open_panel("safe", case_id=case_id),
            icon=ft.Icons.VERIFIED_USER_OUTLINED,
        ),
        section_header(t("team.title")),
        *(_member(app, member) for member in page.team),
        *([] if page.team else [quiet(t("team.none"))]),
        secondary_button(
            "add-member",
            t("team.add"),
            lambda: app.open_panel("member", case_id=case_id),
            icon=ft.Icons.GROUP_ADD_OUTLINED,
        ),
        *_linked(app, page),
        section_header(t("person.details")),
        *(quiet(words) for words in _details(person)),
        secondary_button(
            "edit-person",
            t("person.edit"),
            lambda: app.open_panel("person", case_id=case_id),
            icon=ft.Icons.EDIT,
        ),
        *profile_part(app, case_id),
        *(placements_part(app, case_id) if is_youth else []),
        *_duties(app, case_id),
        *_case(app, person),
    ]


def _duties(app: Controller, case_id: str) -> list[ft.Control]:
    """Return what the law may ask for: a report, and an answer to a demand for records."""
    return [
        section_header(t("report.section")),
        menu_line(
            identifier="report",
            icon=ft.Icons.FLAG_OUTLINED,
            title=t("report.title"),
            words=t("report.open"),
            on_click=lambda: app.open_panel("report", case_id=case_id),
        ),
        menu_line(
            identifier="demands",
            icon=ft.Icons.GAVEL,
            title=t("demand.title"),
            words=t("demand.open"),
            on_click=lambda: app.navigate(f"/caseload/{case_id}/demands"),
        ),
    ]


def _member(app: Controller, member: TeamMember) -> ft.Control:
    role = translator().word(member.role)
    name = " · ".join(words for words in (member.name, member.organisation) if words)
    reach = " · ".join(words for words in (role, member.phone, member.email) if words)
    return menu_line(
        identifier=f"member-{member.record_id}",
        icon=ft.Icons.BADGE_OUTLINED,
        title=name,
        words=reach,
        on_click=lambda: app.open_panel(
            "member", case_id=member.case_id, record_id=member.record_id
        ),
    )


def _linked(app: Controller, page: ParticipantPage) -> list[ft.Control]:
    person = page.participant
    is_youth = person.participant_kind is ParticipantKind.YOUTH
    lines: list[ft.Control] = [
        section_header(t("person.parents") if is_youth else t("person.youth"))
    ]
    lines += [_link(app, other) for other in page.linked]
    if is_youth and person.is_open:
        lines.append(
            secondary_button(
                "add-parent",
                t("person.add_parent"),
                lambda: app.navigate(f"/caseload/new/parent-of-{person.case_id}"),
                icon=ft.Icons.FAMILY_RESTROOM,
            )
        )
    elif not page.linked:
        lines.append(quiet(t("person.not_linked")))
    return lines


def _link(app: Controller, other: Participant) -> ft.Control:
    return menu_line(
        identifier=f"linked-{other.case_id}",
        icon=PERSON_ICONS[other.participant_kind],
        title=other.alias,
        words=other.relationship,
        on_click=lambda: app.navigate(f"/caseload/{other.case_id}"),
    )


def _details(person: Participant) -> list[str]:
    speak = translator()
    values = {
        "full_name": person.full_name,
        "birth_date": speak.date(person.birth_date) if person.birth_date else "",
        "pronouns": person.pronouns,
        "language": language_words(person.language),
        "county": person.residence_county,
        "classification": t(f"classification.{person.classification}")
        if person.classification
        else "",
        "relationship": person.relationship,
        "phone": person.phone,
    }
    lines = [
        t("person.detail", field=t(f"person.field.{name}"), value=value)
        for name, value in values.items()
        if value
    ]
    return lines or [t("person.no_details")]


def _case(app: Controller, person: Participant) -> list[ft.Control]:
    if person.closed_on is not None:
        return [section_header(t("close_case.case")), quiet(person.close_reason)]
    return [
        section_header(t("close_case.case")),
        menu_line(
            identifier="close-case",
            icon=ft.Icons.INVENTORY_2_OUTLINED,
            title=t("close_case.title"),
            words=t("close_case.help"),
            on_click=lambda: app.open_panel("close", case_id=person.case_id),
        ),
    ]
