"""Gradients at hidden states against finite differences and tutorial 1's own way."""

import copy
import itertools
import random
import zlib

import numpy as np
import pytest
import torch
from gradient_cases import TARGET, TEXT, Case, greedy_ids, states_of
from switches import SWITCHES, drawn
from tiny import ROOT, build_like, build_system

from s2s.checkpoints import checkpoint
from s2s.config import SequenceConfig
from s2s.model.decoder import Memory
from s2s.probes import gradient_flow
from s2s.probes.gradients import state_gradients
from s2s.text.vocab import Vocab

TRAINED = {
    "dates/attention": "3/25/03",
    "reverse/plain": "microscope",
    "fra-eng/attention": "je suis fatigué .",
}


@pytest.mark.parametrize("name", TRAINED)
@pytest.mark.slow
def test_trained_models_agree_with_finite_differences(name):
    system = checkpoint.load(str(ROOT / "checkpoints" / name))
    text = TRAINED[name]
    case = Case(system, text, greedy_ids(system, text))
    found = state_gradients(case.sentence, "hidden", 0)
    case.check(found, closely=True)
    flow = gradient_flow(system, text)
    assert flow.mode == "free-running" and flow.output == system.translate(text).output
    np.testing.assert_allclose(flow.encoder, np.abs(found.encoder).sum(-1), rtol=1e-12)
    np.testing.assert_allclose(flow.bottleneck, np.abs(found.initial).sum(-1), rtol=1e-12)


def cases_of(**fixed):
    """Every Peeky with the fixed switches, the others drawn at random."""
    draw = random.Random(zlib.crc32(str(fixed).encode()))
    for peeky in SWITCHES["peeky"]:
        yield drawn(draw, tuple({**fixed, "peeky": peeky}.items()))


@pytest.mark.parametrize("attention", SWITCHES["attention"])
@pytest.mark.parametrize("bidirectional", [False, True], ids=["one-way", "two-way"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", SWITCHES["cell"])
def test_the_family_agrees_with_finite_differences(cell, layers, bidirectional, attention):
    for switches in cases_of(
        cell=cell, layers=layers, bidirectional=bidirectional, attention=attention
    ):
        system = build_system(**switches)
        case = Case(system, TEXT, TARGET)
        for state, layer in itertools.product(states_of(system.config), range(layers)):
            case.check(state_gradients(case.sentence, state, layer), state, layer)


@pytest.mark.parametrize("tutorial", [3, 4, 5])
@pytest.mark.parametrize("reverse", [False, True])
def test_the_tutorials_manners_agree_with_finite_differences(tutorial, reverse):
    """Slots and a repeated start token; a fixed length; both specials around the source."""
    system = build_like(tutorial, reverse_source=reverse)
    text = "3 dec 84" if tutorial == 4 else TEXT
    target = greedy_ids(system, text)
    case = Case(system, text, target)
    top = system.config.layers - 1
    case.check(state_gradients(case.sentence, "hidden", top), layer=top)


def fused(case):
    """The shortcut: gradients at the output tensor of one fused call. [T, S, H], of log odds."""
    model = copy.deepcopy(case.system.model).double()
    encoded = model.encoder(case.source)
    states = encoded.states.detach().requires_grad_()
    state = model.bridge(encoded)
    keys = model.decoder.attention.keys(states)
    memory = Memory(states, keys, case.source.mask, state[0][-1])
    logits = model.decoder(torch.tensor([case.fed]), state, memory).logits[0]
    rows = []
    for row, wanted in zip(logits, case.target, strict=True):
        others = torch.cat([row[:wanted], row[wanted + 1 :]])
        minus_odds = torch.logsumexp(others, 0) - row[wanted]
        rows.append(torch.autograd.grad(minus_odds, states, retain_graph=True)[0][0])
    return torch.stack(rows).numpy()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dates/attention", "fra-eng/attention", None])
def test_the_check_catches_the_fused_shortcut(name):
    if name:
        system = checkpoint.load(str(ROOT / "checkpoints" / name))
        text = TRAINED[name]
        case = Case(system, text, greedy_ids(system, text))
    else:
        system = build_system(cell="lstm", attention="dot")
        case = Case(system, TEXT, TARGET)
    wrong = fused(case)
    assert wrong.any()
    right = state_gradients(case.sentence, "hidden", 0).encoder
    assert case.disagreement(wrong, "encoder", along=right) > 1e-2
    assert case.disagreement(right, "encoder", along=right) <= 1e-6


def test_tutorial_1_keeps_h_grad():
    """Its own way: nn.LSTM one letter at a time, `retain_grad`, one `backward` per loss."""
    words = ("<sos>", "i", "am", "an", "instructor", "<eos>")
    system = build_system(
        SequenceConfig(source_eos=False, max_source_length=3, max_output_length=5),
        Vocab(("a", "b", "c")), Vocab(words, bos=0, eos=5),
        cell="lstm", hidden=3, source_input="one_hot", target_input="one_hot",
    )  # fmt: skip
    model = copy.deepcopy(system.model).requires_grad_()

    def states(lstm, ids, count, h):
        c, kept = torch.zeros_like(h), []
        for index in ids:
            x = torch.nn.functional.one_hot(torch.tensor([[index]]), count).double()
            _, (h, c) = lstm(x, (h, c))
            h.retain_grad()
            kept.append(h)
        return kept

    flow = gradient_flow(system, "a b c", "i am an instructor", of="loss")
    for t, wanted in enumerate((1, 2, 3, 4, 5)):
        encoder = states(model.encoder.rnn, (0, 1, 2), 3, torch.zeros(1, 1, 3).double())
        decoder = states(model.decoder.rnn, (0, 1, 2, 3, 4), 6, encoder[-1])
        logits = model.decoder.output(decoder[t][0])
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor([wanted]))
        loss.backward()
        assert flow.losses[t] == pytest.approx(float(loss.detach()), rel=1e-12)
        for row, kept in ((flow.encoder[t], encoder), (flow.decoder[t], decoder)):
            h_grad = [0.0 if h.grad is None else float(h.grad.abs().sum()) for h in kept]
            np.testing.assert_allclose(row, h_grad, rtol=1e-10)
    # The decoder starts from the last encoder state, and nothing else reads that one.
    np.testing.assert_allclose(flow.bottleneck, flow.encoder[:, -1], rtol=1e-12)


@pytest.mark.parametrize("layers", [1, 2])
def test_a_model_that_is_certain_still_has_log_odds(layers):
    """A thousand times the logits: p rounds to 1, 1 - p to 0, and the slopes are still right."""
    system = build_system(attention="dot", layers=layers)
    with torch.no_grad():
        system.model.decoder.output.weight *= 100
        system.model.decoder.output.bias *= 100
    target = greedy_ids(system, TEXT)
    case = Case(system, TEXT, target)
    flow = gradient_flow(system, TEXT, target, layer=0)
    assert (flow.probabilities == 1).sum() >= 3
    assert np.isfinite(flow.encoder).all() and (flow.encoder > 0.01).all()
    assert (flow.losses > 0).all()
    case.check(state_gradients(case.sentence, "hidden", 0))
    # As certain, and wrong.
    least = [4 if index != 4 else 5 for index in target]
    wrong = gradient_flow(system, TEXT, least, of="loss")
    assert np.isfinite(wrong.encoder).all() and wrong.losses.max() > 50
