"""Engines that are broken on purpose: what the histories must catch, or they prove nothing.

Each is a fault that a sync engine has had somewhere (notes of the field: jumps over cut pages,
values that the last writer wins, answers that are not repeated, edits that a page hides).
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from field_app.services.merging import AppMergeRules
from sync.client import engine, outcomes, receiving
from sync.client.outcomes import reopen
from sync.client.replica import MergeResult
from sync.protocol.cursor import Cursor
from sync.protocol.receipts import Status
from sync.server import change_feed, push, sync_round

Mutant = Callable[[], AbstractContextManager[Any]]


@contextmanager
def sends_again_under_a_new_number() -> Iterator[None]:
    """A change whose answer was lost is numbered and sealed anew: nothing is known twice."""
    honest = engine.SyncEngine._compose

    def compose(self: Any, tx: Any, now_ms: int) -> Any:
        position = tx.position()
        if not position.reconciling:
            reopen(tx, tx.identity(), position.generation)
        return honest(self, tx, now_ms)

    with patch.object(engine.SyncEngine, "_compose", compose):
        yield


def last_writer_wins() -> AbstractContextManager[Any]:
    """Of two edits one is taken whole."""
    return patch.object(AppMergeRules, "merge", lambda *given: MergeResult(given[3], ()))


@contextmanager
def conflicts_with_itself() -> Iterator[None]:
    """What both sides knew is forgotten, so that a later edit meets an earlier one of its own."""
    honest = AppMergeRules.merge

    def merge(self: Any, base: Any, *given: Any) -> MergeResult:
        return honest(self, {**(base or {}), "phone": "", "pronouns": ""}, *given)

    with patch.object(AppMergeRules, "merge", merge):
        yield


@contextmanager
def jumps_over_the_rest_of_a_cut_page() -> Iterator[None]:
    """The cursor of a page that was cut stands at the head."""
    honest = change_feed.read_page

    def read_page(connection: Any, caller: Any, *given: Any, **options: Any) -> Any:
        page = honest(connection, caller, *given, **options)
        page.cursor = Cursor(caller.head, change_feed.END, page.cursor.whole)
        page.more = False
        return page

    with patch.object(sync_round, "read_page", read_page):
        yield


@contextmanager
def moves_the_cursor_before_the_rows() -> Iterator[None]:
    """The cursor is stored in a transaction of its own, before what the page brings."""
    honest = engine.SyncEngine._apply

    def apply(self: Any, plan: Any, answer: Any, *given: Any) -> bool:
        if answer.feed is not None and answer.cursor is not None:
            with self._replica.transaction() as tx:
                tx.set_position(replace(tx.position(), cursor=answer.cursor))
        return honest(self, plan, answer, *given)

    with patch.object(engine.SyncEngine, "_apply", apply):
        yield


def does_not_repeat_its_answers() -> AbstractContextManager[Any]:
    """The centre knows a repeated number, and says nothing about it."""
    return patch.object(push, "_answer_again", lambda *_given: None)


def lets_a_page_hide_an_unsent_edit() -> AbstractContextManager[Any]:
    """A record that arrives replaces what was typed over its last state."""
    return patch.object(receiving._Page, "mine", lambda *_given: None)


@contextmanager
def lets_an_answer_hide_a_newer_edit() -> Iterator[None]:
    """What was typed while an answer was on its way counts as received with it."""
    honest = outcomes.Outcomes._settle

    def settle(self: Any, answers: Any, *given: Any) -> None:
        honest(self, answers, *given)
        self._tx.remove_open(o.record_id for o in answers if o.status is Status.ACCEPTED)

    with patch.object(outcomes.Outcomes, "_settle", settle):
        yield


MUTANTS: dict[str, Mutant] = {
    made.__name__: made
    for made in (
        sends_again_under_a_new_number,
        last_writer_wins,
        conflicts_with_itself,
        jumps_over_the_rest_of_a_cut_page,
        moves_the_cursor_before_the_rows,
        does_not_repeat_its_answers,
        lets_a_page_hide_an_unsent_edit,
        lets_an_answer_hide_a_newer_edit,
    )
}
