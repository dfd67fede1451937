"""Workshops with attendance, meetings about a participant, and support at court."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from field_app.domain.records.date_order import check_date_order
from field_app.domain.records.gatherings import (
    CourtSupport,
    Meeting,
    MeetingDecision,
    MeetingKind,
    PartnerPresent,
    WorkshopAttendance,
    WorkshopKind,
)
from field_app.domain.records.items import with_item, without_item
from field_app.domain.records.record import new_id
from field_app.domain.records.service import FirstResponse
from field_app.domain.vocabulary import ParticipantKind
from field_app.errors import InputError
from field_app.services.lookup import not_in_future, require, require_participant, require_words
from field_app.services.notebook import Notebook
from field_app.store.repositories import device
from field_app.store.repositories.records import Records

MDT_FIELD = {
    MeetingKind.EMERGENCY_MDT: "emergency_mdt_at",
    MeetingKind.INITIAL_MDT: "initial_mdt_at",
}
"""Meetings that close a step of the first response, and the field that says so."""


@dataclass(frozen=True, kw_only=True)
class WorkshopEntry:
    """What is filled in for a workshop or event, once for all who came."""

    workshop_kind: WorkshopKind
    title: str = ""
    held_at: datetime | None = None
    minutes: int | None = None
    facilitators: tuple[str, ...] = ()
    survivor_co_facilitated: bool = False
    note: str = ""


class WorkshopService:
    """Workshops and events."""

    def __init__(self, notebook: Notebook) -> None:
        """Work in an open notebook."""
        self._notebook = notebook

    def log(
        self, attended: Mapping[str, bool], entry: WorkshopEntry, *, form: str | None = None
    ) -> tuple[WorkshopAttendance, ...]:
        """Log a workshop: for each participant's case whether they came. All of it, or none."""
        if not attended:
            raise InputError("Choose at least one participant.", field="attended", code="nobody")
        now = self._notebook.now()
        not_in_future(entry.held_at, now, "held_at")
        event_id = new_id()
        with self._notebook.write() as records:
            saved = []
            for case_id, came in attended.items():
                require_participant(records, case_id)
                saved.append(
                    records.save(
                        WorkshopAttendance(
                            case_id=case_id,
                            event_id=event_id,
                            workshop_kind=entry.workshop_kind,
                            title=entry.title.strip(),
                            held_at=entry.held_at or now,
                            minutes=entry.minutes,
                            attended=came,
                            facilitators=entry.facilitators or (self._notebook.author_id,),
                            survivor_co_facilitated=entry.survivor_co_facilitated,
                            note=entry.note.strip(),
                        )
                    )
                )
            if form is not None:
                device.discard_draft(records.session, form)
        return tuple(saved)

    def set_attended(self, attendance_id: str, *, attended: bool) -> WorkshopAttendance:
        """Correct whether somebody came."""
        with self._notebook.write() as records:
            attendance = require(records, WorkshopAttendance, attendance_id)
            return records.save(replace(attendance, attended=attended))

    def of_case(self, case_id: str) -> list[WorkshopAttendance]:
        """Return a participant's workshops, oldest first."""
        with self._notebook.read() as records:
            found = records.of_case(WorkshopAttendance, case_id)
        return sorted(found, key=lambda one: one.held_at or one.created_at)


