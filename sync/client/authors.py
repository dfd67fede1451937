"""Who wrote a record, and what it says: from the directory to the opened text.

The order of PROTOCOL.md 15: the author's certificate, the run's signature, the record's leaf, the
seal. Each check is made once, and no contents are used before all of them.
"""

from collections.abc import Iterable
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic_core import from_json

from sync.client.replica import Json, KnownDevice, Transaction
from sync.protocol.certificates import verify_certificate
from sync.protocol.envelope import (
    Record,
    Run,
    associated_data,
    check_record_in_run,
    verify_run,
)
from sync.protocol.errors import CertificateInvalid, SealBroken, SignatureInvalid
from sync.protocol.feed import DeviceEntry
from sync.protocol.limits import CHANGES_PER_RUN
from sync.protocol.roles import DeviceState
from sync.protocol.sealing import open_record


class NotOpened(Exception):
    """A record cannot be opened now. `reason` is a stable word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


NO_KEY = "no_key"
NO_AUTHOR = "no_author"
BAD_SIGNATURE = "bad_signature"
BAD_SEAL = "bad_seal"
UNREADABLE = "unreadable"

ORIGIN = "~made_on"
"""In the sealed text beside a record's fields, none of which begins so: see PROTOCOL.md 2."""


def know_device(entry: DeviceEntry, agency_id: str, agency_key: bytes) -> KnownDevice | None:
    """Return a device whose certificate leads to the agency's key, or None."""
    if entry.certificate is None:
        return None
    try:
        certified = verify_certificate(entry.certificate, agency_key)
    except CertificateInvalid:
        return None
    if (certified.agency_id, certified.keys.device_id, certified.staff_id) != (
        agency_id,
        entry.device_id,
        entry.staff_id,
    ):
        return None
    return KnownDevice(
        device_id=entry.device_id,
        staff_id=entry.staff_id,
        signing_key=certified.keys.signing_key,
        sealing_key=certified.keys.sealing_key,
        is_active=entry.state is DeviceState.ACTIVE,
        seq=entry.seq,
        is_direct=len(entry.certificate.statements) == 1,
        role=certified.role,
        team_id=certified.team_id,
        as_of=certified.as_of,
    )


class Opener:
    """Opens the records of one answer."""

    def __init__(self, tx: Transaction, agency_id: str, runs: Iterable[Run]) -> None:
        """Use these runs; each is verified at most once."""
        self._tx = tx
        self._agency_id = agency_id
        self._runs: dict[tuple[str, int], dict[int, Run]] = {}
        """Runs by device and generation, then by their first number."""
        self._last: Run | None = None
        self.add_runs(runs)
        self._verified: set[int] = set()
        self._authors: dict[str, Ed25519PublicKey] = {}
        self._keys: dict[str, list[bytes]] = {}

    def add_runs(self, runs: Iterable[Run]) -> None:
        """Use these runs too."""
        for run in runs:
            self._runs.setdefault((run.device_id, run.generation), {}).setdefault(
                run.first_seq, run
            )

    def run_of(self, record: Record) -> Run | None:
        """Return the run that should vouch for a record."""
        author, number = (record.device_id, record.generation), record.device_seq
        last = self._last  # records come in the order in which they were written
        if last is not None and (last.device_id, last.generation) == author and last.leaf(number):
            return last
        of_device = self._runs.get(author)
        if of_device is None:
            return None
        for first in range(number, number - CHANGES_PER_RUN, -1):
            run = of_device.get(first)
            if run is not None and run.leaf(number):
                self._last = run
                return run
        return None

    def open(self, record: Record) -> Json:
        """Return a record's text after every check. Raises as `open_with_origin` does."""
        return self.open_with_origin(record, sha256(record.sealed).digest())[0]

    def open_with_origin(self, record: Record, sealed_hash: bytes) -> tuple[Json, str]:
        """Return a record's text after every check, and which state it was made on.

        `sealed_hash` is the SHA-256 of its sealed bytes.

        Raises:
            NotOpened: It cannot be opened, now or ever; the reason says which.
        """
        run = self.run_of(record)
        if run is None:
            raise NotOpened(BAD_SIGNATURE)
        author = self._author(record.device_id)
        packed_head = record.packed_head(self._agency_id)
        try:
            if id(run) not in self._verified:
                verify_run(self._agency_id, run, author)
                self._verified.add(id(run))
            check_record_in_run(record, run, packed_head=packed_head, sealed_hash=sealed_hash)
        except SignatureInvalid:
            raise NotOpened(BAD_SIGNATURE) from None
        associated = associated_data(packed_head)
        for case_key in self._case_keys(record.case_id, record.key_id):
            try:
                text = open_record(record.sealed, case_key, associated)
            except SealBroken:
                continue
            return _read(text, record.record_id, record.case_id, record.deleted)
        raise NotOpened(BAD_SEAL)

    def _author(self, device_id: str) -> Ed25519PublicKey:
        author = self._authors.get(device_id)
        if author is None:
            known = self._tx.device(device_id)
            if known is None:
                raise NotOpened(NO_AUTHOR)
            author = Ed25519PublicKey.from_public_bytes(known.signing_key)
            self._authors[device_id] = author
        return author

    def _case_keys(self, case_id: str, key_id: str) -> list[bytes]:
        keys = self._keys.get(key_id)
        if keys is None:
            held = self._tx.keys_named(key_id)
            keys = [each.key.key for each in held if each.key.case_id == case_id]
            if not keys:
                raise NotOpened(NO_KEY)
            self._keys[key_id] = keys
        return keys


def read_text(text: bytes, record_id: str, case_id: str, deleted: bool) -> Json:
    """Return the JSON of an opened record, if it is the one that its envelope names.

    Raises:
        NotOpened: It is no JSON object, or another record's.
    """
    return _read(text, record_id, case_id, deleted)[0]


def _read(text: bytes, record_id: str, case_id: str, deleted: bool) -> tuple[Json, str]:
    try:
        values = from_json(text)
    except ValueError:
        raise NotOpened(UNREADABLE) from None
    fits = isinstance(values, dict) and (
        values.get("record_id") == record_id
        and values.get("case_id") == case_id
        and bool(values.get("deleted", False)) is deleted
    )
    if not fits:
        raise NotOpened(UNREADABLE)
    origin = values.pop(ORIGIN, "")
    return values, origin if isinstance(origin, str) else ""


def mark_text(text: bytes, made_on: bytes | None) -> bytes:
    """Return a record's JSON as it is sealed, with the mark of the state that it was made on.

    `made_on` is the SHA-256 of that state's sealed bytes; None for a new record.
    """
    if made_on is None:
        return text
    return b'%b,"%b":"%b"}' % (text[:-1], ORIGIN.encode(), origin_of(made_on).encode())


def origin_of(sealed_hash: bytes) -> str:
    """Return the mark of a state: half its hash is enough to tell the states of one record."""
    return sealed_hash[:16].hex()
