"""The example notebook runs, and a map of somebody's module takes ten lines."""

import ast
import json

import pytest
from tiny import ROOT

import s2s
from s2s.errors import UserError
from s2s.results import base

NOTEBOOK = ROOT / "examples" / "own-module.ipynb"


def cells():
    held = json.loads(NOTEBOOK.read_text("utf-8"))
    assert held["nbformat"] == 4 and all(not cell.get("outputs") for cell in held["cells"])
    return ["".join(cell["source"]) for cell in held["cells"] if cell["cell_type"] == "code"]


def run(code, there):
    """A cell as a notebook runs it: its last expression is what it shows."""
    lines = [line for line in code.splitlines() if not line.startswith("%")]
    tree = ast.parse("\n".join(lines))
    *before, last = tree.body
    exec(compile(ast.Module(before, []), "cell", "exec"), there)
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), "cell", "eval"), there)
    exec(compile(ast.Module([last], []), "cell", "exec"), there)
    return None


@pytest.mark.slow
def test_the_notebook_runs_and_its_module_learned_where_to_look():
    there = {}
    shown = [run(code, there) for code in cells()]
    assert len(cells()[2].splitlines()) <= 10 and cells()[2].startswith("%pip install")
    assert type(shown[2]).__module__.startswith("altair") and shown[2].to_dict()["layer"]
    trace = shown[3]
    assert trace.output == ("d", "a", "e", "h", "<eos>")
    looked = trace.attention[:4].argmax(1)
    assert looked[0] == 3 and (looked[1:] <= looked[:-1]).all() and looked[3] < 2, looked
    page = trace._repr_html_()
    assert page.startswith("<iframe srcdoc=") and "sandbox" in page and "<script" not in page
    assert type(shown[4]).__module__.startswith("altair")
    assert shown[5].shape == (5, 4)


def test_results_draw_themselves():
    model = s2s.load("toy/attention")
    text = "저는 강사 입니다"
    for drawn in (model.translate(text), model.gradients(text), model.influence(text),
                  model.beam(text, 2)[1]):  # fmt: skip
        assert drawn.plot().to_dict()["$schema"].endswith("v6.json")
    assert "data-theme" in model.page(text) or "<script" in model.page(text)
    with pytest.raises(UserError, match="has no attention, so there is no map"):
        s2s.load("toy/plain").translate(text).plot()


def test_what_nothing_draws_says_how(monkeypatch):
    trace = s2s.load("toy/attention").translate("저는 강사 입니다")
    monkeypatch.setattr(base, "FIGURES", {})
    monkeypatch.setattr(base, "PAGES", {})
    with pytest.raises(UserError, match="s2s.plots"):
        trace.plot()
    assert trace._repr_html_() is None


def test_completion_knows_what_a_model_can_do():
    model = s2s.load("toy/attention")
    assert {"translate", "beam", "gradients", "saliency", "influence"} <= set(dir(model))
    assert "plot" in dir(model.translate("저는 강사 입니다"))
    import inspect

    assert inspect.signature(s2s.load).return_annotation == "Model"
