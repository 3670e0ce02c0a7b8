"""The files of the page: the same numbers, and an HTML file that steps without a server."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from dashboard import FRENCH, Dashboard, system, task_of
from expected import first_word
from playwright.sync_api import expect
from resting import idle

from s2s import probes
from s2s.export import tables
from s2s.export.as_json import trace_json
from s2s.plots.agreement import verdict_words
from s2s.text.language import speaking, tr

pytestmark = pytest.mark.browser


def take(shown: Dashboard, kind: str, folder: Path) -> Path:
    """Press a download button; the file."""
    file = folder / f"fra-eng-attention.{kind}"
    shown.take(file.name).save_as(file)
    return file


def test_files(server, open_page, tmp_path):
    text = task_of(FRENCH).examples[1]
    page = open_page(server.url(text=text))
    shown = Dashboard(page)
    answer = shown.shows(FRENCH, text)
    table = take(shown, "csv", tmp_path).read_text("utf-8-sig")
    assert (
        table.splitlines()
        == tables.csv_bytes(tables.steps(answer)).decode("utf-8-sig").splitlines()
    )
    told = json.loads(take(shown, "json", tmp_path).read_text("utf-8"))
    assert told == json.loads(json.dumps(trace_json(answer)))
    assert take(shown, "png", tmp_path).read_bytes().startswith(b"\x89PNG")
    assert ElementTree.parse(take(shown, "svg", tmp_path)).getroot().tag.endswith("svg")

    alone = Dashboard(open_page(take(shown, "html", tmp_path).as_uri()))
    start = first_word(answer)
    alone.shows_answer(answer, start)
    alone.tells(answer, start)
    alone.next.click()
    alone.shows_answer(answer, start + 1)
    alone.page.keyboard.press("End")
    alone.shows_answer(answer, answer.steps - 1)


def test_a_page_that_is_saved_keeps_the_verdict(server, open_page, tmp_path):
    """Computed on one page, asked for by the address, it stands under the step view of the file."""
    query = {"task": "fra-eng", "model": "attention", "text": task_of(FRENCH).examples[0],
             "step": "2", "verdict": "1", "lang": "ko"}  # fmt: skip
    page = open_page(server.url("/gradients", **query))
    found = probes.agreement(system(FRENCH), task_of(FRENCH).examples[0])
    with speaking("ko"):
        sentence, verdict = verdict_words(found, 1), tr(found.verdict(1))
    cell = page.locator(".st-key-cell-verdict")
    expect(cell).to_contain_text(sentence)
    expect(cell).to_contain_text(verdict)
    page = open_page(server.url("/translate", **query))
    expect(page.locator(".transport .count").first).to_contain_text("2")
    idle(page)
    page.get_by_role("button", name="내보내기").click()
    with page.expect_download() as waiting:
        page.locator(".st-key-take-fra-eng-attention-html button").first.click()
    file = tmp_path / "saved.html"
    waiting.value.save_as(file)
    alone = open_page(file.as_uri())
    line = alone.locator(".agreed")
    expect(line.locator("b")).to_contain_text(verdict)
    expect(line.locator("span")).to_have_text(sentence)
    alone.locator(".card").focus()
    alone.keyboard.press("Home")
    with speaking("ko"):
        expect(line.locator("span")).to_have_text(verdict_words(found, 0))


def test_copied_link(server, open_page):
    text = task_of(FRENCH).examples[1]
    page = open_page(server.url(text=text))
    shown = Dashboard(page)
    start = first_word(shown.shows(FRENCH, text))
    shown.next.click()
    shown.address_has(step=start + 2)
    code = shown.menu().get_by_test_id("stCode")
    expect(code).to_contain_text(f"step={start + 2}")
    other = Dashboard(open_page(code.inner_text().strip()))
    other.shows(FRENCH, text, start + 1)
