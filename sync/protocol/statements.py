"""Signed statements: a JSON text, kept as the bytes that were signed, and its signature.

The bytes travel as they were signed, so nobody has to write the same JSON twice, and fields that
this version does not know stay under the signature.
"""

import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.protocol.errors import SignatureInvalid
from sync.protocol.version import context
from sync.protocol.wire import SignedStatement, canonical_json

_STATEMENT = context("statement")

__all__ = ["SignedStatement", "peek_statement", "read_statement", "sign_statement"]


def sign_statement(key: Ed25519PrivateKey, values: Mapping[str, Any]) -> SignedStatement:
    """Return values as a signed statement. `values["type"]` says what is stated."""
    statement = canonical_json(values)
    return SignedStatement(statement=statement, signature=key.sign(_STATEMENT + statement))


def read_statement(signed: SignedStatement, signer: bytes) -> dict[str, Any]:
    """Return the values of a statement that this Ed25519 public key signed.

    Raises:
        SignatureInvalid: The signature does not fit, or the statement is no JSON object.
    """
    try:
        key = Ed25519PublicKey.from_public_bytes(signer)
        key.verify(signed.signature, _STATEMENT + signed.statement)
        values = json.loads(signed.statement)
    except (InvalidSignature, ValueError):
        raise SignatureInvalid("The signature of a statement does not fit.") from None
    if not isinstance(values, dict):
        raise SignatureInvalid("A statement is a JSON object.")
    return values


def peek_statement(signed: SignedStatement) -> dict[str, Any]:
    """Return the values of a statement without checking who signed it; empty when unreadable."""
    try:
        values = json.loads(signed.statement)
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}
