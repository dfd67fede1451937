"""Long files, sealed in chunks of 1 MiB, so that neither writing nor reading holds them whole.

    chunk = nonce 12 | ciphertext of 1 MiB (the last one: what is left, maybe nothing) | tag 16

Each chunk is sealed for its index and for being the last or not (the STREAM construction): chunks
cannot be swapped, and a file that was cut at their border ends without a last one.
"""

import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from field_app.store.sealing import NONCE_BYTES, TAG_BYTES, Cipher

CHUNK_BYTES = 1 << 20
SEALED_CHUNK_BYTES = NONCE_BYTES + CHUNK_BYTES + TAG_BYTES
_PLACE = struct.Struct(">Q?")


def seal_chunks(pieces: Iterable[bytes], key: bytes, what: bytes) -> Iterator[bytes]:
    """Yield the sealed chunks of the pieces, which may be of any length.

    `what` names the file, and is needed again to open it.
    """
    cipher, index, waiting = Cipher(key), 0, bytearray()
    for piece in pieces:
        waiting += piece
        # The last chunk is known as such only when nothing follows: a full one waits.
        while len(waiting) > CHUNK_BYTES:
            yield cipher.seal(bytes(waiting[:CHUNK_BYTES]), what + _PLACE.pack(index, False))
            del waiting[:CHUNK_BYTES]
            index += 1
    yield cipher.seal(bytes(waiting), what + _PLACE.pack(index, True))


def open_chunks(file: BinaryIO, size: int, key: bytes, what: bytes) -> Iterator[bytes]:
    """Yield the content of the `size` bytes that follow in the file. Raises SealBrokenError.

    What was yielded is authentic; that nothing is missing is known only at the end.
    """
    cipher, index = Cipher(key), 0
    while True:
        sealed = file.read(min(size, SEALED_CHUNK_BYTES))
        size -= len(sealed)
        is_last = size == 0 or not sealed
        yield cipher.open(sealed, what + _PLACE.pack(index, is_last))
        if is_last:
            return
        index += 1
