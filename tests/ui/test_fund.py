"""The restoration fund on screen: purchase, receipt, approval, correction, ledger."""

import base64
import io
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import flet as ft
import pytest
from PIL import Image

from field_app.domain.records.fund import Aim, Fund, Purchase, PurchaseCategory, PurchaseState
from field_app.domain.records.participant import Participant
from field_app.domain.records.record import AGENCY_CASE_ID, new_id
from field_app.domain.records.staff import StaffMember, StaffRole
from field_app.errors import SyncError
from field_app.platform import own_cache
from field_app.services.fund import FundService, PurchaseEntry
from field_app.services.workspace import Workspace
from field_app.ui.components.money import money_words
from tests.ui.conftest import Windows
from tests.ui.harness import LAPTOP, PHONE
from tests.ui.work import Desk, add_youth, open_desk


def a_picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(file, "PNG")
    return file.getvalue()


def picked(content: bytes) -> list[dict[str, Any]]:
    """Return what the client answers when somebody has chosen one picture."""
    return [{"id": 1, "name": "Maya receipt.png", "size": len(content), "bytes": content}]


def a_fund(workspace: Workspace, **limits: Any) -> Fund:
    limits = {"approval_above_cents": None, **limits}
    fund = workspace.fund.save_fund(Fund(case_id=AGENCY_CASE_ID, name="Restoration", **limits))
    return workspace.fund.allocate(fund.record_id, 100_000)


def a_purchase(workspace: Workspace, youth: Participant, fund: Fund, **fields: Any) -> Purchase:
    filled = {
        "case_id": youth.case_id,
        "fund_id": fund.record_id,
        "category": PurchaseCategory.BOOKS,
        "aims": (Aim.WELL_BEING,),
        "amount_cents": 1250,
        "bought_on": workspace.notebook.today(),
        **fields,
    }
    return workspace.fund.request(PurchaseEntry(**filled))


def asked_by_a_colleague(workspace: Workspace, purchase: Purchase) -> Purchase:
    """Let a colleague have written the purchase, as it comes with a sync."""
    colleague = StaffMember(
        case_id=AGENCY_CASE_ID, record_id=new_id(), display_name="Demo Colleague"
    )
    with workspace.notebook.write() as records:
        records.save(colleague)
        return records.save(replace(purchase, requested_by=colleague.record_id))


class Shelf:
    """What a test puts into the store before the window opens."""

    youth: Participant
    fund: Fund
    purchase: Purchase


async def desk_with(
    opened: Windows,
    folder: Path,
    fill: Callable[[Workspace, Shelf], None] = lambda workspace, shelf: None,
    *,
    limits: dict[str, Any] | None = None,
    **options: Any,
) -> tuple[Desk, Shelf]:
    shelf = Shelf()

    def prepare(workspace: Workspace) -> None:
        shelf.youth = add_youth(workspace)
        shelf.fund = a_fund(workspace, **(limits or {}))
        fill(workspace, shelf)

    return await open_desk(opened, folder, prepare, **options), shelf


def bought(workspace: Workspace, shelf: Shelf) -> None:
    shelf.purchase = a_purchase(workspace, shelf.youth, shelf.fund, vendor="Corner Store")


def waiting_from_a_colleague(workspace: Workspace, shelf: Shelf) -> None:
    asked = a_purchase(workspace, shelf.youth, shelf.fund, bought_on=None)
    shelf.purchase = asked_by_a_colleague(workspace, asked)


def now_of(desk: Desk, shelf: Shelf) -> Purchase:
    purchase = desk.workspace.fund.find(shelf.purchase.record_id)
    assert purchase is not None
    return purchase


