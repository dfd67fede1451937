"""The lines of a transfer file: bytes to JSON objects and back, with the caps on what is read.

The format is written down in TRANSFER.md, beside this file.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, NoReturn

from field_app.errors import InputError

FORMAT = "field-notes-transfer"
VERSION = 1

CHANGE = "change"
"""The `kind` of a line that is an entry of the change history."""

LONGEST_LINE_BYTES = 1024 * 1024  # a contact has about 600; a note of 20 pages fits many times
MOST_LINES = 1_000_000  # 30 years of a large agency; the store holds everything in memory


@dataclass(frozen=True)
class Header:
    """The first line. The counts are None where the writer did not say how much follows."""

    records: int | None = None
    changes: int | None = None


def write_line(values: Mapping[str, Any]) -> bytes:
    """Return one line of the file, its end included."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def header_line(*, records: int, changes: int, exported_at: str, app: str) -> bytes:
    """Return the first line of a file with that many records and changes."""
    return write_line(
        {
            "format": FORMAT,
            "version": VERSION,
            "exported_at": exported_at,
            "app": app,
            "records": records,
            "changes": changes,
        }
    )


def read_lines(file: BinaryIO) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line number, JSON object) of every line that is not empty, from line 1.

    Raises:
        InputError: A line is too long, no JSON object, or names a field twice; or there are too
            many lines. The line is named.
    """
    number = 0
    while raw := file.readline(LONGEST_LINE_BYTES + 1):
        number += 1
        if len(raw) > LONGEST_LINE_BYTES:
            raise InputError(
                f"The line is longer than {LONGEST_LINE_BYTES} bytes.",
                line=number,
                code="transfer_line_too_long",
            )
        if number > MOST_LINES:
            raise InputError(
                f"The file has more than {MOST_LINES} lines. Split it.",
                line=number,
                code="transfer_too_long",
            )
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")  # the byte order mark of some editors
        if raw.strip():
            yield number, _object(raw, number)


def read_header(lines: Iterator[tuple[int, dict[str, Any]]]) -> Header:
    """Take the first line and return what it says.

    Raises:
        InputError: The file is empty, of another format, or of a newer version.
    """
    try:
        number, values = next(lines)
    except StopIteration:
        raise InputError("The file is empty.", line=1, code="transfer_format") from None
    except InputError as error:
        if error.line != 1:
            raise
        _not_a_transfer(error.reason)
    if values.get("format") != FORMAT:
        _not_a_transfer("the first line does not name the format", field="format")
    version = values.get("version")
    if type(version) is not int or version < 1:
        raise InputError("A whole number from 1 is expected.", line=number, field="version")
    if version > VERSION:
        raise InputError(
            "The file was written by a newer version of the app. Update the app, then import it.",
            line=number,
            field="version",
            code="transfer_newer",
        )
    return Header(_count(values, "records"), _count(values, "changes"))


def _count(values: Mapping[str, Any], name: str) -> int | None:
    count = values.get(name)
    if count is not None and (type(count) is not int or count < 0):
        raise InputError("A whole number from 0 is expected.", line=1, field=name)
    return count


def _object(raw: bytes, number: int) -> dict[str, Any]:
    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(found)
        if len(values) != len(found):
            names = [name for name, _ in found]
            twice = next(name for name in names if names.count(name) > 1)
            raise InputError("The field stands twice in one object.", line=number, field=twice)
        return values

    def constant(word: str) -> NoReturn:
        raise ValueError(f"{word} is no JSON value")

    try:
        values = json.loads(raw.decode(), object_pairs_hook=pairs, parse_constant=constant)
    except UnicodeDecodeError:
        raise InputError(
            "This is not text in UTF-8.", line=number, code="transfer_not_json"
        ) from None
    except json.JSONDecodeError as error:
        raise InputError(
            f"This is not JSON: {error.msg} (column {error.colno}).",
            line=number,
            code="transfer_not_json",
        ) from None
    except (ValueError, RecursionError):
        raise InputError(
            "This is not JSON that can be read.", line=number, code="transfer_not_json"
        ) from None
    if not isinstance(values, dict):
        raise InputError("A JSON object is expected.", line=number, code="transfer_not_json")
    return values


def _not_a_transfer(reason: str, field: str | None = None) -> NoReturn:
    raise InputError(
        f"This is not a transfer file of Field Notes ({reason.rstrip('.')}). It begins with "
        f'{{"format": "{FORMAT}", "version": {VERSION}}}.',
        line=1,
        field=field,
        code="transfer_format",
    )
