"""Which obligations another program, or another reading, would change: a look before it is used."""

from collections.abc import Iterable
from dataclasses import dataclass

from field_app.domain.due.obligation import Obligation


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value of an obligation under both programs."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ObligationChange:
    """An obligation that differs. `before` or `after` is None when only one program has it."""

    before: Obligation | None
    after: Obligation | None
    fields: tuple[FieldChange, ...] = ()

    @property
    def obligation(self) -> Obligation:
        """The obligation, under the new program where that has it."""
        found = self.after or self.before
        assert found is not None  # noqa: S101 - one of them is there
        return found


def compare(before: Iterable[Obligation], after: Iterable[Obligation]) -> list[ObligationChange]:
    """Return what changes, in the order of the old list, then what is new.

    Obligations are the same duty when participant, rule, service and first day are; of several such
    (two documents of one day) the first is paired with the first.
    """
    left: dict[tuple[object, ...], list[Obligation]] = {}
    for obligation in after:
        left.setdefault(obligation.key, []).append(obligation)
    changes: list[ObligationChange] = []
    for old in before:
        pair = left.get(old.key)
        new = pair.pop(0) if pair else None
        if new is None:
            changes.append(ObligationChange(old, None))
        elif fields := _field_changes(old, new):
            changes.append(ObligationChange(old, new, fields))
    changes.extend(ObligationChange(None, new) for pair in left.values() for new in pair)
    return changes


def _field_changes(old: Obligation, new: Obligation) -> tuple[FieldChange, ...]:
    pairs = (
        ("to", old.last_day, new.last_day),
        ("due_at", old.due_at, new.due_at),
        ("required", old.required, new.required),
        ("done", old.done, new.done),
        ("attempts", old.attempts, new.attempts),
        ("state", old.state.value, new.state.value),
        ("reason", old.reason, new.reason),
        ("warning", old.warning and old.warning.number, new.warning and new.warning.number),
        ("quote", old.quote, new.quote),
    )
    return tuple(
        FieldChange(name, str(before), str(after))
        for name, before, after in pairs
        if before != after
    )
