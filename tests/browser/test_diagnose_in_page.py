"""The Diagnose page in a browser: the report, a check, a chip, rows, why not, the smallest edit."""

from __future__ import annotations

import re

import pytest
from dashboard import Dashboard, accessible
from playwright.sync_api import expect

from s2s.checkpoints import checkpoint
from s2s.evaluation.diagnose import diagnose
from s2s.probes import smallest_edit
from s2s.tasks import testsets

pytestmark = pytest.mark.browser

TASK, VARIANT = "fra-eng-small", "attention"


def test_the_whole_path(server, open_page, watch):
    watch.expected = ("Failed to load resource",)  # two of Streamlit's files, on a deep link
    system = checkpoint.load(f"{TASK}/{VARIANT}")
    found = diagnose(system, testsets.of(TASK).first(200))
    page = open_page(server.url("/diagnose", task=TASK, model=VARIANT))
    board = Dashboard(page)
    expect(page.get_by_text("14 of 15 checks are in their healthy range")).to_be_visible()

    # A chip narrows the sentences; the worst of them is beside, and the next one a key away.
    chip = "unknown word"
    listed = [n for n in found.worst() if chip in found.answers[n].chips]
    page.get_by_role("button", name=re.compile(f"^{chip} ")).click()
    board.address_has(happened=chip)
    shown = page.locator(".st-key-diagnosed-row")
    expect(page.get_by_text(f"Sentence 1 of {len(listed)}")).to_be_visible()
    expect(shown).to_contain_text(f"Line {found.answers[listed[0]].line}:")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_text(f"Sentence 2 of {len(listed)}")).to_be_visible()
    answer = found.answers[listed[1]]
    board.address_has(line=str(answer.line))
    expect(shown).to_contain_text(f"Line {answer.line}:")

    # A check's row shows what it means.
    table = page.locator(".st-key-diagnose_checks_0 canvas").first
    row = [c.name for c in found.checks if c.verdict != "no_answer"].index("padding_attended")
    box = table.bounding_box()
    assert box
    page.mouse.click(box["x"] + 14, box["y"] + 35 + 24 * row + 12)
    board.address_has(check="padding_attended")
    expect(page.get_by_text("Empty places take part").last).to_be_visible()

    # Why this word and not another, and the smallest edit, opened as a what-if.
    page.goto(server.url("/diagnose", task=TASK, model=VARIANT, line=str(answer.line), step="3"))
    page.get_by_role("button", name=re.compile("^Why .* and not another")).click()
    expect(page.locator(".st-key-why-strips svg, .st-key-diagnosed-row .stVegaLiteChart svg").first
           ).to_be_visible()  # fmt: skip
    trace = system.translate(answer.source)
    ways = smallest_edit(system, answer.source, 2).ways
    expect(shown).to_contain_text(f"changes “{trace.output[2]}”")
    board.address_has(why="1")
    accessible(page)
    here = page.url
    page.get_by_role("link", name="Open", exact=True).first.click()
    edited = page.locator("[data-lane=output] > button .label").nth(2)
    expect(edited).to_have_text(ways[0].written)
    expect(board.count).to_have_text(re.compile("^step 3 of "))

    # The address restores all of it for somebody else.
    other = page.context.browser.new_context().new_page()
    other.goto(here)
    expect(other.locator(".st-key-diagnosed-row")).to_contain_text(f"Line {answer.line}:")
    expect(other.locator(".st-key-diagnosed-row")).to_contain_text("and not another")
    other.context.close()
