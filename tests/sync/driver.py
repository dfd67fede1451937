"""A small client for tests: it speaks the whole protocol, keeps everything in memory, and checks
every signature. What a real client does beside this is to store, to merge and to repeat."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.protocol import certificates as certs
from sync.protocol.certificates import Certificate, DeviceKeys, bind_device, certify_device
from sync.protocol.compression import deflate, inflate
from sync.protocol.decisions import (
    Appointment,
    CaseGrant,
    DirectoryEntry,
    GrantWithdrawal,
    Opening,
    Revocation,
    directory_hash,
    opening_proof,
)
from sync.protocol.enrolment import (
    CodeRequest,
    EnrolmentBlob,
    EnrolmentCode,
    Founding,
    RedeemAnswer,
    RedeemRequest,
    new_code,
    open_blob,
    seal_blob,
    token_hash,
)
from sync.protocol.envelope import (
    Change,
    Record,
    Run,
    RunSignature,
    check_record_in_run,
    sign_run,
    verify_run,
)
from sync.protocol.errors import Problem
from sync.protocol.feed import GrantEntry
from sync.protocol.ids import id_bytes, new_id
from sync.protocol.keys import (
    RECOVERY,
    CaseKey,
    SealedCaseKey,
    new_case_key,
    open_case_key,
    seal_case_key,
)
from sync.protocol.limits import CHANGES_PER_RUN
from sync.protocol.management import (
    GrantAnswer,
    GrantList,
    NewGrant,
    NewStaff,
    RevocationRequest,
    WithdrawalRequest,
)
from sync.protocol.push import SyncAnswer, SyncRequest
from sync.protocol.receipts import chain_start, next_entry, verify_chain_head
from sync.protocol.roles import GrantKind, Role
from sync.protocol.sealing import open_record, seal_record, seal_secret
from sync.protocol.signing import sign_request, verify_answer
from sync.protocol.wire import Message, SignedStatement, from_base64url

M = TypeVar("M", bound=Message)
REDEEM = "/v1/enrolments/redeem"


class CallFailed(Exception):
    """The centre answered with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.status} {problem.code}: {problem.detail}")
        self.problem = problem
        self.code = problem.code
        self.status = problem.status


@dataclass
class Answer:
    """One verified answer."""

    status: int
    body: bytes
    headers: dict[str, str]
    raw: bytes

    def read(self, model: type[M]) -> M:
        """Return the message, or raise the problem."""
        if self.status != 200:
            raise CallFailed(Problem.model_validate_json(self.body))
        return model.model_validate_json(self.body)


