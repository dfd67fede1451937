"""The words of a PDF that fpdf2 wrote, for tests: its streams unpacked, its texts in order."""

import re
import zlib

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_TEXT = re.compile(rb"\(((?:[^()\\]|\\.)*)\) Tj")


def text_of(content: bytes) -> str:
    """Return all texts of a PDF, joined with spaces, read as the built-in fonts write them."""
    found: list[str] = []
    for stream in _STREAM.findall(content):
        try:
            page = zlib.decompress(stream)
        except zlib.error:
            continue
        for text in _TEXT.findall(page):
            plain = re.sub(rb"\\(.)", rb"\1", text)
            found.append(plain.decode("latin-1"))
    return " ".join(found)


def properties_of(content: bytes) -> bytes:
    """Return everything of a PDF but its streams: where the document's properties are."""
    return _STREAM.sub(b"", content)
