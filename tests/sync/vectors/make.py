"""Builds the test vectors of protocol version 1 from fixed keys, nonces and times.

    python -m tests.sync.vectors.make > tests/sync/vectors/v1.json

The file is frozen: run this only to look at a difference, never to make a red test green.
"""

import json
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.protocol import (
    attachments,
    audit,
    certificates,
    decisions,
    digest,
    enrolment,
    envelope,
    receipts,
    sealing,
    signing,
)
from sync.protocol.cursor import Cursor
from sync.protocol.keys import RECOVERY, CaseKey, _bound
from sync.protocol.roles import GrantKind, Role
from sync.protocol.wire import SignedStatement

FILE = Path(__file__).with_name("v1.json")


def fixed_id(number: int) -> str:
    """Return a recognisable id."""
    return f"{number:08x}-0000-4000-8000-{number:012x}"


AGENCY, CASE, RECORD, DEVICE, KEY, STAFF = (fixed_id(number) for number in range(1, 7))
SUCCESSOR, TEAM, GRANT = (fixed_id(number) for number in range(7, 10))
DEVICE_SEED, SERVER_SEED, AGENCY_SEED = bytes([1]) * 32, bytes([2]) * 32, bytes([3]) * 32
SEALING_SEED, ONE_TIME_SEED = bytes([4]) * 32, bytes([5]) * 32
CASE_KEY = bytes(range(32))
AT = 1_770_000_000_000
TEXT = '{"kind":"contact","schema":1,"note":"Met at school, ñandú."}'.encode()


def signing_key(seed: bytes) -> Ed25519PrivateKey:
    """Return the Ed25519 key of a seed."""
    return Ed25519PrivateKey.from_private_bytes(seed)


def decided(
    agency: Ed25519PrivateKey, device: Ed25519PrivateKey
) -> Iterator[tuple[str, SignedStatement]]:
    """Yield one statement of every kind of decision."""
    directory = decisions.directory_hash(
        [decisions.DirectoryEntry(STAFF, 8), decisions.DirectoryEntry(DEVICE, 7)]
    )
    here = {"agency_id": AGENCY, "staff_id": STAFF}
    signed = {**here, "case_id": CASE, "signer": DEVICE, "as_of": 8}
    key = CaseKey(case_id=CASE, key_id=KEY, epoch=1, key=CASE_KEY)
    yield (
        "appointment",
        decisions.Appointment(
            **here,
            role=Role.SUPERVISOR,
            team_id=TEAM,
            active=True,
            number=8,
            since=3,
            at=AT,
            directory=directory,
        ).sign(agency),
    )
    yield (
        "revocation",
        decisions.Revocation(**here, device_id=DEVICE, number=9, at=AT, directory=directory).sign(
            agency
        ),
    )
    yield (
        "opening",
        decisions.Opening(
            **signed,
            team_id=TEAM,
            key_id=KEY,
            proof=decisions.opening_proof(key, AGENCY, DEVICE),
        ).sign(device),
    )
    yield (
        "grant",
        decisions.CaseGrant(
            **signed, grant_id=GRANT, kind=GrantKind.COVER, starts_at=None, until=AT + 1
        ).sign(device),
    )
    yield (
        "withdrawal",
        decisions.GrantWithdrawal(**signed, grant_id=GRANT, kind=GrantKind.COVER).sign(device),
    )


