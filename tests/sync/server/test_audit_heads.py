"""The audit head that an answer carries: signed anew when the chain has grown, or after a while."""

from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.protocol.audit import verify_audit_head
from sync.protocol.ids import new_id
from sync.server.audit import _SIGNED_FOR, AuditHeads

NOW = 1_800_000_000_000
KEY = Ed25519PrivateKey.generate()
AGENCY_ID = new_id()


def caller(**values: Any) -> Any:
    agency = {"agency_id": AGENCY_ID, "generation": 1, "audit_number": 7, "audit_hash": b"h" * 32}
    return SimpleNamespace(**agency | values)


def test_a_head_is_given_again_for_a_moment() -> None:
    heads = AuditHeads()
    head = heads.head(KEY, caller(), NOW)
    verify_audit_head(head, KEY.public_key())
    assert heads.head(KEY, caller(), NOW + _SIGNED_FOR - 1) is head


@pytest.mark.parametrize("later", [_SIGNED_FOR, -1])
def test_a_head_is_signed_anew_after_a_while_and_when_the_clock_was_set_back(later: int) -> None:
    heads = AuditHeads()
    heads.head(KEY, caller(), NOW)
    head = heads.head(KEY, caller(), NOW + later)
    verify_audit_head(head, KEY.public_key())
    assert head.at == NOW + later


@pytest.mark.parametrize(
    "change",
    [
        {"audit_number": 8},
        {"audit_hash": b"g" * 32},
        {"generation": 2},
        {"agency_id": new_id()},
    ],
)
def test_a_head_is_that_of_the_chain_as_it_is_now(change: dict[str, Any]) -> None:
    heads = AuditHeads()
    heads.head(KEY, caller(), NOW)
    now = caller(**change)
    head = heads.head(KEY, now, NOW + 1)
    verify_audit_head(head, KEY.public_key())
    assert (head.agency_id, head.generation) == (now.agency_id, now.generation)
    assert (head.number, head.hash) == (now.audit_number, now.audit_hash)
