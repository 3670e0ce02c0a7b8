"""Why this token and not that one: against finite differences, captum, and its own sums."""

import numpy as np
import pytest
import torch
from attribution_reference import STEP, Vectors
from captum.attr import InputXGradient, IntegratedGradients
from fingerprints import fingerprint
from gradient_cases import TARGET, TEXT
from switches import CASES
from tiny import build_like, build_system

import s2s
from s2s.decoding import single
from s2s.errors import UserError
from s2s.probes import contrast
from s2s.probes.replica import replicate

STEP_OF = 2


def literal_contrast(system, reading, output, other):
    """f of a source [S, E], from the literal model: ln p(chosen) - ln p(other) at the last step."""
    ways = [Vectors(system, reading, [*output[:-1], index]) for index in (output[-1], other)]

    def log_p(one, x):
        return -np.logaddexp(0, -one.scores(x)[-1])

    return ways[0].x, lambda x: log_p(ways[0], x) - log_p(ways[1], x)


@pytest.mark.parametrize("switches", CASES, ids=lambda case: "-".join(map(str, case.values())))
def test_the_family_agrees_with_finite_differences(switches):
    check(build_system(**switches), TEXT)


@pytest.mark.parametrize("tutorial", [3, 4, 5])
def test_the_tutorials_manners_agree_with_finite_differences(tutorial):
    check(build_like(tutorial), "3 dec 84" if tutorial == 4 else TEXT)


def check(system, text):
    reading = system.read(text)
    known = text == TEXT and max(TARGET) < len(system.target_vocab)
    output = TARGET if known else [
        system.target_vocab.ids[token] for token in single.greedy(system, reading).output
    ]  # fmt: skip
    step = min(STEP_OF, len(output) - 1)
    found = contrast(system, text, step, target=output)
    other = system.target_vocab.ids[found.other]
    x, f = literal_contrast(system, reading, output[: step + 1], other)
    assert found.score == pytest.approx(f(x), rel=1e-9, abs=1e-9)
    slopes = []
    for place in range(len(x)):
        move = np.zeros_like(x)
        move[place] = STEP * x[place]
        slopes.append((f(x + move) - f(x - move)) / (2 * STEP))
    largest = np.abs(slopes).max()
    assert (np.abs(found.gradient_x_input - slopes) <= 1e-6 * largest + 1e-9).all()
    assert found.complete()
    assert abs(found.residual()) <= max(0.01 * abs(found.score - found.baseline), 1e-3)
    assert found.score == pytest.approx(
        np.log(found.probability) - np.log(found.other_probability), abs=1e-6
    )


@pytest.mark.parametrize("name", ["fra-eng-small/dot", "fra-eng-small/plain", "dates/attention"])
def test_captum_finds_the_same(name):
    system = s2s.load(name)
    text = "March 25, 2003" if system.task == "dates" else "je suis un artiste ."
    before = fingerprint(system.model)
    found = contrast(system, text, STEP_OF)
    reading, vocab = system.read(text), system.target_vocab
    output = [vocab.ids[token] for token in found.output]
    replica = replicate(system, reading, output)
    chosen, other = output[-1], vocab.ids[found.other]

    def apart(vectors):
        logits = replica.decode(*replica.encode(vectors))[-1].logits[:, 0]
        return logits[:, chosen] - logits[:, other]

    x = replica.vectors[None].clone().requires_grad_()
    gradient = InputXGradient(apart).attribute(x)[0].sum(-1).detach().numpy()
    np.testing.assert_allclose(found.gradient_x_input, gradient, atol=1e-8)
    kept = np.isnan(found.integrated_gradients)
    start = torch.zeros_like(x)
    start[0, kept] = replica.vectors[kept]
    with torch.enable_grad():
        along = IntegratedGradients(apart).attribute(
            x, start, n_steps=found.points, method="gausslegendre", internal_batch_size=16
        )  # fmt: skip
    along = along[0].sum(-1).detach().numpy()
    np.testing.assert_allclose(found.integrated_gradients[~kept], along[~kept], atol=1e-6)
    assert fingerprint(system.model) == before


def test_leaving_out_is_the_model_run_without_the_token():
    system = s2s.load("fra-eng-small/dot")
    found = contrast(system, "je suis un artiste .", STEP_OF)
    output = [system.target_vocab.ids[token] for token in found.output]
    words = "je suis un artiste .".split()
    for place in range(len(words)):
        text = " ".join(words[:place] + words[place + 1 :])
        trace = single.forced(system, system.read(text), output)
        ids = [system.target_vocab.ids[t] for t in (found.chosen, found.other)]
        again = contrast(system, text, STEP_OF, found.other, output)
        assert trace.log_probabilities[-1] == pytest.approx(np.log(again.probability), abs=1e-4)
        assert ids[0] == output[-1]
        assert found.leave_one_out[place] == pytest.approx(found.score - again.score, abs=1e-9)


def test_another_is_typed_or_the_next_best():
    system = s2s.load("fra-eng-small/dot")
    trace = system.translate("je suis un artiste .")
    ranked = [token for token in trace.candidates[3] if token != trace.output[3]]
    assert contrast(system, trace.reading, 3).other == ranked[0]
    assert contrast(system, trace.reading, 3, "tired").other == "tired"
    there = contrast(system, trace.reading, 3, "tired")
    back = contrast(
        system, trace.reading, 3, trace.output[3],
        [system.target_vocab.ids[t] for t in (*trace.output[:3], "tired")],
    )  # fmt: skip
    np.testing.assert_allclose(there.gradient_x_input, -back.gradient_x_input, atol=1e-9)
    for other, step, why in (
        (trace.output[3], 3, "name another"), ("i m", 3, "one token"), ("zzz", 3, "can write"),
        (None, 30, "no step 31"), (None, -1, "no step 0"),
    ):  # fmt: skip
        with pytest.raises(UserError, match=why):
            contrast(system, trace.reading, step, other)
