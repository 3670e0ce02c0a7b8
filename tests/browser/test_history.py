"""Back, forward, reload and links: what was seen is seen again, and nothing that never was."""

from __future__ import annotations

import os

import pytest
from dashboard import FRENCH, FRENCH_PLAIN, Dashboard, system, task_of, trace
from expected import first_word
from history_walk import MODELS, TASK, TEXTS, Walk
from playwright.sync_api import Page, expect
from resting import idle

from s2s.decoding import whatif
from s2s.decoding.whatif import Edit

pytestmark = pytest.mark.browser

TYPED = "J'ai faim."
WALKS = int(os.environ.get("S2S_WALKS", "4"))
"""How many walks by chance; S2S_WALKS=100 is a quarter of an hour."""
ACTS = 10


@pytest.fixture(autouse=True)
def other_pages(watch):
    # Streamlit asks for two of its files beside the page first when the page is not the home page.
    watch.expected = ("Failed to load resource",)


def go(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


@pytest.mark.parametrize(
    ("name", "model", "typed"),
    [
        ("Compare", FRENCH_PLAIN, TYPED),
        ("Attention", FRENCH_PLAIN, "L’été, il dit « oui & non » à 100 % + 1 = ?"),
        ("Gradients", "dates-book/plain", "March 25, 2003"),
        ("Attention", "kor-eng/plain", "나는 언어를 좋아한다."),
    ],
)
def test_the_sentence_of_a_link_goes_along_at_once(server, open_page, name, model, typed):
    task, variant = model.split("/")
    page = open_page(server.url(task=task, model=variant, text=typed))
    shown = Dashboard(page)
    go(page, name)
    expect(shown.sentence).to_have_value(typed)
    shown.address_has(task=task, model=variant, text=typed)
    page.go_back()
    shown.shows(model, typed)


def test_one_press_leads_back_from_a_page(server, open_page):
    first = task_of(FRENCH).examples[0]
    page = open_page(server.url())
    shown = Dashboard(page)
    shown.shows(FRENCH, first)
    shown.type(TYPED)
    shown.shows(FRENCH, TYPED)
    entries = page.evaluate("history.length")
    go(page, "Attention")
    expect(shown.sentence).to_have_value(TYPED)
    assert page.evaluate("history.length") == entries + 1
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="Translate")).to_be_visible()
    shown.shows(FRENCH, TYPED)
    page.go_back()
    shown.shows(FRENCH, first)
    for _ in range(2):
        page.go_forward()
    expect(page.get_by_role("heading", level=1, name="Attention")).to_be_visible()
    expect(shown.sentence).to_have_value(TYPED)
    assert page.evaluate("history.length") == entries + 1


def test_an_edit_stays_with_its_sentence(server, open_page):
    first = task_of(FRENCH).examples[0]
    answer = trace(FRENCH, first)
    step = first_word(answer)
    word = next(t for t in answer.candidates[step] if t.isalpha() and t != answer.output[step])
    edited = whatif.run(system(FRENCH), first, [Edit("force", step, word)]).trace
    page = open_page(server.url())
    shown = Dashboard(page)
    shown.shows(FRENCH, first)
    page.get_by_role("button", name=f"{word}, ").and_(page.locator(".candidate")).click()
    shown.shows_answer(edited, step)
    shown.type(TYPED)
    shown.shows(FRENCH, TYPED)
    shown.address_has(text=TYPED, edits=None)
    page.go_back()
    shown.shows_answer(edited, step)
    expect(shown.sentence).to_have_value(first)
    page.go_back()
    shown.shows(FRENCH, first)
    page.go_forward()
    shown.shows_answer(edited, step)
    page.go_forward()
    shown.shows(FRENCH, TYPED)


@pytest.mark.parametrize("key", ["", "Enter"])
def test_what_was_typed_goes_along_though_the_server_is_busy(server, open_page, key):
    page = open_page(server.url())
    shown = Dashboard(page)
    shown.shows(FRENCH, task_of(FRENCH).examples[0])
    idle(page)
    with server.held():
        shown.sentence.fill(TYPED)
        if key:
            shown.sentence.press(key)
        page.get_by_test_id("stSidebarNav").get_by_role("link", name="Attention").click()
        page.wait_for_timeout(100)
    expect(page.get_by_role("heading", level=1, name="Attention")).to_be_visible()
    expect(shown.sentence).to_have_value(TYPED)
    page.go_back()
    shown.shows(FRENCH, TYPED)


