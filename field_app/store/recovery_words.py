"""Recovery words: 160 random bits as 16 words that a person can copy by hand and read back.

The list (`words_en.txt`) is the project's own: 2048 English words of 4 to 8 letters, any two of
which differ in their first four letters and in more than one letter overall. 16 words are 176 bits:
160 of entropy and 16 of a checksum, so that a slip of the pen is noticed before it is tried.
"""

import hashlib
import os
import re
from functools import cache
from importlib.resources import files

from field_app.errors import InputError

WORD_COUNT = 16
ENTROPY_BYTES = 20
_BITS_PER_WORD = 11
_CHECKSUM_BYTES = 2
_PREFIX_LETTERS = 4
_WORD = re.compile(r"[^\W\d_]+")


def new_entropy() -> bytes:
    """Return fresh entropy for `words_of`."""
    return os.urandom(ENTROPY_BYTES)


def words_of(entropy: bytes) -> tuple[str, ...]:
    """Return the 16 words of 20 bytes."""
    if len(entropy) != ENTROPY_BYTES:
        raise ValueError(f"{len(entropy)} bytes instead of {ENTROPY_BYTES}")
    number = int.from_bytes(entropy + _checksum(entropy))
    words = word_list()
    shifts = range(_BITS_PER_WORD * (WORD_COUNT - 1), -1, -_BITS_PER_WORD)
    return tuple(words[(number >> shift) % len(words)] for shift in shifts)


def parse(text: str) -> bytes:
    """Return the entropy of words as a person types them.

    Case, commas, line breaks and numbering do not matter, and four letters of a word suffice.
    Raises InputError that names the word that is wrong, or says that two were mixed up.
    """
    typed = _WORD.findall(text.lower())
    if len(typed) != WORD_COUNT:
        raise InputError(
            f"There are {len(typed)} words, and {WORD_COUNT} are needed. "
            "Type them in the order in which they were printed.",
            field="words",
            code="recovery_words_count",
            count=len(typed),
        )
    number = 0
    for place, word in enumerate(typed, start=1):
        number = number << _BITS_PER_WORD | _index_of(word, place)
    data = number.to_bytes(ENTROPY_BYTES + _CHECKSUM_BYTES)
    entropy, checksum = data[:ENTROPY_BYTES], data[ENTROPY_BYTES:]
    if checksum != _checksum(entropy):
        raise InputError(
            "Each word is right, but not all together. "
            "Check their order, and whether one was read for another.",
            field="words",
            code="recovery_words_checksum",
        )
    return entropy


@cache
def word_list() -> tuple[str, ...]:
    """Return the 2048 words in the order of their numbers."""
    text = files("field_app.store").joinpath("words_en.txt").read_text("ascii")
    return tuple(text.split())


@cache
def _indexes() -> dict[str, int]:
    return {word[:_PREFIX_LETTERS]: index for index, word in enumerate(word_list())}


def _index_of(word: str, place: int) -> int:
    index = _indexes().get(word[:_PREFIX_LETTERS])
    # Beyond the first four letters, what was typed has to be a beginning of the word.
    if index is None or not word_list()[index].startswith(word):
        raise InputError(
            f"Word {place} is not one of the list. Read it again from the sheet.",
            field="words",
            code="recovery_words_unknown",
            place=place,
        )
    return index


def _checksum(entropy: bytes) -> bytes:
    return hashlib.sha256(b"field-notes recovery words" + entropy).digest()[:_CHECKSUM_BYTES]
