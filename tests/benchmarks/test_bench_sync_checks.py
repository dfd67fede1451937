"""What a benchmark says was lost, duplicated, stale or vanished: it has to be able to say so."""

import pytest

from tests.benchmarks.bench_sync_checks import (
    Found,
    Row,
    compare,
    judge_edits,
    paired_ratio,
    read_dump,
    worst,
)
from tests.benchmarks.bench_sync_hard import ROWS, ratios, table
from tests.benchmarks.bench_sync_systems import OURS

EXPECTED = {"r1": "", "r2": "new"}


def test_a_dump_is_read_line_by_line() -> None:
    assert read_dump("r1\tnew\tphone:ab12\nr2\t\ttext:cd\n") == [
        Row("r1", "new", "phone"),
        Row("r2", "", "text"),
    ]


@pytest.mark.parametrize(
    ("notes", "found"),
    [
        ([("r1", ""), ("r2", "new")], Found(0, 0, 0, 0)),
        ([("r2", "new")], Found(1, 0, 0, 0)),
        ([("r1", ""), ("r1", ""), ("r2", "new")], Found(0, 1, 0, 0)),
        ([("r1", ""), ("r2", "old")], Found(0, 0, 1, 0)),
        ([("r1", ""), ("r2", "new"), ("r3", "")], Found(0, 0, 0, 1)),
    ],
)
def test_a_device_is_compared_with_what_was_written(
    notes: list[tuple[str, str]], found: Found
) -> None:
    assert compare([Row(*each, "phone") for each in notes], EXPECTED) == found
    assert found.is_right == (found == Found(0, 0, 0, 0))


def test_the_worst_device_counts() -> None:
    assert worst([Found(0, 2, 0, 0), Found(1, 0, 0, 0)]) == Found(1, 2, 0, 0)
    assert str(Found(1, 2, 3, 0)) == "1 / 2 / 3"
    assert str(Found(0, 0, 0, 4)) == "0 / 0 / 0, 4 unknown"


FIRST, LAST = ("from A", "email"), ("from B", "email")


def test_an_edit_that_a_conflict_shows_has_not_vanished() -> None:
    fresh = {"s": ("from A", "phone"), "d": ("from A", "email")}
    judged = judge_edits(["s"], ["d"], [fresh, fresh], FIRST, LAST, {"s": ["from B", "from A"]})

    assert (judged.first_won, judged.last_won, judged.merged) == (1, 0, 1)
    assert (judged.hidden, judged.kept, judged.vanished, judged.apart) == (1, 1, 0, 0)


def test_an_edit_that_nothing_shows_has_vanished() -> None:
    fresh = {"s": ("from B", "phone"), "d": ("", "email")}
    other = {"s": ("from B", "phone"), "d": ("from A", "phone")}
    judged = judge_edits(["s"], ["d"], [other, fresh], FIRST, LAST, {"s": ["from B"]})

    assert (judged.first_won, judged.last_won, judged.merged) == (0, 1, 0)
    assert (judged.hidden, judged.kept, judged.vanished, judged.apart) == (2, 0, 2, 1)


def test_conflicts_that_are_only_counted_keep_no_more_than_is_hidden() -> None:
    fresh = {"s": ("from B", "phone"), "d": ("from A", "email")}

    assert judge_edits(["s"], ["d"], [fresh], FIRST, LAST, 5).kept == 1


def test_a_paired_ratio_is_not_moved_by_one_busy_round() -> None:
    assert paired_ratio([2.0, 200.0, 2.0], [1.0, 100.0, 1.0]) == 2.0
    assert paired_ratio([2.0, 500.0, 2.0], [1.0, 1.0, 1.0]) == 2.0


def test_a_table_has_a_dash_where_a_system_could_not() -> None:
    figures = {"kills": 3, "tries": 4, "found": {"shown": "0 / 0 / 0"}}
    lines = list(table({"k": {OURS: figures}}, [OURS, "other"]))

    assert lines[0] == f"| | {OURS} | other |"
    assert lines[2] == "| k killed in a sync, of tries | 3 of 4 | – |"
    assert len(lines) == 2 + len(ROWS["k"])


def test_ratios_set_ours_beside_each_peer() -> None:
    found = list(ratios({"d": {OURS: {"wall_s": 1.0}, "other": {"wall_s": 4.0}}}))

    assert found == [f"{OURS}: all devices at once, of: other 0.25 x"]
