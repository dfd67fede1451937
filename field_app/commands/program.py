"""`field-app program`: check a changed program file, and see what it would change before using it.

field-app program check FILE
field-app program compare OLD NEW --scenario FILE [--scenario FILE ...]
"""

import argparse
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from field_app.commands.due import parse_as_of, read_text, refuse
from field_app.commands.due_options import add_program_parser
from field_app.domain.due.facts import Facts
from field_app.domain.due.obligations import obligations
from field_app.domain.due.program_comparison import ObligationChange, compare
from field_app.domain.due.scenario import parse_scenario
from field_app.domain.policy.program import Program
from field_app.errors import InputError
from field_app.programs import load_program

add_parser = add_program_parser
FactsOfStore = Callable[[], list[Facts]]


def run(args: argparse.Namespace, facts_of_store: FactsOfStore | None = None) -> int:
    """Run the command and return its exit code.

    `facts_of_store` gives the caseload's facts when `compare` is asked without a scenario.
    """
    try:
        if args.action == "check":
            print(_summary(Path(args.file)))
        else:
            print(_comparison(args, facts_of_store))
    except InputError as wrong:
        return refuse(wrong)
    return 0


def _summary(path: Path) -> str:
    program = load_program(path)
    table = program.calendar.holidays
    lines = [f"{path.name} is in order: {program.id}, {program.title}"]
    for version in program.versions:
        targets = sum(rule.is_agency_target for rule in version.rules)
        duties = len(version.rules) - targets
        lines.append(
            f"version {version.version} from {version.effective_from}: "
            f"{duties} duties and {targets} agency targets"
        )
    lines.append(
        f"{table.title}: {table.first_year} to {table.last_year}, "
        f"{len(table.holidays)} days, checked on {table.checked_on}"
    )
    return "\n".join(lines)


def _comparison(args: argparse.Namespace, facts_of_store: FactsOfStore | None) -> str:
    old, new = load_program(Path(args.old)), load_program(Path(args.new))
    as_of = parse_as_of(args.as_of, old)
    if args.scenario:
        everyone = [parse_scenario(read_text(path, "--scenario"), old) for path in args.scenario]
    elif facts_of_store is not None:
        everyone = facts_of_store()
    else:
        raise InputError("at least one is needed, since there is no store here", field="--scenario")
    changes = [change for facts in everyone for change in _changes(facts, old, new, as_of)]
    return _as_json(changes) if args.json else _as_lines(changes)


def _changes(facts: Facts, old: Program, new: Program, as_of: datetime) -> list[ObligationChange]:
    return compare(obligations(facts, old, as_of), obligations(facts, new, as_of))


def _as_lines(changes: list[ObligationChange]) -> str:
    lines = [f"{len(changes)} obligations change" if changes else "no obligation changes"]
    for change in changes:
        one = change.obligation
        name = f"{one.participant_id} {one.rule} {one.first_day}"
        if change.after is None:
            lines.append(f"{name}: no longer listed")
        elif change.before is None:
            due = one.due_at.isoformat() if one.due_at else "no deadline"
            lines.append(f"{name}: new, {one.state.value}, {due}")
        else:
            fields = "; ".join(f"{f.name} {f.before} -> {f.after}" for f in change.fields)
            lines.append(f"{name}: {fields}")
    return "\n".join(lines)


def _as_json(changes: list[ObligationChange]) -> str:
    rows = [
        {
            "participant": change.obligation.participant_id,
            "rule": change.obligation.rule,
            "from": change.obligation.first_day.isoformat(),
            "change": "removed"
            if change.after is None
            else "added"
            if change.before is None
            else "changed",
            "fields": {f.name: {"before": f.before, "after": f.after} for f in change.fields},
        }
        for change in changes
    ]
    return json.dumps({"changes": rows}, ensure_ascii=False, indent=2)
