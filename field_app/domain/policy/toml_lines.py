"""On which line of a TOML text a field stands, for errors that a person can act on.

`tomllib` names the line of a syntax error but forgets the lines of what it read. This finds them
again: table headers and keys only, which is all that a program file's errors point at.
"""

import re
import tomllib

_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-]+)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-]+)\s*=\s*(.*)$")
_TRIPLE = ('"""', "'''")


def line_numbers(toml_text: str) -> dict[str, int]:
    """Return the line (from 1) of each field's path, as in errors: `versions[0].rules[2].id`.

    A table's own path is the line of its header. Fields of inline tables are not listed: ask for
    the nearest path above with `line_of`.
    """
    lines: dict[str, int] = {}
    entries: dict[str, int] = {}  # array of tables -> index of its newest table
    table = ""
    open_quote = ""
    for number, line in enumerate(toml_text.splitlines(), start=1):
        if open_quote:
            if open_quote in line:
                open_quote = ""
            continue
        if header := _HEADER.match(line):
            names = header.group(2).split(".")
            table = _indexed(names, entries, starts_entry=header.group(1) == "[[")
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            name, value = key.groups()
            lines.setdefault(f"{table}.{name}" if table else name, number)
            open_quote = next((q for q in _TRIPLE if value.count(q) == 1), "")
    return lines


def line_of_syntax_error(broken: tomllib.TOMLDecodeError, toml_text: str) -> int:
    """The line that `tomllib` names in its message; the last one for "at end of document"."""
    named = re.search(r"at line (\d+)", str(broken))
    return int(named.group(1)) if named else toml_text.count("\n") + 1


def line_of(path: str, lines: dict[str, int]) -> int | None:
    """The line of a path, or of the nearest table above it, or None."""
    while path:
        if path in lines:
            return lines[path]
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return None


def _indexed(names: list[str], entries: dict[str, int], *, starts_entry: bool) -> str:
    """The path of a header's table with the index of every array of tables on the way."""
    path = ""
    for position, name in enumerate(names):
        path = f"{path}.{name}" if path else name
        is_last = position == len(names) - 1
        if is_last and starts_entry:
            entries[path] = entries.get(path, -1) + 1
        if path in entries:
            path = f"{path}[{entries[path]}]"
    return path
