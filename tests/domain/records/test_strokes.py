"""Drawn marks: kept small and in shape, whatever a finger does."""

from hypothesis import given
from hypothesis import strategies as st

from field_app.domain.records.strokes import FIELD, MOST_POINTS, fitted, points_of, stroke_text
from field_app.services.marks import check_mark

numbers = st.floats(-10_000, 10_000)
lines = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=1500)


@given(st.lists(lines, min_size=1, max_size=3))
def test_whatever_was_drawn_can_be_kept(drawn: list[list[tuple[float, float]]]) -> None:
    strokes = [stroke_text(points) for points in drawn]

    assert check_mark("", strokes).strokes == tuple(strokes)
    assert all(len(points_of(stroke)) <= MOST_POINTS for stroke in strokes)


def test_a_stroke_keeps_its_ends_and_loses_what_no_eye_sees() -> None:
    assert stroke_text([(10, 10), (11, 11), (12, 12), (40, 10.4), (41, 10)]) == (
        "10,10 40,10 41,10"
    )
    assert stroke_text([(5, 5)]) == "5,5"
    assert stroke_text([(-3, 2_000)]) == f"0,{FIELD}"


def test_a_long_stroke_keeps_its_shape_with_fewer_points() -> None:
    wave = [(n % 1000, (n * 7) % 1000) for n in range(0, 5000, 1)]

    kept = points_of(stroke_text(wave))

    assert len(kept) <= MOST_POINTS
    assert (kept[0], kept[-1]) == (wave[0], wave[-1])


def test_a_mark_is_fitted_in_its_proportions_from_the_left() -> None:
    ((first, last),) = fitted(["100,100 500,300"], 80, 20)

    assert first == (0, 0)
    assert last == (40, 20)


def test_a_flat_mark_stands_in_the_middle_and_a_dot_stays_small() -> None:
    ((left, right),) = fitted(["0,700 1000,700"], 100, 40)
    assert (left, right) == ((0, 20), (100, 20))

    ((dot,),) = fitted(["900,900"], 100, 40)
    assert dot == (0, 20)
    assert fitted([], 100, 40) == []
