"""Every requirement has a test that names it, or a reason why it has none."""

from tests.requirements import all_ids, held_by, left_out, table


def test_every_requirement_is_held_by_a_test_or_left_out_with_a_reason() -> None:
    silent = set(all_ids()) - set(held_by()) - set(left_out())

    assert sorted(silent) == []


def test_what_is_left_out_has_no_test() -> None:
    # A line that is out of date hides nothing, but the table would lie: take it out.
    assert sorted(set(left_out()) & set(held_by())) == []


def test_markers_and_reasons_name_known_requirements_only() -> None:
    assert sorted({*held_by(), *left_out()} - set(all_ids())) == []


def test_every_reason_is_a_sentence() -> None:
    assert [name for name, reason in left_out().items() if len(reason.split()) < 4] == []


def test_the_table_has_one_row_a_requirement() -> None:
    rows = table().splitlines()[2:]

    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == list(all_ids())
