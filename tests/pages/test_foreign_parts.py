"""Every page of a model with a foreign attention or cell: right numbers, or a refusal by name."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from foreign_parts import registered
from page_text import clean, unmarked
from streamlit.testing.v1 import AppTest
from tiny import about_of, build_system

from s2s import probes
from s2s.checkpoints import checkpoint
from s2s.plots.walk_words import sum_words
from s2s.probes.walk import walk
from s2s.results import History
from s2s.text.numbers import number

ROOT = Path(__file__).resolve().parents[2]
TEXT = "a c e b"
MODELS = {
    "cosine": {"attention": "cosine"},
    "gated": {"attention": "gated", "hidden": 10},
    "bare": {"attention": "bare"},
    "louder": {"attention": "louder"},
    "leaky": {"cell": "leaky", "attention": "dot"},
    "blind": {"cell": "relu_rnn"},
}


@pytest.fixture(autouse=True)
def shelf(tmp_path, monkeypatch):
    """A folder of foreign models only."""
    monkeypatch.setenv("S2S_CHECKPOINTS", str(tmp_path))
    with registered():
        for name, switches in MODELS.items():
            system = build_system(dtype=torch.float32, seed=5, **switches)
            checkpoint.save(tmp_path / "fra-eng" / name, system, about_of(system), History(()))
        yield tmp_path


def page(name: str, model: str, **query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    at.switch_page(f"pages/{name}.py")
    at.query_params.update({"task": "fra-eng", "model": model, "text": TEXT, **query})
    return at.run()


def told(at: AppTest) -> str:
    return unmarked("\n".join(element.value for element in (*at.markdown, *at.caption)))


@pytest.mark.parametrize("model", MODELS)
def test_attention(model):
    system = checkpoint.load(f"fra-eng/{model}")
    found = walk(system, TEXT, 0)
    for below in ("Check it yourself (NumPy)", "The source that ran", "The map"):
        at = clean(page("attention", model, step="1", below=below))
        assert not at.warning
    at = page("attention", model, step="1")
    said = told(at)
    if found.scores is not None:
        place = int(found.weights.argmax())
        terms = found.score_terms(place)
        assert (sum_words(terms)[1] if terms else number(float(found.scores[place]), 3)) in said
        assert any(found.formula.latex in element.value for element in at.markdown)
    strips = [
        row["values"]
        for element in at.get("vega_lite_chart")
        for row in json.loads(element.proto.spec)["layer"][0]["data"]["values"]
        if "values" in row
    ]
    # As exact as a cell and its tooltip can show.
    assert any(
        len(s) == len(found.state) and np.allclose(s, found.state, atol=5.1e-4) for s in strips
    )


@pytest.mark.parametrize("model", MODELS)
def test_gradients(model):
    taken_apart = "cell" not in MODELS[model]
    for further in ("", "states", "influence"):
        at = clean(page("gradients", model, beside="louder,leaky", further=further))
        warnings = [element.value for element in at.warning]
        refused = [text for text in warnings if "cannot be taken apart" in text]
        assert refused == warnings
        assert taken_apart or any(f"'{MODELS[model]['cell']}'" in unmarked(w) for w in refused)
    if taken_apart:
        flow = probes.gradient_flow(checkpoint.load(f"fra-eng/{model}"), TEXT)
        drawn = json.dumps([json.loads(e.proto.spec) for e in at.get("vega_lite_chart")])
        assert all(repr(float(value)) in drawn for value in flow.encoder[-1])


@pytest.mark.parametrize("model", ["cosine", "leaky", "blind"])
@pytest.mark.parametrize("name", ["translate", "compare", "models"])
def test_the_other_pages(name, model):
    at = clean(page(name, model, beside="gated,bare"))
    if name == "translate":
        assert not at.warning