class MeetingService:
    """MDT, CFT, case conferences and court meetings of one participant at a time."""

    def __init__(self, notebook: Notebook) -> None:
        """Work in an open notebook."""
        self._notebook = notebook

    def log(self, meeting: Meeting, *, form: str | None = None) -> Meeting:
        """Save a meeting, new or changed; held now unless it says when.

        An initial or emergency MDT closes that step of the running first response in the same
        transaction.

        Raises:
            InputError: The participant is not here, the meeting lies in the future (`next_on` is
                where a coming one belongs), or the next one would lie before it.
        """
        now = self._notebook.now()
        not_in_future(meeting.held_at, now, "held_at")
        with self._notebook.write() as records:
            require_participant(records, meeting.case_id)
            held = replace(
                meeting,
                held_at=meeting.held_at or now,
                youth_voice=meeting.youth_voice.strip(),
            )
            check_date_order(held)
            saved = records.save(held)
            self._close_step(records, saved)
            if form is not None:
                device.discard_draft(records.session, form)
            return saved

    def put_partner(self, meeting_id: str, partner: PartnerPresent) -> Meeting:
        """Add or change somebody who was there."""
        with self._notebook.write() as records:
            meeting = require(records, Meeting, meeting_id)
            return records.save(replace(meeting, partners=with_item(meeting.partners, partner)))

    def remove_partner(self, meeting_id: str, item_id: str) -> Meeting:
        """Take somebody out of the list of those who were there."""
        with self._notebook.write() as records:
            meeting = require(records, Meeting, meeting_id)
            return records.save(replace(meeting, partners=without_item(meeting.partners, item_id)))

    def put_decision(self, meeting_id: str, decision: MeetingDecision) -> Meeting:
        """Add or change what was decided."""
        words = require_words(decision.words, "Write what was decided.", "words")
        with self._notebook.write() as records:
            meeting = require(records, Meeting, meeting_id)
            decided = with_item(meeting.decisions, replace(decision, words=words))
            return records.save(replace(meeting, decisions=decided))

    def remove_decision(self, meeting_id: str, item_id: str) -> Meeting:
        """Take a decision off the list."""
        with self._notebook.write() as records:
            meeting = require(records, Meeting, meeting_id)
            return records.save(
                replace(meeting, decisions=without_item(meeting.decisions, item_id))
            )

    def of_case(self, case_id: str) -> list[Meeting]:
        """Return a participant's meetings, oldest first."""
        with self._notebook.read() as records:
            found = records.of_case(Meeting, case_id)
        return sorted(found, key=lambda one: one.held_at or one.created_at)

    def coming_up(self, from_day: date, through: date) -> list[Meeting]:
        """Return the meetings whose next date lies in the days given, the earliest first."""
        with self._notebook.read() as records:
            found = [
                meeting
                for meeting in records.all_of(Meeting)
                if meeting.next_on is not None and from_day <= meeting.next_on <= through
            ]
        return sorted(found, key=lambda meeting: meeting.next_on or through)

    @staticmethod
    def _close_step(records: Records, meeting: Meeting) -> None:
        held = meeting.held_at
        field = MDT_FIELD.get(meeting.meeting_kind)
        if field is None or held is None:
            return
        for response in records.of_case(FirstResponse, meeting.case_id):
            called = response.called_at
            started = called is not None and called <= held
            if started and response.closed_on is None and getattr(response, field) is None:
                if meeting.meeting_kind is MeetingKind.INITIAL_MDT:
                    records.save(replace(response, initial_mdt_at=held))
                else:
                    records.save(replace(response, emergency_mdt_at=held))


class CourtService:
    """Support around hearings: dates and what was given, never what was said."""

    def __init__(self, notebook: Notebook) -> None:
        """Work in an open notebook."""
        self._notebook = notebook

    def save(self, support: CourtSupport) -> CourtSupport:
        """Save the support around one hearing, past or coming.

        Raises:
            InputError: This is no youth, or the next hearing would lie before this one.
        """
        with self._notebook.write() as records:
            require_participant(records, support.case_id, ParticipantKind.YOUTH)
            day = support.hearing_on or self._notebook.today()
            dated = replace(support, hearing_on=day)
            check_date_order(dated)
            return records.save(dated)

    def of_case(self, case_id: str) -> list[CourtSupport]:
        """Return a youth's hearings, by day."""
        with self._notebook.read() as records:
            found = records.of_case(CourtSupport, case_id)
        return sorted(found, key=lambda one: one.hearing_on or date.max)

    def coming_up(self, from_day: date, through: date) -> list[tuple[CourtSupport, date]]:
        """Return the hearings in the days given with their day, the earliest first."""
        with self._notebook.read() as records:
            every = records.all_of(CourtSupport)
        found = {
            (support.record_id, day): (support, day)
            for support in every
            for day in (support.hearing_on, support.next_hearing_on)
            if day is not None and from_day <= day <= through
        }
        return sorted(found.values(), key=lambda pair: pair[1])
