"""What a participant tells about themselves, and where they lived. All of it is optional."""

from dataclasses import replace
from datetime import date

from field_app.domain.records.date_order import check_date_order
from field_app.domain.records.profile import PlacementPeriod, Profile
from field_app.domain.records.record import named_id
from field_app.errors import InputError
from field_app.services.lookup import require_participant
from field_app.services.notebook import Notebook

SERVICE_PLANNING_AREAS = range(1, 9)  # Los Angeles County has eight (DAT-11)


class ProfileService:
    """Profile and placements of one participant."""

    def __init__(self, notebook: Notebook) -> None:
        """Work in an open notebook."""
        self._notebook = notebook

    def of_case(self, case_id: str) -> Profile:
        """Return what is known; an empty profile, not saved yet, when nothing is."""
        profile_id = named_id(case_id, "profile")
        with self._notebook.read() as records:
            found = records.find(Profile, profile_id)
        return found or Profile(record_id=profile_id, case_id=case_id)

    def save(self, profile: Profile) -> Profile:
        """Save what is known.

        Raises:
            InputError: The service planning area is not 1 to 8.
        """
        area = profile.service_planning_area
        if area is not None and area not in SERVICE_PLANNING_AREAS:
            raise InputError(
                "Service planning areas go from 1 to 8.",
                field="service_planning_area",
                code="service_planning_area",
            )
        with self._notebook.write() as records:
            require_participant(records, profile.case_id)
            profile_id = named_id(profile.case_id, "profile")
            return records.save(replace(profile, record_id=profile_id))

    def add_placement(self, placement: PlacementPeriod) -> PlacementPeriod:
        """Add where the youth lives from a local day on; the placement before ends the day before.

        Raises:
            InputError: The dates are in the wrong order.
        """
        starts = placement.starts_on or self._notebook.today()
        lived = replace(placement, starts_on=starts)
        check_date_order(lived)
        with self._notebook.write() as records:
            require_participant(records, placement.case_id)
            for earlier in records.of_case(PlacementPeriod, placement.case_id):
                began = earlier.starts_on
                is_open = earlier.ends_on is None and earlier.record_id != placement.record_id
                if is_open and began is not None and began < starts:
                    last = date.fromordinal(starts.toordinal() - 1)
                    records.save(replace(earlier, ends_on=last))
            return records.save(lived)

    def placements(self, case_id: str) -> list[PlacementPeriod]:
        """Return where a youth lived, by day."""
        with self._notebook.read() as records:
            found = records.of_case(PlacementPeriod, case_id)
        return sorted(found, key=lambda one: one.starts_on or date.min)