@pytest.fixture
def in_agency(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the device count as enrolled: somebody else can approve."""
    monkeypatch.setattr(FundService, "asks_approval", lambda _self: True)


async def open_purchase(desk: Desk, shelf: Shelf) -> None:
    desk.window.controller.navigate(f"/caseload/{shelf.youth.case_id}/fund")
    line = f"purchase-{shelf.purchase.record_id}"
    await desk.window.until(lambda: desk.window.has(line))
    await desk.window.tap(line)
    await desk.window.until(lambda: desk.window.has("panel-close"))


async def test_a_purchase_with_its_receipt_takes_six_taps_and_the_photo(
    opened: Windows, tmp_path: Path
):
    """RFD-01, RFD-02, DAT-33: the budget of journeys.md, from the tab Add."""
    desk, shelf = await desk_with(opened, tmp_path)
    window = desk.window
    window.connection.answers["pick_files"] = picked(a_picture())

    window.controller.open_panel("add")  # 1: the tab
    await window.settle()
    await window.tap("add-purchase")  # 2
    await window.until(lambda: window.has("purchase-save"))
    await window.tap(f"who-{shelf.youth.case_id}")  # 3
    await window.enter("amount", "12.50")
    await window.tap("category-books")  # 4
    await window.tap("aim-well_being")  # 5
    await window.tap("receipt")  # the photo
    await window.until(lambda: window.has("receipt-remove"))
    await window.tap("purchase-save")  # 6
    await desk.saved()

    (purchase,) = desk.workspace.fund.of_case(shelf.youth.case_id)
    assert (purchase.amount_cents, purchase.category) == (1250, PurchaseCategory.BOOKS)
    assert purchase.aims == (Aim.WELL_BEING,)
    assert purchase.state is PurchaseState.BOUGHT
    assert purchase.receipt_id is not None
    assert desk.workspace.attachments.read(purchase.receipt_id).startswith(b"\xff\xd8")
    assert desk.forms() == []


@pytest.mark.parametrize(
    ("left_out", "words"),
    [
        ("who", "Choose for whom it is"),
        ("amount", "Type an amount such as 12.50"),
        ("category", "Choose what it is for"),
        ("aim", "Choose at least one aim"),
    ],
)
async def test_what_is_left_out_is_asked_for_beside_its_field(
    opened: Windows, tmp_path: Path, left_out: str, words: str
):
    desk, shelf = await desk_with(opened, tmp_path)
    window = desk.window
    window.controller.open_panel("purchase")
    await window.until(lambda: window.has("purchase-save"))
    if left_out != "who":
        await window.tap(f"who-{shelf.youth.case_id}")
    if left_out != "amount":
        await window.enter("amount", "5")
    if left_out != "category":
        await window.tap("category-books")
    if left_out != "aim":
        await window.tap("aim-safety")

    await window.tap("purchase-save")
    await window.until(lambda: window.shows(words))

    assert desk.workspace.fund.of_case(shelf.youth.case_id) == []


async def test_other_asks_why(opened: Windows, tmp_path: Path):
    """RFD-03."""
    desk, shelf = await desk_with(opened, tmp_path)
    window = desk.window
    window.controller.open_panel("purchase", case_id=shelf.youth.case_id)
    await window.until(lambda: window.has("purchase-save"))
    await window.enter("amount", "5")
    await window.tap("category-other")
    await window.tap("aim-safety")
    await window.tap("aim-permanency")
    await window.tap("aim-permanency")
    await window.tap("how-planned")
    await window.tap("purchase-save")
    await window.until(lambda: window.shows("Say in a few words what it is for"))

    await window.enter("justification", "bus fare to the job fair")
    await window.tap("purchase-save")
    await desk.saved()

    (purchase,) = desk.workspace.fund.of_case(shelf.youth.case_id)
    assert purchase.justification == "bus fare to the job fair"
    assert purchase.aims == (Aim.SAFETY,)
    assert purchase.state is PurchaseState.PLANNED


async def test_a_receipt_does_not_follow_to_another_youth(opened: Windows, tmp_path: Path):
    others: list[Participant] = []
    desk, shelf = await desk_with(
        opened, tmp_path, lambda w, shelf: others.append(add_youth(w, "Lia"))
    )
    window = desk.window
    window.connection.answers["pick_files"] = picked(a_picture())
    window.controller.open_panel("purchase")
    await window.until(lambda: window.has("purchase-save"))
    assert window.shows("Choose for whom first")
    await window.tap(f"who-{shelf.youth.case_id}")
    await window.tap("receipt")
    await window.until(lambda: window.has("receipt-remove"))

    await window.tap(f"who-{others[0].case_id}")
    await window.until(lambda: window.has("receipt"))

    assert desk.workspace.attachments.of_case(shelf.youth.case_id) == []


async def test_a_file_that_is_no_picture_is_refused_in_the_form(opened: Windows, tmp_path: Path):
    desk, shelf = await desk_with(opened, tmp_path)
    window = desk.window
    window.connection.answers["pick_files"] = picked(b"%PDF-1.7 not a picture")
    window.controller.open_panel("purchase", case_id=shelf.youth.case_id)
    await window.until(lambda: window.has("receipt"))

    await window.tap("receipt")
    await window.until(lambda: window.shows("A PDF can carry hidden details"))

    window.connection.answers["pick_files"] = []
    await window.tap("receipt")  # closed without choosing
    await window.settle()
    assert desk.workspace.attachments.of_case(shelf.youth.case_id) == []


async def test_a_half_written_purchase_is_found_on_today(opened: Windows, tmp_path: Path):
    desk, shelf = await desk_with(opened, tmp_path)
    window = desk.window
    window.controller.open_panel("purchase")
    await window.until(lambda: window.has("purchase-save"))
    await window.tap(f"who-{shelf.youth.case_id}")
    await window.enter("amount", "7.25")
    await window.until(lambda: desk.forms() == ["purchase:new"])
    await window.tap("panel-close")
    await window.until(lambda: window.has("draft-purchase:new"))
    assert window.shows("Purchase for Maya")

    await window.tap("draft-purchase:new")

    assert window.by_id("amount").value == "7.25"


async def test_a_purchase_can_be_undone_at_once(opened: Windows, tmp_path: Path):
    desk, shelf = await desk_with(opened, tmp_path)
    window = desk.window
    window.controller.open_panel("purchase", case_id=shelf.youth.case_id)
    await window.until(lambda: window.has("purchase-save"))
    await window.enter("amount", "5")
    await window.tap("category-clothing")
    await window.tap("aim-safety")
    await window.tap("purchase-save")
    await desk.saved()

    await window.tap("notice-undo")
    await window.until(lambda: desk.workspace.fund.of_case(shelf.youth.case_id) == [])


@pytest.mark.parametrize("size", [PHONE, LAPTOP])
async def test_the_page_of_a_youth_leads_to_what_was_spent_and_what_lacks_a_receipt(
    opened: Windows, tmp_path: Path, size: tuple[int, int]
):
    """DAT-33: states in words, missing receipts first."""
    desk, shelf = await desk_with(opened, tmp_path, bought, size=size)
    window = desk.window
    window.controller.navigate(f"/caseload/{shelf.youth.case_id}")
    await window.until(lambda: window.has("part-services"))
    await window.tap("part-services")
    assert window.shows("1 purchase · 1 receipt missing")

    await window.tap("open-fund")
    await window.until(lambda: window.has(f"purchase-{shelf.purchase.record_id}"))

    assert window.shows(r"^\$12\.50$")
    assert window.shows("Bought · receipt missing")
    assert window.has("new-purchase")


async def test_a_missing_receipt_is_added_later_and_shown(opened: Windows, tmp_path: Path):
    desk, shelf = await desk_with(opened, tmp_path, bought)
    await open_purchase(desk, shelf)
    desk.window.connection.answers["pick_files"] = picked(a_picture())

    await desk.window.tap("receipt")
    await desk.window.until(lambda: desk.window.has("kept-picture"))

    assert not now_of(desk, shelf).lacks_receipt
    shown = desk.window.by_id("kept-picture").src
    shown = base64.b64decode(shown) if isinstance(shown, str) else shown
    assert shown.startswith(b"\xff\xd8")


async def test_a_receipt_that_will_not_come_needs_its_reason(opened: Windows, tmp_path: Path):
    desk, shelf = await desk_with(opened, tmp_path, bought)
    await open_purchase(desk, shelf)
    await desk.window.tap("fold-no_receipt")
    await desk.window.tap("do-no_receipt")
    await desk.window.until(lambda: desk.window.shows("Write a few words here"))

    await desk.window.enter("no-receipt-reason", "vending machine")
    await desk.window.tap("do-no_receipt")
    await desk.saved()

    assert now_of(desk, shelf).no_receipt_reason == "vending machine"
    assert desk.window.shows("No receipt: vending machine")


async def test_a_correction_needs_a_reason_and_keeps_what_stood_there(
    opened: Windows, tmp_path: Path
):
    desk, shelf = await desk_with(opened, tmp_path, bought)
    await open_purchase(desk, shelf)
    await desk.window.tap("fold-correct")
    await desk.window.enter("correct-amount", "21.50")
    await desk.window.tap("do-correct")
    await desk.window.until(lambda: desk.window.shows("Write a few words here"))

    await desk.window.enter("reason", "figures swapped")
    await desk.window.tap("category-clothing")
    await desk.window.tap("do-correct")
    await desk.saved()

    assert now_of(desk, shelf).amount_cents == 2150
    assert now_of(desk, shelf).category is PurchaseCategory.CLOTHING
    assert desk.window.shows(r"Was \$12\.50 until today, 10:00: figures swapped")


async def test_what_is_left_alone_in_a_correction_stays(opened: Windows, tmp_path: Path):
    desk, shelf = await desk_with(opened, tmp_path, bought)
    await open_purchase(desk, shelf)
    await desk.window.tap("fold-correct")
    await desk.window.enter("reason", "wrong shelf")
    await desk.window.tap("category-clothing")
    await desk.window.tap("do-correct")
    await desk.saved()

    assert now_of(desk, shelf).amount_cents == 1250


@pytest.mark.usefixtures("in_agency")
async def test_a_supervisor_approves_what_a_colleague_asked_for_and_it_is_bought_and_paid_back(
    opened: Windows, tmp_path: Path
):
    """RFD-01, NUM-09."""
    desk, shelf = await desk_with(
        opened,
        tmp_path,
        waiting_from_a_colleague,
        limits={"approval_above_cents": 0},
        role=StaffRole.SUPERVISOR,
    )
    await open_purchase(desk, shelf)

    await desk.window.tap("purchase-approve")
    await desk.window.until(lambda: desk.window.has("purchase-buy"))
    await desk.window.tap("purchase-buy")
    await desk.window.until(lambda: desk.window.has("purchase-reimburse"))
    await desk.window.tap("purchase-reimburse")
    await desk.window.until(lambda: now_of(desk, shelf).state is PurchaseState.REIMBURSED)

    assert [move.state for move in now_of(desk, shelf).moves][-3:] == [
        PurchaseState.APPROVED,
        PurchaseState.BOUGHT,
        PurchaseState.REIMBURSED,
    ]


@pytest.mark.usefixtures("in_agency")
async def test_a_refusal_says_why_and_can_be_asked_again(opened: Windows, tmp_path: Path):
    desk, shelf = await desk_with(
        opened,
        tmp_path,
        waiting_from_a_colleague,
        limits={"approval_above_cents": 0},
        role=StaffRole.SUPERVISOR,
    )
    await open_purchase(desk, shelf)
    await desk.window.tap("fold-refuse")
    await desk.window.tap("do-refuse")
    await desk.window.until(lambda: desk.window.shows("Write a few words here"))
    await desk.window.enter("reason", "the school lends them")
    await desk.window.tap("do-refuse")
    await desk.window.until(lambda: desk.window.has("purchase-ask"))
    assert desk.window.shows("Not approved · today, 10:00 · .*the school lends them")

    await desk.window.tap("purchase-ask")
    await desk.window.until(lambda: now_of(desk, shelf).state is PurchaseState.NEEDS_APPROVAL)


@pytest.mark.usefixtures("in_agency")
async def test_nobody_approves_their_own_wish(opened: Windows, tmp_path: Path):
    def ask(workspace: Workspace, shelf: Shelf) -> None:
        shelf.purchase = a_purchase(workspace, shelf.youth, shelf.fund, bought_on=None)

    desk, shelf = await desk_with(
        opened, tmp_path, ask, limits={"approval_above_cents": 0}, role=StaffRole.SUPERVISOR
    )
    await open_purchase(desk, shelf)

    assert not desk.window.has("purchase-approve")
    assert desk.window.shows("Somebody else decides")


@pytest.mark.usefixtures("in_agency")
async def test_an_advocate_does_not_approve_but_may_buy(opened: Windows, tmp_path: Path):
    desk, shelf = await desk_with(
        opened, tmp_path, waiting_from_a_colleague, limits={"approval_above_cents": 0}
    )
    await open_purchase(desk, shelf)
    assert not desk.window.has("purchase-approve")
    assert desk.window.shows("A supervisor or data manager decides")

    await desk.window.tap("fold-buy")
    await desk.window.enter("bought-amount", "13,00")
    await desk.window.tap("do-bought")
    await desk.window.until(lambda: now_of(desk, shelf).bought_on is not None)

    assert now_of(desk, shelf).amount_cents == 1300
    assert now_of(desk, shelf).state is PurchaseState.NEEDS_APPROVAL


async def test_a_wish_is_asked_for(opened: Windows, tmp_path: Path):
    def wish(workspace: Workspace, shelf: Shelf) -> None:
        entry = PurchaseEntry(
            case_id=shelf.youth.case_id,
            fund_id=shelf.fund.record_id,
            category=PurchaseCategory.BOOKS,
            aims=(Aim.SAFETY,),
            amount_cents=900,
        )
        shelf.purchase = workspace.fund.plan(entry)

    desk, shelf = await desk_with(opened, tmp_path, wish)
    await open_purchase(desk, shelf)
    await desk.window.tap("purchase-ask")

    await desk.window.until(lambda: now_of(desk, shelf).state is PurchaseState.APPROVED)


async def test_the_ledger_leaves_as_csv_for_who_decides(opened: Windows, tmp_path: Path):
    def sensitive(workspace: Workspace, shelf: Shelf) -> None:
        shelf.purchase = a_purchase(
            workspace, shelf.youth, shelf.fund, category=PurchaseCategory.DIAPERS_BABY
        )

    desk, shelf = await desk_with(opened, tmp_path, sensitive)
    desk.window.controller.navigate("/more")
    await desk.window.until(lambda: desk.window.has("fund"))
    await desk.window.tap("fund")
    ledger = f"ledger-{shelf.fund.record_id}"
    await desk.window.until(lambda: desk.window.has(ledger))
    assert desk.window.shows(r"^\$987\.50 left$")
    assert not desk.window.shows("Diapers"), "RFD-10: a list of many people shows it as other"

    await desk.window.tap(ledger)
    await desk.window.until(lambda: desk.window.has("notice"))

    (call,) = [args for name, args in desk.window.connection.calls if name == "save_file"]
    lines = bytes(call["src_bytes"]).decode("utf-8-sig").splitlines()
    assert "Maya,Other,Well-being" in lines[1]
    assert lines[-1].endswith("Left,,,987.50,USD")
    assert call["file_name"] == "ledger-2026-11-20.csv"


async def test_the_ledger_is_not_for_every_advocate(opened: Windows, tmp_path: Path):
    desk, shelf = await desk_with(opened, tmp_path, waiting_from_a_colleague)
    desk.window.controller.navigate("/more/fund")
    await desk.window.until(lambda: desk.window.shows("Restoration"))

    assert not desk.window.has(f"ledger-{shelf.fund.record_id}")


async def test_who_becomes_a_supervisor_decides_without_locking_first(
    opened: Windows, tmp_path: Path
):
    desk, shelf = await desk_with(opened, tmp_path, waiting_from_a_colleague)
    desk.window.controller.navigate("/more/fund")
    await desk.window.until(lambda: desk.window.shows("Restoration"))
    ledger = f"ledger-{shelf.fund.record_id}"
    assert not desk.window.has(ledger)

    with desk.workspace.notebook.write() as records:  # as it comes with a sync
        records.save(replace(desk.workspace.me, role=StaffRole.SUPERVISOR))
    desk.window.controller.changed()

    await desk.window.until(lambda: desk.window.has(ledger))


@pytest.mark.usefixtures("in_agency")
async def test_the_first_fund_is_set_up_where_it_is_missed(opened: Windows, tmp_path: Path):
    desk = await open_desk(opened, tmp_path, add_youth)
    window = desk.window
    window.controller.open_panel("purchase")
    await window.until(lambda: window.has("make-fund"))
    await window.tap("make-fund")
    await window.until(lambda: window.has("fund-save"))
    await window.enter("fund-amount", "1,000")
    await window.enter("fund-approval_above_cents", "25")
    await window.tap("fund-save")
    await desk.saved()

    (fund,) = desk.workspace.fund.funds()
    assert fund.approval_above_cents == 2500
    assert desk.workspace.fund.balance(fund.record_id).left == 100_000


async def test_a_fund_gets_more_money_and_a_wrong_amount_is_said(opened: Windows, tmp_path: Path):
    desk, shelf = await desk_with(opened, tmp_path)
    window = desk.window
    window.controller.open_panel("fund-setup", fund_id=shelf.fund.record_id)
    await window.until(lambda: window.has("fund-save"))
    await window.enter("fund-amount", "12.345")
    await window.tap("fund-save")
    await window.until(lambda: window.shows("Type an amount"))

    await window.enter("fund-amount", "50")
    await window.tap("fund-save")
    await desk.saved()

    assert desk.workspace.fund.balance(shelf.fund.record_id).allocated == 105_000


@pytest.mark.parametrize(
    ("cents", "words"),
    [(0, "$0.00"), (5, "$0.05"), (123_456, "$1,234.56"), (-300, "-$3.00")],
)
def test_cents_are_said_as_money(cents: int, words: str):
    assert money_words(cents) == words


def test_another_currency_says_which():
    assert money_words(1000, "MXN") == "MX$10.00"


async def test_on_a_device_that_works_alone_nothing_waits_for_an_approval(
    opened: Windows, tmp_path: Path
):
    def ask(workspace: Workspace, shelf: Shelf) -> None:
        shelf.purchase = a_purchase(workspace, shelf.youth, shelf.fund, bought_on=None)

    desk, shelf = await desk_with(opened, tmp_path, ask, limits={"approval_above_cents": 0})
    await open_purchase(desk, shelf)
    assert not desk.window.shows("Somebody else decides")

    await desk.window.tap("purchase-buy")
    await desk.window.until(lambda: now_of(desk, shelf).state is PurchaseState.BOUGHT)

    desk.window.controller.open_panel("fund-setup", fund_id=shelf.fund.record_id)
    await desk.window.until(lambda: desk.window.has("fund-save"))
    assert desk.window.shows("nothing waits for an approval")
    assert not desk.window.has("fund-approval_above_cents")


async def test_a_receipt_that_is_only_at_the_centre_comes_when_it_is_opened(
    opened: Windows, tmp_path: Path
):
    def taken_elsewhere(workspace: Workspace, shelf: Shelf) -> None:
        kept = workspace.attachments.add(shelf.youth.case_id, a_picture())
        shelf.purchase = a_purchase(workspace, shelf.youth, shelf.fund, receipt_id=kept.record_id)

    desk, shelf = await desk_with(opened, tmp_path, taken_elsewhere)
    receipt_id = shelf.purchase.receipt_id
    assert receipt_id is not None
    file = next(tmp_path.rglob(f"attachments/{receipt_id}"))
    at_the_centre = file.rename(tmp_path / "at the centre")
    answers: list[str] = []
    may_answer = threading.Event()

    def fetch(attachment_id: str) -> bool:
        may_answer.wait(10)
        may_answer.clear()
        answers.append(attachment_id)
        if len(answers) == 1:
            raise SyncError("No network.", code="offline")
        if len(answers) == 2:
            raise SyncError("Not there.", code="not_found")
        at_the_centre.rename(file)
        return True

    desk.workspace.attachments._fetch = fetch
    await open_purchase(desk, shelf)
    await desk.window.until(lambda: desk.window.shows("Bringing the picture from the center"))
    for words in ("The center cannot be reached now", "It comes when whoever took it syncs"):
        may_answer.set()
        await desk.window.until(lambda words=words: desk.window.shows(words))
        assert not desk.window.has("kept-picture")
        await desk.window.tap("ask-again")
    may_answer.set()

    await desk.window.until(lambda: desk.window.has("kept-picture"))
    small = desk.window.by_id("kept-picture").height
    await desk.window.tap("picture-size")

    assert (small, desk.window.by_id("kept-picture").height) == (220, None)
    assert answers == [receipt_id] * 3


class Lens(Enum):
    """As the plugin names where a camera looks."""

    FRONT = "front"
    BACK = "back"


class FakeCamera(ft.Container):
    """The plugin's control: it sees one picture, or is not allowed to."""

    is_allowed = True
    began: ClassVar[list[Any]] = []

    def __init__(self, **options: Any) -> None:
        super().__init__(expand=options["expand"])

    async def get_available_cameras(self) -> list[Any]:
        if not self.is_allowed:
            raise RuntimeError("CameraAccessDenied: Maya's phone")
        return [SimpleNamespace(lens_direction=lens) for lens in Lens]

    async def initialize(self, chosen: Any, preset: Any, *, enable_audio: bool) -> None:
        self.began.append((chosen.lens_direction, preset, enable_audio))

    async def take_picture(self) -> bytes:
        assert self.page  # as the plugin's control asks for it: raises when it left the screen
        (self.cache / "CAP123.jpg").write_bytes(a_picture())
        return a_picture()

    cache: ClassVar[Path]


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> type[FakeCamera]:
    """A phone with the camera plugin, which leaves a file of each photo in the cache."""
    cache = tmp_path / "cache"
    cache.mkdir()
    monkeypatch.setattr(own_cache, "camera_folders", lambda: [cache])
    monkeypatch.setattr(FakeCamera, "cache", cache, raising=False)
    monkeypatch.setattr(FakeCamera, "began", [])
    module = SimpleNamespace(
        Camera=FakeCamera,
        CameraLensDirection=Lens,
        ResolutionPreset=SimpleNamespace(VERY_HIGH="veryHigh"),
        __spec__=SimpleNamespace(),
    )
    monkeypatch.setitem(sys.modules, "flet_camera", module)
    return FakeCamera


async def test_a_receipt_is_photographed_in_the_app_and_no_file_of_it_stays(
    opened: Windows, tmp_path: Path, plugin: type[FakeCamera]
):
    desk, shelf = await desk_with(opened, tmp_path / "store", bought)
    await open_purchase(desk, shelf)

    await desk.window.tap("receipt-photo")
    await desk.window.until(lambda: plugin.began == [(Lens.BACK, "veryHigh", False)])
    await desk.window.until(lambda: not desk.window.by_id("receipt-take").disabled)
    await desk.window.tap("receipt-take")
    await desk.window.until(lambda: desk.window.has("kept-picture"))

    receipt_id = now_of(desk, shelf).receipt_id
    assert receipt_id is not None
    assert desk.workspace.attachments.read(receipt_id).startswith(b"\xff\xd8")
    assert list(plugin.cache.iterdir()) == []
    assert not desk.window.has("receipt-preview")


async def test_a_camera_that_is_not_allowed_leads_to_the_files(
    opened: Windows, tmp_path: Path, plugin: type[FakeCamera], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(plugin, "is_allowed", False)
    desk, shelf = await desk_with(opened, tmp_path / "store", bought)
    await open_purchase(desk, shelf)

    await desk.window.tap("receipt-photo")
    await desk.window.until(lambda: desk.window.shows("The camera cannot be used. Allow it"))

    assert desk.window.has("receipt")
    assert not desk.window.has("receipt-preview")


async def test_a_photo_can_be_left(opened: Windows, tmp_path: Path, plugin: type[FakeCamera]):
    desk, shelf = await desk_with(opened, tmp_path / "store", bought)
    await open_purchase(desk, shelf)
    await desk.window.tap("receipt-photo")
    await desk.window.until(lambda: plugin.began)

    await desk.window.tap("receipt-cancel")

    assert desk.window.has("receipt-photo")
    assert now_of(desk, shelf).receipt_id is None


@pytest.mark.parametrize("where", ["browser", "laptop", "phone without the plugin"])
async def test_where_there_is_no_camera_only_files_are_offered(
    opened: Windows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
):
    if where == "phone without the plugin":
        monkeypatch.setitem(sys.modules, "flet_camera", None)
    desk, shelf = await desk_with(opened, tmp_path, bought)
    if where != "phone without the plugin":
        patch = {"web": True} if where == "browser" else {"platform": "macos"}
        desk.window.session.apply_page_patch(patch)
    await open_purchase(desk, shelf)

    assert desk.window.has("receipt")
    assert not desk.window.has("receipt-photo")
