"""When a page has come to rest."""

from __future__ import annotations

from playwright.sync_api import Page, expect

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
        return box.width > 0 && box.right > innerWidth + 1 && !node.closest('[aria-hidden=true]')
            && node.type !== 'range' && !node.closest('.katex-mathml') && !scrolls(node);
    });
    return [...wide, ...out.map(node => node.cloneNode(false).outerHTML)];
}"""


def settled(page: Page) -> None:
    """Wait until the pictures are drawn and nothing runs."""
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    expect(page.locator(".card").first).to_be_visible()
    page.evaluate("() => document.fonts.ready.then(() => true)")


AT_REST = f"""async () => {{
    const out = {STICKING_OUT};
    let calm = 0;
    for (let i = 0; i < 100 && calm < 5; i += 1) {{
        calm = out().length ? 0 : calm + 1;
        await new Promise(done => setTimeout(done, 100));
    }}
    return calm < 5 ? out() : [];
}}"""
