"""What a device keeps while it enrols, and forgets for good afterwards.

Its own new keys, so that a try whose answer was lost is repeated by the same device; and, only
where it founds an agency, what the agency's recovery words are made of. Nobody can make those words
again, so they are kept until somebody has said that they are on paper. They open every case of the
agency for ever, so they outlive that neither in the store nor, in old frames of the sealed log, a
crash in the middle of forgetting.
"""

import logging

from sqlmodel import Session

from field_app.errors import FieldAppError
from field_app.store import recovery_words
from field_app.store.database import Database
from field_app.store.repositories import device
from sync.client.identity import OwnKeys

log = logging.getLogger(__name__)

_KEYS = "enrolment_keys"
_TO_FORGET = "to_forget"
_WORDS = "agency_words"
_ENTROPY = "agency_entropy"


def keys_for(database: Database, code_id: str) -> OwnKeys:
    """Return the keys for a code: the same ones when it is tried again."""
    with database.transaction() as session:
        kept = device.preference(session, _KEYS)
        if kept is None or kept.get("code_id") != code_id:
            keys = OwnKeys.make()
            kept = {
                "code_id": code_id,
                "device_id": keys.device_id,
                "signing_seed": keys.signing_seed.hex(),
                "sealing_seed": keys.sealing_seed.hex(),
            }
            device.set_preference(session, _KEYS, kept)
    return OwnKeys(
        kept["device_id"],
        bytes.fromhex(kept["signing_seed"]),
        bytes.fromhex(kept["sealing_seed"]),
    )


def founders_entropy(database: Database) -> bytes:
    """Return what the recovery words of the agency are made of: the same in a repeated try."""
    with database.transaction() as session:
        kept = dict(device.preference(session, _KEYS) or {})
        if _ENTROPY not in kept:
            kept[_ENTROPY] = recovery_words.new_entropy().hex()
            device.set_preference(session, _KEYS, kept)
    return bytes.fromhex(kept[_ENTROPY])


def mark_done(session: Session, founders: bytes | None = None) -> None:
    """Drop the keys of an enrolment that came about, in its transaction.

    `founders`: what the recovery words of the agency that it founded are made of; it stays.
    """
    device.set_preference(session, _KEYS, {_TO_FORGET: True})
    if founders is not None:
        device.set_preference(session, _WORDS, {_ENTROPY: founders.hex()})


def unwritten_entropy(database: Database) -> bytes | None:
    """Return what the agency's words are made of, until somebody has them on paper; else None."""
    with database.session() as session:
        kept = device.preference(session, _WORDS) or {}
    return bytes.fromhex(kept[_ENTROPY]) if _ENTROPY in kept else None


def forget_entropy(database: Database) -> None:
    """Forget for good what the agency's words are made of: they are on paper.

    Raises:
        DiskError: The disk is full; they are still here.
    """
    with database.transaction() as session:
        device.set_preference(session, _WORDS, {})
        device.set_preference(session, _KEYS, {_TO_FORGET: True})
    forget_traces(database)


def forget_traces(database: Database) -> None:
    """Write the log anew when something was to be forgotten: it is in old frames.

    Called after an enrolment and after its words are on paper, and when the store opens, should
    the device have died in between. A full disk only puts it off.
    """
    with database.session() as session:
        kept = device.preference(session, _KEYS) or {}
    if not kept.get(_TO_FORGET):
        return
    try:
        database.compact()
        with database.transaction() as session:
            device.set_preference(session, _KEYS, {})
    except FieldAppError as error:
        log.warning("the traces of the enrolment are still in the log: %s", type(error).__name__)
