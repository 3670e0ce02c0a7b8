"""``probe`` on the command line: the contract's JSON, tables, one sentence for every error."""

import json

import numpy as np
import pytest
import torch
from command_line import assert_one_sentence
from tiny import build_like, build_system

from s2s import probes
from s2s.checkpoints import checkpoint

MODEL, PLAIN = "fra-eng/tiny", "fra-eng/plain"
KEYS = {
    "gradients": {"source", "output", "encoder", "decoder", "bottleneck", "losses"},
    "saliency": {"source", "output", "attention", "gradient_x_input", "integrated_gradients",
                 "leave_one_out", "warnings"},
    "influence": {"source", "influence", "share"},
    "agreement": {"source", "output", "columns", "tau", "median", "verdict", "probability",
                  "uniform", "permuted", "near"},
}  # fmt: skip


@pytest.fixture
def shelf(models):
    models(MODEL, build_system(attention="dot", layers=2, dtype=torch.float32))
    models(PLAIN, build_system(cell="lstm", dtype=torch.float32))
    models("dates/tiny", build_like(4, dtype=torch.float32))


def found(run, *arguments):  # noqa: F811
    result = run("probe", *arguments, "--json")
    assert result.code == 0 and result.err == "", result
    assert result.out.count("\n") == 1 and "NaN" not in result.out
    return json.loads(result.out)


def filled(rows):
    return np.array(rows, dtype=float)  # null becomes NaN


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize(("model", "text"), [
    (MODEL, "a c b"), (PLAIN, "a c b"), ("dates/tiny", "3 dec 84"),
])  # fmt: skip
def test_the_shapes_of_the_contract(shelf, run, kind, model, text):  # noqa: F811
    out = found(run, model, text, "--kind", kind)
    assert set(out) == KEYS[kind]
    source = len(out["source"])
    if kind == "influence":
        assert filled(out["influence"]).shape == (source, source)
        assert sum(out["share"]) == pytest.approx(1)
        return
    steps = len(out["output"])
    for name in KEYS["saliency"] - {"source", "output", "warnings"} if kind == "saliency" else ():
        if name == "attention" and model == PLAIN:
            assert out[name] is None
        else:
            assert filled(out[name]).shape == (steps, source)
    if kind == "gradients":
        assert filled(out["encoder"]).shape == (steps, source)
        assert filled(out["decoder"]).shape == (steps, steps)
        assert len(out["bottleneck"]) == len(out["losses"]) == steps
    if kind == "agreement":
        assert all(len(row) == steps for row in out["tau"].values())
        assert len(out["tau"]) == (3 if model == PLAIN else 6)
        if model == PLAIN:
            assert out["verdict"] is out["uniform"] is out["permuted"] is None
        else:
            assert out["permuted"]["count"] == 20 and out["permuted"]["seed"] == 0
            low, mean, high = (np.array(out["permuted"][k]) for k in ("min", "mean", "max"))
            assert (low <= mean).all() and (mean <= high).all()
            assert out["verdict"] in ("Mostly agrees", "Partly agrees", "Does not agree")


def test_the_numbers_are_the_librarys(shelf, run):  # noqa: F811
    system = checkpoint.load(MODEL)
    out = found(run, MODEL, "a c b", "--kind", "gradients", "--of", "loss", "--layer", "0",
                "--target", "red sky")  # fmt: skip
    flow = probes.gradient_flow(system, "a c b", "red sky", of="loss", layer=0)
    assert out["output"] == ["red", "sky", "<eos>"]
    np.testing.assert_array_equal(out["encoder"], flow.encoder)
    np.testing.assert_array_equal(out["losses"], flow.losses)
    out = found(run, MODEL, "--kind", "saliency", "a c b", "--of", "loss")
    saliency = probes.saliency(system, "a c b", of="loss")
    for name in ("gradient_x_input", "integrated_gradients", "leave_one_out"):
        np.testing.assert_array_equal(filled(out[name]), getattr(saliency, name))
    assert out["leave_one_out"][0][3] is None and out["source"][3] == "<eos>"
    out = found(run, PLAIN, "a b", "--kind", "gradients", "--state", "cell")
    flow = probes.gradient_flow(checkpoint.load(PLAIN), "a b", state="cell")
    np.testing.assert_array_equal(out["encoder"], flow.encoder)


@pytest.mark.parametrize(("kind", "words"), [
    ("gradients", ("encoder states", "bottleneck", "teacher-forced")),
    ("saliency", ("gradient × input", "integrated gradients", "unknown token", "–")),
    ("influence", ("sensitivity", "share", "context vectors")),
    ("agreement", ("Kendall's tau", "permuted", "seed 0", "median tau")),
])  # fmt: skip
def test_tables_for_people(shelf, run, kind, words):  # noqa: F811
    result = run("probe", MODEL, "a c b", "--kind", kind, "--target", "red sky")
    assert result.code == 0 and result.err == ""
    for word in (*words, "<eos>"):
        assert word in result.out
    assert "nan" not in result.out


def test_tables_say_what_is_missing(shelf, run):  # noqa: F811
    plain = run("probe", PLAIN, "a c b", "--kind", "agreement").out
    assert "no attention" in plain and "permuted" not in plain
    assert "Too few" in run("probe", MODEL, "a", "--kind", "agreement").out
    assert "blank" in run("probe", "dates/tiny", "3 dec 84", "--kind", "saliency").out
    assert "context" not in run("probe", PLAIN, "a c b", "--kind", "influence").out


@pytest.mark.parametrize(("arguments", "message"), [
    ((MODEL, "a", "--kind", "gradients", "--state", "cell"), "only an LSTM"),
    ((MODEL, "a", "--kind", "gradients", "--layer", "2"), "0 to 1"),
    ((MODEL, "a", "--kind", "gradients", "--layer", "-1"), "counted from 0"),
    ((MODEL, "a", "--kind", "saliency", "--layer", "0"), "has no --layer"),
    ((MODEL, "a", "--kind", "influence", "--of", "loss"), "has no --of"),
    ((MODEL, "a", "--kind", "agreement", "--state", "cell"), "has no --state"),
    ((MODEL, "a", "--kind", "saliency", "--target", "purple"), "purple"),
    ((MODEL, "a", "--kind", "saliency", "--target", " "), "reference"),
    ((MODEL, "", "--kind", "saliency"), "Type a sentence"),
    ((MODEL, "a", "--kind", "luck"), "luck"),
    ((MODEL, "a"), "--kind"),
    ((MODEL, "--kind", "saliency"), "TEXT"),
    (("fra-eng/none", "a", "--kind", "saliency"), "fra-eng/none"),
])  # fmt: skip
def test_errors_are_one_sentence(shelf, run, arguments, message):  # noqa: F811
    assert_one_sentence(run("probe", *arguments), message)


def test_the_help_counts_layers_from_the_lowest(run):  # noqa: F811
    result = run("probe", "--help")
    assert result.code == 0 and "0 is the lowest" in " ".join(result.out.split())
