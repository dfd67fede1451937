"""How hard a passphrase is to guess, said so that it helps to choose a better one.

Length counts first; no kind of character is asked for. The passphrase is cut into the pieces that a
guesser would try (common passwords, words, repeats, runs on the keyboard or in the alphabet,
dates), and the cheapest cut is its strength in bits. This errs low: a passphrase that passes is at
least about as hard as said.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from field_app.errors import InputError
from field_app.store.kdf import normalised
from field_app.store.recovery_words import word_list

MIN_BITS_ALONE = 44.0  # four random words: without a keystore it stands against offline guessing
MIN_BITS_WITH_KEYSTORE = 19.9  # six random digits: the device secret stands against the rest
MIN_PIN_DIGITS = 6
_SCORE_BITS = (19.9, 32.0, 44.0, 60.0)  # where the scores 1 to 4 begin
_MAX_LENGTH = 128  # only the beginning of a longer one is rated

_WORD_BITS = 11.0  # a guesser's list of the commonest words is about as long as ours
_YEAR_BITS = 7.0  # the years that people choose
_DATE_BITS = 15.0  # any day of a lifetime
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "qwertzuiop", "azertyuiop")
_LOOKALIKE = str.maketrans("013457@$!", "oieastasi")
_DATE = re.compile(
    r"(?:19|20)\d\d[-./]?(?:0[1-9]|1[0-2])[-./]?(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])[-./]?(?:0?[1-9]|[12]\d|3[01])[-./]?(?:19|20)?\d\d"
)
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Strength:
    """How hard a passphrase is to guess.

    Attributes:
        score: 0 (guessed at once) to 4 (strong even on a copied disk).
        bits: The logarithm of the guesses needed.
        hint: What would help most, as the key of a translation: `empty`, `common`, `repeat`,
            `sequence`, `keyboard`, `date`, `add_words`, `good`, or for a PIN `pin_short`,
            `pin_needs_keystore`.
        accepted: It may be used on this device.
    """

    score: int
    bits: float
    hint: str
    accepted: bool


def rate(passphrase: str, *, has_keystore: bool) -> Strength:
    """Return how hard the passphrase is to guess, and whether it may be used on this device."""
    text = normalised(passphrase)[:_MAX_LENGTH]
    bits, weakest = _cheapest_cut(text)
    score = sum(bits >= limit for limit in _SCORE_BITS)
    needed = MIN_BITS_WITH_KEYSTORE if has_keystore else MIN_BITS_ALONE
    is_pin = text.isdecimal()
    accepted = bits >= needed
    if not text:
        hint = "empty"
    elif is_pin and not has_keystore:
        hint, accepted = "pin_needs_keystore", False
    elif is_pin and len(text) < MIN_PIN_DIGITS:
        hint, accepted = "pin_short", False
    elif accepted:
        hint = "good"
    else:
        hint = weakest or "add_words"
    return Strength(score, bits, hint, accepted)


_REASONS = {
    "empty": "Type a passphrase.",
    "common": "It is among the first that are guessed. Use four or more words that do not belong "
    "together.",
    "repeat": "Repeats add nothing. Add another word instead.",
    "sequence": "Runs such as abc or 123 are guessed first. Use words instead.",
    "keyboard": "Keys that lie side by side are guessed first. Use words instead.",
    "date": "Dates and years are guessed first. Use words instead.",
    "add_words": "It is too short. Add another word or two; four words are good.",
    "pin_needs_keystore": "A PIN is safe only on a device with a keystore. Use four or more words.",
    "pin_short": f"A PIN needs at least {MIN_PIN_DIGITS} digits.",
}


def require_strong(passphrase: str, *, has_keystore: bool, field: str = "passphrase") -> None:
    """Raise InputError, with what would help, when the passphrase is too easy to guess."""
    strength = rate(passphrase, has_keystore=has_keystore)
    if not strength.accepted:
        raise InputError(_REASONS[strength.hint], field=field, code=f"passphrase_{strength.hint}")


@dataclass(frozen=True)
class _Piece:
    end: int
    bits: float
    kind: str


def _cheapest_cut(text: str) -> tuple[float, str]:
    """Return the bits of the cheapest cut, and the kind of its most wasteful piece."""
    best: list[tuple[float, dict[str, int]]] = [(0.0, {})]
    best += [(math.inf, {})] * len(text)
    for start in range(len(text)):
        bits_so_far, kinds = best[start]
        for piece in _pieces(text, start):
            bits = bits_so_far + piece.bits
            if bits < best[piece.end][0]:
                length = piece.end - start
                known = {piece.kind: kinds.get(piece.kind, 0) + length} if piece.kind else {}
                best[piece.end] = (bits, kinds | known)
    bits, kinds = best[-1]
    weakest = max(kinds, key=lambda kind: kinds[kind], default="")
    return bits, weakest if kinds.get(weakest, 0) * 2 >= len(text) else ""


def _pieces(text: str, start: int) -> Iterator[_Piece]:
    yield _Piece(start + 1, _character_bits(text, start), "")
    yield from _known_words(text, start)
    yield from _runs(text, start)
    yield from _repeats(text, start)
    for pattern, bits in ((_DATE, _DATE_BITS), (_YEAR, _YEAR_BITS)):
        if found := pattern.match(text, start):
            yield _Piece(found.end(), bits, "date")


def _character_bits(text: str, place: int) -> float:
    character = text[place]
    if character.isspace():
        return 0.5
    if character.isdecimal():
        return math.log2(10)
    if character.isalpha():
        # Three letters in a row may be a word that our list lacks: 2.5 bits a letter put a common
        # word of six near 15. Single letters between signs and digits were drawn by lot.
        around = text[max(0, place - 2) : place + 3]
        is_word = any(part.isalpha() for part in (around[i : i + 3] for i in range(3)) if part[2:])
        return (2.5 if is_word else math.log2(26)) + (1.0 if character.isupper() else 0.0)
    return 5.0


@cache
def _common() -> tuple[str, ...]:
    """Return our own short list: what leads counts of leaked passwords, and words of the field."""
    text = files("field_app.store").joinpath("common_passwords.txt").read_text("utf-8")
    return tuple(text.split())


@cache
def _dictionary() -> dict[str, float]:
    words = dict.fromkeys(word_list(), _WORD_BITS)
    # A popular password costs its rank in the guesser's list.
    return words | {word: math.log2(rank + 2) for rank, word in enumerate(_common())}


@cache
def _longest_word() -> int:
    return max(map(len, _dictionary()))


def _known_words(text: str, start: int) -> Iterator[_Piece]:
    """Yield the words that begin here: in any case, with 3 for e and the like, spaces left out."""
    plain, end, capitals, swaps = "", start, 0, 0
    while end < len(text) and len(plain) < _longest_word():
        character = text[end]
        end += 1
        if character.isspace() and plain:
            continue
        swapped = character.lower().translate(_LOOKALIKE)
        capitals += character.isupper()
        swaps += swapped != character.lower()
        plain += swapped
        for candidate in {plain, text[start:end].lower()}:
            bits = _dictionary().get(candidate)
            if bits is not None:
                kind = "common" if bits < _WORD_BITS else ""
                yield _Piece(end, bits + min(capitals, 2) + swaps, kind)


def _runs(text: str, start: int) -> Iterator[_Piece]:
    for step in (1, -1):
        end = start + 1
        while end < len(text) and ord(text[end]) - ord(text[end - 1]) == step:
            end += 1
        if end - start >= 3:
            yield _Piece(end, 3 + math.log2(end - start), "sequence")
    lower = text.lower()
    for row in _KEYBOARD:
        for line in (row, row[::-1]):
            end = start + 1
            while end < len(text) and lower[start : end + 1] in line:
                end += 1
            if end - start >= 3:
                yield _Piece(end, 4 + math.log2(end - start), "keyboard")


def _repeats(text: str, start: int) -> Iterator[_Piece]:
    """Yield what is a copy of what stands just before: it costs the choice to repeat only."""
    for length in range(1, start + 1):
        end = start
        while end < len(text) and text[end] == text[end - length]:
            end += 1
            if end - start >= length:
                yield _Piece(end, 1 + math.log2((end - start) / length + 1), "repeat")
