"""Frozen vectors of version 1: what was sealed, signed or hashed once stays readable for ever.

zlib builds may compress differently, so sealed texts are opened, not compared byte by byte.
"""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from field_app.domain.records import codec
from sync.protocol import (
    certificates,
    decisions,
    enrolment,
    envelope,
    receipts,
    sealing,
    signing,
)
from sync.protocol.dictionary import DICTIONARIES
from sync.protocol.errors import SignatureInvalid
from sync.protocol.keys import CaseKey
from sync.protocol.wire import SignedStatement
from tests.sync.vectors import make
from tests.sync.vectors.make_dictionary import text_of

FROZEN = json.loads(make.FILE.read_text())
HEADER_VALUES = {
    "record_id": make.fixed_id(0x0450FA3A),
    "case_id": make.CASE,
    "author_id": make.STAFF,
    "device_id": make.DEVICE,
    "created_at": "2026-03-11T10:00:00Z",
    "updated_at": "2026-03-11T10:05:00Z",
    "schema": 1,
    "deleted": False,
}


def public(seed: bytes) -> Ed25519PublicKey:
    return make.signing_key(seed).public_key()


@pytest.mark.parametrize(
    "part",
    [
        "case_key",
        "certificates",
        "decisions",
        "request",
        "answer",
        "digest",
        "cursor",
        "attachment",
    ],
)
def test_what_needs_no_compression_is_made_byte_by_byte_as_frozen(part: str) -> None:
    assert make.build()[part] == FROZEN[part]


def test_the_frozen_record_opens_to_its_text() -> None:
    head = envelope.RecordHead(
        make.AGENCY, make.CASE, make.RECORD, make.DEVICE, make.KEY, 3, 4, 5, False
    )
    frozen = FROZEN["record"]

    assert head.pack().hex() == frozen["head"]
    opened = sealing.open_record(
        bytes.fromhex(frozen["sealed"]), make.CASE_KEY, head.associated_data()
    )
    assert opened == make.TEXT


IN_DICTIONARY = [k for k in sorted(codec.KINDS) if f'"kind":"{k}"'.encode() in DICTIONARIES[1]]


@pytest.mark.parametrize("kind", IN_DICTIONARY)
def test_an_empty_record_of_every_kind_fits_into_one_padding_step(kind: str) -> None:
    values = json.loads(text_of(kind, codec.KINDS[kind]))
    header = {name: fixed for name, fixed in HEADER_VALUES.items() if name not in values}
    text = json.dumps({"kind": kind, **header, **values}, separators=(",", ":")).encode()

    sealed = sealing.seal_record(text, make.CASE_KEY, b"")

    steps = (len(sealed) - sealing.OVERHEAD_BYTES) // sealing.PADDING_STEP_BYTES
    assert steps <= (2 if kind == "contact" else 1)


def test_the_frozen_run_is_signed_by_its_device() -> None:
    frozen = FROZEN["record"]
    run = envelope.Run(
        device_id=make.DEVICE,
        generation=3,
        first_seq=5,
        leaves=bytes.fromhex(frozen["leaf"]),
        signature=bytes.fromhex(frozen["run_signature"]),
    )

    envelope.verify_run(make.AGENCY, run, public(make.DEVICE_SEED))


def test_the_frozen_case_key_opens_with_the_recipients_key() -> None:
    frozen = FROZEN["case_key"]
    private = X25519PrivateKey.from_private_bytes(bytes.fromhex(frozen["recipient_seed"]))

    opened = sealing.open_secret(
        bytes.fromhex(frozen["sealed"]), private, "case key", bytes.fromhex(frozen["bound"])
    )

    assert opened == make.CASE_KEY


def test_the_frozen_chains_lead_from_the_agency_to_the_device() -> None:
    agency_key = public(make.AGENCY_SEED).public_bytes_raw()

    direct = certificates.Certificate.model_validate_json(
        json.dumps(FROZEN["certificates"]["device"])
    )
    held = certificates.Certificate.model_validate_json(
        json.dumps(
            {
                "statements": [
                    FROZEN["certificates"][link] for link in ("holder", "binding", "succession")
                ]
            }
        )
    )

    assert certificates.verify_certificate(direct, agency_key).keys.device_id == make.DEVICE
    assert certificates.verify_certificate(held, agency_key).keys.device_id == make.SUCCESSOR


def test_the_frozen_decisions_say_what_they_were_signed_for() -> None:
    frozen = {
        name: SignedStatement.model_validate_json(json.dumps(value))
        for name, value in FROZEN["decisions"].items()
    }
    agency = public(make.AGENCY_SEED).public_bytes_raw()
    device = public(make.DEVICE_SEED).public_bytes_raw()

    assert decisions.Appointment.read(frozen["appointment"], agency).team_id == make.TEAM
    assert decisions.Revocation.read(frozen["revocation"], agency).device_id == make.DEVICE
    assert decisions.CaseGrant.read(frozen["grant"], device).grant_id == make.GRANT
    assert decisions.GrantWithdrawal.read(frozen["withdrawal"], device).grant_id == make.GRANT
    opening = decisions.Opening.read(frozen["opening"], device)
    key = CaseKey(case_id=make.CASE, key_id=make.KEY, epoch=1, key=make.CASE_KEY)
    assert decisions.proves_opening(opening, key)
    other = key.model_copy(update={"key": bytes(32)})
    assert not decisions.proves_opening(opening, other)


def test_a_decision_of_one_kind_or_signer_is_none_of_another() -> None:
    grant = SignedStatement.model_validate_json(json.dumps(FROZEN["decisions"]["grant"]))
    device = public(make.DEVICE_SEED).public_bytes_raw()

    with pytest.raises(SignatureInvalid):
        decisions.GrantWithdrawal.read(grant, device)
    with pytest.raises(SignatureInvalid):
        decisions.CaseGrant.read(grant, public(make.SERVER_SEED).public_bytes_raw())


def test_the_frozen_answer_fits_the_frozen_request() -> None:
    generation = signing.verify_answer(
        public(make.SERVER_SEED),
        200,
        FROZEN["answer"],
        b'{"done":true}',
        device_id=make.DEVICE,
        request_signature=FROZEN["request"]["Signature"],
    )

    assert generation == 3


def test_the_frozen_receipt_follows_from_its_fields() -> None:
    frozen = FROZEN["receipts"]
    head = receipts.ChainHead.model_validate_json(json.dumps(frozen["head"]))

    receipts.verify_chain_head(head, public(make.SERVER_SEED))
    assert head.hash.hex() == frozen["entry"]
    assert receipts.chain_start(make.AGENCY, make.DEVICE, 3).hex() == frozen["start"]


def test_the_frozen_code_reads_back_and_opens_its_blob() -> None:
    frozen = FROZEN["code"]
    code = enrolment.read_code(frozen["text"])

    assert enrolment.read_qr_text(frozen["qr"]) == ("https://centre.example", code)
    assert code.token().hex() == frozen["token"]
    assert enrolment.token_hash(code.token()).hex() == frozen["token_hash"]
    blob = enrolment.open_blob(bytes.fromhex(frozen["blob"]), code)
    assert blob.server_key == public(make.SERVER_SEED).public_bytes_raw()
