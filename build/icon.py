"""Draws the app's icon and splash picture: a sheet with three lines. Neutral on purpose.

    python build/icon.py

A bystander who sees the icon learns nothing about what the app is for.
"""

from pathlib import Path

from PIL import Image, ImageDraw

ASSETS = Path(__file__).resolve().parent.parent / "assets"
TEAL, PAPER, LINE = "#0F5257", "#FAF7F2", "#8FB9B6"
SIZE = 1024  # pixels; flet-cli makes the smaller sizes of each platform from it
SCALE = 4  # drawn larger and shrunk, so that the edges are smooth


def sheet(ground: str | None) -> Image.Image:
    """Return a sheet of paper with three lines, on a ground or on nothing."""
    side = SIZE * SCALE
    picture = Image.new("RGBA", (side, side), ground or (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    unit = side / 16
    draw.rounded_rectangle(
        (4 * unit, 3 * unit, 12 * unit, 13 * unit), radius=unit * 0.8, fill=PAPER
    )
    for row, width in enumerate((5.0, 5.0, 3.0)):
        top = (5.4 + row * 2.1) * unit
        draw.rounded_rectangle(
            (5.5 * unit, top, (5.5 + width) * unit, top + 0.7 * unit),
            radius=0.35 * unit,
            fill=TEAL if row == 0 else LINE,
        )
    return picture.resize((SIZE, SIZE), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    sheet(TEAL).save(ASSETS / "icon.png", optimize=True)
    sheet(None).save(ASSETS / "splash.png", optimize=True)
