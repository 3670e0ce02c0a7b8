"""The lessons' page without a browser: every question, both languages, and nothing given away."""

from __future__ import annotations

import json
from typing import Any

import pytest
from page_text import clean
from streamlit.testing.v1 import AppTest
from tiny import ROOT, build_system

from s2s.lessons import read
from s2s.lessons.fill import fill, plain_text
from s2s.lessons.lesson import Lesson
from s2s.lessons.looks import Looks
from s2s.text.language import LANGUAGES, speaking, tr
from ui.views.lessons.course import moved
from ui.views.lessons.state import At

LESSONS = read.lessons()


@pytest.fixture(scope="module")
def looks() -> Looks:
    return Looks()


def page(**query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    at.query_params.update(query)
    at.switch_page("pages/lessons.py")
    return clean(at.run())


def shown(at: AppTest) -> dict[str, Any]:
    """What the player was given."""
    given = [element.proto.json for element in at.get("bidi_component")]
    return next(data for data in map(json.loads, filter(None, given)) if "story" in data)


def text(runs: list[list[str]]) -> str:
    return "".join(text for text, _ in runs)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda one: one.name)
def test_every_question_and_its_answer(lesson: Lesson, language: str, looks: Looks):
    at = page(lesson=lesson.name, lang=language)
    for place in range(len(lesson.steps)):
        want = fill(lesson, language, place, looks)
        for answer in (None, "1"):
            at.query_params.clear()
            at.query_params.update({"lesson": lesson.name, "lang": language})
            at.query_params["question"] = str(place + 1)
            if answer:
                at.query_params["answer"] = answer
            data = shown(clean(at.run()))
            assert not at.warning, at.warning[0].value
            assert text(data["ask"]) == plain_text(want.question)
            assert len(data["choices"]) == len(want.choices)
            if not answer:
                assert (data["right"], data["value"], data["result"], data["takeaway"]) == (
                    None, None, [], [])  # fmt: skip
                continue
            assert data["right"] == want.right
            assert text(data["takeaway"]) == plain_text(want.takeaway)
        link = at.get("page_link")[0].proto
        assert link.page == lesson.steps[place].page.kind
    with speaking(language):
        assert at.title[0].value == tr("Lessons")


def test_a_damaged_address_is_the_beginning():
    for query in ({"lesson": "none"}, {"question": "99"}, {"question": "x"}, {"guess": "nan"},
                  {"guess": "-1"}, {"guess": "1e9"}, {"lang": "xx"}):  # fmt: skip
        data = shown(page(**query))
        assert (data["lesson"], data["question"], data["guess"]) == (LESSONS[0].name, 0, None)


def test_a_lesson_without_its_model_says_so(models):
    models("reverse/attention", build_system())
    at = page(lesson=LESSONS[0].name)
    assert "needs" in at.warning[0].value and not at.exception


def test_where_acts_lead():
    lesson = LESSONS[0]
    at = moved(At(lesson), "guess", 2)
    assert (at.guess, at.shown) == (2, False)
    assert moved(at, "guess", "<script>").guess is None
    assert moved(at, "guess", 99).guess is None
    at = moved(at, "answer")
    assert (at.guess, at.shown) == (2, True)
    assert moved(at, "guess", 1) == at
    after = moved(at, "next")
    assert (after.question, after.guess, after.shown) == (1, None, False)
    assert moved(after, "next") == after
    assert moved(after, "back").question == 0 and moved(after, "back").shown
    assert moved(at, "back") == At(lesson, 0, 2, False)
    assert moved(At(lesson, len(lesson.steps) - 1, None, True), "next").question == 0
    assert moved(at, "anything", {}) == at
