"""The Parent Empowerment Program: sessions, groups, make-up sessions, and how far a parent is.

The offer and its answer are `PhaseService.offer_empowerment`'s. Numbers come from the program file,
or from the agency's settings where it set its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from field_app.domain.records.agency_setting import SettingName
from field_app.domain.records.empowerment import (
    EmpowermentProgress,
    EmpowermentSession,
    EmpowermentTarget,
    progress,
)
from field_app.domain.records.record import new_id
from field_app.domain.vocabulary import ParticipantKind
from field_app.errors import InputError
from field_app.services.agency import number_of
from field_app.services.lookup import not_in_future, require_participant
from field_app.services.notebook import Notebook
from field_app.store.repositories import device
from field_app.store.repositories.records import Records

MOST_SESSION_MINUTES = 600


@dataclass(frozen=True, kw_only=True)
class SessionEntry:
    """What is filled in for a session; number, length and time have likely defaults.

    Attributes:
        session_number: None means the next one that the parent has not attended.
        topics: Places of the topics covered, from 1.
        held_at: None means now.
        minutes: None means the usual length.
    """

    session_number: int | None = None
    topics: tuple[int, ...] = ()
    held_at: datetime | None = None
    minutes: int | None = None
    facilitators: tuple[str, ...] = ()
    note: str = ""


class EmpowermentService:
    """Sessions of the Parent Empowerment Program."""

    def __init__(self, notebook: Notebook, target: EmpowermentTarget) -> None:
        """Work in an open notebook, with the numbers of the program file."""
        self._notebook = notebook
        self._target = target

    def target(self) -> EmpowermentTarget:
        """Return how many sessions of how many minutes: the agency's, or the program file's."""
        with self._notebook.read() as records:
            return self._target_of(records)

    def log(
        self, case_id: str, entry: SessionEntry | None = None, *, form: str | None = None
    ) -> EmpowermentSession:
        """Log one session with one parent; by default the next one, now, of the usual length.

        A number that the parent could not come to before becomes a make-up session.

        Raises:
            InputError: This is not a parent, or a number, time or topic is impossible.
        """
        with self._notebook.write() as records:
            saved = self._save(records, case_id, entry or SessionEntry(), attended=True)
            if form is not None:
                device.discard_draft(records.session, form)
            return saved

    def log_group(
        self, attended: Mapping[str, bool], entry: SessionEntry, *, form: str | None = None
    ) -> tuple[EmpowermentSession, ...]:
        """Log a group session: for each parent's case whether they came. All of it, or none.

        Raises:
            InputError: As `log`; a group needs its session number.
        """
        if entry.session_number is None:
            raise InputError(
                "Choose the session's number.", field="session_number", code="session_number"
            )
        if not attended:
            raise InputError("Choose at least one parent.", field="attended", code="nobody")
        event_id = new_id()
        with self._notebook.write() as records:
            saved = tuple(
                self._save(records, case_id, entry, attended=came, event_id=event_id)
                for case_id, came in attended.items()
            )
            if form is not None:
                device.discard_draft(records.session, form)
            return saved

    def take_back(self, session_id: str, *, reason: str = "taken back at once") -> None:
        """Delete a session that should not be there; its history stays."""
        with self._notebook.write() as records:
            session = records.find(EmpowermentSession, session_id)
            if session is not None:
                records.delete(session, reason=reason)

    def sessions(self, case_id: str) -> list[EmpowermentSession]:
        """Return a parent's sessions, by number and time."""
        with self._notebook.read() as records:
            found = records.of_case(EmpowermentSession, case_id)
        return sorted(found, key=lambda s: (s.session_number, s.held_at or s.created_at))

    def progress(self, case_id: str) -> EmpowermentProgress:
        """Return how far a parent has come: sessions, topics, what is to be made up."""
        with self._notebook.read() as records:
            return progress(records.of_case(EmpowermentSession, case_id), self._target_of(records))

    def _target_of(self, records: Records) -> EmpowermentTarget:
        return EmpowermentTarget(
            sessions=number_of(records, SettingName.EMPOWERMENT_SESSIONS, self._target.sessions),
            session_minutes=number_of(
                records, SettingName.EMPOWERMENT_MINUTES, self._target.session_minutes
            ),
            topic_count=self._target.topic_count,
        )

    def _save(
        self,
        records: Records,
        case_id: str,
        entry: SessionEntry,
        *,
        attended: bool,
        event_id: str | None = None,
    ) -> EmpowermentSession:
        require_participant(records, case_id, ParticipantKind.PARENT)
        now = self._notebook.now()
        not_in_future(entry.held_at, now, "held_at")
        target = self._target_of(records)
        so_far = progress(records.of_case(EmpowermentSession, case_id), target)
        number = entry.session_number or so_far.next_session or target.sessions
        if not 1 <= number <= target.sessions:
            raise InputError(
                f"Sessions go from 1 to {target.sessions}.",
                field="session_number",
                code="session_range",
                last=target.sessions,
            )
        if any(not 1 <= topic <= target.topic_count for topic in entry.topics):
            raise InputError("This topic is not in the program.", field="topics", code="topic")
        minutes = target.session_minutes if entry.minutes is None else entry.minutes
        if not 0 <= minutes <= MOST_SESSION_MINUTES:
            raise InputError(
                f"Minutes go from 0 to {MOST_SESSION_MINUTES}.",
                field="minutes",
                code="minutes",
                longest=MOST_SESSION_MINUTES,
            )
        return records.save(
            EmpowermentSession(
                case_id=case_id,
                held_at=entry.held_at or now,
                minutes=minutes if attended else 0,
                session_number=number,
                topics=tuple(sorted(set(entry.topics))) if attended else (),
                attended=attended,
                is_make_up=attended and number in so_far.to_make_up,
                is_group=event_id is not None,
                facilitators=entry.facilitators or (self._notebook.author_id,),
                event_id=event_id,
                note=entry.note.strip(),
            )
        )
