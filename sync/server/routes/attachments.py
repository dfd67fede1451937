"""`/v1/attachments/{id}/{index}`: sealed chunks, put once, resumed at any time."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from sync.protocol.attachments import AttachmentState, ChunkState
from sync.protocol.errors import Code
from sync.protocol.ids import ID_PATTERN
from sync.protocol.wire import to_base64url
from sync.server.authentication import SignedDevice, TheCentre, TheExchange
from sync.server.problems import Refused
from sync.server.routes.shared import answer, gives

router = APIRouter(prefix="/v1/attachments", tags=["attachments"])

AttachmentId = Annotated[str, Path(pattern=ID_PATTERN)]
Index = Annotated[int, Path(ge=0, lt=2**31)]
_BINARY = "application/octet-stream"
DIGEST_HEADER = "Field-Notes-Chunk-SHA256"


@router.get("/{attachment_id}", responses=gives(AttachmentState))
def attachment_state(
    attachment_id: AttachmentId, device_id: SignedDevice, centre: TheCentre
) -> Response:
    """Tell which chunks are there, so that an upload can go on where it stopped."""
    return answer(centre.attachments.state(device_id, attachment_id, centre.clock()))


@router.put(
    "/{attachment_id}/{index}",
    responses=gives(ChunkState),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {_BINARY: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def put_chunk(
    attachment_id: AttachmentId,
    index: Index,
    case_id: Annotated[str, Query(pattern=ID_PATTERN)],
    last: Annotated[bool, Query()],
    device_id: SignedDevice,
    centre: TheCentre,
    exchange: TheExchange,
) -> Response:
    """Store a chunk; the same bytes again change nothing."""
    if exchange.headers.get("content-type", "").split(";")[0].strip() != _BINARY:
        raise Refused(Code.UNSUPPORTED_MEDIA, "Send the chunk as application/octet-stream.")
    state = centre.attachments.put(
        device_id, attachment_id, index, case_id, last, exchange.body, centre.clock()
    )
    return answer(state)


_CHUNK_ANSWERS = {
    **gives(None),
    200: {
        "description": "The sealed chunk",
        "content": {_BINARY: {"schema": {"type": "string", "format": "binary"}}},
    },
}


@router.get("/{attachment_id}/{index}", responses=_CHUNK_ANSWERS)
@router.head("/{attachment_id}/{index}", responses=_CHUNK_ANSWERS)
def get_chunk(
    attachment_id: AttachmentId,
    index: Index,
    device_id: SignedDevice,
    centre: TheCentre,
    exchange: TheExchange,
) -> Response:
    """Return a sealed chunk, or with HEAD its digest alone."""
    sealed, digest = centre.attachments.get(device_id, attachment_id, index)
    body = b"" if exchange.method == "HEAD" else sealed
    return Response(body, media_type=_BINARY, headers={DIGEST_HEADER: to_base64url(digest)})
