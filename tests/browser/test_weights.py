"""Surgery on attention weights: in the page, in the link and in the command line the same."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import numpy as np
import pytest
from dashboard import DATES, FRENCH, FRENCH_PLAIN, Dashboard, accessible, system, task_of, trace
from expected import first_word
from playwright.sync_api import Locator, Page, expect
from resting import AT_REST, settled
from tiny import ROOT

from s2s.checkpoints import checkpoint
from s2s.decoding import whatif
from s2s.decoding.whatif import Edit
from s2s.export import step_view
from s2s.plots.step_data import Names, Shape, step_data
from s2s.results import Trace
from s2s.text import label

pytestmark = pytest.mark.browser

TEXT = task_of(FRENCH).examples[0]


def edited(*edits: Edit, model: str = FRENCH, text: str = TEXT) -> Trace:
    return whatif.run(system(model), text, edits).trace


def changing() -> tuple[int, int]:
    """A step after the first and a source token: all weight there makes another answer."""
    original = trace(FRENCH, TEXT)
    for step in range(first_word(original) + 1, original.steps):
        for place in range(len(original.source)):
            if edited(Edit("attend", step, f"o{place}")).output != original.output:
                return step, place
    raise AssertionError("no single row of weights changes the answer")


def lane(answer: Trace) -> list[str]:
    return [label(token) for token in answer.output]


def tray(page: Page) -> Locator:
    return page.locator(".tray")


def values(page: Page) -> list[float]:
    """The weights that stand under the sliders that are shown."""
    return [float(text) for text in page.locator(".weight:visible .value").all_text_contents()]


def opened(page: Page, model: str = FRENCH, text: str = TEXT, step: int | None = None) -> Dashboard:
    """The step view with its tray open."""
    shown = Dashboard(page)
    shown.shows(model, text, step)
    page.locator("button[aria-label='Edit weights']:visible").click()
    expect(tray(page)).to_be_visible()
    return shown


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_one_word_in_the_page_in_the_link_and_on_the_command_line(server, fresh_server, open_page):
    step, place = changing()
    original, answer = trace(FRENCH, TEXT), edited(Edit("attend", step, f"o{place}"))
    page = open_page(server.url(step=step + 1))
    shown = opened(page, step=step)
    page.get_by_label("Source token").select_option(str(place))
    press(page, "All on it")
    shown.shows_answer(answer, step)
    shown.tells(answer, step)
    shown.maps(answer.attention)
    shown.address_has(edits=f"a{step}.o{place}", step=step + 1)
    word = label(original.source[place])
    expect(page.locator(".chip")).to_have_text(f"step {step + 1}: all weight on {word}")
    # The tray stays, and says what the weights were.
    was = page.locator(".weight .was").all_text_contents()
    assert was == [f"was {w:.2f}" for w in original.attention[step]]
    assert values(page) == [float(s == place) for s in range(len(original.source))]

    row = ",".join("1" if s == place else "0" for s in range(len(original.source)))
    made = subprocess.run(
        [sys.executable, "-m", "s2s", "translate", FRENCH, TEXT, "--attend", f"{step}:{row}",
         "--json"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    by_command = [label(token) for token in json.loads(made.stdout)["output"]]
    by_library = lane(system(FRENCH).translate(TEXT, attend={step: np.eye(len(was))[place]}))
    other = Dashboard(open_page(fresh_server.url(**shown.query)))
    other.shows_answer(answer, step)
    assert shown.written() == other.written() == by_command == by_library != lane(original)

    press(page, "Undo")
    shown.shows(FRENCH, TEXT, step)
    shown.tells(original, step)
    shown.maps(original.attention)
    shown.address_has(edits=None)
    assert shown.written() == lane(original)
    press(page, "Redo")
    shown.shows_answer(answer, step)
    press(page, "Its own weights")
    shown.shows(FRENCH, TEXT, step)
    shown.no_crash()


def test_dragging_shows_at_once_and_asks_on_release(server, open_page):
    step, place = changing()
    original = trace(FRENCH, TEXT)
    page = open_page(server.url(step=step + 1), height=1300)
    shown = opened(page, step=step)
    before = shown.readout.text_content()
    own = original.attention[step]
    most = int(own.argmax())
    place = place if place != most else (most + 1) % len(own)
    slider = page.locator(".weight input").nth(place)
    box = slider.bounding_box()
    assert box
    x = box["x"] + box["width"] / 2
    page.mouse.move(x, box["y"] + box["height"] * (0.93 - 0.86 * float(own[place])))
    page.mouse.down()
    for share in (0.3, 0.5, 0.6):
        page.mouse.move(x, box["y"] + box["height"] * (0.93 - 0.86 * share))
    drawn = values(page)
    assert abs(drawn[place] - 0.6) < 0.06 and abs(sum(drawn) - 1) < 0.05
    # The others keep their proportion, tiles and ribbons follow, the answer waits.
    rest = 1 - own[place]
    for s, share in enumerate(drawn):
        if s != place:
            assert share == pytest.approx(own[s] / rest * (1 - drawn[place]), abs=0.011)
    tile = page.locator("[data-lane=source] > button").nth(place)
    expect(tile).to_have_attribute("aria-label", re.compile(f"weight {drawn[place]:.2f}$"))
    wide = page.locator(".band").nth(place)
    expect(wide).to_have_css("visibility", "visible")
    assert shown.readout.text_content() == before and "edits" not in shown.query
    page.mouse.up()
    page.wait_for_function("() => new URLSearchParams(location.search).has('edits')")
    edits = whatif.decode(shown.query["edits"])
    assert [(e.kind, e.place) for e in edits] == [("attend", step)]
    page.mouse.move(2, 2)
    answer = edited(*edits)
    shown.shows_answer(answer, step)
    shown.tells(answer, step)
    np.testing.assert_allclose(values(page), answer.attention[step], atol=0.0051)
    # A second drag replaces the first; Undo gives the first back.
    press(page, "Uniform")
    shown.shows_answer(edited(Edit("attend", step, "u")), step)
    press(page, "Undo")
    shown.shows_answer(answer, step)
    press(page, "Undo")
    shown.shows(FRENCH, TEXT, step)
    shown.no_crash()


def test_by_keyboard(server, open_page):
    original = trace(FRENCH, TEXT)
    step = first_word(original)
    page = open_page(server.url(step=step + 1))
    shown = Dashboard(page)
    shown.shows(FRENCH, TEXT, step)
    page.locator(".card").focus()
    page.keyboard.press("e")
    most = int(original.attention[step].argmax())
    slider = page.locator(".weight input").nth(most)
    expect(slider).to_be_focused()
    page.keyboard.press("Home")
    page.wait_for_function("() => new URLSearchParams(location.search).has('edits')")
    answer = edited(*whatif.decode(shown.query["edits"]))
    assert answer.attention[step][most] == 0
    shown.shows_answer(answer, step)  # the step is the same: the key was the slider's
    expect(slider).to_be_focused()
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^0.00, was "))
    page.keyboard.press("Control+z")
    shown.shows(FRENCH, TEXT, step)
    shown.address_has(edits=None)
    page.keyboard.press("Control+Shift+z")
    shown.shows_answer(answer, step)
    page.keyboard.press("Escape")
    expect(tray(page)).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(shown.count).to_have_text(f"step {step + 2} of {answer.steps}")
    page.keyboard.press("e")
    expect(tray(page)).to_contain_text(f"Attention at step {step + 2}")
    page.keyboard.press("e")
    expect(tray(page)).to_be_hidden()
    shown.no_crash()


def test_presets_and_forced_tokens_together(server, open_page):
    step = changing()[0]
    original = trace(FRENCH, TEXT)
    forced = Edit("force", 0, next(t for t in original.candidates[0][1:] if t.isalpha()))
    page = open_page(server.url(step=step + 1, edits=whatif.encode([forced])))
    shown = Dashboard(page)
    shown.shows_answer(edited(forced), step)
    press(page, "Edit weights")
    place = int(edited(forced).attention[step].argmax())
    for name, form in (
        ("Shift by one, on", "s1"), ("Shift by one, back", "s-1"), ("Permute", "p1"),
        ("Permute", "p2"), ("Mask it", f"m{place}"), ("Uniform", "u"),
    ):  # fmt: skip
        if form[0] == "m":
            page.get_by_label("Source token").select_option(str(place))
        press(page, name)
        answer = edited(forced, Edit("attend", step, form))
        shown.address_has(edits=whatif.encode([forced, Edit("attend", step, form)]))
        shown.shows_answer(answer, step)
        shown.tells(answer, step)
    assert page.locator(".chip").count() == 2
    # Both rows are marked on the small map, which also shows the original and the difference.
    expect(page.locator(".marks i")).to_have_count(2)
    cells = {page.locator(".grid svg").inner_html()}
    for name in ("original", "difference"):
        press(page, name)
        cells.add(page.locator(".grid svg").inner_html())
    assert len(cells) == 3
    press(page, "Back to the original")
    shown.shows(FRENCH, TEXT, step)
    shown.address_has(edits=None)
    shown.no_crash()


def test_weights_that_the_source_outgrows_are_taken_back(server, open_page):
    step = first_word(trace(FRENCH, TEXT))
    row = Edit("attend", step, f"o{len(trace(FRENCH, TEXT).source) - 1}")
    page = open_page(server.url(step=step + 1, edits=whatif.encode([row])))
    shown = Dashboard(page)
    shown.shows_answer(edited(row), step)
    page.locator("[data-lane=source] > button").first.click()
    press(page, "Drop this token")
    expect(shown.alert).to_contain_text([f"set at step {step + 1} were for other source tokens"])
    shown.address_has(edits="d0")
    # Without a column for each token there is no difference to show.
    expect(page.get_by_role("button", name="difference", exact=True)).to_have_count(0)
    press(page, "Undo")
    shown.address_has(edits=whatif.encode([row]))
    shown.shows_answer(edited(row), step)
    page.goto(server.url(edits="a1.w1_2"))
    expect(shown.alert).to_contain_text(["The weights of step 2 are for 2 source tokens"])
    shown.shows(FRENCH, TEXT)
    shown.no_crash()


def test_without_attention_it_says_why(server, open_page):
    page = open_page(server.url(model="plain"))
    shown = Dashboard(page)
    shown.shows(FRENCH_PLAIN, TEXT)
    press(page, "Edit weights")
    expect(page.locator(".why")).to_contain_text("This model has no attention")
    expect(tray(page)).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator(".why")).to_be_hidden()


def test_many_tokens_have_the_eight_largest_and_a_list(server, open_page):
    text = task_of(DATES).examples[0]
    page = open_page(server.url(task="dates"))
    opened(page, DATES, text)
    answer = trace(DATES, text)
    own = answer.attention[first_word(answer)]
    shown = page.locator(".weight:visible")
    expect(shown).to_have_count(8)
    assert sorted(values(page)) == pytest.approx(sorted(np.sort(own)[-8:]), abs=0.0051)
    options = page.get_by_label("Source token").locator("option")
    expect(options).to_have_count(len(answer.source))
    page.get_by_label("Source token").select_option(str(int(own.argmin())))
    expect(shown).to_have_count(9)


def test_empty_slots_lose_their_share_and_the_tray_says_so(server, open_page):
    model = "fra-eng-small/attention"
    if model not in {entry.name for entry in checkpoint.entries()}:
        pytest.skip(f"needs the model {model}")
    text = task_of(model).examples[0]
    answer = trace(model, text)
    assert answer.empty_attention is not None
    step = int(answer.empty_attention.argmax())
    page = open_page(server.url(task="fra-eng-small", model="attention", step=step + 1))
    shown = opened(page, model, text, step)
    lost = float(answer.empty_attention[step])
    expect(tray(page)).to_contain_text(f"empty slots ({lost:.2f} before) get none")
    press(page, "Shift by one, on")
    after = edited(Edit("attend", step, "s1"), model=model, text=text)
    shown.shows_answer(after, step)
    shown.tells(after, step)
    expect(page.locator(".empty")).to_have_text(" · 0.00 on empty slots")


def test_phone(server, open_page):
    step, place = changing()
    page = open_page(server.url(step=step + 1), width=390, height=844)
    shown = Dashboard(page)
    shown.shows(FRENCH, TEXT, step)
    page.locator(".pen").tap()
    expect(tray(page)).to_be_in_viewport()
    for slider in page.locator(".weight input").all():
        box = slider.bounding_box()
        assert box and box["height"] >= 44 and box["width"] > 2 * box["height"]
    assert page.evaluate(AT_REST) == []
    page.get_by_label("Source token").select_option(str(place))
    page.get_by_role("button", name="All on it").tap()
    shown.shows_answer(edited(Edit("attend", step, f"o{place}")), step)
    assert page.evaluate(AT_REST) == []
    page.set_viewport_size({"width": 320, "height": 844})
    settled(page)
    assert page.evaluate(AT_REST) == []


@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious(server, open_page, width):
    step = changing()[0]
    edits = (Edit("force", 0, "we"), Edit("attend", step, "s1"))
    url = server.url(step=step + 1, edits=whatif.encode(edits))
    page = open_page(url, width=width)
    Dashboard(page).shows_answer(edited(*edits), step)
    page.locator("button[aria-label='Edit weights']:visible").click()
    accessible(page)


def test_the_file_to_take_away_shows_the_edit_and_has_no_tray(open_page):
    step, place = changing()
    what = whatif.run(system(FRENCH), TEXT, [Edit("attend", step, f"o{place}")])
    names = Names("French", "English", "token")
    can = {"attend": True, "undo": True}
    data = step_data(what.trace, names, Shape(), step, what.original, can=can, own=what.own)
    page = open_page("about:blank")
    page.set_content(step_view.standalone(data, "saved"))
    expect(page.locator(".count")).to_have_text(f"step {step + 1} of {what.trace.steps}")
    assert [t.inner_text() for t in page.locator("[data-lane=output] > button .label").all()] == (
        lane(what.trace)
    )
    page.locator(".card").focus()
    page.keyboard.press("e")
    expect(tray(page)).to_be_hidden()
    for name in ("Edit weights", "Undo", "Redo", "Back to the original"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
