"""What the agency sets for everybody: its numbers, its staff's reporter status, its trainings."""

from dataclasses import dataclass, replace
from datetime import date

from field_app.domain.records.agency_setting import AgencySetting, SettingName, setting_id
from field_app.domain.records.record import AGENCY_CASE_ID
from field_app.domain.records.release import DEFAULT_RELEASE_DAYS
from field_app.domain.records.service import FirstResponse
from field_app.domain.records.staff import ReporterStatus, StaffMember, TrainingDone, TrainingTopic
from field_app.errors import InputError
from field_app.services.lookup import day_not_in_future, is_manager, require, require_manager
from field_app.services.notebook import Notebook
from field_app.store.repositories.records import Records

DEFAULTS: dict[SettingName, int] = {
    SettingName.RELEASE_DAYS: DEFAULT_RELEASE_DAYS,
    SettingName.SAFETY_PLAN_REVIEW_DAYS: 14,  # agency target, not policy (STB-05)
    SettingName.VISIT_MINUTES: 120,
    SettingName.BACKPACKS_LOW: 3,
}
"""Numbers that hold until the agency sets its own. The others have no default here."""

LARGEST_NUMBER = 100_000


def number_of(records: Records, name: SettingName, default: int | None = None) -> int:
    """Return a number of the agency, or its default. Raises KeyError when there is neither."""
    setting = records.find(AgencySetting, setting_id(name))
    if setting is not None:
        return setting.number
    return DEFAULTS[name] if default is None else default


@dataclass(frozen=True)
class BackpackStock:
    """Backpacks left since they were last counted; `is_low` is a hint, nothing more (FRP-07)."""

    left: int
    is_low: bool


class AgencyService:
    """Settings and staff facts of the agency."""

    def __init__(self, notebook: Notebook) -> None:
        """Work in an open notebook."""
        self._notebook = notebook

    def number(self, name: SettingName) -> int | None:
        """Return a number of the agency, its default, or None when nobody has set one."""
        with self._notebook.read() as records:
            try:
                return number_of(records, name)
            except KeyError:
                return None

    def set_number(self, name: SettingName, number: int) -> AgencySetting:
        """Set a number.

        Raises:
            InputError: The person is no manager, or the number is impossible.
        """
        if not 0 <= number <= LARGEST_NUMBER:
            raise InputError(
                f"The number goes from 0 to {LARGEST_NUMBER}.", field="number", code="number"
            )
        with self._notebook.write() as records:
            require_manager(records, self._notebook.author_id)
            return records.save(
                AgencySetting(
                    record_id=setting_id(name), case_id=AGENCY_CASE_ID, name=name, number=number
                )
            )

    def backpack_stock(self) -> BackpackStock | None:
        """Return how many backpacks are left, or None when they were never counted."""
        with self._notebook.read() as records:
            counted = records.find(AgencySetting, setting_id(SettingName.BACKPACKS_IN_STOCK))
            if counted is None:
                return None
            given = [
                response
                for response in records.all_of(FirstResponse)
                if response.backpack
                and (response.called_at or response.created_at) > counted.updated_at
            ]
            low = number_of(records, SettingName.BACKPACKS_LOW)
        left = max(counted.number - len(given), 0)
        return BackpackStock(left, left <= low)

    def may_manage(self) -> bool:
        """Whether the person at this device decides for the agency."""
        with self._notebook.read() as records:
            return is_manager(records, self._notebook.author_id)

    def member(self, staff_id: str) -> StaffMember | None:
        """Return somebody of the staff, or None when they are not on this device."""
        with self._notebook.read() as records:
            return records.find(StaffMember, staff_id)

    def set_reporter_status(
        self, staff_id: str, status: ReporterStatus, *, basis: str
    ) -> StaffMember:
        """Set whether somebody is a mandated reporter, and on which basis (X-03).

        Raises:
            InputError: The person is no manager, or no basis was given for yes or no.
        """
        if status is not ReporterStatus.UNKNOWN and not basis.strip():
            raise InputError(
                "Say what it rests on: function, licence or legal advice.",
                field="basis",
                code="words_needed",
            )
        with self._notebook.write() as records:
            require_manager(records, self._notebook.author_id)
            member = require(records, StaffMember, staff_id, field="staff_id")
            return records.save(
                replace(member, mandated_reporter=status, reporter_basis=basis.strip())
            )

    def log_training(
        self,
        staff_id: str,
        topic: TrainingTopic,
        *,
        hours: int,
        done_on: date | None = None,
        note: str = "",
    ) -> TrainingDone:
        """Log a training of somebody of the staff (PRA-24, X-01)."""
        day = done_on or self._notebook.today()
        day_not_in_future(day, self._notebook.today(), "done_on")
        if not 0 <= hours <= 1_000:
            raise InputError("Hours go from 0 to 1000.", field="hours", code="number")
        with self._notebook.write() as records:
            if staff_id != self._notebook.author_id:
                require_manager(records, self._notebook.author_id)
            return records.save(
                TrainingDone(
                    case_id=AGENCY_CASE_ID,
                    staff_id=staff_id,
                    topic=topic,
                    hours=hours,
                    done_on=day,
                    note=note.strip(),
                )
            )

    def trainings(self, staff_id: str) -> list[TrainingDone]:
        """Return the trainings of somebody, the latest first."""
        with self._notebook.read() as records:
            found = [t for t in records.all_of(TrainingDone) if t.staff_id == staff_id]
        return sorted(found, key=lambda t: t.done_on or date.min, reverse=True)
