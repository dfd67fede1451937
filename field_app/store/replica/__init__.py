"""The replica over the encrypted store: what `sync.client.replica` asks for, as rows.

statements.py  small SQL: rows by many ids, insert-or-replace
outbox.py      open and frozen changes; the listener that queues what a person saves
bases.py       bases, held records
contents.py    the app's own tables: parse, write, read, hide, purge
files.py       attachment files: due at the centre, here, or to be fetched
people.py      staff, devices, grants
case_keys.py   case keys and what the centre has of them
proofs.py      receipts, heads, witnesses, problems
store.py       position and identity; all of it as one transaction
"""

from field_app.store.replica.outbox import queue_saved
from field_app.store.replica.store import StoreReplica, StoreTransaction

__all__ = ["StoreReplica", "StoreTransaction", "queue_saved"]
