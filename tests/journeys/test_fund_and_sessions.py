"""Purchases with their receipts, and parents' sessions, in a real browser: the taps are counted.

The budgets are those of journeys.md: a purchase six taps and the photo, a session with one parent
five, a group session one a head.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.journeys.finding import first, identifiers, scroll
from tests.journeys.fletdrive import Window, server
from tests.journeys.serve_fund import PARENTS, PASSPHRASE

PICTURES = Path(__file__).parent / "pictures"
PLANTED = "Planted Name, 34.05N 118.24W"


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    with server("tests.journeys.serve_fund", str(data)) as address:
        yield address


def a_photo(path: Path) -> Path:
    """Write a photo of 12 megapixels that says where it was taken and by whom."""
    exif = Image.Exif()
    exif[0x010E] = PLANTED
    exif.get_ifd(0x8825)[2] = (34.0, 3.0, 0.0)
    content = io.BytesIO()
    Image.linear_gradient("L").resize((4000, 3000)).convert("RGB").save(content, "JPEG", exif=exif)
    path.write_bytes(content.getvalue())
    return path


def choose_file(window: Window, identifier: str, path: Path) -> None:
    """Tap a button that opens the system's file picker, and choose a file in it."""
    with window.page.expect_file_chooser() as chooser:
        window.tap(identifier)
    chooser.value.set_files(path)
    window.settle()


def open_form(window: Window, identifier: str) -> None:
    """Open a form from the tab Add: two taps."""
    window.tap_on(window.tab("Add"))
    window.tap(first(window, identifier))
    window.see_id("panel-close")


def test_a_purchase_with_its_receipt_takes_six_taps_and_the_photo(
    window: Window, tmp_path: Path, data: Path
):
    window.type("passphrase", PASSPHRASE)
    window.tap("unlock")
    window.see_id("lock")
    window.taps = 0

    open_form(window, "add-purchase")  # 1, 2
    window.tap(first(window, "who-"))  # 3
    window.type("amount", "12.50")
    window.tap(first(window, "category-clothing"))  # 4
    window.tap(first(window, "aim-well_being"))  # 5
    first(window, "receipt")
    before = window.taps
    choose_file(window, "receipt", a_photo(tmp_path / "Maya at the mall.jpg"))
    window.see("Picture kept, sealed", seconds=30)
    of_the_photo = window.taps - before
    window.picture(PICTURES / "journey-purchase.png")
    window.tap("purchase-save")  # 6

    window.see("Saved, ")
    assert window.taps - of_the_photo == 6
    [sealed] = (data / "store" / "attachments").iterdir()
    kept = sealed.read_bytes()
    assert b"Exif" not in kept
    assert b"JFIF" not in kept
    assert PLANTED.encode() not in b"".join(
        path.read_bytes() for path in data.rglob("*") if path.is_file()
    )


def test_nothing_waits_for_an_approval_that_nobody_can_give(window: Window):
    window.tap_on(window.tab("More"))
    window.tap("fund")
    window.see("$12.50")
    window.see("Bought")
    window.see("$987.50 left")
    assert "Waiting for approval" not in window.snapshot()
    window.picture(PICTURES / "journey-fund.png")


def test_the_receipt_is_seen_when_the_purchase_is_opened(window: Window):
    window.tap(first(window, "purchase-"))

    window.see_id("kept-picture")
    window.settle(500)
    window.picture(PICTURES / "journey-receipt.png")
    window.tap("panel-close")
    window.tap("back")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("scan.pdf", b"%PDF-1.7\n%%EOF", "Take a photo or a screenshot"),
        ("IMG_0001.HEIC", b"\x00\x00\x00\x18ftypheic" + bytes(64), "Most Compatible"),
        ("broken.jpg", b"\xff\xd8\xff\xe0" + bytes(64), "Take a photo, or save it as JPEG"),
    ],
    ids=["pdf", "heic", "broken"],
)
def test_a_file_that_cannot_be_kept_is_refused_with_what_to_do(
    window: Window, tmp_path: Path, name: str, content: bytes, words: str
):
    file = tmp_path / name
    file.write_bytes(content)
    open_form(window, "add-purchase")
    window.tap(first(window, "who-"))
    first(window, "receipt")

    choose_file(window, "receipt", file)

    window.see(words)
    assert "Picture kept" not in window.snapshot()
    window.tap("panel-close")


def test_a_session_with_one_parent_takes_five_taps(window: Window):
    window.taps = 0

    open_form(window, "add-session")  # 1, 2
    window.tap(first(window, "who-"))  # 3
    window.tap(first(window, "topic-"))  # 4
    window.tap("session-save")  # 5

    window.see("Saved, ")
    assert window.taps == 5


def test_a_group_session_takes_one_tap_a_head(window: Window):
    open_form(window, "add-group-session")
    window.tap(first(window, "number-2"))
    window.tap(first(window, "topic-"))
    first(window, "head-", "-came")
    heads = identifiers(window, "head-", "-came")
    while len(heads) < len(PARENTS):
        scroll(window, 300)
        heads = sorted({*heads, *identifiers(window, "head-", "-came")})
    window.taps = 0

    for head in heads:
        window.tap(head)

    assert window.taps == len(PARENTS)
    window.see(f"Save, {len(PARENTS)} came")
    window.picture(PICTURES / "journey-group.png")
    window.tap("group-save")
    window.see("Saved, ")


def test_the_parent_s_page_shows_both_sessions_in_the_grid(window: Window):
    window.tap_on(window.tab("Caseload"))
    window.tap("kind-parent")
    window.tap(first(window, "person-"))
    window.tap("part-services")
    first(window, "session-2")
    said = window.page.locator('[flt-semantics-identifier="session-2"]').first
    assert "attended" in (said.get_attribute("aria-label") or "")
    window.picture(PICTURES / "journey-grid.png")
