"""Staff safety: check in before a visit and out after it; a missed check-out is shown. No place."""

from dataclasses import replace
from datetime import timedelta

from field_app.domain.records.agency_setting import SettingName
from field_app.domain.records.visit_check import VisitCheck, is_missed
from field_app.errors import InputError
from field_app.services.agency import number_of
from field_app.services.lookup import require, require_participant
from field_app.services.notebook import Notebook

LONGEST_VISIT_MINUTES = 24 * 60


class VisitCheckService:
    """Visits of the staff, as check-in and check-out."""

    def __init__(self, notebook: Notebook) -> None:
        """Work in an open notebook."""
        self._notebook = notebook

    def check_in(self, case_id: str, *, minutes: int | None = None) -> VisitCheck:
        """Begin a visit that should take some minutes (120 unless the agency set another).

        Somebody still on another visit is checked out of it: they are here now.

        Raises:
            InputError: The participant is not here, or the length is impossible.
        """
        now = self._notebook.now()
        with self._notebook.write() as records:
            require_participant(records, case_id)
            length = number_of(records, SettingName.VISIT_MINUTES) if minutes is None else minutes
            _check_minutes(length)
            for check in records.all_of(VisitCheck):
                if check.staff_id == self._notebook.author_id and check.checked_out_at is None:
                    records.save(replace(check, checked_out_at=now))
            return records.save(
                VisitCheck(
                    case_id=case_id,
                    staff_id=self._notebook.author_id,
                    checked_in_at=now,
                    expected_out_at=now + timedelta(minutes=length),
                )
            )

    def longer(self, check_id: str, *, minutes: int) -> VisitCheck:
        """Expect the end so many minutes from now."""
        _check_minutes(minutes)
        with self._notebook.write() as records:
            check = require(records, VisitCheck, check_id)
            until = self._notebook.now() + timedelta(minutes=minutes)
            return records.save(replace(check, expected_out_at=until))

    def check_out(self, check_id: str) -> VisitCheck:
        """End a visit: out and well."""
        with self._notebook.write() as records:
            check = require(records, VisitCheck, check_id)
            out = check.checked_out_at or self._notebook.now()
            return records.save(replace(check, checked_out_at=out))

    def handle_alert(self, check_id: str) -> VisitCheck:
        """Note that somebody looked after a missed check-out."""
        with self._notebook.write() as records:
            check = require(records, VisitCheck, check_id)
            return records.save(
                replace(
                    check,
                    alert_handled_by=self._notebook.author_id,
                    alert_handled_at=self._notebook.now(),
                )
            )

    def running(self) -> VisitCheck | None:
        """Return the visit that the person at this device is on, or None."""
        with self._notebook.read() as records:
            mine = [
                check
                for check in records.all_of(VisitCheck)
                if check.staff_id == self._notebook.author_id and check.checked_out_at is None
            ]
        return mine[-1] if mine else None

    def missed(self) -> list[VisitCheck]:
        """Return the check-outs missed by anybody, the longest overdue first."""
        now = self._notebook.now()
        with self._notebook.read() as records:
            found = [check for check in records.all_of(VisitCheck) if is_missed(check, now)]
        return sorted(found, key=lambda check: check.expected_out_at or now)


def _check_minutes(minutes: int) -> None:
    if not 1 <= minutes <= LONGEST_VISIT_MINUTES:
        raise InputError(
            f"Minutes go from 1 to {LONGEST_VISIT_MINUTES}.",
            field="minutes",
            code="minutes",
            longest=LONGEST_VISIT_MINUTES,
        )
