"""The step view without a page around it: of a map alone, and as a notebook's widget."""

from __future__ import annotations

import json

import numpy as np
import pytest
from playwright.sync_api import expect
from step_view_page import HOSTILE, view_data

import s2s
from s2s.export import step_view
from s2s.export.step_view.bundle import join_modules
from s2s.plots.step_data import matrix_step_data

pytestmark = pytest.mark.browser

SOURCE, OUTPUT = ["je", "suis", "<eos>"], ["i", "m", "<eos>"]
WEIGHTS = [[0.75, 0.125, 0.125], [0.25, 0.5, 0.25], [0.0, 0.0, 1.0]]
NOTEBOOK = """(code, held) => import(
    URL.createObjectURL(new Blob([code], {type: "text/javascript"})))
  .then(({default: make}) => {
    const heard = {}, model = {
      get: (name) => held[name],
      set: (name, value) => { held[name] = value; },
      save_changes: () => { window.saved = {...held}; },
      on: (kind, does) => { heard[kind] = does; }, off: (kind) => { delete heard[kind]; },
    };
    window.kernel = (name, value) => { held[name] = value; heard[`change:${name}`](); };
    window.end = make().render({model, el: document.body});
  })"""


def test_a_map_alone_is_stepped_through_and_says_what_it_lacks(open_page):
    page = open_page("about:blank", width=1100)
    data = matrix_step_data(s2s.matrix(SOURCE, OUTPUT, WEIGHTS))
    page.set_content(step_view.standalone(data, "a map"))
    readout, count = page.locator(".readout").first, page.locator(".count")
    expect(readout).to_contain_text("75\u00a0% of its attention is on je")
    expect(page.get_by_text("A map alone")).to_be_visible()
    page.locator(".card").focus()
    page.keyboard.press("ArrowRight")
    expect(count).to_have_text("step 2 of 3")
    expect(readout).to_contain_text("50\u00a0% of its attention is on suis")
    for name in ("ArrowDown", "e", "Enter", "End"):
        page.keyboard.press(name)
    expect(count).to_have_text("step 3 of 3")
    expect(page.locator(".candidate, .sure, .fed")).to_have_count(0)
    page.locator(".grid").hover(position={"x": 4, "y": 4})
    expect(readout).to_contain_text("looked at je with weight 0.75")
    cells = page.locator(".numbers-table table")
    expect(cells).to_have_count(1)
    expect(cells.locator("td").nth(2)).to_have_text("1.0000")
    label = page.locator("[data-lane=output] > button").first.get_attribute("aria-label")
    assert label == "i, step 1" and "NaN" not in page.inner_text("body")


def test_many_hostile_tokens_on_a_phone(open_page):
    page = open_page("about:blank", width=390)
    source, output = list(HOSTILE) * 3, list(HOSTILE) * 4
    rows = np.full((len(output), len(source)), 1 / len(source))
    data = matrix_step_data(s2s.matrix(source, output, rows))
    page.set_content(step_view.standalone(data, "a map"))
    expect(page.locator(".count")).to_have_text(f"step 1 of {len(output)}")
    assert page.locator("[data-lane=output] img").count() == 0
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390, wide


def test_a_widget_tells_the_kernel_its_step_and_follows_it(open_page):
    page = open_page("about:blank", width=1100)
    page.set_content(f"<style>{step_view.style()}</style><body></body>")
    code = join_modules(step_view.VIEW / "widget.js")
    page.evaluate(f"([code, held]) => ({NOTEBOOK})(code, held)", [code, {
        "data": json.loads(json.dumps(view_data())), "step": 2,
    }])  # fmt: skip
    count = page.locator(".count")
    expect(count).to_have_text("step 3 of 7")
    page.locator(".card").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("window.saved?.step === 3")
    page.evaluate("kernel('step', 6)")
    expect(count).to_have_text("step 7 of 7")
    other = view_data(output=("we", "are"), id="b")
    page.evaluate("(data) => kernel('data', data)", json.loads(json.dumps(other)))
    expect(count).to_have_text("step 2 of 2")
    page.evaluate("end()")
    expect(page.locator(".card")).to_have_count(0)
