"""Saliency against finite differences, its own axioms, and the model run on other sentences."""

import importlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from attribution_reference import Vectors
from fingerprints import fingerprint
from gradient_cases import TARGET, TEXT, greedy_ids
from rounding import close
from switches import CASES
from tiny import ROOT, build_like, build_system

import s2s
from s2s.checkpoints import checkpoint
from s2s.config import SequenceConfig
from s2s.decoding import single
from s2s.errors import UserError
from s2s.probes import saliency
from s2s.results import Saliency
from s2s.tasks import TASKS

FIELDS = ("gradient_x_input", "integrated_gradients", "leave_one_out", "scores", "baseline",
          "points", "log_probabilities")  # fmt: skip
MODULE = importlib.import_module("s2s.probes.attributions")


def specials(system, reading):
    sequence, last = system.sequence, len(reading.ids) - 1
    return [0] * sequence.source_bos + [last] * sequence.source_eos


def own_target(system, text):
    known = text == TEXT and max(TARGET) < len(system.target_vocab)
    return TARGET if known else greedy_ids(system, text)


def check(system, text, of="log_odds"):
    """Gradient times input by scaling each vector; completeness with both ends from the literal."""
    target = own_target(system, text)
    literal = Vectors(system, system.read(text), target)
    found = saliency(system, text, target, of=of)
    slopes = literal.slopes(literal.x, literal.x, of)
    largest = np.abs(slopes).max(axis=1, keepdims=True)
    assert (np.abs(found.gradient_x_input - slopes) <= 1e-6 * largest + 1e-9).all()

    kept = specials(system, found.reading)
    baseline = np.zeros_like(literal.x)
    baseline[kept] = literal.x[kept]
    top, bottom = literal.scores(literal.x, of), literal.scores(baseline, of)
    np.testing.assert_allclose(found.scores, top, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found.baseline, bottom, rtol=1e-9, atol=1e-9)
    sums = np.nansum(found.integrated_gradients, axis=1)
    assert (np.abs(sums - (top - bottom)) <= np.maximum(0.01 * np.abs(top - bottom), 1e-3)).all()
    assert found.complete().all()
    assert np.isnan(found.integrated_gradients).any(axis=0).nonzero()[0].tolist() == kept
    return found, literal, baseline


@pytest.mark.parametrize("switches", CASES, ids=lambda case: "-".join(map(str, case.values())))
def test_the_family_agrees_with_finite_differences(switches):
    check(build_system(**switches), TEXT)


@pytest.mark.parametrize("tutorial", [3, 4, 5])
@pytest.mark.parametrize("of", ["log_odds", "loss"])
def test_the_tutorials_manners_agree_with_finite_differences(tutorial, of):
    check(build_like(tutorial), "3 dec 84" if tutorial == 4 else TEXT, of)


@pytest.mark.parametrize("tutorial", [3, 5])
@pytest.mark.slow
def test_integrated_gradients_are_the_integral(tutorial):
    """Cell by cell: the mean of finite differences at 100 midpoints of the path."""
    found, literal, baseline = check(build_like(tutorial), TEXT)
    way, mean = literal.x - baseline, 0
    for number in range(100):
        mean = mean + literal.slopes(baseline + (number + 0.5) / 100 * way, way) / 100
    wanted = np.where(np.isnan(found.integrated_gradients), np.nan, mean)
    bound = 0.02 * np.abs(mean).max(axis=1, keepdims=True)
    assert (np.abs(found.integrated_gradients - wanted) <= bound)[~np.isnan(wanted)].all()


def test_too_few_points_are_said_to_be_too_few(monkeypatch):
    system = build_system(attention="dot", cell="lstm")
    enough = saliency(system, TEXT, TARGET)
    assert enough.complete().all() and not enough.incomplete()
    assert (enough.points >= 16).all()
    monkeypatch.setattr(MODULE, "POINTS", (1, 2))
    found = saliency(system, TEXT, TARGET)
    wrong = np.flatnonzero(~found.complete())
    assert wrong.size and all(str(t + 1) in found.incomplete() for t in wrong)
    # Where the cells stayed, no more points were taken.
    monkeypatch.setattr(MODULE, "POINTS", (1, 2, 64))
    mixed = saliency(system, TEXT, TARGET)
    np.testing.assert_array_equal(mixed.points == 2, found.complete())


def test_a_right_sum_of_wrong_cells_is_not_complete(monkeypatch):
    """One number of points alone says nothing about the cells, whatever they add up to."""
    monkeypatch.setattr(MODULE, "POINTS", (16,))
    found = saliency(build_system(attention="dot", cell="lstm"), TEXT, TARGET)
    assert (np.abs(found.residual()) <= 0.01 * np.abs(found.scores - found.baseline)).any()
    assert not found.complete().any() and np.isinf(found.change).all()