@dataclass
class Device:
    """One device: its keys, what it knows, and how to call."""

    url: str
    http: requests.Session = field(default_factory=requests.Session)
    device_id: str = field(default_factory=new_id)
    signing: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    sealing: X25519PrivateKey = field(default_factory=X25519PrivateKey.generate)
    agency_id: str = ""
    staff_id: str = ""
    role: Role = Role.ADVOCATE
    team_id: str | None = None
    generation: int = 1
    server_key: Ed25519PublicKey | None = None
    agency_key: bytes = b""
    recovery_key: bytes = b""
    agency_signing: Ed25519PrivateKey | None = None
    recovery: X25519PrivateKey | None = None
    last_seq: int = 0
    chain: bytes = b""
    cursor: str | None = None
    clock_offset_seconds: int = 0
    case_keys: dict[str, CaseKey] = field(default_factory=dict)
    unsent_keys: list[SealedCaseKey] = field(default_factory=list)
    directory_numbers: dict[str, int] = field(default_factory=dict)
    directory: dict[str, certs.CertifiedDevice] = field(default_factory=dict)
    device_states: dict[str, str] = field(default_factory=dict)
    rows: dict[str, Record] = field(default_factory=dict)
    texts: dict[str, dict[str, Any]] = field(default_factory=dict)
    grants: dict[str, GrantEntry] = field(default_factory=dict)
    withdrawn: list[str] = field(default_factory=list)
    last_answer: SyncAnswer | None = None

    @property
    def keys(self) -> DeviceKeys:
        """This device's public keys."""
        return DeviceKeys(
            self.device_id,
            self.signing.public_key().public_bytes_raw(),
            self.sealing.public_key().public_bytes_raw(),
        )

    # Calls

    def request(
        self,
        method: str,
        target: str,
        body: bytes,
        *,
        content_type: str = "application/json",
        idempotency_key: str | None = None,
        **changed: Any,
    ) -> tuple[str, dict[str, str], bytes]:
        """Return url, headers and body of a signed request. `changed` overrides what is signed."""
        parts = urlsplit(target)
        raw, coding = deflate(body)
        covered: dict[str, str] = {}
        if coding:
            covered["Content-Encoding"] = coding
        if idempotency_key:
            covered["Idempotency-Key"] = idempotency_key
        created = int(time.time()) + self.clock_offset_seconds
        signed = sign_request(
            changed.get("key", self.signing),
            changed.get("device_id", self.device_id),
            method,
            parts.path,
            parts.query,
            raw,
            created=changed.get("created", created),
            nonce=changed.get("nonce", new_id().replace("-", "")),
            headers=covered,
        )
        headers = {
            "Field-Notes-Protocol": "1",
            "Accept-Encoding": "deflate",
            **covered,
            **signed,
        }
        if body:
            headers["Content-Type"] = content_type
        return self.url + target, headers, raw

    def send(self, method: str, url: str, headers: dict[str, str], raw: bytes) -> Answer:
        """Send a request and return its answer, checked with the pinned key when there is one."""
        with self.http.request(
            method, url, data=raw, headers=headers, stream=True, timeout=60
        ) as response:
            body = response.raw.read(decode_content=False)
            received = dict(response.headers)
            status, coding = response.status_code, response.headers.get("Content-Encoding")
        if self.server_key is not None:
            verify_answer(
                self.server_key,
                status,
                received,
                b"" if method == "HEAD" else body,
                device_id=self.device_id,
                request_signature=headers["Signature"],
            )
        return Answer(status, inflate(body, coding), received, body)

    def call(
        self,
        method: str,
        target: str,
        body: Message | bytes = b"",
        *,
        key: str | None = None,
        **more: Any,
    ) -> Answer:
        """Make one call. POSTs of management get an idempotency key."""
        raw = body.model_dump_json().encode() if isinstance(body, Message) else body
        needs_key = method == "POST" and target not in ("/v1/sync", REDEEM)
        idempotency = key or (new_id() if needs_key else None)
        url, headers, sent = self.request(method, target, raw, idempotency_key=idempotency, **more)
        return self.send(method, url, headers, sent)

    # Enrolment

    def redeem(self, code: EnrolmentCode, founding: Founding | None = None) -> RedeemAnswer:
        """Redeem a code; pin what its blob says and check the answer with it."""
        wish = RedeemRequest(
            code_id=code.code_id,
            token=code.token(),
            device_id=self.device_id,
            signing_key=self.keys.signing_key,
            sealing_key=self.keys.sealing_key,
            binding=bind_device(
                code.holder_key(),
                self.agency_id or new_id(),
                code.code_id,
                self.keys,
                int(time.time() * 1000),
            ),
            founding=founding,
        )
        return self.redeem_with(wish, code)

    def redeem_with(self, wish: RedeemRequest, code: EnrolmentCode) -> RedeemAnswer:
        """Send a redeem request and take in its answer."""
        url, headers, raw = self.request("POST", REDEEM, wish.model_dump_json().encode())
        self.server_key = None
        answer = self.send("POST", url, headers, raw)
        redeemed = answer.read(RedeemAnswer)
        blob = open_blob(redeemed.blob, code)
        self.server_key = Ed25519PublicKey.from_public_bytes(blob.server_key)
        verify_answer(
            self.server_key,
            200,
            answer.headers,
            answer.raw,
            device_id=self.device_id,
            request_signature=headers["Signature"],
        )
        self.agency_id, self.staff_id = redeemed.agency_id, redeemed.staff_id
        self.role, self.team_id = redeemed.role, redeemed.team_id
        self.generation = redeemed.generation
        self.agency_key = blob.signing_key or self.agency_key
        self.recovery_key = blob.recovery_key or self.recovery_key
        if blob.signing_seed:
            self.agency_signing = Ed25519PrivateKey.from_private_bytes(blob.signing_seed)
        for case_key in blob.case_keys:
            self.case_keys[case_key.key_id] = case_key
        self.chain = chain_start(self.agency_id, self.device_id, self.generation)
        return redeemed

    def found(self, agency_id: str, staff_id: str, code: EnrolmentCode) -> "Device":
        """Redeem the first code of an agency: make its keys."""
        self.agency_signing = Ed25519PrivateKey.generate()
        self.recovery = X25519PrivateKey.generate()
        self.agency_id = agency_id
        self.agency_key = self.agency_signing.public_key().public_bytes_raw()
        self.recovery_key = self.recovery.public_key().public_bytes_raw()
        founding = Founding(
            signing_key=self.agency_key,
            recovery_key=self.recovery_key,
            sealed_signing_seed=seal_secret(
                self.agency_signing.private_bytes_raw(),
                self.recovery_key,
                "agency signing key",
                id_bytes(agency_id),
            ),
            certificate=certify_device(
                self.agency_signing, agency_id, staff_id, Role.DATA_MANAGER, self.keys, 1
            ),
        )
        self.redeem(code, founding)
        self.pull()
        return self

    def add_staff(self, role: Role, team_id: str | None = None) -> str:
        """Add a person; return the staff id."""
        wish = self.new_staff(role, team_id)
        self.call("POST", "/v1/staff", wish).read(Message)
        return wish.staff_id

    # Statements

    def place(self, subject: str) -> dict[str, Any]:
        """Return number and hash of the next statement about somebody, as this device knows."""
        numbers = {**self.directory_numbers, subject: self.next_number()}
        self.directory_numbers = numbers
        entries = (DirectoryEntry(name, number) for name, number in numbers.items())
        return {"number": numbers[subject], "directory": directory_hash(entries)}

    def next_number(self) -> int:
        """Return a number that no statement has yet: tests decide from several devices."""
        return max(time.time_ns() // 1000, *self.directory_numbers.values(), 0) + 1

    def appointment(
        self, staff_id: str, role: Role, team_id: str | None = None, *, active: bool = True
    ) -> SignedStatement:
        """Return the signed statement of a person's role and team."""
        key = self.agency_signing or self.signing
        return Appointment(
            agency_id=self.agency_id,
            staff_id=staff_id,
            role=role,
            team_id=team_id,
            active=active,
            since=0,
            at=int(time.time() * 1000),
            **self.place(staff_id),
        ).sign(key)

    def new_staff(self, role: Role, team_id: str | None = None) -> NewStaff:
        """Return the wish to add a person, with its statement."""
        staff_id = new_id()
        statement = self.appointment(staff_id, role, team_id)
        return NewStaff(staff_id=staff_id, role=role, team_id=team_id, statement=statement)

    def new_grant(
        self,
        case_id: str,
        staff_id: str,
        kind: GrantKind = GrantKind.GRANTED,
        *,
        starts_at: int | None = None,
        until: int | None = None,
        keys: Sequence[SealedCaseKey] = (),
    ) -> NewGrant:
        """Return the wish to give a person access, with its statement."""
        said: dict[str, Any] = {
            "grant_id": new_id(),
            "staff_id": staff_id,
            "kind": kind,
            "starts_at": starts_at,
            "until": until,
        }
        statement = CaseGrant(
            agency_id=self.agency_id,
            case_id=case_id,
            signer=self.device_id,
            as_of=max(self.directory_numbers.values(), default=0),
            **said,
        ).sign(self.signing)
        return NewGrant(statement=statement, keys=tuple(keys), **said)

    def withdrawal(
        self, case_id: str, grant_id: str, staff_id: str, kind: GrantKind = GrantKind.GRANTED
    ) -> WithdrawalRequest:
        """Return the wish to end a grant."""
        return WithdrawalRequest(
            statement=GrantWithdrawal(
                agency_id=self.agency_id,
                grant_id=grant_id,
                case_id=case_id,
                staff_id=staff_id,
                kind=kind,
                signer=self.device_id,
                as_of=max(self.directory_numbers.values(), default=0),
            ).sign(self.signing)
        )

    def revocation(self, device_id: str, staff_id: str) -> RevocationRequest:
        """Return the wish to end a device."""
        return RevocationRequest(
            statement=Revocation(
                agency_id=self.agency_id,
                staff_id=staff_id,
                device_id=device_id,
                at=int(time.time() * 1000),
                **self.place(device_id),
            ).sign(self.agency_signing or self.signing)
        )

    def opening(self, case_key: CaseKey, **changed: Any) -> SignedStatement:
        """Return the statement that this device opened a case."""
        said = {
            "agency_id": self.agency_id,
            "case_id": case_key.case_id,
            "staff_id": self.staff_id,
            "team_id": self.team_id,
            "key_id": case_key.key_id,
            "proof": opening_proof(case_key, self.agency_id, self.device_id),
            "signer": self.device_id,
            "as_of": 0,
        }
        return Opening(**{**said, **changed}).sign(self.signing)

    def make_code(
        self, staff_id: str, role: Role, case_keys: Sequence[CaseKey] = ()
    ) -> EnrolmentCode:
        """Make an enrolment code for a person, as a data manager's device does."""
        assert self.agency_signing is not None
        assert self.server_key is not None
        code = new_code()
        not_after = int(time.time() * 1000) + 72 * 3600 * 1000
        holder = certs.certify_holder(
            self.agency_signing,
            self.agency_id,
            staff_id,
            role,
            code.code_id,
            code.holder_key().public_key().public_bytes_raw(),
            not_after,
        )
        blob = EnrolmentBlob(
            server_key=self.server_key.public_bytes_raw(),
            agency_id=self.agency_id,
            signing_key=self.agency_key,
            recovery_key=self.recovery_key,
            holder=holder,
            case_keys=tuple(case_keys),
            signing_seed=(
                self.agency_signing.private_bytes_raw() if role is Role.DATA_MANAGER else None
            ),
        )
        wish = CodeRequest(
            code_id=code.code_id,
            staff_id=staff_id,
            token_hash=token_hash(code.token()),
            holder=holder,
            blob=seal_blob(blob, code),
            not_after=not_after,
        )
        self.call("POST", "/v1/enrolments", wish).read(Message)
        return code

    def enrol(
        self,
        role: Role,
        team_id: str | None = None,
        *,
        staff_id: str | None = None,
        case_keys: Sequence[CaseKey] = (),
    ) -> "Device":
        """Add a person (or use one), make a code, and return the new, enrolled device."""
        staff_id = staff_id or self.add_staff(role, team_id)
        code = self.make_code(staff_id, role, case_keys)
        device = Device(self.url, agency_id=self.agency_id)
        device.redeem(code)
        device.pull()
        return device

    # Records

    def new_case(self, case_id: str | None = None) -> str:
        """Make a key for a new case, sealed to everyone of the directory and to the recovery key.

        Whether a device may read it the centre decides by grants; sealing to all is enough here.
        """
        case_id = case_id or new_id()
        self.new_key(case_id)
        return case_id

    def new_key(self, case_id: str, *, epoch: int = 1, without: Sequence[str] = ()) -> CaseKey:
        """Make a key of a case and queue its sealed copies."""
        case_key = new_case_key(case_id, epoch=epoch)
        self.case_keys[case_key.key_id] = case_key
        recipients = {RECOVERY: self.recovery_key, self.device_id: self.keys.sealing_key}
        for device_id, known in self.directory.items():
            if self.device_states.get(device_id) == "active" and device_id not in without:
                recipients[device_id] = known.keys.sealing_key
        for recipient, public in recipients.items():
            self.unsent_keys.append(self.seal(case_key, recipient, public))
        return case_key

    def seal(self, case_key: CaseKey, recipient: str, public: bytes) -> SealedCaseKey:
        """Return a case key sealed by this device."""
        return seal_case_key(
            case_key, self.agency_id, recipient, public, self.device_id, self.signing
        )

    def key_for(self, case_id: str) -> CaseKey:
        """Return the newest key of a case."""
        held = [key for key in self.case_keys.values() if key.case_id == case_id]
        return sorted(held, key=lambda key: (-key.epoch, key.key_id))[0]

    def change(
        self,
        case_id: str,
        values: dict[str, Any],
        *,
        record_id: str | None = None,
        base: int | None = None,
        deleted: bool = False,
        ahead: int = 0,
        case_key: CaseKey | None = None,
    ) -> Change:
        """Return a change numbered `ahead` + 1 after the last one, sealed and ready to send."""
        record_id = record_id or new_id()
        known = self.rows.get(record_id)
        revision = base if base is not None else (known.revision if known else 0)
        case_key = case_key or self.key_for(case_id)
        unsealed = Change(
            record_id=record_id,
            case_id=case_id,
            base_revision=revision,
            device_seq=self.last_seq + 1 + ahead,
            key_id=case_key.key_id,
            deleted=deleted,
            sealed=b"-",
        )
        head = unsealed.head(self.agency_id, self.device_id, self.generation)
        text = json.dumps({"record_id": record_id, "case_id": case_id, **values}).encode()
        sealed = seal_record(text, case_key.key, head.associated_data())
        return unsealed.model_copy(update={"sealed": sealed})

    def changes(self, case_id: str, many: Sequence[dict[str, Any]]) -> list[Change]:
        """Return new records as changes, numbered on."""
        return [self.change(case_id, values, ahead=n) for n, values in enumerate(many)]

    def runs(self, changes: Sequence[Change]) -> tuple[RunSignature, ...]:
        """Sign changes in runs."""
        return tuple(
            sign_run(
                self.signing,
                self.agency_id,
                self.device_id,
                self.generation,
                changes[start : start + CHANGES_PER_RUN],
            )
            for start in range(0, len(changes), CHANGES_PER_RUN)
        )

    def round(self, changes: Sequence[Change] = (), **more: Any) -> SyncRequest:
        """Return the request of one round, with the keys that wait."""
        return SyncRequest(
            generation=self.generation,
            keys=tuple(self.unsent_keys),
            openings=self.openings(changes),
            changes=tuple(changes),
            runs=self.runs(changes),
            **{"acked": self.last_seq, "cursor": self.cursor, **more},
        )

    def openings(self, changes: Sequence[Change]) -> tuple[SignedStatement, ...]:
        """Return who opened the cases of these changes and of the keys that wait."""
        wanted = {change.case_id for change in changes} | {k.case_id for k in self.unsent_keys}
        keys = {key.case_id: key for key in self.case_keys.values() if key.case_id in wanted}
        return tuple(self.opening(key) for key in keys.values())

    def sync(self, changes: Sequence[Change] = (), **more: Any) -> SyncAnswer:
        """Send one round and take in its answer."""
        answer = self.call("POST", "/v1/sync", self.round(changes, **more)).read(SyncAnswer)
        self.take_in(changes, answer)
        return answer

    def pull(self, limit: int = 1000) -> SyncAnswer:
        """Read the feed to its end."""
        while True:
            answer = self.sync(limit=limit)
            if not answer.more:
                return answer

    def take_in(self, changes: Sequence[Change], answer: SyncAnswer) -> None:
        """Check and apply an answer as a device does: outcomes, chain, keys, records."""
        assert self.server_key is not None
        self.last_answer = answer
        self.unsent_keys = []
        by_number = {change.device_seq: change for change in changes}
        for outcome in answer.outcomes:
            change = by_number[outcome.device_seq]
            if outcome.device_seq <= self.last_seq:
                continue
            self.chain = next_entry(
                self.chain,
                outcome.device_seq,
                outcome.status,
                change.record_id,
                outcome.revision,
                outcome.seq,
                sha256(change.sealed).digest(),
                outcome.received_at,
            )
            self.last_seq = outcome.device_seq
            if outcome.status == "accepted":
                values = {name: getattr(change, name) for name in Change.model_fields}
                self._keep(
                    Record(
                        **values,
                        revision=outcome.revision,
                        seq=outcome.seq,
                        generation=self.generation,
                        device_id=self.device_id,
                        received_at=outcome.received_at,
                    )
                )
        verify_chain_head(answer.chain_head, self.server_key)
        assert answer.chain_head.device_seq == self.last_seq
        assert answer.chain_head.hash == self.chain
        if answer.feed is None:
            return
        self.cursor = answer.cursor
        for entry in answer.feed.devices:
            self.device_states[entry.device_id] = entry.state
            if entry.certificate is not None:
                known = certs.verify_certificate(entry.certificate, self.agency_key)
                self.directory[entry.device_id] = known
        for grant in answer.feed.grants:
            self.grants[grant.grant_id] = grant
        for sealed in answer.feed.keys:
            author = self._author(sealed.sealer)
            opened = open_case_key(self.agency_id, sealed, self.sealing, author)
            self.case_keys[opened.key_id] = opened
        runs = self._verified(answer.runs)
        for record in answer.feed.records:
            self._check(record, runs)
            self._keep(record)
        for outcome in answer.outcomes:
            if outcome.current is not None:
                self._check(outcome.current, runs)
        for withdrawal in answer.feed.withdrawals:
            self.withdrawn.append(withdrawal.case_id)
            gone = [r for r, row in self.rows.items() if row.case_id == withdrawal.case_id]
            for record_id in gone:
                del self.rows[record_id]
                self.texts.pop(record_id, None)

    def _author(self, device_id: str) -> Ed25519PublicKey:
        if device_id == self.device_id:
            return self.signing.public_key()
        return Ed25519PublicKey.from_public_bytes(self.directory[device_id].keys.signing_key)

    def _verified(self, runs: Sequence[Run]) -> list[Run]:
        for run in runs:
            verify_run(self.agency_id, run, self._author(run.device_id))
        return list(runs)

    def _check(self, record: Record, runs: Sequence[Run]) -> None:
        for run in runs:
            same = (run.device_id, run.generation) == (record.device_id, record.generation)
            if same and run.leaf(record.device_seq):
                check_record_in_run(
                    record,
                    run,
                    packed_head=record.packed_head(self.agency_id),
                    sealed_hash=sha256(record.sealed).digest(),
                )
                return
        raise AssertionError(f"no run vouches for {record.record_id}")

    def _keep(self, record: Record) -> None:
        known = self.rows.get(record.record_id)
        assert known is None or record.revision >= known.revision, "a revision went back"
        self.rows[record.record_id] = record
        case_key = self.case_keys.get(record.key_id)
        if case_key is not None:
            associated = record.head(self.agency_id).associated_data()
            text = open_record(record.sealed, case_key.key, associated)
            self.texts[record.record_id] = json.loads(text)

    # Access

    def grant(self, case_id: str, to: "Device", **more: Any) -> str:
        """Give a person access, with the keys of the case sealed to one device."""
        keys = [
            self.seal(key, to.device_id, to.keys.sealing_key)
            for key in self.case_keys.values()
            if key.case_id == case_id
        ]
        wish = self.new_grant(case_id, to.staff_id, keys=keys, **more)
        answer = self.call("POST", f"/v1/cases/{case_id}/grants", wish).read(GrantAnswer)
        assert all(outcome.code is None for outcome in answer.key_outcomes)
        return wish.grant_id

    def withdraw(self, case_id: str, grant_id: str) -> None:
        """End a grant."""
        target = f"/v1/cases/{case_id}/grants/{grant_id}/withdrawal"
        listed = self.call("GET", f"/v1/cases/{case_id}/grants").read(GrantList).grants
        grant = next(grant for grant in listed if grant.grant_id == grant_id)
        wish = self.withdrawal(case_id, grant_id, grant.staff_id, grant.kind)
        self.call("POST", target, wish).read(Message)

    def revoke(self, device: "Device") -> None:
        """Revoke a device."""
        wish = self.revocation(device.device_id, device.staff_id)
        self.call("POST", f"/v1/devices/{device.device_id}/revocation", wish).read(Message)


def certificate_of(answer: bytes) -> Certificate:
    """Return the certificate of a device entry."""
    return Certificate.model_validate(json.loads(answer)["certificate"])


__all__ = ["Answer", "CallFailed", "Device", "certificate_of", "from_base64url"]
