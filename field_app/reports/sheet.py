"""A finished sheet, ready to be saved or shared."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sheet:
    """A finished sheet: its bytes, a file name that tells nothing, and what could not be shown."""

    content: bytes
    file_name: str
    replaced: int
