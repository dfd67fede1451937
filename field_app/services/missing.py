"""Missing episodes: begin one, and one tap when the youth is back. Nothing is closed by it."""

from dataclasses import replace
from datetime import date, timedelta

from field_app.domain.records.items import with_item, without_item
from field_app.domain.records.missing import PersonTold, WelcomeBack
from field_app.domain.records.service import MissingEpisode
from field_app.errors import InputError
from field_app.services.lookup import not_in_future, require
from field_app.services.notebook import Notebook


class MissingService:
    """Missing episodes of one participant."""

    def __init__(self, notebook: Notebook) -> None:
        """Work in an open notebook."""
        self._notebook = notebook

    def begin(
        self,
        case_id: str,
        *,
        missing_from: date | None = None,
        note: str = "",
    ) -> MissingEpisode:
        """Note that a youth is missing from a local day on (today unless given).

        Raises:
            InputError: The youth is noted as missing already, or the day lies in the future.
        """
        day = missing_from or self._notebook.today()
        if day > self._notebook.today():
            raise InputError("The day lies in the future.", field="missing_from", code="in_future")
        with self._notebook.write() as records:
            if any(e.returned_on is None for e in records.of_case(MissingEpisode, case_id)):
                raise InputError("The youth is noted as missing already.", code="missing_already")
            return records.save(
                MissingEpisode(case_id=case_id, missing_from=day, note=note.strip())
            )

    def came_back(self, case_id: str, *, back_on: date | None = None) -> MissingEpisode:
        """Note that a youth is back on a local day (today unless given).

        The day before is the last day missing; someone back on the first day was missing that day.

        Raises:
            InputError: The youth is not noted as missing, or would be back before the first day.
        """
        back = back_on or self._notebook.today()
        with self._notebook.write() as records:
            running = [e for e in records.of_case(MissingEpisode, case_id) if not e.returned_on]
            if not running:
                raise InputError("The youth is not noted as missing.", code="not_missing")
            episode = running[-1]
            first = episode.missing_from or back
            if back < first:
                raise InputError(
                    "The return lies before the first day missing.",
                    field="back_on",
                    code="ends_early",
                )
            last_missing = max(first, back - timedelta(days=1))
            return records.save(replace(episode, returned_on=last_missing))

    def still_missing(self, record_id: str) -> None:
        """Undo `came_back`: the youth is missing after all."""
        with self._notebook.write() as records:
            episode = records.find(MissingEpisode, record_id)
            if episode is not None:
                records.save(replace(episode, returned_on=None), reason="taken back at once")

    def take_back(self, record_id: str) -> None:
        """Undo `begin`: delete an episode that should not be there; the history keeps it."""
        with self._notebook.write() as records:
            episode = records.find(MissingEpisode, record_id)
            if episode is not None:
                records.delete(episode, reason="taken back at once")

    def put_told(self, episode_id: str, told: PersonTold) -> MissingEpisode:
        """Add or change who was told, when, how, and under which number (now unless given).

        Raises:
            InputError: The episode is not here, or the time lies in the future.
        """
        now = self._notebook.now()
        not_in_future(told.told_at, now, "told_at")
        at = told.told_at or now
        named = replace(told, told_at=at, name=told.name.strip(), reference=told.reference.strip())
        with self._notebook.write() as records:
            episode = require(records, MissingEpisode, episode_id)
            return records.save(replace(episode, told=with_item(episode.told, named)))

    def remove_told(self, episode_id: str, item_id: str) -> MissingEpisode:
        """Take somebody out of the list of those told."""
        with self._notebook.write() as records:
            episode = require(records, MissingEpisode, episode_id)
            return records.save(replace(episode, told=without_item(episode.told, item_id)))

    def welcome_back(self, welcome: WelcomeBack) -> WelcomeBack:
        """Save what the youth wants after coming back. Everything may be empty, or skipped."""
        with self._notebook.write() as records:
            require(records, MissingEpisode, welcome.episode_id, field="episode_id")
            day = welcome.talked_on or self._notebook.today()
            return records.save(replace(welcome, talked_on=day))

    def of_case(self, case_id: str) -> list[MissingEpisode]:
        """Return a youth's episodes, oldest first."""
        with self._notebook.read() as records:
            return records.of_case(MissingEpisode, case_id)

    def welcomes(self, case_id: str) -> list[WelcomeBack]:
        """Return the talks after coming back, oldest first."""
        with self._notebook.read() as records:
            return records.of_case(WelcomeBack, case_id)
