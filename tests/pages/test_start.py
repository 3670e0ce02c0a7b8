"""The first page without a browser: what it shows with which models, and where it leads."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from page_text import clean
from streamlit.testing.v1 import AppTest
from tiny import ROOT

from s2s.checkpoints import checkpoint
from ui.views.start import tutorials
from ui.views.start.cards import KEYS

CARDS = ("write", "bottleneck", "back", "trust", "learn", "numbers")


def start() -> AppTest:
    return clean(AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run())


def walk(at: AppTest) -> dict[str, Any]:
    """What the step view was given."""
    given = [element.proto.json for element in at.get("bidi_component")]
    return next(data for data in map(json.loads, filter(None, given)) if "run" in data)


def links(at: AppTest) -> list[tuple[str, dict[str, str]]]:
    """Page and query of every link of the page."""
    found = []
    for element in at.get("page_link"):
        query = dict(part.split("=", 1) for part in element.proto.query_string.split("&") if part)
        found.append((element.proto.page, query))
    return found


def test_a_model_writes_and_every_question_has_a_picture():
    at = start()
    assert at.title[0].value == "Seq2Seq Microscope"
    data = walk(at)
    assert data["text"] == KEYS
    assert data["run"]["output"][data["small"]["rest"]]["label"] == "house"
    assert data["step"] == data["small"]["rest"]
    pictures = [html.value for html in at.get("html") if "<img" in html.value]
    assert len(pictures) == len(CARDS)
    assert all('alt="' in picture and "data:image/svg+xml" in picture for picture in pictures)


def test_every_link_leads_to_a_page_and_a_model_that_there_are():
    at = start()
    names = {entry.name for entry in checkpoint.entries()}
    asked = links(at)
    assert len(asked) >= len(CARDS) + sum(len(t.here) for t in tutorials.TUTORIALS)
    for page, query in asked:
        assert (ROOT / "pages" / f"{page}.py").is_file(), page
        if "model" in query:
            assert f"{query['task']}/{query['model']}" in names, query
        for beside in query.get("beside", "").replace("%2C", ",").split(","):
            assert not beside or f"{query['task']}/{beside}" in names, query


@pytest.mark.parametrize("query", [
    {"text": "Il fait froid."}, {"task": "dates"}, {"model": "dates/plain"}, {"anything": "else"},
])  # fmt: skip
def test_an_address_from_before_opens_translate(query):
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.query_params.update(query)
    assert clean(at.run()).title[0].value == "Translate"
    assert dict(at.query_params) == query


def test_without_the_shipped_models_another_one_writes(tmp_path: Path, monkeypatch):
    root = tmp_path / "checkpoints"
    shutil.copytree(checkpoint.find("reverse/plain"), root / "reverse" / "plain")
    monkeypatch.setenv("S2S_CHECKPOINTS", str(root))
    at = start()
    assert walk(at)["model"] == "reverse/plain"
    assert not [html for html in at.get("html") if "<img" in html.value]


def test_no_models(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("S2S_CHECKPOINTS", str(tmp_path / "none"))
    assert "python -m s2s train" in start().warning[0].value
