"""`field-app due`: what is due, by when and why, for the store or for one scenario file.

With `--scenario` it needs no store and no passphrase: that is how an agency checks a reading. A
file that is wrong gets one line that names the field and the reason, and exit code 2.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from field_app.commands.due_options import add_due_parser
from field_app.domain.due.due_line import sentence
from field_app.domain.due.explanation import why
from field_app.domain.due.obligation import Obligation
from field_app.domain.due.obligations import obligations
from field_app.domain.due.scenario import parse_scenario
from field_app.domain.policy.checked_fields import KNOWN_YEARS
from field_app.domain.policy.program import Program
from field_app.errors import InputError
from field_app.programs import default_program, load_program

WRONG_INPUT = 2  # exit code
add_parser = add_due_parser
RunForStore = Callable[[argparse.Namespace], int]


def run(args: argparse.Namespace, run_for_store: RunForStore | None = None) -> int:
    """Run the command and return its exit code. `run_for_store` answers without `--scenario`."""
    if args.scenario is None and run_for_store is not None:
        return run_for_store(args)
    try:
        if args.scenario is None:
            raise InputError("is needed, since there is no store here", field="--scenario")
        program = load_program(Path(args.program)) if args.program else default_program()
        as_of = parse_as_of(args.as_of, program)
        facts = parse_scenario(read_text(args.scenario, "--scenario"), program)
        found = obligations(facts, program, as_of)
        text = as_json if args.json else as_table
        print(text(found, as_of, program, args.language))
    except InputError as wrong:
        return refuse(wrong)
    return 0


def parse_as_of(text: str | None, program: Program) -> datetime:
    """Return the moment asked about: the end of a date, a local time, or now.

    Raises InputError for anything else, and for a time that clocks skip.
    """
    calendar = program.calendar
    if text is None:
        return datetime.now(UTC).astimezone(calendar.zone).replace(microsecond=0)
    try:
        as_of = datetime.fromisoformat(text).replace(microsecond=0)
        if as_of.year not in KNOWN_YEARS:
            raise ValueError(f"the year {as_of.year} cannot be meant")
        if "T" not in text and " " not in text:
            return calendar.end_of_day(as_of.toordinal())[1]
        moment = as_of if as_of.tzinfo is not None else calendar.localize(as_of)
        return moment.astimezone(calendar.zone)
    except (ValueError, OverflowError) as wrong:
        raise InputError(
            f"{text!r} is not a date or a time such as 2026-03-31T16:30 ({wrong})", field="--as-of"
        ) from wrong


def read_text(path: str, field: str) -> str:
    """Return the text of a file that was named on the command line. Raises InputError."""
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as unreadable:
        raise InputError(f"{path} cannot be read: {unreadable}", field=field) from unreadable


def refuse(wrong: InputError) -> int:
    """Say in one line what is wrong, and return the exit code."""
    print(" ".join(wrong.message.split()), file=sys.stderr)
    return WRONG_INPUT


def as_json(
    found: Iterable[Obligation], as_of: datetime, program: Program, language: str = "en"
) -> str:
    """Return obligations in the format of scenario files."""
    output = {
        "as_of": as_of.isoformat(),
        "program": program.id,
        "obligations": [as_row(obligation, language) for obligation in found],
    }
    return json.dumps(output, ensure_ascii=False, indent=2)


def as_row(obligation: Obligation, language: str = "en") -> dict[str, Any]:
    """Return one obligation as it stands in the JSON output."""
    last_day, due_at = obligation.last_day, obligation.due_at
    return {
        "rule": obligation.rule,
        "service": obligation.service,
        "phase": obligation.phase,
        "from": obligation.first_day.isoformat(),
        "to": last_day.isoformat() if last_day else None,
        "due_at": due_at.isoformat() if due_at else None,
        "required": obligation.required,
        "done": obligation.done,
        "attempts": obligation.attempts,
        "state": obligation.state,
        "reason": obligation.reason,
        "why": why(obligation, language),
        "quote": obligation.quote or None,
        "source": obligation.source,
    }


def as_table(
    found: Iterable[Obligation], as_of: datetime, program: Program, language: str = "en"
) -> str:
    """Return obligations as lines for a person: due time, state, rule, and where it stands."""
    lines = [f"{program.id}, as of {as_of.isoformat()}"]
    for obligation in found:
        due_at = obligation.due_at
        due = f"{due_at:%Y-%m-%d %H:%M}" if due_at else "no deadline"
        rule, state = obligation.rule, obligation.state.value
        lines.append(f"{due:16}  {state:15}  {rule:45}  {sentence(obligation, as_of, language)}")
    return "\n".join(lines)
