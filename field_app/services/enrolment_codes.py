"""One-time codes for new devices: made here, handed over, cancelled."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime

import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from field_app.errors import SyncError
from field_app.services.centre_calls import CentreCalls
from field_app.services.lookup import staff_names
from field_app.services.notebook import Notebook
from field_app.services.sync import SyncService
from field_app.store.replica.store import StoreTransaction
from sync.client.deposits import is_live
from sync.client.directory import Word, words
from sync.client.grounds import Grounds
from sync.client.identity import Identity
from sync.protocol.certificates import certify_holder
from sync.protocol.enrolment import (
    CodeList,
    CodeRequest,
    CodeState,
    EnrolmentBlob,
    EnrolmentCode,
    new_code,
    seal_blob,
    token_hash,
)
from sync.protocol.keys import CaseKey
from sync.protocol.limits import CODE_LIFETIME_HOURS
from sync.protocol.roles import Role

_HOUR_MS = 60 * 60 * 1000


@dataclass(frozen=True)
class NewCode:
    """A code to hand over: typed text, or a QR code that holds the address too. Shown once."""

    code_id: str
    text: str
    qr_text: str
    ends_at: datetime

    def qr_png(self) -> bytes:
        """Return the QR code as PNG."""
        out = io.BytesIO()
        segno.make(self.qr_text, error="m").save(out, kind="png", scale=8)
        return out.getvalue()

    def qr_terminal(self) -> str:
        """Return the QR code in block characters."""
        out = io.StringIO()
        segno.make(self.qr_text, error="l").terminal(out, compact=True)
        return out.getvalue()


@dataclass(frozen=True)
class CodeView:
    """A code that was made: `open`, `used`, `cancelled`, or `expired` when nobody used it."""

    code_id: str
    staff_id: str
    name: str
    state: str
    ends_at: datetime


class CodeService:
    """Codes for the devices of others. Raises SyncError when the centre does not agree."""

    def __init__(self, notebook: Notebook, sync: SyncService, centre: CentreCalls) -> None:
        """Work through the sync of the same store."""
        self._notebook = notebook
        self._sync = sync
        self._centre = centre

    def make(self, staff_id: str) -> NewCode:
        """Make a one-time code for a new device of somebody.

        It brings the keys of the cases that the person may see, so that the new device can read
        them at once.
        """
        with self._sync.replica.reading() as tx:
            is_known = staff_id in words(tx)
        if not is_known:
            self._sync.sync_now()
        with self._sync.replica.reading() as tx:
            identity, word = tx.identity(), words(tx).get(staff_id)
            if word is None:
                raise SyncError("The person is not known here yet. Sync, then try again.")
            now_ms = self._centre.now_ms(tx)
            keys = _keys_of_person(tx, identity, staff_id, now_ms)
        code, not_after = new_code(), now_ms + CODE_LIFETIME_HOURS * _HOUR_MS
        wish = _code_request(identity, staff_id, word, code, keys, not_after)
        self._centre.post(CodeState, "/v1/enrolments", wish)
        return NewCode(
            code.code_id, code.text(), code.qr_text(identity.centre_url), _instant(not_after)
        )

    def all(self) -> list[CodeView]:
        """Return the codes that were made."""
        listed = self._centre.ask(lambda channel: channel.call(CodeList, "GET", "/v1/enrolments"))
        with self._notebook.read() as records:
            names = staff_names(records)
        return [
            CodeView(
                code.code_id,
                code.staff_id,
                names.get(code.staff_id, ""),
                code.state,
                _instant(code.not_after),
            )
            for code in listed.codes
        ]

    def cancel(self, code_id: str) -> None:
        """Make an open code worthless."""
        path = f"/v1/enrolments/{code_id}"
        self._centre.act(lambda channel: channel.call(CodeState, "DELETE", path))


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _keys_of_person(
    tx: StoreTransaction, identity: Identity, staff_id: str, now_ms: int
) -> tuple[CaseKey, ...]:
    """Return the keys of the cases that a person may see, by signed words and the centre's both."""
    grounds = Grounds(tx, identity)
    cases = [
        case_id
        for case_id in tx.all_key_cases()
        if grounds.allows_person(staff_id, case_id, now_ms)
        and (
            grounds.has_role_in(staff_id, case_id)
            or any(
                g.staff_id == staff_id and is_live(g, now_ms) for g in tx.grants_of_case(case_id)
            )
        )
    ]
    return tuple(held.key for case_id in cases for held in tx.keys_of_case(case_id))


def _code_request(
    identity: Identity,
    staff_id: str,
    word: Word,
    code: EnrolmentCode,
    keys: tuple[CaseKey, ...],
    not_after: int,
) -> CodeRequest:
    if identity.agency_seed is None:
        raise SyncError("Only a data manager's device can make enrolment codes.", code="forbidden")
    holder = certify_holder(
        Ed25519PrivateKey.from_private_bytes(identity.agency_seed),
        identity.agency_id,
        staff_id,
        word.role,
        code.code_id,
        code.holder_key().public_key().public_bytes_raw(),
        not_after,
        team_id=word.team_id,
        as_of=word.number,
    )
    blob = EnrolmentBlob(
        server_key=identity.server_key,
        agency_id=identity.agency_id,
        signing_key=identity.agency_key,
        recovery_key=identity.recovery_key,
        holder=holder,
        case_keys=keys,
        signing_seed=identity.agency_seed if word.role is Role.DATA_MANAGER else None,
    )
    return CodeRequest(
        code_id=code.code_id,
        staff_id=staff_id,
        token_hash=token_hash(code.token()),
        holder=holder,
        blob=seal_blob(blob, code),
        not_after=not_after,
    )
