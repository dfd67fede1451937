"""One server and one browser a module: a journey begins where the one before it ended."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.journeys.fletdrive import CHROMIUM, Window, browser, server

NO_BROWSER = "no Chromium on this machine (set CHROMIUM=/path/to/chromium): journeys are not run"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip journeys where there is no browser, except under CI, where that is a failure."""
    if CHROMIUM or os.environ.get("CI"):
        return
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    assert CHROMIUM, NO_BROWSER
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the module's app: not there at first."""
    return tmp_path_factory.mktemp("device") / "data"


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    """The address of the module's own server, over the real store."""
    with server("tests.journeys.serve", str(data)) as address:
        yield address


@pytest.fixture(scope="module")
def window(playwright: Playwright, address: str) -> Iterator[Window]:
    """The module's one window, at phone size, with the app open in it."""
    with browser(playwright) as context:
        yield Window(context.pages[0]).open(address)
