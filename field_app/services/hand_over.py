"""No re-telling: the list of what was told already, and the hand-over page that the youth edits."""

from dataclasses import replace
from datetime import date

from field_app.domain.records.hand_over import AlreadyTold, HandOverLine, HandOverPage
from field_app.domain.records.items import with_item, without_item
from field_app.domain.records.record import named_id
from field_app.services.lookup import require, require_participant, require_words
from field_app.services.notebook import Notebook
from field_app.store.repositories.records import Records

LONGEST_TOPIC = 120  # characters: a topic, never the story


class HandOverService:
    """What the next advocate should know of one participant, without asking again."""

    def __init__(self, notebook: Notebook) -> None:
        """Work in an open notebook."""
        self._notebook = notebook

    def add_told(
        self,
        case_id: str,
        topic: str,
        *,
        told_to: str = "",
        told_on: date | None = None,
        do_not_ask: bool = True,
    ) -> AlreadyTold:
        """Note that a topic was told already. A few words; longer ones are cut: it is no story."""
        named = require_words(topic, "Name the topic in a word or two.", "topic")
        with self._notebook.write() as records:
            require_participant(records, case_id)
            return records.save(
                AlreadyTold(
                    case_id=case_id,
                    topic=named[:LONGEST_TOPIC],
                    told_to=told_to.strip(),
                    told_on=told_on or self._notebook.today(),
                    do_not_ask=do_not_ask,
                )
            )

    def remove_told(self, record_id: str) -> None:
        """Take a topic off the list."""
        with self._notebook.write() as records:
            told = records.find(AlreadyTold, record_id)
            if told is not None:
                records.delete(told, reason="taken off the list")

    def already_told(self, case_id: str) -> list[AlreadyTold]:
        """Return what was told already, oldest first."""
        with self._notebook.read() as records:
            return records.of_case(AlreadyTold, case_id)

    def page(self, case_id: str) -> HandOverPage | None:
        """Return the hand-over page, or None while nobody has begun one."""
        with self._notebook.read() as records:
            return records.find(HandOverPage, _page_id(case_id))

    def put_line(self, case_id: str, line: HandOverLine) -> HandOverPage:
        """Add a line or change one; one without words is taken out."""
        with self._notebook.write() as records:
            page = self._page(records, case_id)
            if not line.words.strip():
                lines = without_item(page.lines, line.item_id)
            else:
                lines = with_item(page.lines, replace(line, words=line.words.strip()))
            return records.save(replace(page, lines=lines))

    def remove_line(self, case_id: str, item_id: str) -> HandOverPage:
        """Take a line out, as the youth may always ask."""
        with self._notebook.write() as records:
            page = require(records, HandOverPage, _page_id(case_id))
            return records.save(replace(page, lines=without_item(page.lines, item_id)))

    def youth_saw(self, case_id: str) -> HandOverPage:
        """Note that the youth has read the page today and agrees with it."""
        with self._notebook.write() as records:
            page = self._page(records, case_id)
            return records.save(replace(page, youth_saw_on=self._notebook.today()))

    @staticmethod
    def _page(records: Records, case_id: str) -> HandOverPage:
        require_participant(records, case_id)
        page_id = _page_id(case_id)
        return records.find(HandOverPage, page_id) or HandOverPage(
            record_id=page_id, case_id=case_id
        )


def _page_id(case_id: str) -> str:
    return named_id(case_id, "hand_over_page")
