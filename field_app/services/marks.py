"""Marks under a plan or a release: typed initials, or strokes drawn with a finger.

No legal-name signature is asked for (FRP-18); a mark is vector strokes, never a picture.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from field_app.errors import InputError

MOST_STROKES = 100
MOST_STROKE_CHARACTERS = 8_000  # about 1,000 points
LONGEST_INITIALS = 12
_POINT = r"(?:1000|\d{1,3}),(?:1000|\d{1,3})"
_STROKE = re.compile(rf"{_POINT}(?: {_POINT})*")


@dataclass(frozen=True)
class Mark:
    """Initials or strokes; the other one is empty."""

    initials: str
    strokes: tuple[str, ...]


def check_mark(initials: str, strokes: Iterable[str]) -> Mark:
    """Return a mark that can be kept.

    Raises:
        InputError: There is none, the initials are a sentence, or a stroke is not "x,y x,y ..."
            with numbers from 0 to 1000.
    """
    typed, drawn = initials.strip(), tuple(strokes)
    if not typed and not drawn:
        raise InputError(
            "Type initials or draw a mark. Both can wait.", field="initials", code="no_mark"
        )
    if len(typed) > LONGEST_INITIALS:
        raise InputError("Initials are enough.", field="initials", code="initials_long")
    fits = len(drawn) <= MOST_STROKES and all(
        len(stroke) <= MOST_STROKE_CHARACTERS and _STROKE.fullmatch(stroke) for stroke in drawn
    )
    if not fits:
        raise InputError("The mark cannot be kept. Draw it again.", field="strokes", code="mark")
    return Mark(typed, drawn)
