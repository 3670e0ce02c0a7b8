"""Input influence against finite differences of the literal encoder."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from attribution_reference import Vectors
from fingerprints import fingerprint
from gradient_cases import TARGET, TEXT, greedy_ids
from switches import CASES
from tiny import ROOT, build_like, build_system

from s2s.checkpoints import checkpoint
from s2s.errors import UserError
from s2s.probes import input_influence, saliency

FIELDS = ("influence", "final", "share")


def check(system, text, target):
    found = input_influence(system, text, target)
    literal = Vectors(system, found.reading, target)
    jacobians = literal.jacobians()  # [S, H, S, E]
    sizes = np.sqrt((jacobians**2).sum(axis=(1, 3)))
    np.testing.assert_allclose(found.influence, sizes, rtol=1e-6, atol=1e-8)

    # The state that the encoder ends with: of each way at the token that it reads last.
    config, final = system.config, literal.jacobians(literal.final)
    np.testing.assert_allclose(
        found.final, np.sqrt((final**2).sum(axis=(0, 2))), rtol=1e-6, atol=1e-8
    )
    np.testing.assert_allclose(found.share, found.final / found.final.sum())
    assert found.share.sum() == pytest.approx(1)

    if not config.has_attention:
        assert found.context is None and found.context_share is None and found.output == ()
    else:
        weights = saliency(system, text, target).attention
        mixed = np.einsum("tj,jhse->thse", weights, jacobians)
        np.testing.assert_allclose(
            found.context, np.sqrt((mixed**2).sum(axis=(1, 3))), rtol=1e-6, atol=1e-8
        )
        np.testing.assert_allclose(found.context_share.sum(axis=1), 1)
    return found


@pytest.mark.parametrize("switches", CASES, ids=lambda case: "-".join(map(str, case.values())))
def test_the_family_agrees_with_finite_differences(switches):
    found = check(build_system(**switches), TEXT, TARGET)
    if not switches["bidirectional"]:
        # A state cannot depend on what is read after it.
        order = [3, 2, 1, 0, 4] if switches["reverse_source"] else [0, 1, 2, 3, 4]
        moved = found.influence[np.ix_(order, order)]
        assert (moved[np.triu_indices(5, 1)] == 0).all()
        assert (moved[np.tril_indices(5)] > 0).all()
    else:
        assert (found.influence > 0).all()


@pytest.mark.parametrize("tutorial", [3, 4, 5])
def test_the_tutorials_manners_agree_with_finite_differences(tutorial):
    system = build_like(tutorial)
    text = "3 dec 84" if tutorial == 4 else TEXT
    found = check(system, text, greedy_ids(system, text))
    last = 0 if tutorial == 4 else -1
    np.testing.assert_allclose(found.final, found.influence[last], rtol=1e-12)


def test_a_trained_model():
    system = checkpoint.load(str(ROOT / "checkpoints" / "reverse/attention"))
    found = check(system, "cab", greedy_ids(system, "cab"))
    assert found.source == ("c", "a", "b", "<eos>") and found.output == ("b", "a", "c", "<eos>")


def test_without_recurrence_each_state_knows_its_own_token():
    system = build_system(cell="rnn")
    with torch.no_grad():
        system.model.encoder.rnn.weight_hh_l0.zero_()
    found = input_influence(system, TEXT)
    assert (found.influence[~np.eye(5, dtype=bool)] == 0).all()
    assert found.share.tolist() == [0, 0, 0, 0, 1]


@pytest.mark.parametrize("switches", [
    {"cell": "lstm", "attention": "dot"}, {"cell": "gru", "layers": 2, "bidirectional": True},
])  # fmt: skip
def test_the_model_is_left_alone_by_eight_threads(switches):
    system = build_system(dropout=0.5, dtype=torch.float32, **switches)
    calm = input_influence(system, TEXT, TARGET)
    model = system.model.train().requires_grad_(True)
    before, random = fingerprint(model), torch.get_rng_state()
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: input_influence(system, TEXT, TARGET), range(24)))
    with torch.inference_mode():
        results.append(input_influence(system, TEXT, TARGET))
    for found in results:
        for name in FIELDS:
            np.testing.assert_array_equal(getattr(found, name), getattr(calm, name))
    assert fingerprint(model) == before and torch.equal(torch.get_rng_state(), random)
    assert model.training and all(p.grad is None for p in model.parameters())


def test_what_cannot_be_asked():
    for attention in ("none", "dot"):
        with pytest.raises(UserError, match="purple"):
            input_influence(build_system(attention=attention), TEXT, "red purple")


def test_the_result_checks_its_shapes():
    found = input_influence(build_system(attention="dot"), TEXT, TARGET)
    with pytest.raises(ValueError, match="influence has shape"):
        replace(found, influence=found.influence[:-1])
    with pytest.raises(ValueError, match="final has shape"):
        replace(found, final=found.final[:-1])
    with pytest.raises(ValueError, match="output"):
        replace(found, context=None)
    assert np.isnan(replace(found, final=np.zeros(5)).share).all()
