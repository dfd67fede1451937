"""How the field's things are said and drawn: a moment, a contact, a service, a person."""

from collections.abc import Iterable
from datetime import date, datetime

import flet as ft

from field_app.domain.records.contact import COUNTY_ZONE, Contact
from field_app.domain.records.participant import Participant, age_on
from field_app.domain.vocabulary import Channel, Outcome, ParticipantKind, Service
from field_app.locales.catalog import LANGUAGES
from field_app.ui.components.states import Tone
from field_app.ui.i18n import t, translator

CHANNEL_ICONS: dict[Channel, ft.IconData] = {
    Channel.FACE_TO_FACE: ft.Icons.PEOPLE_ALT_OUTLINED,
    Channel.PHONE: ft.Icons.PHONE_OUTLINED,
    Channel.TEXT: ft.Icons.SMS_OUTLINED,
    Channel.SOCIAL_MEDIA: ft.Icons.FORUM_OUTLINED,
    Channel.VIDEO: ft.Icons.VIDEOCAM_OUTLINED,
    Channel.EMAIL: ft.Icons.MAIL_OUTLINED,
}

PERSON_ICONS: dict[ParticipantKind, ft.IconData] = {
    ParticipantKind.YOUTH: ft.Icons.PERSON_OUTLINE,
    ParticipantKind.PARENT: ft.Icons.FAMILY_RESTROOM,
}


def local(moment: datetime) -> datetime:
    """Return a moment in the county's time, the clock of every duty."""
    return moment.astimezone(COUNTY_ZONE)


def day_words(day: date, today: date) -> str:
    """Return a day as people say it: today, yesterday, or its date."""
    if day == today:
        return t("when.today")
    if (today - day).days == 1:
        return t("when.yesterday")
    if (day - today).days == 1:
        return t("when.tomorrow")
    return translator().date(day, weekday=True)


def moment_words(moment: datetime, today: date) -> str:
    """Return a moment as day and county time."""
    here = local(moment)
    return t("when.day_time", day=day_words(here.date(), today), time=translator().time(here))


def contact_words(contact: Contact) -> str:
    """Return how a contact was made and what became of it: "Phone · No answer"."""
    speak = translator()
    return f"{speak.word(contact.channel)} · {speak.word(contact.outcome)}"


def contact_state(contact: Contact) -> tuple[Tone, str] | None:
    """Return the chip of an attempt; a contact that reached the person needs none."""
    if contact.is_reached:
        return None
    return (Tone.PLAIN, t("contact.attempt"))


def contact_when(contact: Contact, today: date) -> str:
    """Return when a contact was, how long, and how late it was written down."""
    parts = [moment_words(contact.at, today)]
    if contact.minutes:
        parts.append(t("contact.minutes", count=contact.minutes))
    if contact.place_type is not None:
        parts.append(translator().word(contact.place_type))
    if contact.entry_lag.days >= 1:
        parts.append(t("contact.written_later", count=contact.entry_lag.days))
    return " · ".join(parts)


def service_words(services: Iterable[Service]) -> str:
    """Return the names of services."""
    return ", ".join(translator().word(service) for service in services)


def person_words(participant: Participant, today: date) -> str:
    """Return who somebody is in one line: pronouns, age, language; a parent's relation."""
    parts: list[str] = []
    if participant.participant_kind is ParticipantKind.PARENT:
        parts.append(participant.relationship or t("participant_kind.parent"))
    if participant.pronouns:
        parts.append(participant.pronouns)
    if participant.birth_date is not None:
        parts.append(t("person.years", count=age_on(participant.birth_date, today)))
    if participant.language:
        parts.append(language_words(participant.language))
    return " · ".join(parts)


def language_words(language: str) -> str:
    """Return the name of a spoken language, in that language where the app speaks it too."""
    return t(f"language.{language}") if language in LANGUAGES else language


def quiet_words(days: int | None) -> str:
    """Return how long somebody has not been reached."""
    if days is None:
        return t("person.never_reached")
    if days == 0:
        return t("person.reached_today")
    return t("person.reached_days_ago", count=days)


def outcome_icon(outcome: Outcome) -> ft.IconData:
    """Return the icon of what became of a contact."""
    return {
        Outcome.REACHED: ft.Icons.CHECK,
        Outcome.NO_ANSWER: ft.Icons.PHONE_MISSED_OUTLINED,
        Outcome.DECLINED: ft.Icons.DO_NOT_DISTURB_ON_OUTLINED,
        Outcome.CANCELLED: ft.Icons.EVENT_BUSY_OUTLINED,
    }[outcome]
