"""What a notebook meets first: ``import s2s``, its models, its figures."""

import ast
import inspect
import os
import subprocess
import sys

import pytest
from tiny import ROOT

import s2s
from s2s import plots
from s2s.errors import UserError

FIGURES = {
    name: thing for name in plots.__all__
    if inspect.isfunction(thing := getattr(plots, name))
    and "Chart" in str(inspect.signature(thing).return_annotation)
}  # fmt: skip


def test_the_package_shows_what_it_offers_and_nothing_else():
    assert dir(s2s) == [
        "adapt", "diagnose", "load", "matrix", "models", "plots", "probes", "results", "tasks",
    ]  # fmt: skip
    for name in dir(s2s):
        assert getattr(s2s, name).__doc__
    with pytest.raises(AttributeError, match="'s2s' has no attribute 'lode'"):
        _ = s2s.lode


def test_every_listed_model_loads():
    names = s2s.models()
    assert {f"{p.parent.parent.name}/{p.parent.name}" for p in
            (ROOT / "checkpoints").glob("*/*/config.json")} == set(names)  # fmt: skip
    assert s2s.load("toy/attention").name == "toy/attention"


def test_a_place_without_models_says_how_to_name_another(tmp_path, monkeypatch):
    monkeypatch.setenv("S2S_CHECKPOINTS", str(tmp_path))
    for ask in (s2s.models, lambda: s2s.load("toy/attention")):
        with pytest.raises(UserError, match=f"No models under {tmp_path}; .* S2S_CHECKPOINTS"):
            ask()


@pytest.mark.slow
def test_the_package_answers_from_another_folder(tmp_path):
    """As in a notebook, which is seldom started in the checkout."""
    code = (
        "import sys, s2s; assert 'torch' not in sys.modules\n"
        "trace = s2s.load('toy/attention').translate('저는 강사 입니다')\n"
        "print(trace.text, s2s.plots.attention_map(trace)['height'] > 0)"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], cwd=tmp_path, timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert done.stdout.strip() == "I am an instructor True", done.stderr


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_for_a_light_page_unless_told(name):
    assert inspect.signature(FIGURES[name]).parameters["palette"].default is plots.LIGHT


def test_every_figure_of_the_pages_is_exported():
    figures, used = set(), set()
    for path in sorted((ROOT / "s2s" / "plots").glob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and "Chart" in ast.unparse(node.returns):
                figures.add((f"s2s.plots.{path.stem}", node.name))
    for path in [*(ROOT / "ui").rglob("*.py"), *(ROOT / "pages").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                used |= {(node.module, alias.name) for alias in node.names}
    assert len(figures & used) > 15
    missing = [f"{module}.{name}" for module, name in figures & used if name not in FIGURES]
    assert not missing
