"""Type a sentence, watch it being written step by step, pass the view on."""

from __future__ import annotations

import json
import subprocess
import sys
from urllib.parse import urlencode

import numpy as np
import pytest
from dashboard import (
    DATES,
    FRENCH,
    FRENCH_PLAIN,
    REVERSE,
    Dashboard,
    score,
    task_of,
    trace,
)
from expected import first_word
from playwright.sync_api import expect
from resting import quiet
from tiny import ROOT

from s2s import plots
from s2s.text import label

pytestmark = pytest.mark.browser

TYPED = "Il fait froid."


def test_type_step_and_pass_the_link_on(server, open_page):
    shown = Dashboard(open_page(server.url()))
    shown.shows(FRENCH, task_of(FRENCH).examples[0])
    shown.type(TYPED)
    answer = shown.shows(FRENCH, TYPED)
    start, last = first_word(answer), answer.steps - 1
    assert last >= start + 2, "too short a sentence to step through"
    shown.address_has(text=TYPED, step=None)

    shown.next.click()
    shown.shows(FRENCH, TYPED, start + 1)
    shown.tells(answer, start + 1)
    shown.address_has(text=TYPED, step=start + 2)
    # The map follows: its alternative text is the step's sentence.
    alt = plots.readout(answer, start + 1).text()
    expect(shown.page.locator(".st-key-wide-map .stVegaLiteChart")).to_have_attribute(
        "aria-label", alt
    )

    shown.back.click()
    shown.shows(FRENCH, TYPED, start)
    shown.page.keyboard.press("End")
    shown.shows(FRENCH, TYPED, last)
    expect(shown.next).to_have_attribute("aria-disabled", "true")
    shown.slider.press("Home")
    shown.shows(FRENCH, TYPED, 0)
    expect(shown.back).to_have_attribute("aria-disabled", "true")
    shown.slider.press("ArrowRight")
    shown.shows(FRENCH, TYPED, 1)
    shown.next.click()
    shown.shows(FRENCH, TYPED, 2)

    shown.address_has(text=TYPED, step=3)
    other = Dashboard(open_page(shown.page.url))
    other.shows(FRENCH, TYPED, 2)
    other.maps(answer.attention)
    shown.page.reload()
    shown.shows(FRENCH, TYPED, 2)


def test_stepping_asks_the_server_once_and_at_rest(server, open_page):
    text = task_of(DATES).examples[0]
    page = open_page("about:blank")
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.goto(server.url(task="dates"))
    shown = Dashboard(page)
    answer = shown.shows(DATES, text)
    shown.next.focus()
    quiet(page, sent)
    # In one go, so that a slow machine does not rest in between.
    shown.next.evaluate("""next => { for (let i = 0; i < 6; i += 1) next.dispatchEvent(
        new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true, composed: true})) }""")
    shown.shows(DATES, text, first_word(answer) + 6)
    shown.address_has(step=first_word(answer) + 7)
    assert len(sent) == 1


def test_a_new_sentence_or_model_opens_at_its_own_first_word(server, open_page):
    examples = task_of(REVERSE).examples
    shown = Dashboard(open_page(server.url(task="reverse", text=examples[0], step=5)))
    shown.shows(REVERSE, examples[0], 4)
    for text in examples[1:]:
        shown.type(text)
        shown.shows(REVERSE, text)
        shown.address_has(step=None)
        shown.slider.press("End")
        shown.address_has(step=trace(REVERSE, text).steps)
    shown.choose_task("fra-eng")
    french = task_of(FRENCH).examples[0]
    start = first_word(trace(FRENCH, french))
    shown.shows(FRENCH, french)
    shown.next.click()
    shown.shows(FRENCH, french, start + 1)
    shown.address_has(step=start + 2)
    shown.choose_model("plain")
    shown.shows(FRENCH_PLAIN, french)


def test_the_browsers_back_button(server, open_page):
    french, dates = task_of(FRENCH).examples[0], task_of(DATES).examples[0]
    start = first_word(trace(FRENCH, french))
    shown = Dashboard(open_page(server.url()))
    shown.shows(FRENCH, french)
    shown.next.click()
    shown.address_has(step=start + 2)
    shown.choose_task("dates")
    shown.shows(DATES, dates)
    for _ in range(3):  # the task and the sentence may be an entry each
        shown.page.go_back()
        if "task" not in shown.query:
            break
    shown.shows(FRENCH, french, start + 1)


