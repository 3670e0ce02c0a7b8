"""One menu a page for everything that can be taken away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from page_text import clean
from streamlit.testing.v1 import AppTest
from tiny import ROOT

from s2s import probes
from s2s.checkpoints import checkpoint
from s2s.plots.agreement import verdict_words
from s2s.text.language import speaking
from ui.parts.export import MENU, MIME, TakeAway

ALWAYS = {
    "translate": {"reverse-attention.csv", "reverse-attention.json", "reverse-attention.html",
                  "reverse-attention.png", "reverse-attention.svg"},
    "attention": {"reverse-attention-step-1.py", "reverse-attention-map.png"},
    "gradients": {"reverse-attention-gradient-flow.csv", "reverse-attention-gradient-curves.svg"},
    "compare": {"reverse-compared.csv", "reverse-compared.json", "reverse-compared-lanes.png"},
    "models": {"reverse-attention-training.csv", "reverse-attention.md"},
}  # fmt: skip
"""What each page has in any case."""


def blocks(block: Any) -> Iterator[Any]:
    """A block and all that lie in it."""
    yield block
    for child in getattr(block, "children", {}).values():
        yield from blocks(child)


def label(block: Any) -> str:
    """What stands on a menu."""
    return block.proto.popover.label if getattr(block, "type", "") == "popover" else ""


@pytest.mark.slow
@pytest.mark.parametrize("name", ALWAYS)
def test_every_file_of_a_page_is_in_its_one_menu(name):
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    at.switch_page(f"pages/{name}.py")
    at.query_params.update({"task": "reverse", "model": "attention", "text": "abc"})
    assert not clean(at.run()).download_button  # a closed menu sends none
    at.session_state[MENU] = True
    clean(at.run())
    (menu,) = [b for b in blocks(at.main) if label(b) == "Take away"]
    inside = [b.key for b in blocks(menu) if getattr(b, "type", "") == "download_button"]
    assert sorted(inside) == sorted(button.key for button in at.download_button)
    assert len(set(inside)) == len(inside)
    assert {f"take-{file}" for file in ALWAYS[name]} <= set(inside)
    (link,) = [b for b in blocks(menu) if getattr(b, "type", "") == "code"]
    assert "task=reverse&model=attention" in link.value


def test_a_page_that_is_saved_keeps_the_verdict_that_was_computed(monkeypatch):
    """Only where the address asks for it, and nothing is begun for it."""
    made = {}
    monkeypatch.setattr(TakeAway, "file", lambda self, group, what, name, make, help=None: (
        made.__setitem__(name, make)))  # fmt: skip
    query = {"task": "reverse", "model": "attention", "text": "abcdefgh", "lang": "ko"}

    def saved(page: str, **more: str) -> str:
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        at.switch_page(f"pages/{page}.py")
        at.query_params.update(query | more)
        clean(at.run())
        return made["reverse-attention.html"]().decode() if page == "translate" else ""

    system = checkpoint.load("reverse/attention")
    with speaking("ko"):
        found = probes.agreement(system, "abcdefgh")
        words = [json.dumps(verdict_words(found, t), ensure_ascii=False) for t in range(8)]
    assert not any(one in saved("translate", verdict="1") for one in words)
    saved("gradients", verdict="1")
    assert all(one in saved("translate", verdict="1") for one in words)
    assert not any(one in saved("translate") for one in words)
    assert not any(one in saved("translate", verdict="1", of="Loss") for one in words)


def test_a_figure_is_two_files_of_one_name():
    take = TakeAway()
    take.pictures({"score-by-length": {}}, "here")
    assert [(f.what, f.name) for f in take.files] == [
        ("Score by length", "here-score-by-length.png"),
        ("Score by length", "here-score-by-length.svg"),
    ]
    assert {file.name.rsplit(".", 1)[1] for file in take.files} <= set(MIME)
