"""A mark drawn with a finger, as text: one a stroke, "x,y x,y ..." on a field of 1000 by 1000.

Kept as strokes, never as a picture: it stays small, sharp on paper, and holds nothing but itself.
"""

from collections.abc import Iterable, Sequence

Point = tuple[float, float]

FIELD = 1000
NEAREST = 4  # units between two points that are kept; a finger's line is some 20 units wide
MOST_POINTS = 600  # of one stroke: at most 6,000 characters, see services.marks
SMALLEST_MARK = 120  # units: a mark that is a dot stays a dot when it is fitted


def stroke_text(points: Iterable[Point]) -> str:
    """Return a stroke as it is kept: whole units inside the field, thinned out, never empty."""
    kept: list[tuple[int, int]] = []
    last: tuple[int, int] | None = None
    for x, y in points:
        last = (_inside(x), _inside(y))
        if not kept or max(abs(last[0] - kept[-1][0]), abs(last[1] - kept[-1][1])) >= NEAREST:
            kept.append(last)
    if last is not None and kept[-1] != last:
        kept.append(last)
    while len(kept) > MOST_POINTS:
        kept = [*kept[:-1:2], kept[-1]]
    return " ".join(f"{x},{y}" for x, y in kept)


def points_of(stroke: str) -> list[Point]:
    """Return the points of a kept stroke."""
    return [(int(x), int(y)) for x, y in (point.split(",") for point in stroke.split())]


def fitted(strokes: Sequence[str], width: float, height: float) -> list[list[Point]]:
    """Return the strokes as large as a place allows, in their proportions, from its left edge."""
    drawn = [points for points in map(points_of, strokes) if points]
    if not drawn:
        return []
    xs = [x for points in drawn for x, _ in points]
    ys = [y for points in drawn for _, y in points]
    wide = max(max(xs) - min(xs), SMALLEST_MARK)
    high = max(max(ys) - min(ys), SMALLEST_MARK)
    scale = min(width / wide, height / high)
    # A flat mark stands in the middle of the height, not at its top.
    top = (height - (max(ys) - min(ys)) * scale) / 2
    return [[((x - min(xs)) * scale, top + (y - min(ys)) * scale) for x, y in p] for p in drawn]


def _inside(value: float) -> int:
    return min(max(round(value), 0), FIELD)
