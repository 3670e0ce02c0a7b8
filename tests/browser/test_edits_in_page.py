"""What if: changes to an answer, in the page, in the link and in the command line the same."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from dashboard import FRENCH, Dashboard, system, task_of, trace
from expected import first_word
from playwright.sync_api import Page, expect
from tiny import ROOT

from s2s.decoding import whatif
from s2s.decoding.whatif import Edit
from s2s.results import Trace
from s2s.text import label

pytestmark = pytest.mark.browser

TEXT = task_of(FRENCH).examples[0]


def edited(*edits: Edit) -> Trace:
    return whatif.run(system(FRENCH), TEXT, edits).trace


def second_best(answer: Trace, step: int) -> str:
    """A word that could have been written instead."""
    return next(t for t in answer.candidates[step] if t.isalpha() and t != answer.output[step])


def lane(answer: Trace) -> list[str]:
    return [label(token) for token in answer.output]


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_another_word_in_the_link_and_on_the_command_line(server, fresh_server, open_page):
    original = trace(FRENCH, TEXT)
    step = first_word(original) + 1
    word = second_best(original, step)
    answer = edited(Edit("force", step, word))
    page = open_page(server.url(step=step + 1))
    shown = Dashboard(page)
    shown.shows(FRENCH, TEXT, step)
    page.get_by_role("button", name=f"{word}, ").and_(page.locator(".candidate")).click()
    shown.shows_answer(answer, step)
    assert shown.written() == lane(answer)
    shown.tells(answer, step)
    shown.maps(answer.attention)
    shown.address_has(edits=f"f{step}.{word}", step=step + 1)

    prefix = " ".join((*original.output[:step], word))
    made = subprocess.run(
        [sys.executable, "-m", "s2s", "translate", FRENCH, TEXT, "--prefix", prefix, "--json"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = json.loads(made.stdout)
    other = Dashboard(open_page(fresh_server.url(**shown.query)))
    other.shows_answer(answer, step)
    assert other.written() == [label(token) for token in told["output"]] == lane(answer)
    other.no_crash()


def test_undo_and_redo(server, open_page):
    original = trace(FRENCH, TEXT)
    step = first_word(original)
    word = second_best(original, step)
    answer = edited(Edit("force", step, word))
    page = open_page(server.url(step=step + 1))
    shown = Dashboard(page)
    shown.shows(FRENCH, TEXT, step)
    page.get_by_label("write another token").fill(word)
    page.get_by_label("write another token").press("Enter")
    shown.shows_answer(answer, step)
    press(page, "Undo")
    shown.shows(FRENCH, TEXT, step)
    shown.address_has(edits=None)
    press(page, "Redo")
    shown.shows_answer(answer, step)
    shown.address_has(edits=f"f{step}.{word}")
    press(page, "Back to the original")
    shown.shows(FRENCH, TEXT, step)
    shown.address_has(edits=None)
    # A word that it cannot write is refused by name, and nothing else changes.
    page.get_by_label("write another token").fill("<b>zzqx</b>")
    page.get_by_label("write another token").press("Enter")
    expect(shown.alert).to_contain_text(["<b>zzqx</b> is not a word this model can write"])
    shown.shows(FRENCH, TEXT, step)
    shown.no_crash()


def test_the_answer_the_visitor_expects(server, open_page):
    original = trace(FRENCH, TEXT)
    reference = " ".join(t for t in original.output[::-1] if t.isalpha())
    answer = edited(Edit("reference", 0, reference))
    page = open_page(server.url())
    shown = Dashboard(page)
    shown.shows(FRENCH, TEXT)
    field = page.locator(".st-key-reference input")
    field.fill(reference)
    field.press("Enter")
    shown.shows_answer(answer)
    assert shown.written() == lane(answer)
    shown.next.click()
    expect(page.locator(".fed").first).to_have_text("fed in: your answer (teacher forcing)")
    step = first_word(answer) + 1
    shown.address_has(step=step + 1)  # it stays where it is when the edit goes
    field.fill("")
    field.press("Enter")
    shown.shows(FRENCH, TEXT, step)
    shown.address_has(edits=None)


@pytest.mark.parametrize(
    ("button", "edit"),
    [
        ("Drop this token", Edit("drop", 1)),
        ("Swap with the next token", Edit("swap", 1)),
        (None, Edit("replace", 1, "es")),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_another_source(server, open_page, button, edit):
    answer = edited(edit)
    page = open_page(server.url())
    shown = Dashboard(page)
    shown.shows(FRENCH, TEXT)
    page.locator("[data-lane=source] > button").nth(edit.place).click()
    if button:
        press(page, button)
    else:
        page.get_by_label("Replace with").fill(edit.text)
        page.get_by_label("Replace with").press("Enter")
    page.mouse.move(0, 0)  # the readout tells what is pointed at
    shown.shows_answer(answer)
    shown.address_has(edits=whatif.encode([edit]))
    read = page.locator("[data-lane=source] > button .label")
    # The answer may be the same as before, so this waits for itself.
    expect(read).to_have_text([label(token) for token in answer.source])


def test_a_damaged_link_shows_the_original_and_says_so(server, open_page):
    page = open_page(server.url(edits="f1.<img src=x onerror=alert(1)>~zzz"))
    shown = Dashboard(page)
    shown.shows(FRENCH, TEXT)
    expect(shown.alert).to_contain_text(["The edits in this link are damaged"])
    shown.no_crash()
