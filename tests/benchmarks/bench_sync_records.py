"""What the sync benchmarks write: records of about 800 bytes of JSON, the same for every system.

Ids are 32 hexadecimal digits, as some peers' columns hold no more.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from field_app.store.recovery_words import word_list

Json = dict[str, Any]

MODES = ("phone", "face_to_face", "text", "video")
OTHER_MODE = "email"
"""What no record has at first: to tell an edit of this field."""

CASES = 40
"""In one advocate's caseload."""


class Writer:
    """Makes records up; the same ones for the same seed."""

    def __init__(self) -> None:
        """Begin."""
        self._rng = random.Random(20261122)
        self._words = word_list()
        self._weights = [1 / (place + 3) for place in range(len(self._words))]  # Zipf, as language

    def new_id(self) -> str:
        """Return an id."""
        return UUID(int=self._rng.getrandbits(128), version=4).hex

    def clients(self, count: int) -> list[str]:
        """Return clients, a case each."""
        return [self.new_id() for _ in range(count)]

    def record(self, number: int, advocate: str, clients: Sequence[str]) -> Json:
        """Return a record about one of the clients, each in its turn."""
        return {
            "rid": self.new_id(),
            "kind": "contact",
            "advocate": advocate,
            "client": clients[number % len(clients)],
            "occurred_at": f"2026-{1 + number % 11:02d}-{1 + number % 28:02d}T17:30:00+00:00",
            "mode": self._rng.choice(MODES),
            "minutes": self._rng.randrange(5, 180, 5),
            "phase": self._rng.choice(("stabilization", "maintenance", "transition")),
            "followup": number % 3 == 0,
            "tags": self._rng.sample(("safety", "housing", "school", "legal", "medical"), 2),
            "summary": self._text(380),
            "plan": self._text(130),
            "rev_note": "",
        }

    def _text(self, length: int) -> str:
        said = ""
        while len(said) < length:
            said += " ".join(self._rng.choices(self._words, self._weights, k=12)) + ". "
        return said[:length]


def write_records(path: Path, count: int, cases: int = CASES) -> None:
    """Write records of one advocate's cases, a line each."""
    writer = Writer()
    clients = writer.clients(cases)
    write_lines(path, (writer.record(n, "advocate-01", clients) for n in range(count)))


def write_lines(path: Path, records: Iterator[Json]) -> None:
    """Write a data file."""
    with path.open("w") as lines:
        for record in records:
            lines.write(json.dumps(record, separators=(",", ":")) + "\n")


def ids_of(path: Path) -> list[str]:
    """Return the ids in a data file."""
    with path.open() as lines:
        return [json.loads(line)["rid"] for line in lines]


@dataclass(frozen=True)
class Part:
    """Some records of a data file: what `load` takes."""

    start: int
    count: int

    @property
    def end(self) -> int:
        """The number after the last."""
        return self.start + self.count


@dataclass(frozen=True)
class Crowd:
    """How the data file of many advocates is laid out.

    First everyone's caseload, one advocate after the other; then for each burst everyone's new
    records, all in cases of the caseload.
    """

    advocates: int
    caseload: int
    new: int
    bursts: int

    def name(self, advocate: int) -> str:
        """Return an advocate's name, which is the scope of the devices too."""
        return f"dev-{advocate:02d}"

    def caseload_of(self, advocate: int) -> Part:
        """Return the records that an advocate has."""
        return Part(advocate * self.caseload, self.caseload)

    def new_of(self, advocate: int, burst: int) -> Part:
        """Return the records that an advocate makes before one burst."""
        first = self.advocates * (self.caseload + burst * self.new)
        return Part(first + advocate * self.new, self.new)

    @property
    def at_first(self) -> Part:
        """All the caseloads."""
        return Part(0, self.advocates * self.caseload)

    def write(self, path: Path) -> None:
        """Write the data file."""
        writer = Writer()
        clients = [writer.clients(CASES) for _ in range(self.advocates)]
        sizes = [self.caseload, *[self.new] * self.bursts]
        write_lines(
            path,
            (
                writer.record(number, self.name(advocate), clients[advocate])
                for size in sizes
                for advocate in range(self.advocates)
                for number in range(size)
            ),
        )
