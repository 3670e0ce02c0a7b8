"""The very first request of a fresh process, whatever its address."""

from __future__ import annotations

import pytest
from dashboard import DATES, FRENCH, Dashboard, score, task_of
from expected import first_word
from playwright.sync_api import expect

from s2s.text import label

pytestmark = pytest.mark.browser


def test_home(fresh_server, open_page):
    page = open_page(fresh_server.url("/"))
    first = page.get_by_test_id("stSidebarNavLink").first
    first.wait_for()
    assert "Start" in first.inner_text(), "no list of files before the first run"
    expect(page).to_have_title("Seq2Seq Microscope")
    expect(page.get_by_role("heading", name="Seq2Seq Microscope")).to_be_visible()
    expect(page.locator(".card.small p.readout")).to_contain_text("Writes")
    shown = Dashboard(page)
    shown.no_crash()
    assert shown.query == {}, "the address of a first visit stays clean"


def test_translate(fresh_server, open_page):
    task = task_of(FRENCH)
    page = open_page(fresh_server.url())
    shown = Dashboard(page)
    answer = shown.shows(FRENCH, task.examples[0])
    expect(page).to_have_title("Seq2Seq Microscope")
    expect(page.get_by_role("heading", name="Translate")).to_be_visible()
    shown.has_task(task.full_title)
    shown.has_model("attention")
    expect(page.get_by_text(score(FRENCH))).to_be_visible()
    assert shown.written() == [label(token) for token in answer.output]
    shown.tells(answer, first_word(answer))
    expect(shown.map).to_be_visible()
    shown.maps(answer.attention)
    shown.no_crash()
    assert shown.query == {}, "the address of a first visit stays clean"


def test_deep_link(fresh_server, open_page):
    text = task_of(DATES).examples[1]
    address = fresh_server.url(task="dates", model="attention", text=text, step=7)
    page = open_page(address)
    shown = Dashboard(page)
    answer = shown.shows(DATES, text, 6)
    shown.tells(answer, 6)
    shown.maps(answer.attention)
    shown.has_task(task_of(DATES).full_title)
    shown.has_model("attention")
    shown.address_has(task="dates", text=text, step=7)
    shown.no_crash()


def test_address_of_the_page_file(fresh_server, open_page, watch):
    """It keeps its name while one steps on."""
    # Streamlit first looks for itself under the name of the page.
    watch.expected = ("Failed to load resource",)
    page = open_page(fresh_server.url("/translate", text=task_of(FRENCH).examples[1]))
    shown = Dashboard(page)
    answer = shown.shows(FRENCH, task_of(FRENCH).examples[1])
    shown.no_crash()
    assert page.url.startswith(fresh_server.url("/translate"))
    shown.next.click()
    shown.shows(FRENCH, answer.reading.text, first_word(answer) + 1)