@pytest.mark.parametrize("name", ["dates/attention", "fra-eng-small/attention"])
@pytest.mark.slow
def test_every_cell_is_within_one_per_cent_of_its_row(name, monkeypatch):
    if not (ROOT / "checkpoints" / name).is_dir():
        pytest.skip(f"needs the model {name}")
    system = s2s.load(name)
    for text in system_texts(system):
        found = saliency(system, text)
        with monkeypatch.context() as patch:
            patch.setattr(MODULE, "POINTS", (128,))
            exact = saliency(system, text).integrated_gradients
        largest = np.nanmax(np.abs(exact), axis=1, keepdims=True)
        error = np.abs(found.integrated_gradients - exact)
        assert found.complete().all()
        assert (error <= np.maximum(0.01 * largest, 0.001))[~np.isnan(error)].all()


def system_texts(system):
    return TASKS[system.task].examples[:1]


def forced(system, text, target):
    return single.forced(system, system.read(text), target).log_probabilities


@pytest.mark.parametrize("system", [
    build_system(cell="lstm", bidirectional=True, attention="additive"),
    build_system(peeky="cell_and_output", reverse_source=True, layers=2),
    build_like(3), build_like(5),
])  # fmt: skip
def test_leaving_out_is_the_shorter_sentence(system):
    words = TEXT.split()
    target = own_target(system, TEXT)
    found = saliency(system, TEXT, target)
    whole = forced(system, TEXT, target)
    np.testing.assert_allclose(found.log_probabilities, whole, rtol=1e-10)
    first = found.reading.first
    for place in range(len(words)):
        shorter = " ".join(words[:place] + words[place + 1 :])
        np.testing.assert_allclose(
            found.leave_one_out[:, first + place], whole - forced(system, shorter, target),
            rtol=1e-9, atol=1e-11,
        )  # fmt: skip
        if found.replaced is not None:
            other = " ".join([*words[:place], "zzz", *words[place + 1 :]])
            np.testing.assert_allclose(
                found.replaced[:, first + place], whole - forced(system, other, target),
                rtol=1e-9, atol=1e-11,
            )  # fmt: skip
    kept = specials(system, found.reading)
    assert np.isnan(found.leave_one_out[:, kept]).all() and found.left_out == "removed"
    assert (found.replaced is None) == (system.source_vocab.unk is None)
    assert found.columns() == tuple(range(first, first + len(words)))


def test_in_a_fixed_length_a_blank_takes_the_place():
    system = build_like(4)
    text = "3 dec 84"
    target = greedy_ids(system, text)
    found = saliency(system, text)
    whole = forced(system, text, target)
    assert found.left_out == "blank" and found.replaced is None and len(found.source) == 12
    for place, character in enumerate(text):
        if character == " ":
            assert np.isnan(found.leave_one_out[:, place]).all()
            continue
        other = text[:place] + " " + text[place + 1 :]
        reading = system.read(text)
        ids = system.source_vocab.encode(other.ljust(12))[0]
        trace = single.forced(system, replace(reading, ids=tuple(ids)), target)
        np.testing.assert_allclose(
            found.leave_one_out[:, place], whole - trace.log_probabilities, rtol=1e-9, atol=1e-11
        )
    assert np.isnan(found.leave_one_out[:, len(text) :]).all()
    assert found.columns() == (0, 2, 3, 4, 6, 7)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["reverse/attention", "dates/plain"])
def test_a_trained_model(name):
    system = checkpoint.load(str(ROOT / "checkpoints" / name))
    text = "3 may 84" if "dates" in name else "cabin"
    found = saliency(system, text)
    trace = system.translate(text)
    assert found.output == trace.output and found.fed == trace.fed
    assert found.mode == "free-running" and found.complete().all()
    np.testing.assert_allclose(found.log_probabilities, trace.log_probabilities, atol=1e-4)
    if trace.attention is not None:
        np.testing.assert_allclose(found.attention, trace.attention, atol=1e-5)
        # It copies letters from right to left, and every method sees it.
        for grid in (found.integrated_gradients, found.leave_one_out):
            assert np.nanargmax(grid[:5], axis=1).tolist() == [4, 3, 2, 1, 0]
    else:
        assert found.attention is None
        assert found.methods == ("gradient_x_input", "integrated_gradients", "leave_one_out")


def test_what_has_no_value():
    system = build_system(attention="dot")
    one = saliency(system, "a", TARGET)  # nothing would be left
    assert np.isnan(one.leave_one_out).all() and np.isfinite(one.replaced[:, 0]).all()
    assert np.isfinite(one.integrated_gradients[:, 0]).all() and one.columns() == ()
    unknown = saliency(system, "a zzz b", TARGET)
    assert np.isnan(unknown.replaced[:, [1, 3]]).all()
    assert np.isfinite(unknown.leave_one_out[:, :3]).all()
    date = saliency(build_like(4), "3")
    assert np.isnan(date.leave_one_out).all()


