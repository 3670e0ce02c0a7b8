"""Hidden states and gates against the cells' equations, one number at a time."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from gradient_cases import TARGET, TEXT, greedy_ids
from reference import compute, layer_weights, sigmoid, vectors
from switches import CASES
from tiny import ROOT, build_like, build_system

from s2s.checkpoints import checkpoint
from s2s.errors import UserError
from s2s.probes import hidden_states
from s2s.results.hidden_states import GATES


def parameters_of(system):
    return {k: v.detach().double().numpy() for k, v in system.model.state_dict().items()}


def literal_step(kind, weights, x, h, c):
    """One step with its gates; c is None or the cell before."""
    size = len(h)
    own = (weights["ih"] @ x + weights["bias_ih"]).reshape(-1, size)
    past = (weights["hh"] @ h + weights["bias_hh"]).reshape(-1, size)
    if kind == "rnn":
        return np.tanh(own[0] + past[0]), None, {}
    if kind == "gru":
        reset, update = sigmoid(own[0] + past[0]), sigmoid(own[1] + past[1])
        new = np.tanh(own[2] + reset * past[2])
        gates = {"reset": reset, "update": update, "new": new}
        return (1 - update) * new + update * h, None, gates
    i, f, o = (sigmoid(own[g] + past[g]) for g in (0, 1, 3))
    candidate = np.tanh(own[2] + past[2])
    c = f * c + i * candidate
    gates = {"input": i, "forget": f, "candidate": candidate, "output": o}
    return o * np.tanh(c), c, gates


def check_layer(system, part, number, layer, inputs, places, starts):
    """Every step of a layer again, from its inputs in the order of reading."""
    kind = system.config.cell
    ways = 2 if part == "encoder" and system.config.bidirectional else 1
    size = layer.states.shape[1] // ways
    assert tuple(layer.gates) == GATES[kind]
    for way in range(ways):
        weights = layer_weights(parameters_of(system), part, number, way == 1)
        units = slice(way * size, (way + 1) * size)
        h, c = starts[0][units], None if starts[1] is None else starts[1][units]
        for step in reversed(range(len(inputs))) if way else range(len(inputs)):
            place = places[step]
            np.testing.assert_allclose(layer.before[place, units], h, atol=1e-12)
            h, c, gates = literal_step(kind, weights, inputs[step], h, c)
            np.testing.assert_allclose(layer.states[place, units], h, atol=1e-12)
            for name, value in gates.items():
                np.testing.assert_allclose(layer.gates[name][place, units], value, atol=1e-12)
            if kind == "lstm":
                np.testing.assert_allclose(layer.cells[place, units], c, atol=1e-12)
        np.testing.assert_allclose(layer.final[units], h, atol=1e-12)
    assert (layer.cells is None) == (kind != "lstm")


def check(system, text, target):
    found = hidden_states(system, text, target)
    config, sequence = system.config, system.sequence
    parameters, ids = parameters_of(system), found.reading.ids
    fed = [system.start, *target[:-1]]
    wanted = compute(system.model, list(ids), fed, int(sequence.source_bos),
                     int(sequence.source_eos))  # fmt: skip
    top = found.encoder[-1].states
    if config.directions == "sum":  # both ways are kept, the decoder sees their sum
        top = np.add(*np.split(top, 2, axis=1))
    np.testing.assert_allclose(top, wanted.states, atol=1e-10)
    np.testing.assert_allclose(found.decoder[-1].states, wanted.decoder_states, atol=1e-10)
    assert len(found.encoder) == len(found.decoder) == config.layers

    inputs = vectors(parameters, "encoder", [ids[p] for p in found.places],
                     config.source_vocabulary, config.source_input)  # fmt: skip
    zero = np.zeros(found.encoder[0].states.shape[1])
    for number, layer in enumerate(found.encoder):
        starts = (zero, zero if config.cell == "lstm" else None)
        check_layer(system, "encoder", number, layer, inputs, found.places, starts)
        inputs = [layer.states[place] for place in found.places]

    inputs = list(wanted.inputs)
    for number, layer in enumerate(found.decoder):
        np.testing.assert_allclose(layer.before[0], wanted.initial[number], atol=1e-10)
        cell = None
        if config.cell == "lstm":
            forget, entered, candidate = (
                layer.gates[name][0] for name in ("forget", "input", "candidate")
            )
            cell = (layer.cells[0] - entered * candidate) / forget
            if config.bridge in ("hidden", "nothing"):
                np.testing.assert_allclose(cell, 0, atol=1e-9)
        starts = (layer.before[0], cell)
        check_layer(system, "decoder", number, layer, inputs, range(len(fed)), starts)
        inputs = list(layer.states)
    return found


@pytest.mark.parametrize("switches", CASES, ids=lambda case: "-".join(map(str, case.values())))
def test_the_family(switches):
    check(build_system(**switches), TEXT, TARGET)


@pytest.mark.parametrize("tutorial", [3, 4, 5])
def test_the_tutorials_manners(tutorial):
    system = build_like(tutorial)
    text = "3 dec 84" if tutorial == 4 else TEXT
    found = check(system, text, greedy_ids(system, text))
    if tutorial == 4:  # the whole string is read backwards
        assert found.places == tuple(range(11, -1, -1))
    if tutorial == 5:  # the tokens alone
        assert found.places == (0, 4, 3, 2, 1, 5)


@pytest.mark.parametrize("name", ["fra-eng/attention", "dates/attention"])
def test_a_trained_model_has_the_traces_states(name):
    system = checkpoint.load(str(ROOT / "checkpoints" / name))
    text = "3 may 84" if "dates" in name else "je suis fatigué ."
    trace, found = system.translate(text), hidden_states(system, text)
    np.testing.assert_allclose(found.encoder[-1].states, trace.encoder_states, atol=1e-5)
    np.testing.assert_allclose(found.decoder[-1].states, trace.decoder_states, atol=1e-5)
    np.testing.assert_allclose(found.decoder[-1].before[0], trace.initial_state, atol=1e-5)
    assert found.output == trace.output and found.mode == "free-running"


def test_norms_updates_and_the_way_to_the_final_state():
    found = hidden_states(build_system(cell="gru", reverse_source=True), TEXT, TARGET)
    layer, order = found.encoder[0], list(found.places)
    assert order == [3, 2, 1, 0, 4]
    walk = np.concatenate([np.zeros((1, 6)), layer.states[order]])
    steps = np.sqrt(((walk[1:] - walk[:-1]) ** 2).sum(axis=1))
    np.testing.assert_allclose(layer.updates()[order], steps, rtol=1e-12)
    np.testing.assert_allclose(layer.norms(), np.sqrt((layer.states**2).sum(axis=1)))
    cosine = layer.to_final()
    assert cosine[order[-1]] == pytest.approx(1) and (np.abs(cosine) <= 1 + 1e-12).all()
    a, b = layer.states[0], layer.states[order[-1]]
    assert cosine[0] == pytest.approx((a @ b) / np.sqrt((a @ a) * (b @ b)))
    decoder = found.decoder[0]
    np.testing.assert_allclose(decoder.before[1:], decoder.states[:-1])
    np.testing.assert_allclose(decoder.before[0], layer.final)


def fingerprint(model):
    values = sorted(model.state_dict().items())
    return hashlib.sha256(b"".join(v.numpy().tobytes() for _, v in values)).hexdigest()


def test_the_model_is_left_alone_by_eight_threads():
    system = build_system(cell="lstm", layers=2, bidirectional=True, dropout=0.5, attention="dot")
    calm = hidden_states(system, TEXT, TARGET)
    model = system.model.train().requires_grad_(True)
    before = fingerprint(model)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: hidden_states(system, TEXT, TARGET), range(24)))
    with torch.inference_mode():
        results.append(hidden_states(system, TEXT, TARGET))
    for found in results:
        for a, b in zip((*calm.encoder, *calm.decoder), (*found.encoder, *found.decoder),
                        strict=True):  # fmt: skip
            np.testing.assert_array_equal(a.states, b.states)
            np.testing.assert_array_equal(a.cells, b.cells)
            for name in a.gates:
                np.testing.assert_array_equal(a.gates[name], b.gates[name])
    assert fingerprint(model) == before and model.training
    assert all(p.grad is None and p.requires_grad for p in model.parameters())


def test_what_cannot_be_asked():
    with pytest.raises(UserError, match="purple"):
        hidden_states(build_system(), TEXT, "red purple")
    with pytest.raises(UserError):
        hidden_states(build_system(), " ")


def test_the_results_check_their_shapes():
    found = hidden_states(build_system(cell="lstm"), TEXT, TARGET)
    layer = found.encoder[0]
    with pytest.raises(ValueError, match="cells has shape"):
        replace(layer, cells=layer.cells[:-1])
    with pytest.raises(ValueError, match="gates"):
        replace(layer, gates={"input": layer.gates["input"][:, :-1]})
    with pytest.raises(ValueError, match="fed"):
        replace(found, fed=found.fed[:-1])
    with pytest.raises(ValueError, match="places"):
        replace(found, places=found.places[:-1])
    with pytest.raises(ValueError, match="encoder has shape"):
        replace(found, encoder=(replace(layer, states=layer.states[:-1], before=layer.before[:-1],
                                        cells=None, gates={}),))  # fmt: skip
