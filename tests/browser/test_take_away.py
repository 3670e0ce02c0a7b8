"""The files of the page: the same numbers, and an HTML file that steps without a server."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from dashboard import FRENCH, Dashboard, task_of
from expected import first_word
from playwright.sync_api import Page, expect

from s2s.export import tables
from s2s.export.as_json import trace_json

pytestmark = pytest.mark.browser


def take(page: Page, name: str, folder: Path) -> Path:
    """Press a download button; the file."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name, exact=True).click()
    assert waiting.value.suggested_filename == f"fra-eng-attention.{name.lower()}"
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file


def test_files(server, open_page, tmp_path):
    text = task_of(FRENCH).examples[1]
    page = open_page(server.url(text=text))
    shown = Dashboard(page)
    answer = shown.shows(FRENCH, text)
    table = take(page, "CSV", tmp_path).read_text("utf-8-sig")
    assert (
        table.splitlines()
        == tables.csv_bytes(tables.steps(answer)).decode("utf-8-sig").splitlines()
    )
    told = json.loads(take(page, "JSON", tmp_path).read_text("utf-8"))
    assert told == json.loads(json.dumps(trace_json(answer)))
    assert take(page, "PNG", tmp_path).read_bytes().startswith(b"\x89PNG")
    assert ElementTree.parse(take(page, "SVG", tmp_path)).getroot().tag.endswith("svg")

    alone = Dashboard(open_page(take(page, "HTML", tmp_path).as_uri()))
    start = first_word(answer)
    alone.shows_answer(answer, start)
    alone.tells(answer, start)
    alone.next.click()
    alone.shows_answer(answer, start + 1)
    alone.page.keyboard.press("End")
    alone.shows_answer(answer, answer.steps - 1)


def test_copied_link(server, open_page):
    text = task_of(FRENCH).examples[1]
    page = open_page(server.url(text=text))
    shown = Dashboard(page)
    start = first_word(shown.shows(FRENCH, text))
    shown.next.click()
    shown.address_has(step=start + 2)
    page.get_by_role("button", name="Copy link").click()
    code = page.get_by_test_id("stCode")
    expect(code).to_contain_text(f"step={start + 2}")
    other = Dashboard(open_page(code.inner_text().strip()))
    other.shows(FRENCH, text, start + 1)
