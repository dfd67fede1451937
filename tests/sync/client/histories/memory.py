"""What people typed and decided in a history, whatever the network made of it."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Typed:
    """A value that somebody typed into a field on device `by`; no other edit has the same.

    Attributes:
        seen: The values that stood in the field before.
    """

    value: str
    record_id: str
    field: str
    by: int
    seen: frozenset[str]


@dataclass(frozen=True)
class Removal:
    """A record that somebody deleted, with what stood in its fields when they did."""

    record_id: str
    seen: frozenset[str]


@dataclass
class Memory:
    """What a history has to account for at its end.

    Attributes:
        typed: Every value that was typed.
        replaced: Values that somebody saw and replaced by another.
        removals: Every deletion.
        restored: Records that somebody decided to keep after they were deleted.
        closed: Conflicts that somebody resolved.
        chosen: Values that came back into a field because somebody decided so.
        declined: Values of late work that a manager declined.
        lost_with_the_centre: Late work that lay in an inbox and in no backup when the centre was
            put back: record and device. Its author had no access and its receipt, and so no copy.
        lost_files: Pictures whose file was in no backup and on no device any more, likewise.
        taken_along: Ids of the keys that a device had when its access to a case ended, by case
            and device number.
        pictures: Attachments that were made, with their contents.
        counts: How often what happened, for the report of a run.
    """

    typed: list[Typed] = field(default_factory=list)
    replaced: set[str] = field(default_factory=set)
    removals: list[Removal] = field(default_factory=list)
    restored: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    chosen: set[str] = field(default_factory=set)
    declined: set[str] = field(default_factory=set)
    lost_with_the_centre: set[tuple[str, int]] = field(default_factory=set)
    lost_files: set[str] = field(default_factory=set)
    taken_along: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def new_value(self) -> str:
        """Return a value that nobody typed before."""
        return f"v{len(self.typed) + 1}"

    def note(self, value: str, record_id: str, name: str, before: object, by: int) -> None:
        """Remember a value typed over another that its writer saw."""
        seen = frozenset(lines_of(before))
        self.typed.append(Typed(value, record_id, name, by, seen))
        self.replaced.update(seen)

    def knew(self, value: str) -> set[str]:
        """Return every value that whoever typed this one had seen in its place, at any remove."""
        seen_by = {typed.value: typed.seen for typed in self.typed}
        known: set[str] = set()
        unread = set(seen_by.get(value, ()))
        while unread:
            known |= unread
            unread = set().union(*(seen_by.get(each, frozenset()) for each in unread)) - known
        return known


def lines_of(value: object) -> set[str]:
    """Return the values in a field: "keep both" puts two under each other."""
    return set(str(value).split("\n")) if value not in (None, "") else set()
