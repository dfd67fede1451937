"""Who was told that a youth is missing: one tap notes it as now, a tap on the line says how.

The list is the law's; most of it is the county's duty, and the advocate only writes down what is
known of it.
"""

from dataclasses import replace
from datetime import datetime

import flet as ft

from field_app.domain.records.items import find_item
from field_app.domain.records.missing import (
    WHO_IS_TOLD,
    PersonTold,
    Telling,
    ToldRole,
    not_told_yet,
)
from field_app.domain.records.service import MissingEpisode
from field_app.domain.vocabulary import Channel
from field_app.ui.components.basics import (
    icon_action,
    primary_button,
    quiet,
    secondary_button,
    section_header,
    text_action,
)
from field_app.ui.components.draft_choices import one_of
from field_app.ui.components.drafting import use_draft
from field_app.ui.components.field_words import local, moment_words
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.panels import panel_page
from field_app.ui.components.submitting import finish
from field_app.ui.components.when import moment_of, when_fields
from field_app.ui.components.writing import write
from field_app.ui.components.written_lines import written_line
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator

LISTED = tuple(telling.role for telling in WHO_IS_TOLD)
OTHERS = tuple(role for role in ToldRole if role not in LISTED)


@part
def missing_told_panel(*, case_id: str, told: str) -> ft.Control:
    """Draw the list of an episode, or the form of one person.

    `told` is the episode's id; an item id after a stroke opens that person, a role somebody new.
    """
    app = use_app()
    episode_id, _, place = told.partition("/")
    episodes = ft.use_memo(
        lambda: app.workspace.missing.of_case(case_id), [case_id, app.state.revision]
    )
    episode = next((e for e in episodes if e.record_id == episode_id), None)
    if episode is None:
        return panel_page(title=t("missing.told_title"), body=[quiet(t("missing.episode_gone"))])
    if not place:
        return _list(app, episode)
    form: ft.Control = _person(key=place, episode=episode, place=place)
    return form


def told_summary(episode: MissingEpisode) -> str:
    """Return in one line who is still to be told, or that everybody knows."""
    waiting = [translator().word(telling.role) for telling in not_told_yet(episode.told)]
    return t("missing.not_told", who=", ".join(waiting)) if waiting else t("missing.all_told")


def told_button(app: Controller, episode: MissingEpisode) -> ft.Control:
    """Return the way to the list of an episode."""
    return secondary_button(
        f"told-{episode.record_id}",
        t("missing.told_title"),
        lambda: open_told(app, episode),
        icon=ft.Icons.CAMPAIGN_OUTLINED,
    )


def open_told(app: Controller, episode: MissingEpisode, place: str = "") -> None:
    """Open the list of who was told, or the form of one line of it."""
    told = f"{episode.record_id}/{place}" if place else episode.record_id
    app.open_panel("missing-told", case_id=episode.case_id, told=told)


def _list(app: Controller, episode: MissingEpisode) -> ft.Control:
    lines: list[ft.Control] = []
    for telling in WHO_IS_TOLD:
        people = [one for one in episode.told if one.role is telling.role]
        lines += [_known(app, episode, one) for one in people]
        if not people:
            lines.append(_waiting(app, episode, telling))
    others = [one for one in episode.told if one.role not in LISTED]
    if others:
        lines.append(section_header(t("missing.others_told")))
        lines += [_known(app, episode, one) for one in others]
    return panel_page(
        title=t("missing.told_title"),
        body=[
            quiet(_about(app, episode)),
            quiet(t("missing.told_help")),
            *_from_a_file(episode),
            *lines,
            ft.Row(
                wrap=True,
                controls=[
                    secondary_button(
                        "told-other",
                        t("missing.somebody_else"),
                        lambda: open_told(app, episode, ToldRole.OTHER.value),
                        icon=ft.Icons.PERSON_ADD_ALT,
                    )
                ],
            ),
        ],
    )


def _from_a_file(episode: MissingEpisode) -> list[ft.Control]:
    """Return the words of an import file on who was told, which name no day."""
    words = ", ".join(episode.reported_to)
    return [quiet(t("missing.noted_before", who=words))] if words else []


def _about(app: Controller, episode: MissingEpisode) -> str:
    alias: str = app.workspace.caseload.aliases().get(episode.case_id, "")
    if episode.missing_from is None:
        return alias
    day = translator().date(episode.missing_from)
    return f"{alias} · {t('missing.since_day', day=day)}"


