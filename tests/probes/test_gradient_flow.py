"""GradientFlow: both ways of computing it, its options, and what it leaves alone."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from fingerprints import fingerprint
from gradient_cases import TARGET, TEXT, Case, greedy_ids, states_of
from switches import SWITCHES, built
from tiny import ROOT, build_like, build_system

from s2s.checkpoints import checkpoint
from s2s.config import SequenceConfig
from s2s.errors import UserError
from s2s.probes import gradient_flow
from s2s.probes.through_time import BRIDGES, by_hand, fits
from s2s.probes.unrolled import by_autograd
from s2s.results import GradientFlow


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.slow
def test_by_hand_equals_autograd(cell):
    names = ("bidirectional", "attention", "attentional_layer", "peeky", "bridge",
             "attention_slots")  # fmt: skip
    seen = 0
    for number, values in enumerate(itertools.product(*(SWITCHES[name] for name in names))):
        switches = dict(zip(names, values, strict=True)) | {"cell": cell}
        if switches["attention"] == "location" or not built(switches):
            continue
        system = build_system(reverse_source=number % 3 == 0, **switches)
        # Few rows and many: both ways of taking a step back.
        case = Case(system, TEXT, (TARGET * 3)[:13] if number % 2 else TARGET[:4])
        assert fits(case.sentence) == (switches["bridge"] in BRIDGES)
        if not fits(case.sentence):
            continue  # autograd alone, see `test_which_models_are_done_by_hand`
        for state in states_of(system.config):
            slow = by_autograd(case.sentence, state, 0)
            fast = by_hand(case.sentence, state)
            for part in ("encoder", "decoder", "initial", "log_odds"):
                a, b = getattr(slow, part), getattr(fast, part)
                assert a.shape == b.shape
                assert np.abs(a - b).max() <= 1e-10 * max(np.abs(a).max(), 1e-9), switches
        seen += 1
    assert seen >= 100


def test_a_trained_model_by_hand_and_by_autograd():
    system = checkpoint.load(str(ROOT / "checkpoints/fra-eng/attention"))
    text = "je suis fatigué ."
    case = Case(system, text, greedy_ids(system, text))
    slow, fast = by_autograd(case.sentence, "hidden", 0), by_hand(case.sentence, "hidden")
    for part in ("encoder", "decoder", "initial", "log_odds"):
        a, b = getattr(slow, part), getattr(fast, part)
        assert np.abs(a - b).max() <= 1e-10 * np.abs(a).max()


def test_which_models_are_done_by_hand():
    def done(**switches):
        return fits(Case(build_system(**switches), TEXT, TARGET).sentence)

    assert done(cell="lstm") and not done(cell="lstm", layers=2)
    assert not done(cell="rnn")
    others = set(SWITCHES["bridge"]) - set(BRIDGES)
    assert others and not any(
        done(cell="lstm", attention="dot", bridge=bridge) for bridge in others
    )


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", SWITCHES["cell"])
def test_the_decoder_cannot_see_the_future(cell, layers):
    system = build_system(cell=cell, layers=layers, attention="general", peeky="cell")
    flow = gradient_flow(system, TEXT, TARGET)
    assert (flow.decoder[np.triu_indices(5, 1)] == 0).all()
    assert (flow.decoder[np.tril_indices(5)] > 0).all()
    assert flow.fed == ("<sos>", *flow.output[:-1])


def test_log_odds_and_loss():
    system = build_system(attention="dot")
    odds = gradient_flow(system, TEXT, TARGET)
    loss = gradient_flow(system, TEXT, TARGET, of="loss")
    assert (odds.of, loss.of) == ("log_odds", "loss")
    for part in ("encoder", "decoder", "bottleneck"):
        rest = (1 - odds.probabilities).reshape(-1, *[1] * (getattr(odds, part).ndim - 1))
        np.testing.assert_allclose(getattr(loss, part), getattr(odds, part) * rest, rtol=1e-10)
    np.testing.assert_allclose(odds.losses, -np.log(odds.probabilities), rtol=1e-12)
    trace = system.translate(TEXT)
    own = gradient_flow(system, TEXT)
    np.testing.assert_allclose(own.probabilities, trace.probabilities, rtol=1e-10)
    assert own.output == trace.output and own.fed == trace.fed


def test_norms():
    system = build_system(cell="lstm", layers=2, attention="dot")
    one = gradient_flow(system, TEXT, TARGET)
    two = gradient_flow(system, TEXT, TARGET, norm="l2")
    assert one.norm == "l1" and (two.encoder <= one.encoder).all()
    assert (one.encoder <= np.sqrt(6) * two.encoder + 1e-12).all()
    assert one.layer == 1
    lower = gradient_flow(system, TEXT, TARGET, layer=0)
    assert lower.layer == 0 and not np.allclose(lower.encoder, one.encoder)
    cell = gradient_flow(system, TEXT, TARGET, state="cell")
    assert not np.allclose(cell.encoder, one.encoder)


@pytest.mark.parametrize("switches", [
    {"cell": "lstm"}, {"cell": "gru", "bidirectional": True}, {"layers": 2, "cell": "rnn"},
])  # fmt: skip
@pytest.mark.parametrize("training", [False, True])
def test_the_model_is_left_alone(switches, training):
    system = build_system(attention="general", dropout=0.5, dtype=torch.float32, **switches)
    calm = gradient_flow(system, TEXT, TARGET)
    model = system.model.train(training).requires_grad_(training)
    before, random = fingerprint(model), torch.get_rng_state()
    flow = gradient_flow(system, TEXT, TARGET)
    np.testing.assert_array_equal(flow.encoder, calm.encoder)  # dropout is off in any mode
    assert fingerprint(model) == before and torch.equal(torch.get_rng_state(), random)
    assert all(module.training == training for module in model.modules())
    for parameter in model.parameters():
        assert parameter.grad is None and parameter.requires_grad == training
    for module in model.modules():
        assert not module._forward_hooks and not module._backward_hooks
    assert flow.encoder.dtype == np.float64


@pytest.mark.parametrize("switches", [{"cell": "lstm"}, {"layers": 2}])
def test_eight_threads_at_once(switches):
    system = build_system(attention="dot", **switches)
    sentences = ["a b c", "h g f e d c b a", "c", "b b b", "d e a", "f", "g h", "a a b c d"] * 3
    serial = [gradient_flow(system, text) for text in sentences]
    with ThreadPoolExecutor(8) as pool:
        parallel = list(pool.map(lambda text: gradient_flow(system, text), sentences))
    for a, b in zip(serial, parallel, strict=True):
        for part in ("encoder", "decoder", "bottleneck", "losses", "probabilities"):
            np.testing.assert_array_equal(getattr(a, part), getattr(b, part))


def test_a_caller_in_inference_mode():
    for layers in (1, 2):
        system = build_system(attention="dot", layers=layers)
        calm = gradient_flow(system, TEXT)
        with torch.inference_mode():
            flow = gradient_flow(system, TEXT)
        np.testing.assert_array_equal(flow.encoder, calm.encoder)


@pytest.mark.parametrize("switches", [{"cell": "lstm"}, {"cell": "gru"}, {"cell": "rnn"}])
def test_one_token_in_and_one_out(switches):
    """Without attention one state is all there is: the encoder's only one is the bottleneck."""
    sequence = SequenceConfig(source_eos=False, max_source_length=1, max_output_length=2)
    flow = gradient_flow(build_system(sequence, **switches), "a", [4])
    assert flow.encoder.shape == flow.decoder.shape == (1, 1)
    np.testing.assert_allclose(flow.encoder[:, 0], flow.bottleneck, rtol=1e-12)


