"""Finding what has no fixed name: the first due line of a rule, a person of the caseload."""

from tests.journeys.fletdrive import PHONE, Window


def identifiers(window: Window, prefix: str, suffix: str = "", within: str = "") -> list[str]:
    """Return the identifiers on screen with a beginning, an end and something between."""
    found: list[str] = window.page.evaluate(
        """([a, b, c]) => [...document.querySelectorAll('[flt-semantics-identifier]')]
            .map(n => n.getAttribute('flt-semantics-identifier'))
            .filter(i => i.startsWith(a) && i.endsWith(b) && i.includes(c))""",
        [prefix, suffix, within],
    )
    return found


def first(window: Window, prefix: str, suffix: str = "", within: str = "") -> str:
    """Return the first such identifier, scrolling down to it: what is off screen has none."""
    for _ in range(20):
        found = identifiers(window, prefix, suffix, within)
        if found:
            return found[0]
        scroll(window, 400)
    raise AssertionError(f"no {prefix}…{within}…{suffix}: {window.snapshot()}")


def scroll(window: Window, by: int, *, at: float = 0.25) -> None:
    """Turn the wheel by so many pixels, at a share of the window's width."""
    size = window.page.viewport_size or PHONE
    window.page.mouse.move(size["width"] * at, size["height"] / 2)
    window.page.mouse.wheel(0, by)
    window.settle(300)
