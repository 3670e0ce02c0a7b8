"""The Attention page without a browser: are the cards those of the model's own step?"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import model_folders
import numpy as np
import pytest
from page_text import clean, unmarked
from streamlit.testing.v1 import AppTest

from s2s.checkpoints import checkpoint
from s2s.plots.walk_words import sum_words
from s2s.probes.walk import walk
from s2s.tasks import TASKS

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = [entry for entry in checkpoint.entries() if not entry.problem]


def page(model: str = "", **query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    at.switch_page("pages/attention.py")
    if model:
        query |= dict(zip(("task", "model"), model.split("/"), strict=True))
    at.query_params.update(query)
    return at.run()


def said(at: AppTest) -> str:
    return unmarked("\n".join(m.value for m in at.markdown))


def charts(at: AppTest) -> list[dict]:
    return [json.loads(element.proto.spec) for element in at.get("vega_lite_chart")]


@pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: entry.name)
def test_every_shipped_model(entry):
    text = TASKS[entry.name.split("/")[0]].examples[0]
    at = clean(page(entry.name, step="2", text=text))
    step = walk(checkpoint.load(entry.name), text, 1)
    told = said(at)
    cards = [name for name in ("Score", "Softmax", "Context", "Choose") if f" · {name}" in told]
    assert cards == (["Score", "Softmax", "Context", "Choose"] if step.has_attention
                     else ["Choose"])  # fmt: skip
    assert bool(at.info) == (not step.has_attention)
    assert sum_words(step.logit_terms(step.chosen))[1] in told
    drawn = [row for chart in charts(at) for row in chart["layer"][0]["data"]["values"]]
    shares = [row["share"] for row in drawn if "share" in row]
    if step.weights is not None:
        assert shares[: len(step.source)] == step.weights.tolist()
        assert sum_words(step.score_terms(int(step.weights.argmax())))[1] in told
    assert shares[-len(step.candidates) :] == step.probabilities.tolist()
    strips = [row["values"] for row in drawn if "values" in row]
    # As exact as a cell and its tooltip can show.
    assert any(
        len(s) == len(step.state) and np.allclose(s, step.state, atol=5.1e-4) for s in strips
    )


def test_the_program_on_the_page_agrees_with_the_model(tmp_path):
    at = clean(page("toy/attention", step="4"))
    program = tmp_path / "check.py"
    program.write_text(at.code[0].value, "utf-8")
    ran = subprocess.run([sys.executable, "-I", str(program)], capture_output=True, text=True,
                         check=False)  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert "agrees with the model" in ran.stdout and "instructor" in ran.stdout


def test_a_long_program_is_sent_when_it_is_opened():
    at = clean(page("fra-eng/attention"))
    assert not any("import numpy" in code.value for code in at.code)
    assert any(folded.label.startswith("All ") for folded in at.expander)
    at.session_state["attention_program"] = True
    assert any("import numpy" in code.value for code in clean(at.run()).code)


def test_source_and_map():
    at = clean(page("reverse/attention", below="The source that ran"))
    assert any("def score" in code.value for code in at.code)
    at = clean(page("reverse/attention", text="abcd", below="The map", shown="Scores"))
    titles = [json.dumps(chart.get("title", "")) for chart in charts(at)]
    assert any("Scores before the softmax" in title for title in titles)
    assert any("entropy" in title for title in titles)
    assert "least weight over all steps" in said(at)


def test_a_picked_source_token_and_unit_are_written_out():
    at = page("reverse/attention", text="abcdefghij", step="1")
    step = walk(checkpoint.load("reverse/attention"), "abcdefghij", 0)
    at.selectbox(key="walk_source").set_value(3).run()
    at.number_input(key="walk_unit").set_value(7).run()
    told = said(clean(at))
    assert sum_words(step.score_terms(3))[0] in told
    assert sum_words(step.context_terms(6))[0] in told


def test_edits_of_the_address_are_walked():
    at = clean(page("reverse/attention", text="abcd", edits="f0.a", step="1"))
    assert "Was made to write a" in said(at)
    assert "“a”: its score" in said(at)


@pytest.mark.parametrize("text", ["", "!!!", "x" * 4000])
def test_what_cannot_be_read_is_said_and_the_last_answer_stays(text):
    at = page("reverse/attention", text="abcd")
    at.text_input[0].set_value(text).run()
    assert clean(at).warning and charts(at)


def test_a_folder_of_any_sort_breaks_nothing(tmp_path, monkeypatch):
    folder = model_folders.build(tmp_path / "checkpoints")
    monkeypatch.setenv("S2S_CHECKPOINTS", str(folder))
    for entry in checkpoint.entries():
        if entry.name.split("/")[0] in TASKS:
            at = page(entry.name)
            assert not at.exception, entry.name
            assert at.error or at.warning or charts(at)
