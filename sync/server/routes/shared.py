"""What the routers share: bodies and answers as models, and the failures in the documentation."""

from functools import cache
from typing import Any, Literal, TypeVar

from fastapi import Response
from pydantic import ValidationError

from sync.protocol.errors import Code, Problem
from sync.protocol.wire import Message
from sync.server.exchange import Exchange
from sync.server.problems import Refused

M = TypeVar("M", bound=Message)

_JSON = "application/json"


def body_of(exchange: Exchange, model: type[M]) -> M:
    """Return the request's body as a message.

    Raises:
        Refused: It is not JSON, or not this message; the field is named, its value is not.
    """
    content_type = exchange.headers.get("content-type", "").split(";")[0].strip().lower()
    if content_type != _JSON:
        raise Refused(Code.UNSUPPORTED_MEDIA, "Send JSON, with Content-Type: application/json.")
    try:
        return model.model_validate_json(exchange.body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])[:100]
        raise Refused(Code.MALFORMED, f"{where or 'body'}: {first['msg']}") from None


def answer(message: Message | bytes) -> Response:
    """Return a message as an answer."""
    body = message if isinstance(message, bytes) else message.model_dump_json().encode()
    return Response(body, media_type=_JSON)


@cache
def _schema(model: type[Message], mode: Literal["validation", "serialization"]) -> dict[str, Any]:
    """Return a model's schema; built once, for it is the slowest part of starting."""
    return model.model_json_schema(mode=mode)


def takes(model: type[Message]) -> dict[str, Any]:
    """Return the documentation of a body that `body_of` reads."""
    return {
        "requestBody": {
            "required": True,
            "content": {_JSON: {"schema": _schema(model, "validation")}},
        }
    }


def gives(model: type[Message] | None) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of the answers of a call."""
    answers: dict[int | str, dict[str, Any]] = {
        status: {
            "description": text,
            "content": {"application/problem+json": {"schema": _schema(Problem, "serialization")}},
        }
        for status, text in _PROBLEMS.items()
    }
    if model is not None:
        schema = _schema(model, "serialization")
        answers[200] = {"description": "Done", "content": {_JSON: {"schema": schema}}}
    return answers


_PROBLEMS = {
    400: "Malformed",
    401: "Not signed by a known device, or its clock is wrong",
    403: "Not allowed",
    404: "Not found, or not for the caller to know",
    409: "Does not fit what is stored",
    410: "Revoked, replaced or used",
    413: "Over a limit",
    415: "Not JSON",
    426: "Another protocol version",
    429: "Too many calls",
    503: "Busy",
    507: "Disk full",
}
