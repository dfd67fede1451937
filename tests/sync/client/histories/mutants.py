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
from sync.client import comparing, engine, outcomes, pages, receiving, repairs, standing
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


@contextmanager
def meets_its_own_edit() -> Iterator[None]:
    """What was accepted does not become the base of what was typed meanwhile."""
    honest = outcomes.Outcomes._settle

    def settle(self: Any, answers: Any, *given: Any) -> None:
        ids = [outcome.record_id for outcome in answers]
        before, later = self._tx.bases(ids), self._tx.open_changes(ids)
        honest(self, answers, *given)
        self._tx.put_bases(before[record_id] for record_id in later if record_id in before)

    with patch.object(outcomes.Outcomes, "_settle", settle):
        yield


@contextmanager
def forgets_what_it_sent_before_it_stores_the_outcome() -> Iterator[None]:
    """What is answered leaves the outbox in a transaction of its own."""
    honest = engine.SyncEngine._apply

    def apply(self: Any, plan: Any, *given: Any) -> bool:
        with self._replica.transaction() as tx:
            tx.remove_sent(plan.last_seq)
        return honest(self, plan, *given)

    with patch.object(engine.SyncEngine, "_apply", apply):
        yield


@contextmanager
def lets_a_deletion_win() -> Iterator[None]:
    """What one side deleted is gone, whatever the other typed into it."""
    honest = AppMergeRules.merge

    def merge(self: Any, base: Any, mine: Any, theirs: Any, case: Any) -> MergeResult:
        if mine.get("deleted") or theirs.get("deleted"):
            return MergeResult({**theirs, "deleted": True}, ())
        return honest(self, base, mine, theirs, case)

    with patch.object(AppMergeRules, "merge", merge):
        yield


@contextmanager
def purges_before_the_last_receipt() -> Iterator[None]:
    """A case that is left goes at once, with what was not handed in yet."""

    def finish(tx: Any) -> set[str]:
        left = set(tx.leaving())
        for case_id in left:
            tx.remove_open(change.record_id for change in tx.open_in_case(case_id))
            tx.purge(case_id)
            tx.stay(case_id)
        return left

    with patch.object(engine, "finish_leaving", finish):
        yield


@contextmanager
def keeps_bases_of_what_it_purged() -> Iterator[None]:
    """A case that comes back after its purge is taken for known: its rows stay away."""
    honest = engine.finish_leaving

    def finish(tx: Any) -> set[str]:
        bases = {case_id: tx.bases_of_case(case_id) for case_id in tx.leaving()}
        purged = honest(tx)
        for case_id in purged:
            tx.put_bases(bases[case_id])
        return purged

    with patch.object(engine, "finish_leaving", finish):
        yield


@contextmanager
def purges_although_access_came_back() -> Iterator[None]:
    """Access that came back does not stop the purge that an older withdrawal began."""
    with (
        patch.object(pages, "return_to_case", lambda *_given: None),
        patch.object(outcomes, "return_to_case", lambda *_given: None),
    ):
        yield


@contextmanager
def takes_what_it_hid_for_known() -> Iterator[None]:
    """Access comes back before the purge, and what was hidden is not taken from the feed."""
    honest = pages.return_to_case

    def come_back(tx: Any, case_id: str) -> None:
        bases = tx.bases_of_case(case_id)
        honest(tx, case_id)
        tx.put_bases(bases)

    with (
        patch.object(pages, "return_to_case", come_back),
        patch.object(outcomes, "return_to_case", come_back),
    ):
        yield


def does_not_show_what_was_accepted_when_access_came_back() -> AbstractContextManager[Any]:
    """What is accepted from a case that is being left is not written: no feed brings it."""
    return patch.object(outcomes.Outcomes, "_return_where_accepted", lambda *_given: None)


@contextmanager
def forgets_numbered_work_in_a_new_generation() -> Iterator[None]:
    """What was numbered and not received dies with the generation of its number."""

    def forget(tx: Any, _identity: Any, _generation: int) -> None:
        tx.remove_sent(tx.position().last_seq)

    with patch.object(standing, "reopen", forget):
        yield


@contextmanager
def sends_a_restored_centre_nothing() -> Iterator[None]:
    """What a restored centre lost is not handed in again."""
    with (
        patch.object(engine, "queue_what_is_lacking", lambda *_given: 0),
        patch.object(comparing, "queue_what_is_lacking", lambda *_given: 0),
    ):
        yield


@contextmanager
def hands_in_nothing_once_revoked() -> Iterator[None]:
    """A revoked device is emptied at once, with what was not received."""
    honest = repairs.accept_revocation

    def accept(replica: Any, *given: Any) -> set[str]:
        hidden = honest(replica, *given)
        with replica.transaction() as tx:
            tx.remove_sent(tx.position().last_seq)
            tx.remove_open([change.record_id for change in tx.sendable(1000)])
        return hidden

    with patch.object(repairs, "accept_revocation", accept):
        yield


def seals_on_under_a_key_of_somebody_who_left() -> AbstractContextManager[Any]:
    """No new key is made when somebody's access ends."""
    return patch.object(pages, "rotate_after", lambda *_given: None)


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
        meets_its_own_edit,
        forgets_what_it_sent_before_it_stores_the_outcome,
        lets_a_deletion_win,
        purges_before_the_last_receipt,
        keeps_bases_of_what_it_purged,
        purges_although_access_came_back,
        takes_what_it_hid_for_known,
        does_not_show_what_was_accepted_when_access_came_back,
        forgets_numbered_work_in_a_new_generation,
        sends_a_restored_centre_nothing,
        hands_in_nothing_once_revoked,
        seals_on_under_a_key_of_somebody_who_left,
    )
}
