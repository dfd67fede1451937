"""Short ways to write scenarios and to find the obligation that a test is about."""

from datetime import datetime
from typing import Any

from field_app.commands.due import parse_as_of
from field_app.domain.due.obligation import Obligation
from field_app.domain.due.obligations import obligations
from field_app.domain.due.scenario import read_scenario
from field_app.domain.policy.program import Program
from field_app.programs import default_program

Table = dict[str, Any]


def moment(text: str, program: Program | None = None) -> datetime:
    """A date (its end) or a local time of the program."""
    return parse_as_of(text, program or default_program())


def scenario(**parts: Any) -> Table:
    """A scenario of one youth; `parts` are its tables."""
    return {"participant": {"id": "Y1", "kind": "youth"}, **parts}


def due(parts: Table, as_of: str, program: Program | None = None) -> list[Obligation]:
    """The obligations of a scenario."""
    program = program or default_program()
    facts = read_scenario(scenario(**parts), program)
    return list(obligations(facts, program, moment(as_of, program)))


def of_rule(found: list[Obligation], rule: str) -> list[Obligation]:
    """The obligations of one rule, by first day."""
    return sorted((one for one in found if one.rule == rule), key=lambda one: one.first_day)


def the(found: list[Obligation], rule: str, first: str | None = None) -> Obligation:
    """The one obligation of a rule, or the one that begins on a day."""
    matching = [
        one
        for one in found
        if one.rule == rule and (first is None or one.first_day.isoformat() == first)
    ]
    assert len(matching) == 1, f"{len(matching)} of {rule} {first or ''}"
    return matching[0]


def advocacy(phase: str, first: str, to: str | None = None, **service: Any) -> Table:
    """Advocacy with one phase."""
    phases = [{"phase": phase, "from": first, "to": to}]
    return {"service": "advocacy", "received_at": f"{first}T10:00", "phases": phases, **service}


def survivor(received: str, **service: Any) -> Table:
    """Survivor advocacy received at ten on a day."""
    return {"service": "survivor_advocacy", "received_at": f"{received}T10:00", **service}


def parent(received: str, contact_safe: bool | None = True, **service: Any) -> Table:
    """Parent advocacy received at ten on a day."""
    return {
        "service": "parent_advocacy",
        "received_at": f"{received}T10:00",
        "contact_safe": contact_safe,
        **service,
    }


def contact(at: str, channel: str, outcome: str = "reached", *services: str) -> Table:
    """A contact; a date alone means three in the afternoon."""
    return {
        "at": at if "T" in at else f"{at}T15:00",
        "channel": channel,
        "outcome": outcome,
        "services": list(services or ("advocacy",)),
    }


def visit(at: str, *services: str) -> Table:
    """A reached face-to-face contact."""
    return contact(at, "face_to_face", "reached", *services)


def extended(on: str, until: str) -> Table:
    """A decision that extends."""
    return {"kind": "extended", "on": on, "until": until, "reason": "more time"}


def stabilized(on: str) -> Table:
    """A decision that the participant is stabilized."""
    return {"kind": "stabilized", "on": on}
