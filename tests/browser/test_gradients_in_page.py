"""The Gradients page in a browser: tokens, rows, lines, the verdict, links, phones, both themes."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import resting
from dashboard import Dashboard, accessible, system
from playwright.sync_api import Page, expect
from resting import AT_REST

from s2s import probes
from s2s.results import GradientFlow

pytestmark = pytest.mark.browser

ADDRESS = {"task": "dates-book", "model": "attention", "text": "TUESDAY, MARCH 25, 2003"}
# The numbers of the amber map's cells, and those of the marks of a line.
CELLS = """() => [...document.querySelectorAll('.st-key-cell-reached .layer_0_marks path')]
    .map(path => path.__data__.datum)
    .sort((a, b) => a.row - b.row || a.column - b.column).map(cell => cell.size)"""
MARKS = """name => [...document.querySelectorAll('.st-key-flow-curves .mark-symbol path')]
    .map(path => path.__data__ && path.__data__.datum)
    .filter(datum => datum && datum.name === name && 'says' in datum)
    .map(datum => datum.y)"""


def flow(model: str, text: str) -> GradientFlow:
    return probes.gradient_flow(system(model), text)


settled = partial(resting.settled, drawn=".st-key-flow-curves svg.marks")


def row(found: GradientFlow, step: int) -> list[float]:
    return [*found.encoder[step], *found.decoder[step, : step + 1]]


def line(page: Page, name: str, want: list[float]) -> None:
    """Wait until a line of the curves has these numbers."""
    script = f"""([name, want]) => {{
        const drawn = ({MARKS})(name);
        return drawn.length === want.length
            && drawn.every((y, i) => Math.abs(y - want[i]) <= 1e-9 * Math.abs(want[i]));
    }}"""
    page.wait_for_function(script, arg=[name, [float(y) for y in want]])


def test_token_row_line_and_link(server, open_page, watch):
    # Streamlit asks for two of its files beside the page first when the page is not the home page.
    watch.expected = ("Failed to load resource",)
    page = open_page(server.url("/gradients", **ADDRESS))
    settled(page)
    found = flow("dates-book/attention", ADDRESS["text"])
    last = len(found.output) - 1
    line(page, "attention", row(found, last))
    np.testing.assert_allclose(page.evaluate(CELLS), found.encoder.ravel(), rtol=1e-9)

    picker = page.get_by_role("radiogroup", name="Output token")
    picker.get_by_role("radio", name="7 · 3").click()
    line(page, "attention", row(found, 6))
    Dashboard(page).address_has(step=7)
    expect(page.locator(".st-key-readout")).to_contain_text("For 3 (7th)")

    # A click on a row of either map picks it.
    cell = page.locator(".st-key-cell-looked .layer_0_marks path").nth(2 * len(found.source) + 4)
    cell.click()
    Dashboard(page).address_has(step=3)
    line(page, "attention", row(found, 2))

    expect(picker.get_by_role("radio", name="3 · 0")).to_be_checked()
    page.get_by_role("button", name="◆ peeky", exact=True).click()
    page.wait_for_function(f"name => ({MARKS})(name).length === 0", arg="peeky")
    Dashboard(page).address_has(beside="plain")
    page.get_by_role("button", name="View").click()
    page.get_by_role("radio", name="Distance").click()
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-flow-curves")).to_contain_text("recurrent steps back")

    # The link of the menu opens the same view elsewhere.
    address = Dashboard(page).menu().get_by_test_id("stCode").inner_text().strip()
    other = open_page(address)
    settled(other)
    line(other, "plain", [y for y in sorted_by_distance(other, "plain")])
    expect(other.get_by_role("radio", name="3 · 0")).to_be_checked()
    other.get_by_role("button", name="View").click()
    expect(other.get_by_role("radio", name="Distance")).to_be_checked()
    other.keyboard.press("Escape")
    Dashboard(other).no_crash()


def sorted_by_distance(page: Page, name: str) -> list[float]:
    """A line by distance from the library, in the order in which the figure draws it."""
    own = flow("dates-book/attention", ADDRESS["text"])
    known = system(f"dates-book/{name}")
    found = probes.gradient_flow(
        known, ADDRESS["text"], [known.target_vocab.ids[token] for token in own.output]
    )
    away = np.argsort(found.distances(2), kind="stable")
    return [*found.encoder[2][away], *found.decoder[2, :3][::-1]]


def test_verdict_with_progress(server, open_page, watch):
    watch.expected = ("Failed to load resource",)
    page = open_page(server.url("/gradients", task="reverse", model="attention", text="hgfedcba"))
    settled(page)
    page.get_by_role("button", name="Check this sentence").click()
    expect(page.locator(".st-key-cell-verdict")).to_contain_text("Weights are still not reasons.")
    found = probes.agreement(system("reverse/attention"), "hgfedcba")
    picked = page.get_by_role("radiogroup", name="Output token").get_by_role("radio", checked=True)
    step = int(picked.inner_text().split(" ")[0]) - 1
    expect(page.locator(".st-key-cell-verdict")).to_contain_text(found.verdict(step) or "Cannot")
    # Another token of the same sentence is there at once; another sentence asks again.
    page.get_by_role("radio", name="2 · b").click()
    expect(page.locator(".st-key-cell-verdict")).to_contain_text("“b”")
    Dashboard(page).type("abc")
    expect(page.get_by_role("button", name="Check this sentence")).to_be_visible()


def test_verdict_can_be_cancelled(server, open_page, watch):
    watch.expected = ("Failed to load resource",)
    text = "Elle m'a dit qu'elle ne pouvait pas venir ce soir parce qu'elle était malade."
    page = open_page(server.url("/gradients", task="fra-eng", model="attention", text=text))
    settled(page)
    page.get_by_role("button", name="Check this sentence").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Check this sentence")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    settled(page)
    Dashboard(page).no_crash()


@pytest.mark.parametrize("further", ["", "What the states hold", "What is left of each input"])
def test_nothing_scrolls_sideways(server, open_page, watch, further):
    watch.expected = ("Failed to load resource",)
    query = ADDRESS | ({"further": further} if further else {})
    page = open_page(server.url("/gradients", **query), width=320, height=844)
    settled(page)
    for width in (320, 390, 1024):
        page.set_viewport_size({"width": width, "height": 844})
        settled(page)
        assert page.evaluate(AT_REST) == [], f"at {width} px"


@pytest.mark.parametrize("query", [
    ADDRESS,
    {"task": "dates-book", "model": "plain"},
    {"task": "toy", "model": "attention", "further": "What the states hold"},
], ids=["attention", "plain", "states"])  # fmt: skip
def test_axe_finds_nothing_serious(server, open_page, watch, query):
    watch.expected = ("Failed to load resource",)
    page = open_page(server.url("/gradients", **query))
    settled(page)
    accessible(page)
