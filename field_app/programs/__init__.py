"""The programs that come with the app, and the loading of a changed one from a file."""

from functools import cache
from importlib.resources import files
from pathlib import Path

from field_app.domain.policy.holidays import HolidayTable, parse_holidays
from field_app.domain.policy.program import Program
from field_app.domain.policy.program_file import holiday_file_name, parse_program
from field_app.errors import ProgramFileError

DEFAULT_PROGRAM_FILE = "fyi_19_32.toml"


@cache
def default_program() -> Program:
    """The program that comes with the app."""
    text = packaged_text(DEFAULT_PROGRAM_FILE)
    holidays = holiday_file_name(text, DEFAULT_PROGRAM_FILE)
    return parse_program(text, packaged_holidays(holidays), DEFAULT_PROGRAM_FILE)


def load_program(path: Path) -> Program:
    """The program of a file. Raises ProgramFileError that names the line and the field.

    Its holiday file is looked for beside it, and else among those that come with the app.
    """
    text = _read(path)
    holidays_name = holiday_file_name(text, path.name)
    beside = path.parent / holidays_name
    if beside.is_file():
        holidays = parse_holidays(_read(beside), holidays_name)
    else:
        holidays = packaged_holidays(holidays_name)
    return parse_program(text, holidays, path.name)


def packaged_text(file_name: str) -> str:
    """The text of a file that comes with the app."""
    return files(__name__).joinpath(file_name).read_text(encoding="utf-8")


def packaged_holidays(file_name: str) -> HolidayTable:
    """A holiday table that comes with the app. Raises ProgramFileError when there is none."""
    try:
        text = packaged_text(file_name)
    except OSError as missing:
        raise ProgramFileError(
            f"the holiday file {file_name!r} is neither beside the program file nor in the app",
            field="holidays",
        ) from missing
    return parse_holidays(text, file_name)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as unreadable:
        raise ProgramFileError(f"{path.name} cannot be read: {unreadable}") from unreadable