def test_the_page_says_what_the_command_line_says(server, open_page):
    text, step = task_of(DATES).examples[0], 5
    made = subprocess.run(
        [sys.executable, "-m", "s2s", "translate", DATES, text, "--json"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = json.loads(made.stdout)
    page = open_page(server.url(task="dates", text=text, step=step + 1))
    shown = Dashboard(page)
    shown.tells(shown.shows(DATES, text, step), step)
    assert shown.written() == [label(token) for token in told["output"]]
    shown.maps(np.array([row["attention"] for row in told["steps"]]))
    # The cell that is attended most, clicked.
    main = int(np.argmax(told["steps"][step]["attention"]))
    cells = page.locator(".st-key-wide-map .layer_0_marks path")
    cells.nth(step * len(told["source"]) + main).click()
    said = plots.cell_sentence(trace(DATES, text), step, main)
    expect(page.locator(".st-key-wide-map")).to_contain_text(said)


def test_examples(server, open_page):
    examples = task_of(REVERSE).examples
    shown = Dashboard(open_page(server.url(task="reverse")))
    shown.shows(REVERSE, examples[0])
    for text in (examples[2], examples[1]):
        shown.example(text).click()
        shown.shows(REVERSE, text)
        shown.address_has(text=text)


def test_change_task_and_model(server, open_page):
    page = open_page(server.url())
    shown = Dashboard(page)
    shown.shows(FRENCH, task_of(FRENCH).examples[0])
    shown.next.click()

    shown.choose_task("dates")
    answer = shown.shows(DATES, task_of(DATES).examples[0])
    shown.has_task(task_of(DATES).full_title)
    shown.has_model("attention")
    expect(page.get_by_text(score(DATES))).to_be_visible()
    shown.address_has(task="dates", text=None, step=None)
    shown.maps(answer.attention)

    shown.choose_task("fra-eng")
    shown.shows(FRENCH, task_of(FRENCH).examples[0])

    shown.choose_model("plain")
    answer = shown.shows(FRENCH_PLAIN, task_of(FRENCH).examples[0])
    assert answer.attention is None
    shown.has_model("plain")
    expect(page.get_by_text(score(FRENCH_PLAIN))).to_be_visible()
    expect(page.get_by_text("No attention map")).to_be_visible()
    expect(shown.map).to_have_count(0)
    shown.tells(answer, first_word(answer))
    shown.address_has(model="plain")
    other = Dashboard(open_page(page.url))
    other.shows(FRENCH_PLAIN, task_of(FRENCH).examples[0])
    expect(other.page.get_by_text("No attention map")).to_be_visible()

    shown.choose_model("attention")
    shown.shows(FRENCH, task_of(FRENCH).examples[0])
    expect(shown.map).to_be_visible()
    for at in (shown, other):
        at.no_crash()


def test_two_visitors_do_not_disturb_each_other(server, open_page):
    first, second = (Dashboard(open_page(server.url(), visitor=True)) for _ in range(2))
    french, dates = task_of(FRENCH).examples[0], task_of(DATES).examples[2]
    for shown in (first, second):
        shown.shows(FRENCH, french)
    start = first_word(trace(FRENCH, french))
    second.choose_task("dates")
    second.shows(DATES, task_of(DATES).examples[0])
    first.next.click()
    second.type(dates)
    first.shows(FRENCH, french, start + 1)
    second.shows(DATES, dates)
    last = trace(DATES, dates).steps - 1
    second.slider.press("End")
    first.address_has(step=start + 2, task=None)
    second.address_has(step=last + 1, task="dates")
    first.back.click()
    first.shows(FRENCH, french, start)
    second.shows(DATES, dates, last)


@pytest.mark.parametrize(
    "query",
    [
        {"task": "nope", "model": "nope", "step": "nope", "edits": "nope"},
        {"step": "9999"},
        {"step": "-3", "unknown": "x"},
        {"task": "<b>x</b>", "model": "**x**", "step": "1e9", "edits": "<img src=x>"},
        {"task": "", "model": "", "step": "", "edits": ""},
    ],
    ids=urlencode,
)
def test_an_address_with_nonsense_opens_the_default(server, open_page, query):
    shown = Dashboard(open_page(server.url(**query)))
    shown.shows(FRENCH, task_of(FRENCH).examples[0])
    shown.no_crash()
