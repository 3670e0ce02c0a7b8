"""Presenting: the whole screen, a remote's keys, and a running order in one link."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from dashboard import FRENCH, FRENCH_PLAIN, Dashboard
from playwright.sync_api import Page, expect
from resting import fill_the_screen, idle

pytestmark = pytest.mark.browser

KEYS = "Nous avons perdu les clés de la maison."


def fills(page: Page, on: bool = True) -> None:
    page.wait_for_function(f"() => Boolean(document.fullscreenElement) === {str(on).lower()}")


def test_a_remote_steps_and_hides(server, open_page):
    page = open_page(server.url(text=KEYS, model="plain"), width=1280, height=720)
    shown = Dashboard(page)
    start = shown.shows(FRENCH_PLAIN, KEYS).steps
    fill_the_screen(page)
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    shown.address_has(full=1)
    page.keyboard.press("PageDown")
    expect(shown.count).to_have_text(f"step 2 of {start}")
    page.keyboard.press("PageUp")
    expect(shown.count).to_have_text(f"step 1 of {start}")
    page.keyboard.press("h")
    expect(page.locator("[data-lane=output] .blank")).to_have_count(start - 1)
    shown.address_has(full=1, hide=1)
    page.keyboard.press("f")
    fills(page, False)
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    shown.address_has(full=None, hide=1)


def test_where_there_is_nothing_to_hide_h_says_so(server, open_page):
    page = open_page(server.url("/attention"))
    expect(page.locator(".st-key-picker")).to_be_visible()
    idle(page)
    said = page.get_by_role("status").filter(has_text="Nothing to hide here")
    for _ in range(2):
        page.locator("h1").click()
        page.keyboard.press("h")
        expect(said).to_have_count(1)
    expect(said).to_have_count(0)


def test_a_page_that_was_taken_away_goes_on_hiding(server, open_page, tmp_path):
    """The file of a step view that hides and fills the screen does both without a server."""
    page = open_page(server.url(text=KEYS, model="plain", step=3), width=1280, height=720)
    shown = Dashboard(page)
    steps = shown.shows(FRENCH_PLAIN, KEYS, 2).steps
    fill_the_screen(page)
    page.keyboard.press("h")
    shown.address_has(full=1, hide=1)
    file = tmp_path / "alone.html"
    shown.take("fra-eng-plain.html").save_as(file)

    page = open_page(file.as_uri(), width=1280, height=720)
    blank = page.locator("[data-lane=output] .blank")
    expect(blank).to_have_count(steps - 3)
    page.locator("[data-lane=output] .token").first.click()
    fills(page)
    expect(page.locator(".card.full")).to_be_visible()
    page.keyboard.press("Home")
    page.keyboard.press("PageDown")
    expect(blank).to_have_count(steps - 2)
    page.keyboard.press("h")
    expect(blank).to_have_count(0)
    page.keyboard.press("f")
    fills(page, False)
    page.keyboard.press("f")
    fills(page)


def test_a_running_order_in_one_link(server, fresh_server, open_page):
    """Made on the spot from two views; each is there again in a process that knows nothing."""
    page = open_page(server.url("/"), width=1280, height=720)
    page.locator(".st-key-present button").first.click()
    expect(page.get_by_text("Open a page to add it")).to_be_visible()
    page.goto(server.url(text=KEYS, model="plain", step=5, hide=1))
    shown = Dashboard(page)
    steps = shown.shows(FRENCH_PLAIN, KEYS, 4).steps
    menu, inside = (
        page.locator(".st-key-present button").first,
        page.locator(".st-key-present-inside"),
    )

    def add(name: str) -> None:
        menu.click()
        field = page.get_by_label("Name of this view")
        field.fill(name)
        field.press("Enter")
        page.get_by_role("button", name="Add this view").click()
        expect(inside.get_by_role("button", name=name)).to_be_visible()

    add("What it <b>wrote</b>")
    page.keyboard.press("Escape")
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Gradients").click()
    picker = page.locator(".st-key-picker [role=radio]")
    picker.nth(1).click()
    shown.address_has(step=2)
    idle(page)
    add("And why")
    link = urlsplit(inside.locator("code").text_content() or "")
    assert {"step": ["5"], "hide": ["1"]}.items() <= parse_qs(link.query).items()
    page.close()

    page = open_page(f"{fresh_server.base}{link.path}?{link.query}", width=1280, height=720)
    shown = Dashboard(page)
    shown.shows(FRENCH_PLAIN, KEYS, 4)
    expect(page.locator("[data-lane=output] .blank")).to_have_count(steps - 5)
    fill_the_screen(page)
    shown.address_has(full=1)
    for step in range(6, steps + 1):
        page.keyboard.press("PageDown")
        expect(shown.count).to_have_text(f"step {step} of {steps}")
    page.keyboard.press("PageDown")
    expect(page.get_by_role("heading", level=1, name="Gradients")).to_be_visible()
    shown.address_has(step=2, full=1, model="plain", text=KEYS)
    expect(page.locator(".st-key-picker [aria-checked=true]")).to_contain_text("2 ·")
    fills(page)
    idle(page)
    for _ in range(2):
        page.keyboard.press("PageUp")
        idle(page)
    shown.shows(FRENCH_PLAIN, KEYS, 4)
    shown.no_crash()


def test_a_link_fills_the_screen_with_the_first_press(server, open_page):
    page = open_page(server.url("/attention", full=1), width=1280, height=720)
    expect(page.get_by_text("Press any key for full screen")).to_be_visible()
    idle(page)
    page.locator("h1").click()
    fills(page)
    expect(page.locator(".s2s-asks")).to_have_count(0)
    idle(page)
    chosen = page.locator(".st-key-picker [aria-checked=true]")
    step = int((chosen.text_content() or "").split()[0])
    page.keyboard.press("PageDown")
    Dashboard(page).address_has(full=1, step=step + 1)
    expect(chosen).to_contain_text(f"{step + 1} ·")


def test_a_damaged_order_is_left_out(server, open_page):
    page = open_page(server.url(text=KEYS, order="1.nonsense"))
    expect(page.get_by_text("The running order of this link is damaged")).to_be_visible()
    shown = Dashboard(page)
    shown.shows(FRENCH, KEYS)
    shown.address_has(order=None)
