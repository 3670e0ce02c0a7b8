"""The lessons in a browser: walked by keys alone, in both languages, on a desk and in a hand."""

from __future__ import annotations

import pytest
from dashboard import Dashboard, accessible
from playwright.sync_api import Page, expect
from resting import AT_REST, idle, wear

from s2s.lessons import read
from s2s.lessons.fill import Filled, fill, plain_text
from s2s.lessons.looks import Looks
from s2s.text.language import speaking, tr

pytestmark = pytest.mark.browser

LESSONS = read.lessons()
DESK, HAND = (1366, 768), (390, 844)
WHOLE = {("en", DESK), ("ko", HAND)}
"""Where the first question of each lesson is guessed before it is answered."""


@pytest.fixture(scope="module")
def looks() -> Looks:
    return Looks()


def expect_answer(page: Page, filled: Filled, language: str) -> None:
    """The answer that stands there is the models'."""
    player = page.locator(".lesson")
    expect(player.locator(".takeaway")).to_have_text(plain_text(filled.takeaway))
    for line in filled.result:
        expect(player.locator(".answer")).to_contain_text(plain_text(line))
    if filled.kind == "number":
        expect(player.locator(".real")).to_contain_text(filled.shown)
    else:
        with speaking(language):
            right = player.locator(".choice.right")
            expect(right).to_contain_text(tr("right"))
        expect(right.locator(".text")).to_have_text(plain_text(filled.choices[int(filled.right)]))


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("size", [DESK, HAND], ids=["desk", "hand"])
def test_all_lessons_by_keys(server, open_page, looks, language, size):
    page = open_page(server.url("/lessons", lang=language), width=size[0], height=size[1])
    player = page.locator(".lesson")
    for number, lesson in enumerate(LESSONS):
        if number:
            pick = page.locator(".st-key-lesson_pick input")
            pick.focus()
            pick.press("ArrowDown")
            pick.press("Enter")
            expect(pick).to_have_value(f"{number + 1} · {lesson.titles[language]}")
            page.keyboard.press("Escape")
            page.evaluate("document.activeElement.blur()")
        for place in range(len(lesson.steps)):
            filled = fill(lesson, language, place, looks)
            expect(player.locator(".ask")).to_have_text(plain_text(filled.question))
            expect(player.locator(".takeaway")).to_have_count(0)
            if filled.kind == "number":
                player.locator("input").focus()
                page.keyboard.press("ArrowRight")
                page.keyboard.press("PageDown")
            elif place or (language, size) not in WHOLE:
                page.keyboard.press("ArrowRight")  # nobody has to guess
            else:
                page.keyboard.press("1")
                expect(player.locator(".choice").first).to_have_attribute("aria-pressed", "true")
                page.keyboard.press("ArrowRight")
            expect_answer(page, filled, language)
            if place + 1 < len(lesson.steps):
                page.keyboard.press("ArrowRight" if place % 2 else "PageDown")
        expect(player.locator(".dots .done")).to_have_count(len(lesson.steps))
        assert page.evaluate(AT_REST) == [], lesson.name
    Dashboard(page).no_crash()


def test_it_fits_and_is_accessible(server, open_page):
    """Question and figure stand whole in the window of a laptop and of a projector."""
    page = open_page(server.url("/lessons"), width=1366, height=768)
    for at, lesson in enumerate(LESSONS):
        # Their first questions, each in the other language: in the test of the fold.
        query = {"lesson": lesson.name, "question": len(lesson.steps), "answer": 1}
        page.goto(server.url("/lessons", **query, **({"lang": "ko"} if at % 2 else {})))
        expect(page.locator(".lesson .takeaway")).to_be_visible()
        for width, height in ((1280, 720), (1366, 768)):
            page.set_viewport_size({"width": width, "height": height})
            for part in (".lesson .ways", ".st-key-lesson-below"):
                expect(page.locator(part)).to_be_in_viewport(ratio=1)
    accessible(page)
    page.set_viewport_size({"width": HAND[0], "height": HAND[1]})
    wear(page, "light")
    idle(page)
    assert page.evaluate(AT_REST) == []


def test_the_language_and_the_place_stay(server, open_page):
    page = open_page(server.url("/lessons"), visitor=True)
    expect(page.get_by_role("heading", level=1, name="Lessons")).to_be_visible()
    page.locator(".st-key-language").get_by_text("한국어").click()
    expect(page.get_by_role("heading", level=1, name="수업")).to_be_visible()
    shown = Dashboard(page)
    shown.address_has(lang="ko")
    page.keyboard.press("2")
    page.keyboard.press("PageDown")  # the arrows belong to the switch, which has the focus
    shown.address_has(lang="ko", guess=1, answer=1)
    expect(page.locator(".lesson .takeaway")).to_be_visible()
    takeaway = page.locator(".lesson .takeaway").text_content()
    page.reload()
    expect(page.locator(".lesson .takeaway")).to_have_text(takeaway or "")
    expect(page.locator(".lesson .dots .done")).to_have_count(1)
    page.get_by_role("link", name="번역에서 열기").filter(visible=True).first.click()
    expect(page.get_by_test_id("stSidebarNav").get_by_role("link", name="수업")).to_be_visible()
    shown.address_has(task="fra-eng", model="plain", step=4)
    page.go_back()
    expect(page.locator(".lesson .takeaway")).to_have_text(takeaway or "")
