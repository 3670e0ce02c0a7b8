"""Walks, formulas and programs of the parts that tutorials beyond the five have."""

import contextlib
import io

import numpy as np
import pytest
from reference import compute
from tiny import build_system
from walk_checks import check
from walks import OTHER_PARTS, TEXT

from s2s.decoding import single
from s2s.export.numpy_program import MOST, numpy_snippet
from s2s.plots.walk_words import combine_strips, score_strips
from s2s.probes.walk import walk
from s2s.results.formulas import stages

over_the_parts = pytest.mark.parametrize("name", OTHER_PARTS)


def ran(code):
    """What a program computed; it fails where it does not agree with the model."""
    names = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(code, "step.py", "exec"), names)
    assert "agrees with the model" in printed.getvalue()
    return names


@over_the_parts
def test_the_numbers_are_those_of_the_second_implementation(name):
    system = build_system(**OTHER_PARTS[name])
    config = system.config
    trace = system.translate(TEXT)
    fed = [system.target_vocab.ids[token] for token in trace.fed]
    truth = compute(system.model, trace.reading.ids, fed)
    for step in {0, trace.steps - 1}:
        found = check(system, trace, step, 1e-10)
        ids = [system.target_vocab.ids[token] for token in found.candidates]
        np.testing.assert_allclose(found.logits, truth.logits[step][ids], atol=1e-10)
        order = [stage.name for stage in stages(found)]
        if config.has_attention:
            before = order.index("score") < order.index("state")
            assert before == (config.query == "previous")
            row = found.asked[: config.hidden]
            np.testing.assert_array_equal(
                row, found.state if not before else
                trace.decoder_states[step - 1] if step else trace.initial_state
            )  # fmt: skip
        for most in (MOST, 5, None):
            names = ran(numpy_snippet(found, most=most))
            np.testing.assert_allclose(names["p"], found.probabilities, atol=1e-5)
            if config.has_attention:
                np.testing.assert_allclose(names["weights"], found.weights, atol=1e-5)


@over_the_parts
def test_formulas_name_what_there_is(name):
    found = walk(build_system(**OTHER_PARTS[name]), TEXT, 1)
    told = {stage.name: stage for stage in stages(found)}
    for stage in told.values():
        for shape in stage.shapes:  # letters stand for the numbers beside them
            assert len(shape.letters.split(",")) == len(shape.sizes)
    assert ("c_t" in told["state"].text) == ("c" in found.reads)
    assert ("s̃_t−1" in told["state"].text) == found_feeds(found)
    if "score" in told and "s" not in found.asks:
        assert "s_t−1" in told["score"].text and "s_t " not in told["score"].text
    parameters = {shape.name: shape.sizes for shape in told["choose"].shapes}
    assert parameters["W_o"] == (found.vocabulary, len(found.features))
    assert all(len(strip.values) for strip in combine_strips(found))
    if found.has_attention:
        strips = score_strips(found)
        assert len(strips) >= len(found.asks)
        assert any("s₁" in s.name for s in strips) == ("s" not in found.asks)


def found_feeds(found):
    return "s̃−1" in found.reads


def test_the_formulas_of_two_papers():
    first = {s.name: s.text for s in stages(walk(build_system(
        attention="additive", query="previous", context_into="cell", attentional_layer=False,
    ), TEXT, 1))}  # fmt: skip
    assert list(first) == ["score", "softmax", "context", "state", "choose"]
    assert first["score"] == "e_tj = v · tanh(W s_t−1 + U h_j)"
    assert first["state"] == "s_t = GRU([c_t; x_t], s_t−1)"
    assert first["choose"] == "p = softmax(W_o s_t + b_o)"
    fed = {s.name: s.text for s in stages(walk(build_system(
        attention="dot", input_feeding=True), TEXT, 1))}  # fmt: skip
    assert fed["state"] == "s_t = GRU([s̃_t−1; x_t], s_t−1)"
    assert list(fed) == ["state", "score", "softmax", "context", "combine", "choose"]


@pytest.mark.parametrize(
    ("kind", "equation"),
    [("dot", "Luong et al. 2015, eq. 7"), ("general", "Luong et al. 2015, eq. 7"),
     ("additive", "Bahdanau et al. 2015, eq. 6")],
)  # fmt: skip
@pytest.mark.parametrize("layer", [True, False])
@pytest.mark.parametrize("query", ["previous", "current"])
def test_the_softmax_is_that_of_the_paper_whose_score_it_weighs(kind, equation, query, layer):
    system = build_system(attention=kind, query=query, attentional_layer=layer)
    told = {stage.name: stage.source for stage in stages(walk(system, TEXT, 0))}
    assert told["softmax"] == equation and told["context"] == "Bahdanau et al. 2015, eq. 5"
    own = kind == "additive" and not layer
    assert told["choose"] == ("" if own else "Luong et al. 2015, eq. 6")


def test_given_weights_change_what_follows():
    """Where the context enters the cell, an edit of one step is seen by the next."""
    system = build_system(**OTHER_PARTS["Bahdanau 2015"])
    reading = system.read(TEXT)
    own = single.greedy(system, reading)
    edited = single.greedy(system, reading, own_ids(system, own), {0: [1, 0, 0, 0, 0, 0]})
    assert edited.attention[0].tolist() == [1, 0, 0, 0, 0, 0]
    np.testing.assert_allclose(edited.contexts[0], edited.encoder_states[0])
    assert np.abs(edited.attention[1] - own.attention[1]).max() > 1e-6
    check(system, edited, 0, 1e-10)
    check(system, edited, 1, 1e-10)


def own_ids(system, trace):
    return [system.target_vocab.ids[token] for token in trace.output]
