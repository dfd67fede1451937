"""What a device keeps while it enrols, and forgets for good afterwards.

Its own new keys, so that a try whose answer was lost is repeated by the same device; and, only
where it founds an agency, what the agency's recovery words are made of. That opens every case of
the agency for ever, so it must outlive neither the enrolment nor, in old frames of the sealed log,
a crash in the middle of it.
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
        if "agency_entropy" not in kept:
            kept["agency_entropy"] = recovery_words.new_entropy().hex()
            device.set_preference(session, _KEYS, kept)
    return bytes.fromhex(kept["agency_entropy"])


def mark_done(session: Session) -> None:
    """Drop the keys of an enrolment that came about, in its transaction."""
    device.set_preference(session, _KEYS, {_TO_FORGET: True})


def forget_traces(database: Database) -> None:
    """Write the log anew when an enrolment came about: what was secret in it is in old frames.

    Called after it, and when the store opens, should the device have died in between. A full disk
    only puts it off.
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
