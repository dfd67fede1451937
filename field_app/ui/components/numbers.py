"""Whole numbers as people type them."""

from field_app.errors import InputError


def whole_number(words: str, field: str) -> int | None:
    """Return what was typed as a number, or None when nothing was.

    Raises:
        InputError: It is no whole number.
    """
    typed = words.strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit()):
        raise InputError("Type a number here.", field=field, code="not_a_number")
    return int(typed)