def test_a_choice_goes_along_though_the_server_is_busy(server, open_page):
    page = open_page(server.url())
    shown = Dashboard(page)
    shown.shows(FRENCH, task_of(FRENCH).examples[0])
    idle(page)
    with server.held():
        shown.choose_model("plain")
        page.get_by_test_id("stSidebarNav").get_by_role("link", name="Gradients").click()
        page.wait_for_timeout(100)
    expect(page.get_by_role("heading", level=1, name="Gradients")).to_be_visible()
    shown.address_has(model="plain")


def test_a_link_waits_for_nothing_that_was_heard(server, open_page):
    page = open_page(server.url())
    shown = Dashboard(page)
    shown.shows(FRENCH, task_of(FRENCH).examples[0])
    shown.type(TYPED)
    shown.shows(FRENCH, TYPED)
    idle(page)
    page.evaluate("addEventListener('click', () => { window.passed = true; })")
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Attention").click()
    assert page.evaluate("window.passed")


def test_a_page_whose_runs_were_mixed_is_opened_anew(server, open_page):
    page = open_page(server.url())
    shown = Dashboard(page)
    shown.shows(FRENCH, task_of(FRENCH).examples[0])
    shown.type(TYPED)
    shown.shows(FRENCH, TYPED)
    page.wait_for_function("performance.now() > 2000")
    page.evaluate("""() => {
        document.getElementById("root").remove();
        const message = "Uncaught Error: Bad delta path index 2 (should be between [0, 1])";
        dispatchEvent(new ErrorEvent("error", {message}));
    }""")
    shown.shows(FRENCH, TYPED)


def test_hidden_steps_are_in_the_link(server, open_page):
    page = open_page(server.url(task=TASK, text=TEXTS[0], step=3))
    shown = Dashboard(page)
    shown.shows(f"{TASK}/attention", TEXTS[0], 2)
    hide = page.get_by_role("button", name="Hide what is not written yet")
    hide.click()
    shown.address_has(hide=1, step=3)
    other = open_page(page.url)
    for at in (page, other):
        expect(at.locator(".card.hides")).to_be_visible()
    Dashboard(other).shows(f"{TASK}/attention", TEXTS[0], 2)
    shown.type(TEXTS[1])
    shown.shows(f"{TASK}/attention", TEXTS[1])
    expect(page.locator(".card.hides")).to_be_visible()
    hide.click()
    shown.address_has(hide=None, text=TEXTS[1])
    page.go_back()
    shown.address_has(hide=1, text=TEXTS[0])
    expect(page.locator(".card.hides")).to_be_visible()


def test_a_verdict_is_in_the_link(server, open_page):
    page = open_page(server.url("/gradients", task=TASK, model="attention", text=TEXTS[2]))
    page.get_by_role("button", name="Check this sentence").click()
    verdict = page.locator(".st-key-cell-verdict")
    expect(verdict).to_be_visible()
    shown = Dashboard(page)
    shown.address_has(verdict=1)
    expect(open_page(page.url).locator(".st-key-cell-verdict")).to_be_visible()
    shown.type(TEXTS[0])
    shown.address_has(verdict=None, text=TEXTS[0])
    expect(verdict).to_have_count(0)
    page.go_back()
    expect(verdict).to_be_visible()


@pytest.mark.parametrize(
    ("edits", "why"), [("f1.zz~nonsense", "are damaged"), ("d99", "no source token 100")]
)
def test_a_damaged_edit_in_a_link_is_no_entry(server, open_page, edits, why):
    page = open_page(server.url("/models"))
    entries = page.evaluate("history.length")
    page.goto(server.url(task=TASK, text=TEXTS[1], edits=edits))
    shown = Dashboard(page)
    expect(shown.alert).to_contain_text([why])
    shown.shows(f"{TASK}/attention", TEXTS[1])
    shown.address_has(edits=None, text=TEXTS[1])
    assert page.evaluate("history.length") == entries + 1
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="Models")).to_be_visible()


def test_a_press_in_a_list_of_models_is_one_entry(server, open_page):
    """A link to the page on which one already is, with another model."""
    page = open_page(server.url("/gradients", task=TASK, model="plain", text=TEXTS[1]))
    link = page.get_by_test_id("stPageLink").first.get_by_role("link")
    link.click()
    shown = Dashboard(page)
    shown.address_has(model="attention", text=TEXTS[1])
    shown.has_model("attention")
    page.go_back()
    shown.address_has(model="plain", text=TEXTS[1])
    shown.has_model("plain")


@pytest.mark.parametrize("seed", range(WALKS))
def test_walks(server, open_page, seed):
    page = open_page(server.url(task=TASK, model=MODELS[0], text=TEXTS[0]))
    Walk(page, seed).go(ACTS)
