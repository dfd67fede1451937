"""The frame: tabs, back, two panes, panels, notices; and what holds errors in."""

import asyncio

import flet as ft
import pytest

from field_app.errors import InputError
from field_app.ui import routes, tokens
from field_app.ui.components.frame import Tab, detail_page, tab_page
from field_app.ui.components.panels import panel_page
from field_app.ui.context import use_app
from field_app.ui.guard import guard, pane, part, screen
from tests.ui.conftest import Windows
from tests.ui.harness import LAPTOP, PHONE

TABLET = (900, 800)
mistakes: dict[str, bool] = {}


def button(identifier: str, handler) -> ft.Semantics:
    return ft.Semantics(identifier=identifier, content=ft.Button("-", on_click=guard(handler)))


@screen
def people() -> ft.View:
    app = use_app()
    count, set_count = ft.use_state(0)
    if mistakes.get("people"):
        raise ValueError("about Ana")

    async def fail() -> None:
        raise ValueError("about Ana")

    def refuse() -> None:
        raise InputError("English words", code="in_future")

    async def undo() -> None:
        set_count(-1)

    def save() -> None:
        set_count(count + 1)
        app.saved(undo)

    return tab_page(
        tab=Tab.CASELOAD,
        title="-",
        body=[
            ft.Text(f"list {count}"),
            button("open", lambda: app.navigate("/caseload/7")),
            button("fail", fail),
            button("refuse", refuse),
            button("save", save),
            button("panel", lambda: app.open_panel("some", number=3)),
        ],
    )


@pane
def person() -> ft.Control:
    if mistakes.get("person"):
        raise ValueError("about Ana")
    number = ft.use_route_params()["id"]
    return detail_page(title="-", back_to="/caseload", body=[ft.Text(f"person {number}")])


@pane
def plan() -> ft.Control:
    number = ft.use_route_params()["id"]
    return detail_page(title="-", back_to=f"/caseload/{number}", body=[ft.Text(f"plan {number}")])


@pane
def nobody() -> ft.Control:
    return detail_page(title="-", back_to="/caseload", body=[ft.Text("nobody")])


@part
def some_panel(number: int) -> ft.Control:
    return panel_page(title="-", body=[ft.Text(f"panel {number}")])


@pytest.fixture(autouse=True)
def _table(monkeypatch):
    mistakes.clear()
    table = (
        routes.TabRoute("", people),
        routes.TabRoute(
            "caseload",
            people,
            details=(routes.Detail(":id", person), routes.Detail(":id/plan", plan)),
            at_first=nobody,
        ),
        *(tab for tab in routes.TABS if tab.path not in ("", "caseload")),
    )
    monkeypatch.setattr(routes, "TABS", table)
    monkeypatch.setitem(routes.PANELS, "some", some_panel)


async def on_caseload(opened: Windows, size):
    window = await opened(size, is_unlocked=True)
    await window.choose_tab(list(Tab).index(Tab.CASELOAD))
    await window.settle(20)
    return window


async def test_a_phone_stacks_a_detail_over_its_list(opened: Windows):
    window = await on_caseload(opened, PHONE)

    await window.tap("open")
    await window.settle(20)

    assert len(window.views()) == 2
    assert window.texts()[0] == "person 7"
    await window.system_back()
    await window.settle(20)
    assert window.page.route == "/caseload"
    assert len(window.views()) == 1


async def test_back_leads_one_screen_up(opened: Windows):
    window = await on_caseload(opened, PHONE)
    window.controller.navigate("/caseload/7/plan")
    await window.settle(20)
    assert [view.route for view in window.views()] == ["/", "/caseload/7", "/caseload/7/plan"]

    await window.tap("back")
    await window.settle(20)

    assert window.page.route == "/caseload/7"


async def test_a_laptop_shows_the_detail_beside_its_list(opened: Windows):
    window = await on_caseload(opened, LAPTOP)
    assert {"list 0", "nobody"} <= set(window.texts())
    await window.tap("save")

    await window.tap("open")
    await window.settle(20)

    assert len(window.views()) == 1
    assert {"list 1", "person 7"} <= set(window.texts()), "the list keeps its state"
    window.controller.navigate("/caseload/7/plan")
    await window.settle(20)
    assert {"list 1", "plan 7"} <= set(window.texts())
    assert len(window.views()) == 1


