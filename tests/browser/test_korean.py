"""Korean in a browser: on every page, whole in a hand too, and kept through every link."""

from __future__ import annotations

import pytest
from dashboard import Dashboard
from foreign_words import SAID
from playwright.sync_api import Page, expect
from resting import AT_REST, idle

from s2s.text.language import catalogue, speaking
from ui.frame.navigation import titles

pytestmark = pytest.mark.browser

with speaking("ko"):
    TITLES = titles()
OPEN = {
    "translate": {"roads_kind": "Beam search"},
    "attention": {"task": "toy"},
    "gradients": {"task": "dates-book"},
    "training": {"mode": "Replay"},
}
"""What is opened on a page, where that is more than what it begins with."""


@pytest.fixture(autouse=True)
def other_pages(watch):
    watch.expected = ("Failed to load resource",)


def go(page: Page, title: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()


def test_no_page_says_a_text_in_english_that_has_its_korean(server, open_page):
    page = open_page(server.url("/", lang="ko"), width=1366, height=768)
    expect(page.get_by_test_id("stSidebarNav").get_by_role("link", name="시작")).to_be_visible()
    wrong = {"start": seen(page)}
    for name, title in TITLES.items():
        page.goto(server.url(f"/{name}", lang="ko", **OPEN.get(name, {})))
        expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", "ko")
        wrong[name] = seen(page)
    assert {name: found for name, found in wrong.items() if found} == {}


def seen(page: Page) -> list[str]:
    """What a page says in English though there is Korean, and what sticks out of a phone."""
    idle(page)
    said = [text for text in page.evaluate(SAID) if len(text.split()) > 2]  # no single token
    wrong = [text for text in said if catalogue("ko").get(text, text) != text]
    page.set_viewport_size({"width": 390, "height": 844})
    idle(page)
    wrong += page.evaluate(AT_REST)
    page.set_viewport_size({"width": 1366, "height": 768})
    return wrong


def test_the_language_stays_through_links_and_pages(server, open_page):
    page = open_page(server.url("/", lang="ko"), width=1366, height=768, visitor=True)
    shown = Dashboard(page)
    page.locator(".st-key-card-back").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1, name="기울기")).to_be_visible()
    shown.address_has(lang="ko", task="dates-book")
    go(page, "모델")
    shown.address_has(lang="ko")
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="시작").click()
    expect(page.locator(".st-key-start-cards")).to_be_visible()
    go(page, "번역")
    shown.address_has(lang="ko")
    page.go_back()
    expect(page.locator(".st-key-start-cards")).to_be_visible()
    page.locator(".st-key-tutorial-4").get_by_role("link").first.click()
    shown.address_has(lang="ko", task="dates-book")
    page.reload()
    expect(page.get_by_role("heading", level=1, name="기울기")).to_be_visible()


def test_a_way_back_speaks_the_language_that_was_chosen_since(server, open_page):
    page = open_page(server.url("/translate", text="Bonjour."), visitor=True)
    expect(page.get_by_role("heading", level=1, name="Translate")).to_be_visible()
    idle(page)
    page.wait_for_function("() => localStorage.getItem('s2s.last')")
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Start").click()
    page.locator(".st-key-language").get_by_text("한국어").click()
    way = page.locator(".st-key-go-on").get_by_role("link", name="이어서: 번역")
    expect(way).to_be_visible()
    way.click()
    expect(page.get_by_role("heading", level=1, name="번역")).to_be_visible()
    Dashboard(page).address_has(lang="ko", text="Bonjour.")
