"""The Attention page in a browser: another step, a deep link, small windows, both themes."""

from __future__ import annotations

from functools import partial

import pytest
import resting
from dashboard import Dashboard, accessible, system
from playwright.sync_api import expect
from resting import AT_REST

from s2s.plots.walk_words import sum_words
from s2s.probes.walk import walk

pytestmark = pytest.mark.browser

TOY = {"task": "toy", "model": "attention", "text": "저는 강사 입니다"}


settled = partial(resting.settled, drawn=".st-key-walk-choose svg.marks")


def test_every_step_is_that_of_the_model(server, open_page, watch):
    # Streamlit asks for two of its files beside the page first when the page is not the home page.
    watch.expected = ("Failed to load resource",)
    page = open_page(server.url("/attention", **TOY))
    settled(page)
    picker = page.get_by_role("radiogroup", name="Output token")
    for place, name in ((3, "4 · instructor"), (0, "1 · I")):
        picker.get_by_role("radio", name=name).click()
        step = walk(system("toy/attention"), TOY["text"], place)
        card = page.locator(".st-key-walk-score")
        for j in range(len(step.source)):
            expect(card).to_contain_text(" = ".join(sum_words(step.score_terms(j))))
        Dashboard(page).address_has(step=place + 1)
    page.get_by_role("radio", name="The map").click()
    expect(page.get_by_text("least weight over all steps")).to_be_visible()
    other = open_page(page.url)
    settled(other)
    expect(other.get_by_text("least weight over all steps")).to_be_visible()
    Dashboard(other).no_crash()


@pytest.mark.parametrize("query", [
    TOY, {"task": "fra-eng", "model": "attention", "below": "The map"},
    {"task": "dates-book", "model": "peeky"},
], ids=["toy", "french", "peeky"])  # fmt: skip
def test_nothing_scrolls_sideways_and_cards_keep_their_order(server, open_page, watch, query):
    watch.expected = ("Failed to load resource",)
    page = open_page(server.url("/attention", **query), width=320, height=844)
    settled(page)
    for width in (320, 390, 1024):
        page.set_viewport_size({"width": width, "height": 844})
        settled(page)
        assert page.evaluate(AT_REST) == [], f"at {width} px"
    page.set_viewport_size({"width": 390, "height": 844})
    cards = page.locator("[class*='st-key-walk-'][class*='stVerticalBlock'] >> text=/^\\d · /")
    numbers = [text.split(" ")[0] for text in cards.all_text_contents()]
    assert numbers == sorted(numbers) and numbers


@pytest.mark.parametrize("below", ["Check it yourself (NumPy)", "The map"])
def test_axe_finds_nothing_serious(server, open_page, watch, below):
    watch.expected = ("Failed to load resource",)
    page = open_page(server.url("/attention", below=below, **TOY))
    settled(page)
    accessible(page)
