"""The example notebook runs, and a map of somebody's module takes ten lines."""

import ast
import json
import sys

import pytest
import vl_convert
from tiny import ROOT

import s2s
from s2s.errors import UserError
from s2s.export.step_view import widget
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
    assert type(shown[6]).__module__.startswith("altair") and shown[6].to_dict()["layer"]


@pytest.mark.slow
def test_results_draw_themselves():
    model = s2s.load("toy/attention")
    text = "저는 강사 입니다"
    for drawn in (model.translate(text), model.gradients(text), model.influence(text),
                  model.beam(text, 2)[1]):  # fmt: skip
        drawing = vl_convert.vegalite_to_svg(drawn.plot().to_dict())  # what Altair's renderers draw
        assert "mark-rect" in drawing or "mark-symbol" in drawing
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


def shown(result):
    view = result.step_view()
    return view, view.data, view.step


def test_the_step_view_is_a_widget_that_knows_its_step():
    anywidget = pytest.importorskip("anywidget")
    trace = s2s.load("toy/attention").translate("저는 강사 입니다")
    view, data, step = shown(trace)
    assert isinstance(view, anywidget.AnyWidget) and step == 0
    assert [token["raw"] for token in data["run"]["output"]] == list(trace.output)
    assert "mountStepper" in view._esm and "export default function" in view._esm
    assert ".in-notebook" in view._css
    view, data, _ = shown(s2s.matrix(["a", "b"], ["c"], [[0.25, 0.75]]))
    assert data["run"]["probability"] is None and data["run"]["attention"] == [[0.25, 0.75]]


def test_without_the_extra_the_step_view_is_a_frame(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    widget._kind.cache_clear()
    try:
        trace = s2s.load("toy/attention").translate("저는 강사 입니다")
        assert trace.step_view()._repr_html_() == trace._repr_html_()
    finally:
        widget._kind.cache_clear()
    with pytest.raises(UserError, match="GradientFlow has no step view here"):
        s2s.load("toy/attention").gradients("저는 강사 입니다").step_view()


def test_completion_knows_what_a_model_can_do():
    model = s2s.load("toy/attention")
    assert {"translate", "beam", "gradients", "saliency", "influence"} <= set(dir(model))
    assert "plot" in dir(model.translate("저는 강사 입니다"))
    import inspect

    assert inspect.signature(s2s.load).return_annotation == "Model"