def test_a_typed_target_is_teacher_forced():
    system = build_like(3)
    flow = gradient_flow(system, "a b", "red sky")
    assert flow.mode == "teacher-forced"
    assert flow.output == ("<sos>", "red", "sky", "<eos>")
    assert flow.fed == ("<sos>", "<sos>", "red", "sky")
    by_ids = gradient_flow(system, system.read("a b"), [0, 2, 5, 1])
    np.testing.assert_array_equal(by_ids.encoder, flow.encoder)
    assert flow.source == ("a", "b", "<eos>") and flow.steps == 4


@pytest.mark.parametrize(("options", "words"), [
    ({"of": "logits"}, "log_odds or loss"),
    ({"state": "memory"}, "hidden or cell"),
    ({"norm": "max"}, "l1 or l2"),
    ({"state": "cell"}, "only an LSTM"),
    ({"layer": 1}, "Layer 1 does not exist"),
    ({"layer": -2}, "Layer -2 does not exist"),
    ({"target": ""}, "reference"),
    ({"target": []}, "at least one"),
    ({"target": "red purple"}, "purple"),
    ({"target": [4] * 10}, "at most 9"),
    ({"target": [99]}, "vocabulary"),
])  # fmt: skip
def test_what_cannot_be_asked(options, words):
    with pytest.raises(UserError, match=words) as caught:
        gradient_flow(build_system(), TEXT, **options)
    message = str(caught.value)
    assert message.endswith(".") and "\n" not in message


def test_nothing_to_read():
    with pytest.raises(UserError):
        gradient_flow(build_system(), "  ")


def test_the_result_checks_its_shapes():
    flow = gradient_flow(build_system(), TEXT, TARGET)
    with pytest.raises(ValueError, match=r"encoder has shape \(5, 4\), expected \(5, 5\)"):
        replace(flow, encoder=flow.encoder[:, :-1])
    with pytest.raises(ValueError, match="mode"):
        replace(flow, mode="free")
    with pytest.raises(ValueError, match="fed"):
        replace(flow, fed=flow.fed[:-1])
    assert isinstance(flow, GradientFlow)