async def test_turning_the_device_changes_the_layout(opened: Windows):
    window = await on_caseload(opened, (tokens.WIDE_FROM - 1, 800))
    assert window.all(ft.NavigationBar)

    await window.resize(tokens.WIDE_FROM, 800)
    await window.settle(20)

    assert window.all(ft.NavigationRail)
    assert not window.all(ft.NavigationBar)


async def test_add_opens_a_panel_and_stays_where_it_was(opened: Windows):
    window = await on_caseload(opened, PHONE)

    await window.choose_tab(list(Tab).index(Tab.ADD))
    await window.settle(20)

    assert window.controller.state.panel.name == "add"
    assert window.page.route == "/caseload"


async def test_a_panel_is_a_sheet_on_a_phone(opened: Windows):
    window = await on_caseload(opened, PHONE)

    await window.tap("panel")
    await window.settle(20)

    sheet = window.all(ft.BottomSheet)[0]
    assert sheet.open
    assert "panel 3" in window.texts()
    assert len(window.all_by_id("quick-exit")) == 2, "one under the sheet, one in it"
    await window.fire(sheet, "dismiss")
    await window.settle(20)
    assert window.controller.state.panel is None


@pytest.mark.parametrize(("size", "has_detail"), [(LAPTOP, True), (TABLET, False)])
async def test_a_panel_stands_beside_the_list(opened: Windows, size, has_detail):
    window = await on_caseload(opened, size)

    await window.tap("panel")
    await window.settle(20)

    assert not window.all(ft.BottomSheet)
    assert {"list 0", "panel 3"} <= set(window.texts())
    assert ("nobody" in window.texts()) is has_detail
    await window.tap("panel-close")
    await window.settle(20)
    assert "panel 3" not in window.texts()
    assert "nobody" in window.texts()


async def test_saving_is_confirmed_and_can_be_undone(opened: Windows):
    window = await on_caseload(opened, PHONE)
    revision = window.controller.state.revision

    await window.tap("save")
    assert window.shows(r"^Saved, \d\d:\d\d$")
    assert window.controller.state.revision == revision + 1
    await window.tap("notice-undo")

    assert "list -1" in window.texts()
    assert not window.has("notice")


async def test_a_confirmation_goes_by_itself_and_a_problem_stays(opened: Windows, monkeypatch):
    monkeypatch.setattr(tokens, "NOTICE_SECONDS", 0.01)
    window = await on_caseload(opened, PHONE)

    await window.tap("save")
    await window.until(lambda: not window.has("notice"))
    await window.tap("fail")
    await asyncio.sleep(0.03)

    assert window.has("notice")
    await window.tap("notice-close")
    assert not window.has("notice")


async def test_a_handler_that_goes_wrong_is_told_without_its_words(opened: Windows, caplog):
    window = await on_caseload(opened, PHONE)

    await window.tap("fail")

    assert window.shows("Something went wrong")
    assert "Ana" not in window.everything() + caplog.text
    assert "ValueError" in caplog.text


async def test_a_refusal_is_told_in_the_language_of_the_window(opened: Windows):
    window = await on_caseload(opened, PHONE)
    await window.controller.set_language("es")
    await window.settle(20)

    await window.tap("refuse")

    assert window.shows("Esto está en el futuro")
    assert "English words" not in window.everything()


@pytest.mark.parametrize(
    ("size", "which", "route"),
    [
        (PHONE, "people", "/caseload"),
        (PHONE, "person", "/caseload/7"),
        (LAPTOP, "people", "/caseload"),
        (LAPTOP, "person", "/caseload/7"),
    ],
)
async def test_a_screen_that_goes_wrong_is_replaced_and_the_app_lives_on(
    opened: Windows, caplog, size, which, route
):
    window = await on_caseload(opened, size)
    mistakes[which] = True

    window.controller.navigate(route)
    window.controller.changed()
    await window.settle(20)

    assert window.shows("This screen could not be shown")
    assert "Ana" not in window.everything() + caplog.text
    mistakes.clear()
    window.controller.navigate("/more")
    await window.settle(20)
    assert window.has("settings")


async def test_every_tab_leads_to_its_screen(opened: Windows):
    window = await opened(is_unlocked=True)

    for tab, route in ((Tab.SYNC, "/sync"), (Tab.MORE, "/more")):
        await window.choose_tab(list(Tab).index(tab))
        await window.settle(20)
        assert window.page.route == route
        assert list(Tab)[window.all(ft.NavigationBar)[-1].selected_index] is tab
