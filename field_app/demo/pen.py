"""The pen of the demo: stamps what it writes, keeps its history, and knows the calendar."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID

from field_app.domain.records.change import Change, ChangeAction
from field_app.domain.records.codec import differing_fields, to_json
from field_app.domain.records.contact import COUNTY_ZONE, Contact
from field_app.domain.records.kinds import KIND_OF
from field_app.domain.records.record import Record

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Staff:
    """Who writes in the demo: staff ids by the service they give, and the one device."""

    advocate_id: str
    survivor_advocate_id: str
    parent_advocate_id: str
    device_id: str


@dataclass
class Pen:
    """Collects records and their history, as of a moment, with chance of a seed."""

    random: Random
    now: datetime
    staff: Staff
    records: list[Record] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The county's day of now."""
        return self.now.astimezone(COUNTY_ZONE).date()

    def day(self, days_ago: int) -> date:
        """Return the day so many days ago."""
        return self.today - timedelta(days=days_ago)

    @staticmethod
    def local(day: date, hour: int, minute: int) -> datetime:
        """Return a county time."""
        return datetime.combine(day, time(hour, minute), COUNTY_ZONE)

    def new_id(self) -> str:
        """Return a UUID that is the same for the same seed."""
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def phone(self) -> str:
        """Return a number kept for fiction: 555-0100 to 555-0199."""
        return f"(213) 555-01{self.random.randrange(100):02}"

    def add(self, record: R, at: datetime, author_id: str | None = None) -> R:
        """Keep a record as it was first written at a moment, with its entry in the history."""
        stamped = self._stamped(record, min(at, self.now), author_id or self.staff.advocate_id)
        self.records.append(stamped)
        self.changes.append(self._change(stamped, stamped.created_at))
        return stamped

    def add_corrected(
        self, first: Contact, author_id: str, *, minutes: int | None, reason: str, at: datetime
    ) -> None:
        """Keep a contact whose length was put right at a moment, and what stood there before."""
        before = self._stamped(first, first.entered_at or first.at, author_id)
        corrected_at = at.astimezone(UTC)
        after = replace(before, minutes=minutes, correction_reason=reason, updated_at=corrected_at)
        old, new = differing_fields(to_json(before), to_json(after))
        edit = replace(
            self._change(after, corrected_at),
            action=ChangeAction.EDITED,
            reason=reason,
            before=old,
            after=new,
        )
        self.records.append(after)
        self.changes += [self._change(before, before.created_at), edit]

    def _stamped(self, record: R, at: datetime, author_id: str) -> R:
        moment = at.astimezone(UTC)
        return replace(
            record,
            author_id=author_id,
            device_id=self.staff.device_id,
            created_at=moment,
            updated_at=moment,
        )

    def _change(self, record: Record, at: datetime) -> Change:
        return Change(
            change_id=self.new_id(),
            record_id=record.record_id,
            case_id=record.case_id,
            kind=KIND_OF[type(record)],
            action=ChangeAction.CREATED,
            at=at,
            author_id=record.author_id,
            device_id=record.device_id,
        )
