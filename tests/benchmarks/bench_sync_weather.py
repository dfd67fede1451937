"""Two devices on a bad link: round after round of new and edited records, through cuts.

Ours keeps one connection and opens another after a cut; PouchDB opens one for each request, the
others keep theirs. Each new connection costs one more round trip, whoever opens it. A sync that
fails is tried again at once, up to 25 times; the time of a sync holds all its tries.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.bench_sync_checks import Found, compare, read_dump, worst
from tests.benchmarks.bench_sync_link import GOOD, BadLink, Quality
from tests.benchmarks.bench_sync_records import ids_of
from tests.benchmarks.bench_sync_systems import DeviceProcess, Hung, System, Unusable

ATTEMPTS = 25
AT_FIRST = 10
"""Records that are there before the weather."""
FAR_CHANGES = 3
SEED = 20261122


@dataclass(frozen=True)
class Weather:
    """A link's quality, and the work that is done over it.

    Attributes:
        quality: Of the link.
        rounds: How many times A writes, A syncs and B syncs.
        new: Records that A makes in each round.
        edited: Records of the round before that A edits in each.
        seconds: No new round begins after these; and a sync that takes as long counts as hung.
    """

    quality: Quality
    rounds: int
    new: int
    edited: int
    seconds: float

    @property
    def records(self) -> int:
        """How many records the data file needs."""
        return AT_FIRST + self.rounds * self.new


def through_weather(
    system: System, folder: Path, records: Path, weather: Weather, *, measure_changes: bool
) -> dict[str, Any]:
    """Return what the syncs took, and what is wrong on each device when the link is good again.

    `measure_changes`: first measure changes of one record at the link's round trip, without cuts.
    """
    with system.running(folder) as running:
        link = BadLink(running.server.port, SEED)
        try:
            a, b = (running.device(name, port=link.port) for name in "AB")
            work = Work(a, records, ids_of(records))
            work.write(AT_FIRST)
            for device in (a, b, a):
                device.sync()
            result: dict[str, Any] = {}
            if measure_changes:
                link.quality = Quality(weather.quality.round_trip_seconds)
                result |= changes_from_far(work, a, b)
            link.quality = weather.quality
            link.counts.clear()
            result |= rounds_in(weather, work, a, b)
            syncs = result["syncs"]
            result["requests"] = link.counts["requests"] / syncs
            result["connections"] = link.counts["connections"] / syncs
            result["cuts"] = link.cuts

            link.quality = GOOD
            for device in (a, b, a):
                device.try_sync(ATTEMPTS, weather.seconds)
            fresh = running.device("Z")
            fresh.sync()
            result["found"] = worst(work.judge(device, folder / "dump") for device in (a, b, fresh))
        finally:
            link.close()
    return result


def changes_from_far(work: "Work", a: DeviceProcess, b: DeviceProcess) -> dict[str, float]:
    """Return how long a change of one record takes over the link, and to fetch it."""
    sent, fetched = [], []
    for number in range(FAR_CHANGES):
        work.edit(number, 1, f"far {number}")
        sent.append(a.sync()["ms"])
        fetched.append(b.sync()["ms"])
    return {"far_change_ms": median(sent), "far_fetch_ms": median(fetched)}


def rounds_in(weather: Weather, work: "Work", a: DeviceProcess, b: DeviceProcess) -> dict[str, Any]:
    """Write and sync, round after round."""
    answers = []
    began = time.monotonic()
    done = 0
    for number in range(weather.rounds):
        start = work.written
        work.write(weather.new)
        if number:
            work.edit(start - weather.new, weather.edited, f"round {number}")
        for device in (a, b):
            try:
                answers.append(device.try_sync(ATTEMPTS, weather.seconds))
            except Hung as error:
                raise Unusable(f"{len(answers)} syncs were done; of the next, {error}") from None
        done += 1
        if time.monotonic() - began > weather.seconds:
            break
    return {
        "rounds": done,
        "syncs": len(answers),
        "sync_s": sum(answer["ms"] for answer in answers) / len(answers) / 1000,
        "sync_median_s": median(answer["ms"] for answer in answers) / 1000,
        "tries": sum(answer["attempts"] for answer in answers) / len(answers),
        "failed": sum(not answer["ok"] for answer in answers),
        "hangs": max((answer.get("hangs", 0) for answer in answers), default=0),
    }


class Work:
    """What one device writes, and what every device should show afterwards."""

    def __init__(self, device: DeviceProcess, records: Path, ids: list[str]) -> None:
        """Begin with nothing."""
        self.device, self._records, self._ids = device, records, ids
        self.written = 0
        self.expected: dict[str, str] = {}

    def write(self, count: int) -> None:
        """Make the next records."""
        self.device.do(cmd="load", path=str(self._records), start=self.written, count=count)
        new = self._ids[self.written : self.written + count]
        self.expected |= dict.fromkeys(new, "")
        self.written += count

    def edit(self, start: int, count: int, note: str) -> None:
        """Edit records that were made before."""
        self.device.do(cmd="edit", path=str(self._records), start=start, count=count, tag=note)
        self.expected |= dict.fromkeys(self._ids[start : start + count], note)

    def judge(self, device: DeviceProcess, out: Path) -> Found:
        """Compare what a device shows with what was written."""
        device.do(cmd="dump", out=str(out))
        return compare(read_dump(out.read_text()), self.expected)
