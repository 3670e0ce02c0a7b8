"""The arithmetic of one step: the trace's own numbers, and sums that come out at them."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
import torch
from reference import compute
from rounding import bound
from tiny import ROOT, build_like, build_system
from walk_checks import check
from walks import KINDS, PEEKY, SHIPPED, TEXT, family, load

from s2s.decoding import single, whatif
from s2s.errors import UserError
from s2s.export.source_code import source_code
from s2s.probes.walk import walk
from s2s.results.formulas import missing, stages
from s2s.results.terms import WHOLE


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_terms_of_every_model_add_up_to_its_own_numbers(kind):
    for system in family(kind):
        trace = system.translate(TEXT)
        parameters = system.model.state_dict()
        fed = [system.target_vocab.ids[token] for token in trace.fed]
        truth = compute(system.model, trace.reading.ids, fed)
        for step in {0, trace.steps - 1}:
            found = check(system, trace, step, 1e-10)
            ids = [system.target_vocab.ids[token] for token in found.candidates]
            # The second implementation knows nothing of walks.
            np.testing.assert_allclose(found.logits, truth.logits[step][ids], atol=1e-10)
            np.testing.assert_array_equal(
                found.parameters["W_o"], parameters["decoder.output.weight"][ids]
            )
            formulas = [stage.name for stage in stages(found)]
            combines = found.combined is not None or len(found.feature_parts()) > 1
            expected = ["state", *["score", "softmax", "context"] * (kind != "none"),
                        *["combine"] * combines, "choose"]  # fmt: skip
            assert formulas == expected
            assert (missing(found) is None) == (kind != "none")


def test_the_scores_are_what_their_formula_says():
    texts = {}
    for kind in KINDS[1:]:
        found = walk(build_system(attention=kind), TEXT, 1)
        s, h, weights = found.state, found.memory, found.parameters
        by_hand = {
            "dot": lambda s, h, w: h @ s,
            "scaled_dot": lambda s, h, w: h @ s / np.sqrt(6),
            "general": lambda s, h, w: h @ w["W"].T @ s,
            "additive": lambda s, h, w: np.tanh(w["W"] @ s + h @ w["U"].T) @ w["v"],
        }[kind]
        np.testing.assert_allclose(found.scores, by_hand(s, h, weights), atol=1e-12)
        texts[kind] = next(stage for stage in stages(found) if stage.name == "score").text
    assert len(set(texts.values())) == 4 and "tanh(W s_t + U h_j)" in texts["additive"]


def test_every_shape_of_a_stage_is_that_of_the_numbers():
    found = walk(
        build_system(attention="additive", peeky="cell_and_output", attention_slots=8), TEXT, 0
    )
    sizes = {shape.name: shape.sizes for stage in stages(found) for shape in stage.shapes}
    assert sizes["h"] == found.memory.shape and sizes["e_t"] == found.scores.shape
    assert sizes["U h"] == found.keys.shape and sizes["W s_t"] == found.query.shape
    assert sizes["W_c"] == found.parameters["W_c"].shape and sizes["o_t"] == found.features.shape
    assert sizes["W_o"] == (found.vocabulary, len(found.features))
    softmax = stages(found)[2]
    assert f"{found.vacant} empty slots" in softmax.title and found.vacant == 8 - 6
    assert f"+ {found.vacant} exp 0" in softmax.text


@pytest.mark.parametrize("tutorial", [3, 4, 5])
def test_the_manners_of_the_tutorials(tutorial):
    system = build_like(tutorial)
    trace = system.translate("a d" if tutorial == 4 else "a b c d")
    for step in range(trace.steps):
        check(system, trace, step, 1e-10)


def test_full_slots_take_nothing():
    system = build_system(attention="dot", attention_slots=2)
    found = walk(system, TEXT, 0)
    assert found.vacant == 0 and found.empty == 0 and found.powers().empty == 0


def test_a_softmax_of_large_scores_overflows_nowhere():
    found = walk(build_system(attention="dot", attention_slots=8), TEXT, 0)
    for scores, vacant in ((found.scores + 5000, 2), (found.scores - 5000, 2),
                           (found.scores - 5000, 0), (found.scores * 0, 2)):  # fmt: skip
        parts = replace(found, scores=scores, vacant=vacant).powers()
        assert np.isfinite(parts.total) and parts.total >= 1
        assert parts.shift == (0 if not scores.any() else max([*scores, *[0] * vacant]))


def test_forced_tokens_and_given_weights_are_walked_as_they_were_decoded():
    system = build_system(attention="general", hidden=12)
    plain = system.translate(TEXT)
    rare = next(w for w in system.target_vocab.tokens[4:] if w not in plain.candidates[1])
    trace = whatif.run(system, TEXT, [whatif.Edit("force", 1, rare)]).trace
    found = check(system, trace, 1, 1e-10)
    assert found.forced and found.written == rare == found.candidates[-1]
    assert len(found.candidates) == len(trace.candidates[1]) + 1
    assert found.chosen == len(trace.candidates[1])

    weights = [0.0] * 5 + [2.0]
    trace = single.greedy(system, system.read(TEXT), attend={1: weights})
    found = check(system, trace, 1, 1e-10)
    assert found.given and list(found.weights) == [0, 0, 0, 0, 0, 1]
    np.testing.assert_array_equal(found.context, found.memory[5])
    assert "given" in next(stage for stage in stages(found) if stage.name == "softmax").text
    assert not check(system, trace, 0, 1e-10).given


def test_a_small_vocabulary_is_shown_whole_and_more_words_on_demand():
    system = build_system(attention="dot")
    assert len(walk(system, TEXT, 0).candidates) == 5
    every = walk(system, TEXT, 0, candidates=99)
    assert set(every.candidates) == set(system.target_vocab.tokens) and every.others is None
    assert list(every.probabilities) == sorted(every.probabilities, reverse=True)
    assert every.probabilities.sum() == pytest.approx(1)
    assert len(walk(system, TEXT, 0, candidates=1).candidates) == 1
    small = walk(load("toy/attention"), SHIPPED["toy/attention"], 0)
    assert len(small.candidates) == small.vocabulary <= WHOLE


def test_the_model_is_left_alone_and_the_walk_does_not_follow_it():
    system = build_system(attention="additive")
    before = {k: v.clone() for k, v in system.model.state_dict().items()}
    found = walk(system, TEXT, 0)
    for name, value in system.model.state_dict().items():
        assert torch.equal(value, before[name])
    kept = found.parameters["W"].copy()
    system.model.decoder.attention.query.weight.add_(1)
    np.testing.assert_array_equal(found.parameters["W"], kept)


def test_a_trace_of_other_weights_is_refused():
    system = build_system(attention="dot")
    trace = system.translate(TEXT)
    for other in (
        build_system(attention="dot", name="test/other"),
        build_system(attention="dot", hidden=8),
        build_system(),
    ):
        with pytest.raises(UserError, match=f"not of {other.name}; translate again"):
            walk(other, trace, 0)
    with pytest.raises(UserError, match="weights of test/tiny have changed"):
        walk(build_system(attention="dot", seed=4), trace, 0)
    # Here only the scores are other ones.
    with pytest.raises(UserError, match="have changed"):
        walk(build_system(attention="scaled_dot"), trace, 0)


def test_wrong_input_is_said():
    system = build_system(attention="dot")
    steps = system.translate(TEXT).steps
    for step in (-1, steps):
        with pytest.raises(UserError, match=f"Step {step} does not exist; steps are 0 to"):
            walk(system, TEXT, step)
    with pytest.raises(UserError, match="0 candidates; it must be at least 1"):
        walk(system, TEXT, 0, candidates=0)
    with pytest.raises(UserError):
        walk(system, "", 0)


def test_what_a_model_lacks_has_no_terms():
    found = walk(build_system(), TEXT, 0)
    for ask in (lambda: found.score_terms(0), lambda: found.context_terms(0), found.powers):
        with pytest.raises(ValueError, match="has no attention"):
            ask()
    with pytest.raises(ValueError, match="no attentional layer"):
        found.combine_terms(0)
    assert "one fixed vector of 6 numbers" in missing(found)
    assert "enters once" in missing(found)


@pytest.mark.parametrize("peeky", PEEKY)
def test_where_peeky_reads_the_first_state(peeky):
    found = walk(build_system(peeky=peeky), TEXT, 0)
    formulas = {stage.name: stage.text for stage in stages(found)}
    assert ("[s_0; x_t]" in formulas["state"]) == (peeky != "none")
    assert formulas.get("combine") == ("o_t = [s_0; s_t]" if peeky == PEEKY[2] else None)
    assert ("output layer read" in missing(found)) == (peeky == PEEKY[2])
    assert ("at every step" in missing(found)) == (peeky != "none")


def test_a_wrong_shape_prints_both():
    found = walk(build_system(attention="general"), TEXT, 0)
    with pytest.raises(ValueError, match=r"scores has shape \(5,\), expected \(6,\)"):
        replace(found, scores=found.scores[1:])
    with pytest.raises(ValueError, match=r"W_o.* shape \(5, 5\), expected \(5, 6\)"):
        replace(found, parameters={**found.parameters, "W_o": np.zeros((5, 5))})
    with pytest.raises(ValueError, match="expected"):
        replace(found, parameters={})
    with pytest.raises(ValueError, match="lack the written token"):
        replace(found, written="nowhere")


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_models(name):
    system = load(name)
    exact = replace(system, model=deepcopy(system.model).double())
    for model, within in ((system, bound(np.float32, system.config.hidden)), (exact, 1e-10)):
        trace = model.translate(SHIPPED[name])
        for step in range(trace.steps):
            check(model, trace, step, within)


@pytest.mark.parametrize("kind", KINDS)
def test_the_source_that_ran_is_the_source_in_the_file(kind):
    records = source_code(kind)
    titles = [record.title for record in records]
    assert titles[-4:] == [f"Decoder.{name}" for name in ("forward", "_run", "_look", "_logits")]
    assert ("attend" in titles) == (kind != "none")
    # ScaledDot divides what Dot gives; General has keys of its own and scores as Dot does.
    own = {
        "none": [],
        "dot": ["Attention.keys", "Dot.score"],
        "scaled_dot": ["Attention.keys", "ScaledDot.score", "Dot.score"],
        "general": ["General.keys", "Dot.score"],
        "additive": ["Additive.keys", "Additive.score"],
    }
    assert [title for title in titles if title.endswith((".keys", ".score"))] == own[kind]
    for record in records:
        lines = (ROOT / record.file).read_text("utf-8").splitlines()[record.line - 1 :]
        assert record.code.startswith("def ")
        for mine, theirs in zip(record.code.splitlines(), lines, strict=False):
            assert mine.strip() == theirs.strip()


def test_the_source_of_no_known_kind():
    with pytest.raises(UserError, match="it must be one of none, dot"):
        source_code("cosine")
