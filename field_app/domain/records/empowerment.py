"""Sessions of the Parent Empowerment Program and how far a parent has come.

How many sessions, how long, and which topics is the program file's business; the curriculum itself
is never kept (X-07).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from field_app.domain.records.record import Record


@dataclass(frozen=True, kw_only=True)
class EmpowermentSession(Record):
    """One session for one parent; a group writes one record a parent, with a common `event_id`.

    Attributes:
        held_at: When it began.
        minutes: How long it lasted.
        session_number: Its number in the program, from 1.
        topics: Places of the topics covered, from 1, in the order of the program file.
        attended: False when the parent could not come: a make-up session closes the gap.
        is_make_up: Held later for somebody who could not come.
        is_group: Whether several parents took part.
        facilitators: Staff ids.
        event_id: Common id of a group's records.
        note: What the next person needs to know.
    """

    held_at: datetime | None = None
    minutes: int | None = None
    session_number: int = 1
    topics: tuple[int, ...] = ()
    attended: bool = True
    is_make_up: bool = False
    is_group: bool = False
    facilitators: tuple[str, ...] = ()
    event_id: str | None = None
    note: str = ""


@dataclass(frozen=True)
class EmpowermentTarget:
    """How long the program is: of the program file, or as the agency has set it."""

    sessions: int
    session_minutes: int
    topic_count: int


@dataclass(frozen=True)
class EmpowermentProgress:
    """How far one parent has come.

    Attributes:
        attended: Numbers of the sessions attended, make-up sessions included.
        to_make_up: Numbers of sessions missed and not made up yet.
        topics: Places of the topics covered.
        minutes: Minutes attended in all; a session without minutes counts its usual length.
    """

    target: EmpowermentTarget
    attended: frozenset[int]
    to_make_up: frozenset[int]
    topics: frozenset[int]
    minutes: int

    @property
    def topics_left(self) -> tuple[int, ...]:
        """Places of the topics not covered yet."""
        return tuple(t for t in range(1, self.target.topic_count + 1) if t not in self.topics)

    @property
    def next_session(self) -> int | None:
        """The lowest number not attended; None when all were."""
        numbers = range(1, self.target.sessions + 1)
        return next((number for number in numbers if number not in self.attended), None)

    @property
    def is_complete(self) -> bool:
        """Whether every session was attended and every topic covered."""
        return self.next_session is None and not self.topics_left


def progress(
    sessions: Iterable[EmpowermentSession], target: EmpowermentTarget
) -> EmpowermentProgress:
    """Return how far the parent of these sessions has come. A session held twice counts once."""
    held = [session for session in sessions if not session.deleted]
    present = [session for session in held if session.attended]
    attended = frozenset(
        session.session_number
        for session in present
        if 1 <= session.session_number <= target.sessions
    )
    absent = frozenset(session.session_number for session in held if not session.attended)
    topics = frozenset(
        topic for session in present for topic in session.topics if 1 <= topic <= target.topic_count
    )
    minutes = sum(
        target.session_minutes if session.minutes is None else session.minutes
        for session in present
    )
    return EmpowermentProgress(target, attended, absent - attended, topics, minutes)
