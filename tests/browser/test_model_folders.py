"""A damaged model says so in its place while the others work; no models at all: what to do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from dashboard import REVERSE, Dashboard, task_of, trace
from playwright.sync_api import expect

from s2s.checkpoints import checkpoint

pytestmark = pytest.mark.browser


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of models with one good one in it."""
    root = tmp_path / "checkpoints"
    shutil.copytree(checkpoint.find(REVERSE), root / REVERSE)
    return root


def test_damaged_models(serve, open_page, folder):
    good = folder / REVERSE
    for name in ("truncated", "foreign", "misfit"):
        shutil.copytree(good, good.with_name(name))
    weights = good.with_name("truncated") / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[: weights.stat().st_size // 3])
    (good.with_name("foreign") / "config.json").write_text('{"model_type": "other"}')
    config = good.with_name("misfit") / "config.json"
    about = json.loads(config.read_text("utf-8"))
    about["model"]["hidden"] += 1
    config.write_text(json.dumps(about), "utf-8")

    page = open_page(serve(folder).url())
    shown = Dashboard(page)
    example = task_of(REVERSE).examples[0]
    shown.shows(REVERSE, example)
    for name, words in (
        ("truncated", ("model.safetensors", "ends early", " of ")),
        ("foreign", ("config.json",)),
        ("misfit", ("config.json",)),
    ):
        shown.choose_model(name)
        expect(shown.alert).to_contain_text([f"reverse/{name} could not be loaded"])
        for word in words:
            expect(shown.alert).to_contain_text([word])
        expect(page.get_by_text("Translate", exact=True).first).to_be_visible()
        shown.no_crash()
    shown.choose_model("attention")
    answer = shown.shows(REVERSE, example)
    expect(shown.alert).to_have_count(0)
    shown.next.click()
    shown.shows(REVERSE, example, 1)
    assert answer.steps == trace(REVERSE, example).steps


@pytest.mark.parametrize("exists", [True, False], ids=["empty folder", "no folder"])
def test_no_models(serve, open_page, tmp_path, exists):
    root = tmp_path / "none"
    if exists:
        root.mkdir()
    page = open_page(serve(root).url())
    expect(page.get_by_role("heading", name="Translate")).to_be_visible()
    expect(Dashboard(page).alert).to_contain_text(["python -m s2s train"])
    Dashboard(page).no_crash()
