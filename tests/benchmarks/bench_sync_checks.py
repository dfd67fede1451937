"""What a device holds after a sync, beside what it should hold. Pure.

A device is judged by its dump: a line for each record with its id, the field that edits change
(`rev_note`), and another field (`mode`) with a hash of the rest.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    """One record of a dump."""

    record_id: str
    note: str
    mode: str


@dataclass(frozen=True)
class Found:
    """What is wrong with a device, in records; all zero is as it should be."""

    lost: int
    duplicated: int
    stale: int
    strange: int

    @property
    def is_right(self) -> bool:
        """Return whether nothing is wrong."""
        return not (self.lost or self.duplicated or self.stale or self.strange)

    def __str__(self) -> str:
        """Show the counts in a fixed order, as a table's cell."""
        shown = f"{self.lost} / {self.duplicated} / {self.stale}"
        return f"{shown}, {self.strange} unknown" if self.strange else shown


def read_dump(text: str) -> list[Row]:
    """Return the rows of a dump."""
    rows = (line.split("\t") for line in text.splitlines() if line)
    return [Row(record_id, note, rest.split(":", 1)[0]) for record_id, note, rest in rows]


def compare(rows: Iterable[Row], expected: Mapping[str, str]) -> Found:
    """Compare a dump with the notes that its records should have.

    Lost: not there. Duplicated: there more than once. Stale: there, but with another note. Strange:
    nobody has written it.
    """
    notes: dict[str, list[str]] = {}
    for row in rows:
        notes.setdefault(row.record_id, []).append(row.note)
    return Found(
        lost=sum(record_id not in notes for record_id in expected),
        duplicated=sum(len(each) - 1 for each in notes.values()),
        stale=sum(
            record_id in notes and note not in notes[record_id]
            for record_id, note in expected.items()
        ),
        strange=sum(record_id not in expected for record_id in notes),
    )


def worst(found: Iterable[Found]) -> Found:
    """Return the largest of each count: what holds for at least one device."""
    every = list(found)
    return Found(
        lost=max(each.lost for each in every),
        duplicated=max(each.duplicated for each in every),
        stale=max(each.stale for each in every),
        strange=max(each.strange for each in every),
    )


@dataclass(frozen=True)
class TwoEdits:
    """What became of two people's edits of one record, over many records.

    Attributes:
        first_won: Same field: the record shows what the one who synced first wrote.
        last_won: Same field: it shows what the other one wrote.
        merged: Different fields: the record shows both edits.
        hidden: Edits that the record does not show.
        kept: Of these, those that the device tells of as a conflict.
        apart: Records that the devices do not agree on.
    """

    first_won: int
    last_won: int
    merged: int
    hidden: int
    kept: int
    apart: int

    @property
    def vanished(self) -> int:
        """Edits that nobody can find any more."""
        return self.hidden - self.kept


Shown = Mapping[str, tuple[str, str]]
"""Note and mode by record id."""


def judge_edits(
    same: Sequence[str],
    different: Sequence[str],
    devices: Sequence[Shown],
    first: tuple[str, str],
    last: tuple[str, str],
    kept: Mapping[str, Sequence[str]] | int,
) -> TwoEdits:
    """Judge a fresh device (the last of `devices`) and whether the others agree with it.

    Args:
        same: Records of which both edited the note.
        different: Records of which one edited the note, the other the mode.
        devices: What each device shows.
        first: Note and mode that the one who synced first wrote.
        last: Note and mode that the other wrote.
        kept: Values in conflicts by record; where a system only counts them, how many.
    """
    fresh = devices[-1]
    nothing = ("", "")
    winners = Counter(fresh.get(record_id, nothing)[0] for record_id in same)
    hidden = [
        (record_id, note)
        for record_id in same
        for note in (first[0], last[0])
        if fresh.get(record_id, nothing)[0] != note
    ]
    apart_edits = [
        (record_id, value)
        for record_id in different
        for value, shown in zip((first[0], last[1]), fresh.get(record_id, nothing), strict=True)
        if value != shown
    ]
    missing = {record_id for record_id, _ in apart_edits}
    hidden += apart_edits
    if isinstance(kept, int):
        found = min(kept, len(hidden))
    else:
        found = sum(value in kept.get(record_id, ()) for record_id, value in hidden)
    return TwoEdits(
        first_won=winners[first[0]],
        last_won=winners[last[0]],
        merged=sum(record_id not in missing for record_id in different),
        hidden=len(hidden),
        kept=found,
        apart=sum(
            len({device.get(record_id) for device in devices}) > 1
            for record_id in (*same, *different)
        ),
    )


def paired_ratio(ones: Sequence[float], others: Sequence[float]) -> float:
    """Return the median of the ratios of figures that were taken in turns, round by round.

    A busy moment of the machine touches both sides of one round, so it hardly touches the ratio.
    """
    return median(one / other for one, other in zip(ones, others, strict=True))