def build() -> dict[str, Any]:
    """Return every vector, bytes as hexadecimal text."""
    device, server, agency = (signing_key(seed) for seed in (DEVICE_SEED, SERVER_SEED, AGENCY_SEED))
    sealing_key = X25519PrivateKey.from_private_bytes(SEALING_SEED)
    head = envelope.RecordHead(AGENCY, CASE, RECORD, DEVICE, KEY, 3, 4, 5, False)
    sealed = sealing.seal_record(TEXT, CASE_KEY, head.associated_data(), nonce=bytes([9]) * 12)
    change = envelope.Change(
        record_id=RECORD, case_id=CASE, base_revision=4, device_seq=5, key_id=KEY, sealed=sealed
    )
    bound = _bound(AGENCY, CASE, KEY, 1, RECOVERY)
    code = enrolment.EnrolmentCode("0a0b0c0d0e0f", bytes(range(16)))
    keys = certificates.DeviceKeys(
        DEVICE, device.public_key().public_bytes_raw(), sealing_key.public_key().public_bytes_raw()
    )
    certificate = certificates.certify_device(
        agency, AGENCY, STAFF, Role.ADVOCATE, keys, AT, team_id=TEAM, as_of=8
    )
    holder = certificates.certify_holder(
        agency,
        AGENCY,
        STAFF,
        Role.ADVOCATE,
        code.code_id,
        code.holder_key().public_key().public_bytes_raw(),
        AT + 1,
        team_id=TEAM,
        as_of=8,
    )
    binding = certificates.bind_device(code.holder_key(), AGENCY, code.code_id, keys, AT)
    succession = certificates.succeed_device(
        device,
        AGENCY,
        DEVICE,
        certificates.DeviceKeys(SUCCESSOR, keys.signing_key, keys.sealing_key),
        AT,
    )
    request = signing.sign_request(
        device,
        DEVICE,
        "POST",
        "/v1/sync",
        "",
        b"{}",
        created=AT // 1000,
        nonce="0123456789abcdef",
        headers={"Idempotency-Key": "abcdefghijklmnop"},
    )
    answer = signing.sign_answer(
        server,
        200,
        b'{"done":true}',
        device_id=DEVICE,
        generation=3,
        request_signature=request[signing.SIGNATURE_HEADER],
        created=AT // 1000,
    )
    start = receipts.chain_start(AGENCY, DEVICE, 3)
    entry = receipts.next_entry(
        start, 5, receipts.Status.ACCEPTED, RECORD, 5, 77, sha256(sealed).digest(), AT
    )
    chain_head = receipts.sign_chain_head(server, AGENCY, DEVICE, 3, 5, entry, AT)
    audit_hash = audit.audit_entry_hash(
        audit.audit_start(AGENCY), 1, AT, DEVICE, "grant", {"case_id": CASE, "until": None}
    )
    attachment_key = bytes([7]) * 32
    chunk = attachments.seal_chunk(
        attachment_key, RECORD, 0, True, b"picture", nonce=bytes([8]) * 12
    )
    return {
        "record": {
            "text": TEXT.hex(),
            "case_key": CASE_KEY.hex(),
            "head": head.pack().hex(),
            "sealed": sealed.hex(),
            "leaf": head.leaf(sha256(sealed).digest()).hex(),
            "run_signature": envelope.sign_run(device, AGENCY, DEVICE, 3, [change]).signature.hex(),
        },
        "case_key": {
            "key": CaseKey(case_id=CASE, key_id=KEY, epoch=1, key=CASE_KEY).model_dump(mode="json"),
            "recipient_seed": SEALING_SEED.hex(),
            "bound": bound.hex(),
            "sealed": sealing.seal_secret(
                CASE_KEY,
                sealing_key.public_key().public_bytes_raw(),
                "case key",
                bound,
                one_time=X25519PrivateKey.from_private_bytes(ONE_TIME_SEED),
            ).hex(),
        },
        "certificates": {
            "device": certificate.model_dump(mode="json"),
            "holder": holder.model_dump(mode="json"),
            "binding": binding.model_dump(mode="json"),
            "succession": succession.model_dump(mode="json"),
        },
        "decisions": {
            name: statement.model_dump(mode="json") for name, statement in decided(agency, device)
        },
        "request": request,
        "answer": answer,
        "receipts": {
            "start": start.hex(),
            "entry": entry.hex(),
            "head": chain_head.model_dump(mode="json"),
            "audit": audit_hash.hex(),
        },
        "digest": digest.case_digest(
            [(SUCCESSOR, bytes(32), True), (RECORD, bytes([1]) * 32, False)]
        ).hex(),
        "cursor": Cursor(12, "5:abc", 3).encode(),
        "code": {
            "text": code.text(),
            "qr": code.qr_text("https://centre.example"),
            "token": code.token().hex(),
            "token_hash": enrolment.token_hash(code.token()).hex(),
            "holder": code.holder_key().public_key().public_bytes_raw().hex(),
            "blob": enrolment.seal_blob(
                enrolment.EnrolmentBlob(
                    server_key=server.public_key().public_bytes_raw(), agency_id=AGENCY
                ),
                code,
                nonce=bytes([6]) * 12,
            ).hex(),
        },
        "attachment": {
            "chunk": chunk.hex(),
            "whole": attachments.attachment_digest([chunk]).hex(),
        },
    }


if __name__ == "__main__":
    json.dump(build(), sys.stdout, indent=1, sort_keys=True)
    sys.stdout.write("\n")
