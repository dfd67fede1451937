"""`field-app due` and `field-app program compare` for the store of this device.

The commands themselves know scenario files only; here they are given the caseload instead.
"""

import argparse
import json
from functools import partial
from typing import Any

from field_app.commands.due_options import add_due_parser, add_program_parser
from field_app.commands.options import add_common_options


def add_parser(subparsers: Any) -> None:
    """Add both commands, with the store to fall back on."""
    due_parser, comparing = add_due_parser(subparsers), add_program_parser(subparsers)
    program_parser: argparse.ArgumentParser = subparsers.choices["program"]
    for parser in (due_parser, program_parser, comparing):
        add_common_options(parser, default=argparse.SUPPRESS)
    due_parser.set_defaults(handler=run_due)
    program_parser.set_defaults(handler=run_program)


def run_due(args: argparse.Namespace) -> int:
    """Say what is due: of one scenario, or of everyone in the store."""
    from field_app.commands import due

    return due.run(args, run_for_store=_due_of_store)


def run_program(args: argparse.Namespace) -> int:
    """Check a program file, or compare two on scenarios or on everyone in the store."""
    from field_app.commands import program

    return program.run(args, facts_of_store=partial(_facts_of_store, args))


def _due_of_store(args: argparse.Namespace) -> int:
    from dataclasses import replace
    from pathlib import Path

    from field_app.commands import due
    from field_app.commands.opening import open_cases
    from field_app.domain.due.due_line import sentence
    from field_app.programs import default_program, load_program
    from field_app.services.due_list import DueListService

    program_in_force = load_program(Path(args.program)) if args.program else default_program()
    as_of = due.parse_as_of(args.as_of, program_in_force)
    with open_cases(args) as workspace:
        # Only the list looks from another moment. Whether the device's access has ended, and what
        # follows for its store, is a matter of its own clock; so is whether old cases are shown.
        notebook = replace(workspace.notebook, clock=lambda: as_of)
        service = DueListService(notebook, program_in_force)
        items, problems = service.all_items(), service.today().problems
    if args.json:
        rows = [
            {"participant": item.case_id, **due.as_row(item.obligation, args.language)}
            for item in items
        ]
        output = {
            "as_of": as_of.isoformat(),
            "program": program_in_force.id,
            "obligations": rows,
            "problems": [{"participant": p.case_id, "field": p.field} for p in problems],
        }
        print(json.dumps(output, ensure_ascii=False, indent=2))
        return 0
    print(f"{program_in_force.id}, as of {as_of.isoformat()}")
    for item in items:
        duty = item.obligation
        when = f"{duty.due_at:%Y-%m-%d %H:%M}" if duty.due_at else "no deadline"
        line = sentence(duty, as_of, args.language)
        print(f"{when:16}  {duty.state.value:15}  {item.alias:12}  {duty.rule:45}  {line}")
    for problem in problems:
        print(f"{problem.alias}: nothing can be computed, see {problem.field}: {problem.message}")
    return 0


def _facts_of_store(args: argparse.Namespace) -> Any:
    from field_app.commands.opening import open_cases

    with open_cases(args) as workspace:
        return workspace.due_list.facts()
