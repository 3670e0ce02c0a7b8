"""The Compare page in a browser: models, the difference, a set, a row, a file, small windows."""

from __future__ import annotations

from functools import partial

import pytest
import resting
from dashboard import Dashboard, accessible
from playwright.sync_api import expect
from resting import AT_REST

pytestmark = pytest.mark.browser


settled = partial(resting.settled, drawn=".st-key-scroll-lanes svg.marks")


def test_the_whole_path(server, open_page, watch, tmp_path):
    # Streamlit asks for two of its files beside the page first when the page is not the home page.
    watch.expected = ("Failed to load resource",)
    page = open_page(server.url("/compare", task="dates-book", model="attention", beside="plain"))
    settled(page)
    page.get_by_role("button", name="◆ peeky", exact=True).click()
    Dashboard(page).address_has(beside="plain,peeky")
    Dashboard(page).type("Mar 25, 2003")
    readout = page.locator(".st-key-readout")
    expect(readout).to_contain_text("plain parts from attention")

    # A file with two bad lines among good ones.
    file = tmp_path / "mine.tsv"
    file.write_bytes(b"Mar 25, 2003\t2003-03-25\nonly one column\n3/25/03\t2003-03-25\n\tx\n")
    page.get_by_role("radio", name="A file of yours").first.click()
    page.locator(".st-key-set_file input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Run 2 sentences").click()
    expect(page.get_by_text("Exact match on 2 sentences")).to_be_visible()
    page.get_by_text("2 lines left out").click()
    expect(page.get_by_text("Line 2: It has one column")).to_be_visible()
    expect(page.get_by_text("Line 4: Its first column is empty")).to_be_visible()

    # A row shows its answers beside the table, and opens above when asked to.
    table = page.locator(".st-key-compared_rows canvas").first
    cells = table.locator("tbody td, td")
    expect(cells.first).to_be_attached()
    settled(page)
    table.scroll_into_view_if_needed()
    download = page.locator("[aria-label^='Download as CSV']")
    expect(download.first).to_be_attached()
    expect(download.filter(visible=True)).to_have_count(0)
    box = table.bounding_box()
    assert box
    page.mouse.click(box["x"] + 14, box["y"] + 35 * 2 + 17)
    expect(page.get_by_text("Line 3: 3/25/03")).to_be_visible()
    expect(page.get_by_text("Line 1: Mar 25, 2003")).to_have_count(0)
    settled(page)
    shown = page.locator(".st-key-compared-row")
    expect(shown).to_contain_text("Reference: 2003-03-25")
    seen, after = shown.bounding_box(), table.bounding_box()
    assert seen and after
    assert 0 <= seen["y"] < 700  # in sight
    assert abs(seen["y"] - after["y"]) < 60 and seen["x"] > after["x"] + after["width"]
    expect(page.locator(".st-key-text input")).to_have_value("Mar 25, 2003")
    page.get_by_role("button", name="Open it above").click()
    expect(page.locator(".st-key-text input")).to_have_value("3/25/03")
    Dashboard(page).no_crash()


def test_works_stand_in_line_and_a_cancelled_one_gives_way(server, open_page, watch, tmp_path):
    watch.expected = ("Failed to load resource",)
    letters = "abcdefghijklmnopqrst"
    file = tmp_path / "long.tsv"  # a work that outlasts the rest of this test
    file.write_text("\n".join(f"{letters}\t{letters[::-1]}" for _ in range(20_000)))
    query = {"task": "reverse", "model": "attention"}
    first = open_page(server.url("/compare", **query, set_kind="A file of yours"))
    second = open_page(server.url("/compare", **query))
    for page in (first, second):
        settled(page)
    first.locator(".st-key-set_file input[type=file]").set_input_files(file)
    first.get_by_role("button", name="Run 20,000 sentences").click()
    expect(first.get_by_role("button", name="Cancel")).to_be_visible()
    second.get_by_role("button", name="Run 2,807 sentences").click()
    expect(second.get_by_text("In line: 1 work of other visitors before")).to_be_visible()
    first.get_by_role("button", name="Cancel").click()
    expect(first.get_by_role("button", name="Run 20,000 sentences")).to_be_visible()
    expect(first.get_by_role("button", name="Cancel")).to_have_count(0)
    expect(second.get_by_text("Exact match on 2,807 sentences")).to_be_visible(timeout=120_000)
    expect(second.get_by_text("by length on 2", exact=False).first).to_be_visible()


@pytest.mark.parametrize("query", [
    {"task": "fra-eng-small", "model": "attention", "beside": "plain,additive"},
    {"task": "dates-book", "model": "attention"},
], ids=["french", "dates"])  # fmt: skip
def test_nothing_scrolls_sideways(server, open_page, watch, query):
    watch.expected = ("Failed to load resource",)
    page = open_page(server.url("/compare", **query), width=320, height=844)
    settled(page)
    for width in (320, 390, 1024):
        page.set_viewport_size({"width": width, "height": 844})
        settled(page)
        assert page.evaluate(AT_REST) == [], f"at {width} px"


def test_axe_finds_nothing_serious(server, open_page, watch):
    watch.expected = ("Failed to load resource",)
    page = open_page(server.url("/compare", task="dates-book", model="attention"))
    settled(page)
    accessible(page)
