"""Leaving a case: hidden at once, purged when its last change has been received.

Hiding takes the rows out of their tables; what was not handed in yet is kept in the outbox with
its text, out of every screen, search and report.
"""

from dataclasses import replace

from sync.client.replica import OpenChange, Transaction
from sync.protocol.ids import RESERVED_CASES, new_id


def hide_case(tx: Transaction, case_id: str) -> None:
    """Take a case off every screen; keep only what has to be handed in."""
    keep_what_may_be_lacking(tx, case_id)
    open_changes = tx.open_in_case(case_id)
    texts = tx.current([change.record_id for change in open_changes if change.kept is None])
    tx.put_open(
        replace(change, kept=texts[change.record_id])
        for change in open_changes
        if change.record_id in texts
    )
    tx.erase(tx.records_of_case(case_id))
    # What could not be opened must not hold back what has to be handed in.
    tx.release(held.record.record_id for held in tx.held_of_case(case_id))


def keep_what_may_be_lacking(tx: Transaction, case_id: str) -> None:
    """Hand in again what this person wrote, if a restored centre may have lost it.

    Who has no access is not told what the centre has. It goes to the inbox, where whatever is
    there already changes nothing.
    """
    doubtful = [base.record_id for base in tx.doubtful(case_id)]
    if not doubtful:
        return
    me, waiting = tx.identity().staff_id, tx.open_changes(doubtful)
    tx.put_open(
        OpenChange(record_id, case_id, new_id())
        for record_id, text in tx.current(doubtful).items()
        if text.get("author_id") == me and record_id not in waiting
    )
    tx.remove_bases(doubtful)


def leave_case(tx: Transaction, case_id: str, seq: int) -> None:
    """Begin to leave a case: the centre has withdrawn the last access to it."""
    if case_id in RESERVED_CASES:
        return
    tx.set_leaving(case_id, seq)
    hide_case(tx, case_id)


def hide_everything(tx: Transaction) -> set[str]:
    """Hide all cases: this device was revoked. Return which they were."""
    hidden = set(tx.cases_here()) - RESERVED_CASES
    for case_id in hidden:
        tx.set_leaving(case_id, 0)
        hide_case(tx, case_id)
    return hidden


def return_to_case(tx: Transaction, case_id: str) -> None:
    """Show a case again: access came back before it was purged."""
    tx.stay(case_id)
    kept = [change for change in tx.open_in_case(case_id) if change.kept is not None]
    tx.write([tx.parse(change.kept) for change in kept if change.kept is not None])
    tx.put_open(replace(change, kept=None) for change in kept)
    # The rest was erased when it was hidden and comes again with the feed: it is not known here.
    known = {base.record_id for base in tx.bases_of_case(case_id)}
    tx.remove_bases(known - set(tx.records_of_case(case_id)))


def finish_leaving(tx: Transaction) -> set[str]:
    """Purge the cases of which nothing is left to hand in; return which they were.

    A change that needs a person's decision does not hold a case back: its text is in the outbox.
    A picture that the centre did not take does, until the person tries again or gives it up: it is
    nowhere else.
    """
    purged: set[str] = set()
    leaving = tx.leaving()
    if not leaving:
        return purged
    on_the_way = {sent.change.case_id for sent in tx.sent()}
    for case_id in leaving:
        waits = any(change.attention is None for change in tx.open_in_case(case_id))
        if not waits and case_id not in on_the_way and not tx.has_files_only_here(case_id):
            tx.purge(case_id)
            tx.stay(case_id)
            purged.add(case_id)
    return purged
