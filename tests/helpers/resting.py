"""When a page has come to rest."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from playwright.sync_api import Page, TimeoutError, expect

STICKING_OUT = """() => {
    const wide = [document.scrollingElement, document.querySelector('[data-testid=stMain]')]
        .filter(box => box.scrollWidth > box.clientWidth)
        .map(box => `${box.tagName} scrolls: ${box.scrollWidth} of ${box.clientWidth}`);
    const scrolls = node => {
        for (let box = node.parentElement; box && box.dataset.testid !== 'stMain';
             box = box.parentElement)
            if (['auto', 'scroll'].includes(getComputedStyle(box).overflowX)) return true;
        return false;
    };
    const out = [...document.querySelectorAll('[data-testid=stMain] *')].filter(node => {
        const box = node.getBoundingClientRect();
        // What a closed section holds is not seen, and learns of a narrower window when it opens.
        return box.width > 0 && box.right > innerWidth + 1 && node.checkVisibility()
            && !node.closest('[aria-hidden=true]') && !node.closest('.katex-mathml')
            && node.type !== 'range' && !scrolls(node);
    });
    return [...wide, ...out.map(node => node.cloneNode(false).outerHTML)];
}"""


# Counts the runs of the script, so that one that is over in a moment is not missed.
COUNT_RUNS = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    window.runs = 0;
    new MutationObserver(changes => { window.runs += changes.length; })
        .observe(app, {attributeFilter: ['data-test-script-state']});
}"""


def idle(page: Page) -> None:
    """Wait until the server has sent everything, and the browser has drawn it."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    page.evaluate("() => document.fonts.ready.then(() => true)")


def quiet(page: Page, sent: list[Any]) -> None:
    """Wait until the page has told the server what it had to, and forget it.

    Args:
        page: the page.
        sent: the frames that it sends, filled by a listener.
    """
    before = -1
    while len(sent) > before:
        before = len(sent)
        idle(page)
        page.wait_for_timeout(1000)  # a step is told 400 ms after it was reached
    sent.clear()


def settled(page: Page, drawn: str = ".card") -> None:
    """Wait until this picture is drawn and nothing runs."""
    expect(page.locator(drawn).first).to_be_visible()
    idle(page)


def wear(page: Page, scheme: str) -> None:
    """Change the theme of an open page, as a system does at dusk; wait until all is drawn in it."""
    idle(page)
    page.evaluate(COUNT_RUNS)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    with suppress(TimeoutError):  # a run whose start and end come in one frame is not seen
        page.wait_for_function("() => window.runs > 0", timeout=5000)
    idle(page)


CUT = """() => [...document.querySelectorAll('[data-testid=stMain] svg.marks')].flatMap(figure => {
    const edge = figure.getBoundingClientRect();
    if (!edge.width || !figure.checkVisibility()) return [];
    return [...figure.querySelectorAll('text')].filter(text => {
        const box = text.getBoundingClientRect();
        return text.textContent.trim() && text.getAttribute('opacity') !== '0' && (
            box.top < edge.top - 3 || box.bottom > edge.bottom + 3
            || box.left < edge.left - 3 || box.right > edge.right + 3);
    }).map(text => text.textContent);
})"""
"""Texts that a figure cuts at its edge."""


def _calm(out: str) -> str:
    """What still is there after ten seconds; nothing once it has stayed away for half a second."""
    return f"""async () => {{
    const out = {out};
    let calm = 0;
    for (let i = 0; i < 100 && calm < 5; i += 1) {{
        calm = out().length ? 0 : calm + 1;
        await new Promise(done => setTimeout(done, 100));
    }}
    return calm < 5 ? out() : [];
}}"""


AT_REST = _calm(STICKING_OUT)
WHOLE = _calm(CUT)


def fill_the_screen(page: Page) -> None:
    """Press F until the page fills the screen.

    A browser wants a press that is not long ago, and a test's keys are none to it: so a click comes
    before, and both once more where a busy page was late.
    """
    idle(page)
    for _ in range(3):
        page.locator("h1").first.click()
        page.keyboard.press("f")
        with suppress(TimeoutError):
            page.wait_for_function("() => document.fullscreenElement", timeout=8000)
            return
    raise AssertionError("the screen is not filled")
