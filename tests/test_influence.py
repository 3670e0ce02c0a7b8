"""Input influence against finite differences of the literal encoder."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from attribution_reference import Vectors
from test_gradient_flow import fingerprint
from test_gradients import TARGET, TEXT, greedy_ids
from test_model import CASES
from tiny import ROOT, build_like, build_translator

from s2s import checkpoint
from s2s.errors import UserError
from s2s.probes import input_influence, saliency

FIELDS = ("influence", "final", "share")


def check(translator, text, target):
    found = input_influence(translator, text, target)
    literal = Vectors(translator, found.reading, target)
    jacobians = literal.jacobians()  # [S, H, S, E]
    sizes = np.sqrt((jacobians**2).sum(axis=(1, 3)))
    np.testing.assert_allclose(found.influence, sizes, rtol=1e-6, atol=1e-8)

    # The state that the encoder ends with: at the last token read, each half at its own.
    config, places = translator.config, literal.places
    final = jacobians[places[-1]]
    if config.bidirectional:
        half = config.hidden // 2
        final = np.concatenate([final[:half], jacobians[places[0]][half:]])
    np.testing.assert_allclose(
        found.final, np.sqrt((final**2).sum(axis=(0, 2))), rtol=1e-6, atol=1e-8
    )
    np.testing.assert_allclose(found.share, found.final / found.final.sum())
    assert found.share.sum() == pytest.approx(1)

    if not config.has_attention:
        assert found.context is None and found.context_share is None and found.output == ()
    else:
        weights = saliency(translator, text, target).attention
        mixed = np.einsum("tj,jhse->thse", weights, jacobians)
        np.testing.assert_allclose(
            found.context, np.sqrt((mixed**2).sum(axis=(1, 3))), rtol=1e-6, atol=1e-8
        )
        np.testing.assert_allclose(found.context_share.sum(axis=1), 1)
    return found


@pytest.mark.parametrize("switches", CASES, ids=lambda case: "-".join(map(str, case.values())))
def test_the_family_agrees_with_finite_differences(switches):
    found = check(build_translator(**switches), TEXT, TARGET)
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
    translator = build_like(tutorial)
    text = "3 dec 84" if tutorial == 4 else TEXT
    found = check(translator, text, greedy_ids(translator, text))
    last = 0 if tutorial == 4 else -1
    np.testing.assert_allclose(found.final, found.influence[last], rtol=1e-12)


def test_a_trained_model():
    translator = checkpoint.load(str(ROOT / "checkpoints" / "reverse/attention"))
    found = check(translator, "cab", greedy_ids(translator, "cab"))
    assert found.source == ("c", "a", "b", "<eos>") and found.output == ("b", "a", "c", "<eos>")


def test_without_recurrence_each_state_knows_its_own_token():
    translator = build_translator(cell="rnn")
    with torch.no_grad():
        translator.model.encoder.rnn.weight_hh_l0.zero_()
    found = input_influence(translator, TEXT)
    assert (found.influence[~np.eye(5, dtype=bool)] == 0).all()
    assert found.share.tolist() == [0, 0, 0, 0, 1]


@pytest.mark.parametrize("switches", [
    {"cell": "lstm", "attention": "dot"}, {"cell": "gru", "layers": 2, "bidirectional": True},
])  # fmt: skip
def test_the_model_is_left_alone_by_eight_threads(switches):
    translator = build_translator(dropout=0.5, dtype=torch.float32, **switches)
    calm = input_influence(translator, TEXT, TARGET)
    model = translator.model.train().requires_grad_(True)
    before, random = fingerprint(model), torch.get_rng_state()
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: input_influence(translator, TEXT, TARGET), range(24)))
    with torch.inference_mode():
        results.append(input_influence(translator, TEXT, TARGET))
    for found in results:
        for name in FIELDS:
            np.testing.assert_array_equal(getattr(found, name), getattr(calm, name))
    assert fingerprint(model) == before and torch.equal(torch.get_rng_state(), random)
    assert model.training and all(p.grad is None for p in model.parameters())


def test_what_cannot_be_asked():
    for attention in ("none", "dot"):
        with pytest.raises(UserError, match="purple"):
            input_influence(build_translator(attention=attention), TEXT, "red purple")


def test_the_result_checks_its_shapes():
    found = input_influence(build_translator(attention="dot"), TEXT, TARGET)
    with pytest.raises(ValueError, match="influence has shape"):
        replace(found, influence=found.influence[:-1])
    with pytest.raises(ValueError, match="final has shape"):
        replace(found, final=found.final[:-1])
    with pytest.raises(ValueError, match="output"):
        replace(found, context=None)
    assert np.isnan(replace(found, final=np.zeros(5)).share).all()
