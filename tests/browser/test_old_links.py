"""Addresses from before there was a first page open what they opened then."""

from __future__ import annotations

import pytest
from dashboard import DATES, FRENCH, REVERSE, Dashboard, system, task_of
from playwright.sync_api import Page, expect

from s2s.decoding import whatif
from s2s.decoding.whatif import Edit

pytestmark = pytest.mark.browser

TYPED = "Il fait froid."


def sentence(page: Page) -> None:
    Dashboard(page).shows(FRENCH, TYPED)


def task(page: Page) -> None:
    Dashboard(page).shows(DATES, task_of(DATES).examples[0])
    Dashboard(page).has_task(task_of(DATES).full_title)


def model(page: Page) -> None:
    Dashboard(page).shows("dates/plain", task_of(DATES).examples[0])
    Dashboard(page).has_model("plain")


def step(page: Page) -> None:
    Dashboard(page).shows(DATES, "3/25/03", 6)


def edits(page: Page) -> None:
    answer = whatif.run(system(REVERSE), "microscope", [Edit("force", 1, "z")]).trace
    Dashboard(page).shows_answer(answer)
    expect(page.locator(".chip")).to_have_count(1)


def weights(page: Page) -> None:
    answer = whatif.run(system(REVERSE), "microscope", [Edit("attend", 1, "o0")]).trace
    Dashboard(page).shows_answer(answer)
    expect(page.locator(".chip")).to_have_count(1)


def hidden(page: Page) -> None:
    expect(page.locator(".card.hides")).to_be_visible()
    Dashboard(page).shows(REVERSE, "microscope", 2)


def search(page: Page) -> None:
    expect(page.get_by_role("slider", name="Beam size")).to_have_value("3")


def nonsense(page: Page) -> None:
    Dashboard(page).shows(FRENCH, task_of(FRENCH).examples[0])
    expect(Dashboard(page).alert.first).to_contain_text("asks for the task nope")


KINDS = {
    "a sentence": ("text=Il+fait+froid.", sentence),
    "a task": ("task=dates", task),
    "a model": ("task=dates&model=plain", model),
    "a model by its whole name": ("model=dates/plain", model),
    "a step": ("task=dates&model=attention&text=3/25/03&step=7", step),
    "edits": ("task=reverse&text=microscope&edits=f1.z", edits),
    "given weights": ("task=reverse&text=microscope&edits=a1.o0", weights),
    "hidden steps": ("task=reverse&text=microscope&step=3&hide=1", hidden),
    "a search": ("roads_kind=Beam+search&roads_beam=3", search),
    "nonsense": ("task=nope&step=nope&edits=nope", nonsense),
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_address_without_a_page(server, open_page, kind):
    query, opened = KINDS[kind]
    page = open_page(f"{server.url('/')}?{query}")
    expect(page.get_by_role("heading", level=1, name="Translate")).to_be_visible()
    opened(page)
    Dashboard(page).no_crash()


@pytest.mark.parametrize(
    ("path", "query", "opened"),
    [
        ("/translate", "text=Il+fait+froid.", ".card"),
        ("/attention", "task=toy&model=attention&below=The+map", ".st-key-wide-walk-map"),
        ("/gradients", "task=reverse&text=abc&verdict=1", ".st-key-cell-verdict"),
        ("/compare", "task=dates-book&model=attention&beside=plain", ".st-key-scroll-lanes"),
        ("/models", "task=toy&model=attention&epoch=1", ".st-key-epoch"),
    ],
)
def test_an_address_of_a_page(server, open_page, path, query, opened):
    page = open_page(f"{server.url(path)}?{query}")
    expect(page.locator(opened).first).to_be_visible()
    name = path.strip("/").capitalize()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    Dashboard(page).no_crash()


def test_back_leads_past_the_address_that_only_led_on(server, open_page):
    page = open_page(server.url("/models"))
    expect(page.get_by_role("heading", level=1, name="Models")).to_be_visible()
    page.goto(f"{server.url('/')}?text=Il+fait+froid.")
    sentence(page)
    # What steps over the entry has come once it keeps where the visitor is.
    page.wait_for_function("localStorage.getItem('s2s.last')?.includes('translate')")
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="Models")).to_be_visible()
