"""Words of the glossary in a browser: pointer, keyboard and touch; and a text of another task."""

from __future__ import annotations

import pytest
from dashboard import Dashboard
from playwright.sync_api import Locator, Page, expect
from resting import idle

from s2s.tasks import TASKS
from ui.words import glossary

pytestmark = pytest.mark.browser


def meaning(page: Page, word: str) -> Locator:
    return page.locator(".meaning", has_text=glossary()[word])


def test_a_word_explains_itself(server, open_page, watch):
    watch.expected = ("Failed to load resource",)
    page = open_page(server.url("/attention", task="reverse", text="abc"))
    word = page.get_by_role("button", name="context", exact=True)
    told = meaning(page, "context")
    expect(told).to_be_hidden()
    idle(page)  # what is still coming would push the word away from under the pointer
    word.hover()
    expect(told).to_be_visible()
    page.mouse.move(0, 0)
    expect(told).to_be_hidden()
    page.get_by_role("button", name="attention", exact=True).focus()
    page.keyboard.press("Tab")
    expect(word).to_be_focused()
    expect(told).to_be_visible()
    expect(meaning(page, "vocabulary")).to_contain_text("<unk>")


def test_a_word_explains_itself_on_a_tap(server, open_page, watch):
    watch.expected = ("Failed to load resource",)
    page = open_page(server.url("/attention", task="reverse", text="abc"), width=390, height=844)
    page.get_by_role("button", name="context", exact=True).tap()
    told = meaning(page, "context")
    expect(told).to_be_visible()
    box = told.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390


@pytest.mark.parametrize(
    ("at", "text", "other", "says"),
    [
        ("fra-eng", "나는 집에 가고 싶다.", "kor-eng", "Korean"),
        ("kor-eng", "Il est fatigué.", "fra-eng", "French"),
        ("fra-eng", "Tuesday, March 25, 2003", "dates", "like a written date"),
    ],
)
def test_a_text_of_another_task_opens_there(server, open_page, watch, at, text, other, says):
    watch.expected = ("Failed to load resource",)
    page = open_page(server.url("/translate", task=at, text=text))
    title = TASKS[other].title
    page.get_by_role("button", name=f"This looks {says}: open it in {title}").click()
    Dashboard(page).address_has(task=other, text=text)
    expect(page.locator(".st-key-text input")).to_have_value(text)
    expect(page.get_by_role("button", name="This looks")).to_have_count(0)


def test_a_typed_sentence_goes_along_to_a_task_that_can_read_it(server, open_page, watch):
    watch.expected = ("Failed to load resource",)
    page = open_page(server.url("/translate", task="fra-eng", text="Il est fatigué."))
    shown = Dashboard(page)
    expect(shown.sentence).to_have_value("Il est fatigué.")
    shown.choose_task("fra-eng-small")
    shown.address_has(task="fra-eng-small", text="Il est fatigué.")
    shown.choose_task("dates")
    shown.address_has(task="dates", text=None)


def test_what_has_no_room_is_whole_where_the_pointer_rests(server, open_page, watch):
    watch.expected = ("Failed to load resource",)
    task, variant = "fra-eng-small", "input-feeding"
    several = {"beside": "deep-reversed,scaled-dot,scheduled"}
    address = server.url("/gradients", task=task, model=variant, **several)
    page = open_page(address, width=1280, height=768)
    shown = Dashboard(page)
    shown.has_model(variant)
    box = page.locator(".st-key-model .stSelectbox")
    whole = box.get_by_role("combobox").input_value()
    box.hover()
    expect(box).to_have_attribute("title", whole)
    # Where there is room for it nothing stands over it.
    page.set_viewport_size({"width": 1900, "height": 768})
    page.goto(server.url("/translate", task=task, model=variant))
    shown.has_model(variant)
    box.hover()
    expect(box).not_to_have_attribute("title", whole)