def test_whether_the_source_moves_a_token():
    found = saliency(build_system(attention="dot"), TEXT, TARGET)
    assert found.moved().all()
    parts = np.stack([found.integrated_gradients, found.leave_one_out])
    np.testing.assert_array_equal(found.sizes(), np.nanmax(np.abs(parts), axis=(0, 2)))
    quiet = np.where(np.isnan(found.leave_one_out), np.nan, 0.0)
    integrated = quiet.copy()
    integrated[0, 2], integrated[1, 2], integrated[2, 3] = -0.0101, 0.0099, np.nan
    found = replace(found, leave_one_out=quiet, integrated_gradients=integrated)
    assert found.moved().tolist() == [True, False, False, False, False]
    left_out = quiet.copy()
    left_out[3, 0] = -2
    found = replace(found, leave_one_out=left_out)
    assert found.moved().tolist() == [True, False, False, True, False]
    assert replace(found, leave_one_out=np.full_like(quiet, np.nan)).moved()[0]


@pytest.mark.parametrize(
    ("name", "moved"), [("dates-book/plain", False), ("dates/attention", True)]
)
@pytest.mark.slow
def test_a_model_that_does_not_read_its_input(name, moved):
    found = saliency(checkpoint.load(str(ROOT / "checkpoints" / name)), "3 may 84")
    assert (found.moved() == moved).all()
    # Far from the threshold on either side: it is no matter of digits.
    assert (found.sizes() > 0.1).all() if moved else (found.sizes() < 0.001).all()


def test_the_two_scores():
    system = build_system(attention="dot")
    odds, loss = (saliency(system, TEXT, TARGET, of=of) for of in ("log_odds", "loss"))
    rest = 1 - np.exp(odds.log_probabilities)[:, None]
    np.testing.assert_allclose(loss.gradient_x_input, odds.gradient_x_input * rest, rtol=1e-10)
    close(loss.leave_one_out, odds.leave_one_out)
    np.testing.assert_allclose(loss.scores, odds.log_probabilities, rtol=1e-12)
    assert (odds.of, loss.of) == ("log_odds", "loss")
    typed = saliency(system, TEXT, "red sky")
    assert typed.mode == "teacher-forced" and typed.output == ("red", "sky", "<eos>")


@pytest.mark.parametrize("switches", [
    {"cell": "lstm"}, {"cell": "gru", "bidirectional": True}, {"layers": 2, "cell": "rnn"},
])  # fmt: skip
@pytest.mark.parametrize("training", [False, True])
def test_the_model_is_left_alone(switches, training):
    system = build_system(attention="general", dropout=0.5, dtype=torch.float32, **switches)
    calm = saliency(system, TEXT, TARGET)
    model = system.model.train(training).requires_grad_(training)
    before, random = fingerprint(model), torch.get_rng_state()
    found = saliency(system, TEXT, TARGET)
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(found, name), getattr(calm, name))
    assert fingerprint(model) == before and torch.equal(torch.get_rng_state(), random)
    assert all(module.training == training for module in model.modules())
    for parameter in model.parameters():
        assert parameter.grad is None and parameter.requires_grad == training
        assert parameter.dtype == torch.float32
    for module in model.modules():
        assert not module._forward_hooks and not module._backward_hooks


@pytest.mark.slow
def test_eight_threads_at_once():
    system = build_system(attention="dot", cell="lstm")
    sentences = ["a b c", "h g f e d c b a", "c", "b b b", "d e a", "f", "g h", "a a b c d"] * 2
    before = fingerprint(system.model)
    serial = [saliency(system, text) for text in sentences]
    with ThreadPoolExecutor(8) as pool:
        parallel = list(pool.map(lambda text: saliency(system, text), sentences))
    for a, b in zip(serial, parallel, strict=True):
        for name in (*FIELDS, "attention", "replaced"):
            np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    assert fingerprint(system.model) == before


def test_a_caller_without_gradients():
    system = build_system(attention="dot")
    calm = saliency(system, TEXT)
    for mode in (torch.inference_mode(), torch.no_grad()):
        with mode:
            found = saliency(system, TEXT)
        for name in FIELDS:
            np.testing.assert_array_equal(getattr(found, name), getattr(calm, name))


@pytest.mark.parametrize(("options", "words"), [
    ({"of": "logits"}, "log_odds or loss"),
    ({"target": "red purple"}, "purple"),
    ({"target": []}, "at least one"),
    ({"target": [4] * 10}, "at most 9"),
])  # fmt: skip
def test_what_cannot_be_asked(options, words):
    with pytest.raises(UserError, match=words):
        saliency(build_system(), TEXT, **options)


def test_the_result_checks_its_shapes():
    found = saliency(build_system(), TEXT, TARGET)
    with pytest.raises(ValueError, match=r"leave_one_out has shape \(5, 4\), expected \(5, 5\)"):
        replace(found, leave_one_out=found.leave_one_out[:, :-1])
    for name in ("of", "mode", "left_out"):
        with pytest.raises(ValueError, match=name):
            replace(found, **{name: "other"})
    assert isinstance(found, Saliency) and found.steps == 5


def test_one_token_in_and_one_out():
    sequence = SequenceConfig(source_eos=False, max_source_length=1, max_output_length=2)
    found = saliency(build_system(sequence), "a", [4])
    assert found.gradient_x_input.shape == (1, 1) and found.complete().all()
