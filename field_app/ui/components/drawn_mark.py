"""A mark drawn with a finger: a pad to draw on, and the finished mark as a small drawing.

Whoever cannot or does not want to draw types initials: the pad never stands alone on a form.
"""

from collections.abc import Callable, Sequence
from typing import Any

import flet as ft
from flet import canvas

from field_app.domain.records.strokes import Point, fitted, points_of, stroke_text
from field_app.services.marks import MOST_STROKES
from field_app.ui import tokens
from field_app.ui.components.basics import icon_action, labelled, quiet
from field_app.ui.context import use_value
from field_app.ui.guard import guard, part
from field_app.ui.i18n import t

PAD_HEIGHT = 160
UNITS_A_PIXEL = 2  # of the field that strokes are kept on: a pad of up to 500 pixels fits
LINE_WIDTH = 3
SMALL_WIDTH, SMALL_HEIGHT = 120, 48
DRAG_INTERVAL_MS = 15  # about as often as a screen is drawn: a fast letter keeps its curves


@part
def drawing_pad(
    *, identifier: str, label: str, strokes: Sequence[str], on_change: Callable[[list[str]], Any]
) -> ft.Control:
    """Draw the pad with what is on it, undo and clear under it.

    Args:
        identifier: Stable name; its buttons are `<identifier>-undo` and `<identifier>-clear`.
        label: What is drawn here, also for a screen reader.
        strokes: What is drawn already.
        on_change: Called with all strokes when one was drawn or taken back.
    """
    points, _ = use_value(list[Point])  # the stroke under the finger
    _, redraw = ft.use_state(0)

    def down(event: ft.DragDownEvent[Any]) -> None:
        points[:] = [_point(event.local_position)]

    def follow(event: ft.DragStartEvent[Any] | ft.DragUpdateEvent[Any]) -> None:
        points.append(_point(event.local_position))
        redraw(lambda count: count + 1)

    def end() -> None:
        if points and len(strokes) < MOST_STROKES:
            on_change([*strokes, stroke_text(points)])
        points.clear()

    def dot(event: ft.TapEvent[Any]) -> None:
        if event.local_position is not None:
            points[:] = [_point(event.local_position)]
        end()

    pad = ft.GestureDetector(
        # Both drags, no pan: a pan waits longer than the list's own drag, which would scroll away
        # under the finger.
        on_horizontal_drag_down=guard(down),
        on_horizontal_drag_start=guard(follow),
        on_horizontal_drag_update=guard(follow),
        on_horizontal_drag_end=guard(end),
        on_vertical_drag_down=guard(down),
        on_vertical_drag_start=guard(follow),
        on_vertical_drag_update=guard(follow),
        on_vertical_drag_end=guard(end),
        on_tap_up=guard(dot),
        drag_interval=DRAG_INTERVAL_MS,
        exclude_from_semantics=True,
        content=canvas.Canvas(
            expand=True,
            shapes=_shapes(
                [
                    [(x / UNITS_A_PIXEL, y / UNITS_A_PIXEL) for x, y in drawn]
                    for drawn in [*map(points_of, strokes), list(points)]
                ]
            ),
            content=ft.Container(
                alignment=ft.Alignment.CENTER,
                content=None if strokes or points else quiet(t("mark.here")),
            ),
        ),
    )
    return ft.Column(
        spacing=tokens.SPACE_XS,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=[
            ft.Row(
                controls=[
                    ft.Container(expand=True, content=quiet(label)),
                    icon_action(
                        f"{identifier}-undo",
                        ft.Icons.UNDO,
                        t("mark.undo"),
                        lambda: on_change(list(strokes[:-1])),
                        is_disabled=not strokes,
                    ),
                    icon_action(
                        f"{identifier}-clear",
                        ft.Icons.DELETE_OUTLINE,
                        t("mark.clear"),
                        lambda: on_change([]),
                        is_disabled=not strokes,
                    ),
                ]
            ),
            labelled(
                f"{identifier}-pad",
                ft.Container(
                    height=PAD_HEIGHT,
                    border=ft.Border.all(1, ft.Colors.OUTLINE),
                    border_radius=tokens.CORNER,
                    bgcolor=ft.Colors.SURFACE_CONTAINER_LOWEST,
                    clip_behavior=ft.ClipBehavior.HARD_EDGE,
                    content=pad,
                ),
                t("mark.pad", label=label),
            ),
        ],
    )


def drawn_mark(strokes: Sequence[str], name: str) -> ft.Control:
    """Return a finished mark as a small drawing; `name` is what a screen reader says."""
    return ft.Semantics(
        label=name,
        content=canvas.Canvas(
            width=SMALL_WIDTH,
            height=SMALL_HEIGHT,
            shapes=_shapes(fitted(strokes, SMALL_WIDTH - LINE_WIDTH, SMALL_HEIGHT - LINE_WIDTH)),
        ),
    )


def _point(at: ft.Offset) -> Point:
    return (at.x * UNITS_A_PIXEL, min(at.y, PAD_HEIGHT) * UNITS_A_PIXEL)


def _shapes(lines: Sequence[Sequence[Point]]) -> list[canvas.Shape]:
    paint = ft.Paint(
        color=ft.Colors.ON_SURFACE,
        style=ft.PaintingStyle.STROKE,
        stroke_width=LINE_WIDTH,
        stroke_cap=ft.StrokeCap.ROUND,
        stroke_join=ft.StrokeJoin.ROUND,
    )
    edge = LINE_WIDTH / 2
    return [
        canvas.Path(
            paint=paint,
            elements=[
                canvas.Path.MoveTo(line[0][0] + edge, line[0][1] + edge),
                # A line to itself for a dot: round caps make it one.
                *(canvas.Path.LineTo(x + edge, y + edge) for x, y in line[1:] or line),
            ],
        )
        for line in lines
        if line
    ]