def _known(app: Controller, episode: MissingEpisode, person: PersonTold) -> ft.Control:
    speak, today = translator(), app.workspace.notebook.today()
    notes = [
        moment_words(person.told_at, today) if person.told_at else "",
        speak.word(person.how) if person.how else "",
        t("missing.number", number=person.reference) if person.reference else "",
    ]
    return written_line(
        identifier=f"knows-{person.item_id}",
        words=" · ".join(words for words in (speak.word(person.role), person.name) if words),
        note=" · ".join(note for note in notes if note),
        icon=ft.Icons.CHECK_CIRCLE,
        on_open=lambda: open_told(app, episode, person.item_id),
    )


def _waiting(app: Controller, episode: MissingEpisode, telling: Telling) -> ft.Control:
    role = translator().word(telling.role)
    missing = app.workspace.missing
    person = PersonTold(role=telling.role)
    return written_line(
        identifier=f"tell-{telling.role.value}",
        words=role,
        note=_duty(telling),
        icon=ft.Icons.RADIO_BUTTON_UNCHECKED,
        on_open=lambda: open_told(app, episode, telling.role.value),
        trailing=icon_action(
            f"told-now-{telling.role.value}",
            ft.Icons.ADD_TASK,
            t("missing.told_now", who=role),
            lambda: write(
                app,
                lambda: missing.put_told(episode.record_id, person),
                undo=lambda _: missing.remove_told(episode.record_id, person.item_id),
            ),
            color=ft.Colors.PRIMARY,
        ),
    )


def _duty(telling: Telling) -> str:
    if telling.is_ours:
        return t("missing.ours")
    if telling.within_hours is None:
        return t("missing.theirs")
    return t("missing.theirs_within", hours=telling.within_hours)


@part
def _person(*, episode: MissingEpisode, place: str) -> ft.Control:
    app = use_app()
    missing, now = app.workspace.missing, app.workspace.notebook.now()
    roles = {role.value: role for role in ToldRole}
    known = find_item(episode.told, place)
    base = known or PersonTold(role=roles.get(place, ToldRole.OTHER))
    at = local(base.told_at) if base.told_at else None
    day, clock = (at.date().isoformat(), f"{at:%H:%M}") if at else ("", "")
    draft = use_draft(
        f"missing-told:{episode.case_id}/{episode.record_id}/{place}",
        {
            "role": base.role.value,
            "name": base.name,
            "how": base.how.value if base.how else "",
            "reference": base.reference,
            "day": day,
            "clock": clock,
        },
        case_id=episode.case_id,
    )
    title = t("missing.told_title")
    if known is None and place not in roles:
        return panel_page(title=title, body=[quiet(t("missing.line_gone"))])

    async def save() -> None:
        values = dict(draft.values)

        def put() -> MissingEpisode:
            saved: MissingEpisode = missing.put_told(
                episode.record_id,
                replace(
                    base,
                    role=ToldRole(values["role"] or ToldRole.OTHER.value),
                    name=values["name"],
                    how=Channel(values["how"]) if values["how"] else None,
                    reference=values["reference"],
                    told_at=_told_at(base.told_at, values, (day, clock), now),
                ),
            )
            return saved

        if await finish(app, draft, put):
            open_told(app, episode)

    async def remove() -> None:
        open_told(app, episode)
        await write(
            app,
            lambda: missing.remove_told(episode.record_id, base.item_id),
            undo=lambda _: missing.put_told(episode.record_id, base),
        )

    body: list[ft.Control] = [quiet(_about(app, episode))]
    if base.role in OTHERS:
        body.append(one_of(draft, "role", t("missing.who"), OTHERS))
    body += [
        text_field(
            identifier="told-name",
            label=t("missing.name"),
            value=draft["name"],
            on_change=draft.setter("name"),
        ),
        one_of(draft, "how", t("missing.how"), Channel),
        when_fields(
            identifier="told",
            day=draft["day"],
            clock=draft["clock"],
            now=now,
            on_day=draft.setter("day"),
            on_clock=draft.setter("clock"),
        ),
        text_field(
            identifier="told-number",
            label=t("missing.reference"),
            helper=t("missing.reference_help"),
            value=draft["reference"],
            on_change=draft.setter("reference"),
        ),
        field_error(draft.problem or None),
    ]
    if known is not None:
        body.append(text_action("told-remove", t("missing.remove_told"), remove))
    return panel_page(
        title=title if base.role in OTHERS else translator().word(base.role),
        body=body,
        primary=primary_button("told-save", t("common.save"), save, icon=ft.Icons.CHECK),
    )


def _told_at(
    before: datetime | None, values: dict[str, str], shown: tuple[str, str], now: datetime
) -> datetime | None:
    """Return the moment of the form; a time that was left alone keeps its seconds."""
    if (values["day"], values["clock"]) == shown:
        return before
    return moment_of(values["day"], values["clock"], now)
