"""The States page in a browser: keys, a click in the scene, the link, both themes, a phone."""

from __future__ import annotations

import pytest
from dashboard import Dashboard, accessible
from playwright.sync_api import expect
from resting import idle

pytestmark = pytest.mark.browser

QUERY = {
    "task": "reverse", "model": "plain", "beside": "", "text": "microscope", "at": "h3",
    "dimensions": "2-D", "colour": "first letter", "metric": "euclidean",
}  # fmt: skip
EMIT = """element => element.emit('plotly_click', {points: [{customdata: 's2'}]})"""


def test_a_walk_through_the_states(server, open_page, watch):
    watch.expected = ("Failed to load resource",)  # two of Streamlit's files, on a deep link
    page = open_page(server.url("/states", **QUERY), width=1366, height=768)
    board = Dashboard(page)
    said = page.locator(".st-key-readout")
    # A thousand sentences are read first, by another process.
    expect(said).to_contain_text("nearest states to where it reads “c”", timeout=120_000)
    rows = page.locator("[class*=st-key-states_near_]")
    expect(rows).to_have_count(10)

    board.address_has(at="h3")  # the same letter stands at h7, and is not meant

    # A key goes a state on, a click on a mark goes there.
    page.locator(".st-key-states_chevron_right button").wait_for()
    idle(page)
    page.keyboard.press("PageDown")
    board.address_has(at="h4")
    expect(said).to_contain_text("reads “r”")
    page.keyboard.press("PageUp")
    board.address_has(at="h3")
    expect(said).to_contain_text("reads “c”")
    page.wait_for_function(
        "() => document.querySelector('.st-key-states-path .js-plotly-plot')?.s2sClicked"
    )
    page.locator(".st-key-states-path .js-plotly-plot").first.evaluate(EMIT)
    board.address_has(at="s2")
    expect(said).to_contain_text("writes “p”")
    idle(page)
    accessible(page)
    here = page.url

    # On a phone in the dark, somebody else sees the same; a neighbour opens its own sentence.
    other = open_page(here, width=390, height=844, scheme="dark", visitor=True)
    expect(other.locator(".st-key-readout")).to_contain_text("writes “p”")
    expect(other.locator("[class*=st-key-states_near_]")).to_have_count(10)
    for chosen in ("2-D", "euclidean"):
        expect(other.get_by_role("radio", name=chosen)).to_be_checked()
    assert other.evaluate("document.documentElement.scrollWidth") <= 390
    other.locator("[class*=st-key-states_near_]").first.get_by_role("button").first.click()
    expect(Dashboard(other).sentence).not_to_have_value("microscope")

    # Whoever asks for nothing sees a flat picture on a phone.
    other.goto(server.url("/states"))
    expect(other.get_by_role("radio", name="2-D")).to_be_checked()
    page.goto(server.url("/states"))
    expect(page.get_by_role("radio", name="3-D")).to_be_checked()


def test_a_browser_that_draws_no_scenes_is_shown_flat_ones(server, open_page):
    page = open_page("about:blank")
    page.add_init_script("""
        const { getContext } = HTMLCanvasElement.prototype;
        HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
            return kind.includes("webgl") ? null : getContext.call(this, kind, ...more);
        };
    """)
    page.goto(server.url("/states", **QUERY | {"dimensions": "3-D"}))
    expect(page.get_by_text("No 3-D here")).to_be_visible()
    expect(
        page.locator(".st-key-states-path .js-plotly-plot .scatterlayer .point").first
    ).to_be_visible()
    expect(page.get_by_role("radio", name="2-D")).to_have_count(0)
    assert "not supported" not in page.locator("body").inner_text()
    page.goto(server.url("/training"))
    expect(page.get_by_text("No 3-D here")).to_be_visible()
    expect(page.get_by_text("Path of the state in 3-D")).to_have_count(0)
