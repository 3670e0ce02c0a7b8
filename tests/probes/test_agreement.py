"""Agreement: tau against counted pairs, controls against the search, a model we know."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from fingerprints import fingerprint
from gradient_cases import TARGET, TEXT, greedy_ids
from rounding import close
from tiny import build_like, build_system

from s2s.config import SequenceConfig
from s2s.decoding import single
from s2s.errors import UserError
from s2s.probes import agreement
from s2s.probes.agreement import tau
from s2s.results import Agreement
from s2s.text.vocab import Vocab


def counted(first, second):
    """Tau-b by looking at every pair."""
    agree = disagree = tied_first = tied_second = 0
    for i in range(len(first)):
        for j in range(i):
            a, b = np.sign(first[i] - first[j]), np.sign(second[i] - second[j])
            agree += a * b > 0
            disagree += a * b < 0
            tied_first += a == 0
            tied_second += b == 0
    pairs = len(first) * (len(first) - 1) / 2
    return (agree - disagree) / np.sqrt((pairs - tied_first) * (pairs - tied_second))


def test_tau_against_counted_pairs():
    draw = np.random.default_rng(1)
    for size in range(3, 12):
        for ties in (2, 4, 1000):
            a, b = draw.integers(ties, size=(2, size)).astype(float)
            if np.ptp(a) == 0 or np.ptp(b) == 0:
                assert np.isnan(tau(a, b))
            else:
                assert tau(a, b) == pytest.approx(counted(a, b), abs=1e-12)
    assert tau(np.array([1.0, 2, 3]), np.array([1.0, 2, 3])) == pytest.approx(1)
    assert np.isnan(tau(np.array([1.0, 2]), np.array([1.0, 2])))
    assert np.isnan(tau(np.array([1.0, 1, 1]), np.array([1.0, 2, 3])))


@pytest.mark.parametrize("attention", ["dot", "none"])
def test_every_pair_of_methods(attention):
    found = agreement(build_system(attention=attention), "a b c d e f", TARGET)
    saliency = found.saliency
    assert saliency.columns() == (0, 1, 2, 3, 4, 5)  # not <eos>
    assert len(found.pairs) == (6 if attention == "dot" else 3)
    assert found.tau.shape == (5, len(found.pairs))
    for first, second in found.pairs:
        for t in range(5):
            a, b = (np.abs(getattr(saliency, name)[t, :6]) for name in (first, second))
            assert found.between(second, first)[t] == pytest.approx(counted(a, b), abs=1e-12)
    with pytest.raises(KeyError):
        found.between("attention", "luck")


def known():
    """One state per token, one query: the answer is red if, and only if, the source holds `a`.

    Unit 0 of a state is matched with the query, unit 1 is 1 for `a` alone and is all that the
    output reads. The weaker a token's match, the less it takes from `a`.
    """
    words = ("a", "b", "c", "d")
    system = build_system(
        SequenceConfig(source_eos=False, max_source_length=6, max_output_length=1,
                       stop="fixed_length"),
        Vocab(words), Vocab(("<sos>", "red", "blue"), bos=0),
        cell="rnn", hidden=2, source_input="one_hot", attention="dot", attentional_layer=False,
    )  # fmt: skip
    model = system.model
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
        match, holds = [0.4, 0.3, 0.2, 0.1], [1.5, 0, 0, 0]
        model.encoder.rnn.weight_ih_l0.copy_(torch.tensor([match, holds]))
        model.decoder.rnn.bias_ih_l0.copy_(torch.tensor([1.0, 0.0]))
        model.decoder.output.weight[1, 1] = 9.0  # [c; h], the context first
        model.decoder.output.bias.copy_(torch.tensor([-5.0, 0.0, 1.0]))
    return system


@pytest.mark.parametrize("text", ["a b c d", "d a c b", "b d c a", "c b a"])
def test_all_four_methods_point_at_the_known_token(text):
    system = known()
    assert system.translate(text).output == ("red",)
    assert system.translate(text.replace("a", "d")).output == ("blue",)
    found = agreement(system, text)
    place = text.split().index("a")
    for name in found.saliency.methods:
        grid = np.abs(getattr(found.saliency, name))
        assert grid.argmax(axis=1).tolist() == [place], name
    np.testing.assert_allclose(found.tau, 1)
    assert found.median() == pytest.approx(1) and found.verdict() == "Mostly agrees"
    assert found.verdict(0) == "Mostly agrees"
    # The weights differ little, so even ones do hardly worse; the order can only hurt.
    assert found.uniform[0] < found.probabilities[0]
    assert found.permuted.max() <= found.probabilities[0] + 1e-12


@pytest.mark.parametrize("switches", [
    {"cell": "lstm", "attention": "general", "layers": 2},
    {"attention": "additive", "bidirectional": True, "attentional_layer": False},
    {"attention": "dot", "peeky": "cell_and_output", "reverse_source": True},
    {"attention": "general", "input_feeding": True, "cell": "lstm"},
    {"attention": "additive", "query": "previous", "context_into": "cell_and_output",
     "attentional_layer": False},
])  # fmt: skip
def test_controls_are_the_searchs_own_edits(switches):
    """Each probability again, by decoding with one step's weights given."""
    system = build_system(**switches)
    found = agreement(system, TEXT, TARGET, permutations=4, seed=7)
    reading, weights = system.read(TEXT), found.saliency.attention
    draw = np.random.default_rng(7)
    orders = [draw.permutation(5) for _ in range(4)]
    for t in range(5):
        rows = [np.full(5, 0.2), *(weights[t][order] for order in orders)]
        wanted = [
            single.greedy(system, reading, TARGET, {t: row.tolist()}, whole=True) for row in rows
        ]
        # Nothing else changes; later steps do where a step's context enters the next one.
        others = list(range(t)) if system.config.stepwise else [u for u in range(5) if u != t]
        for trace in wanted:
            np.testing.assert_allclose(
                trace.probabilities[others], found.probabilities[others], rtol=1e-10
            )
        probabilities = [trace.probabilities[t] for trace in wanted]
        assert found.uniform[t] == pytest.approx(probabilities[0], rel=1e-10)
        np.testing.assert_allclose(found.permuted[:, t], probabilities[1:], rtol=1e-10)
    assert found.permuted.shape == (4, 5)


def test_slots_keep_their_share():
    """Weights on empty slots stay there: the row is moved about, not scaled up."""
    system = build_like(3)
    found = agreement(system, "a c e", permutations=200)
    rows = found.saliency.attention
    assert (rows.sum(axis=1) < 0.999).any()
    # Among 200 orders of 4 places there is the one that changes nothing.
    apart = np.abs(found.permuted - found.probabilities).min(axis=0)
    np.testing.assert_allclose(apart, 0, atol=1e-12)


def test_permutations_are_reproducible():
    system = build_system(attention="dot")
    first, again, other = (agreement(system, TEXT, TARGET, seed=s) for s in (0, 0, 1))
    np.testing.assert_array_equal(first.permuted, again.permuted)
    assert first.permuted.shape == (20, 5) and (first.seed, other.seed) == (0, 1)
    assert not np.array_equal(first.permuted, other.permuted)
    close(first.uniform, other.uniform)
    more = agreement(system, TEXT, TARGET, permutations=30)
    np.testing.assert_allclose(more.permuted[:20], first.permuted, rtol=1e-12)


def test_without_attention_there_is_nothing_to_agree_with():
    found = agreement(build_system(cell="lstm"), TEXT)
    assert found.uniform is None and found.permuted is None
    assert found.median() is None and found.verdict() is None and found.verdict(0) is None
    assert np.isfinite(found.tau).all()


@pytest.mark.parametrize("text", ["a b", "a"])
def test_two_tokens_cannot_be_ranked(text):
    found = agreement(build_system(attention="dot"), text)
    assert np.isnan(found.tau).all() and found.verdict() is None
    assert np.isfinite(found.uniform).all()


def test_a_constant_row_has_no_tau():
    for text in ("a a a", "a a a a a a a"):  # each leaves the same sentence
        found = agreement(build_system(attention="dot"), text)
        for pair in found.pairs:
            assert np.isnan(found.between(*pair)).all() == ("leave_one_out" in pair)
        assert found.verdict() is not None
    same = agreement(known(), "b b b")
    assert np.isnan(same.tau).all() and same.verdict() is None


@pytest.mark.parametrize(("median", "verdict"), [
    (1.0, "Mostly agrees"), (0.5, "Mostly agrees"), (0.49, "Partly agrees"),
    (0.2, "Partly agrees"), (0.19, "Does not agree"), (-1.0, "Does not agree"),
])  # fmt: skip
def test_the_three_verdicts(median, verdict):
    found = agreement(build_system(attention="dot"), TEXT, TARGET)
    grid = np.full((5, 6), median)
    grid[:, 3:] = -1  # between the others: not attention's
    grid[1:3, 0] = np.nan
    found = replace(found, tau=grid)
    assert found.verdict() == verdict and found.median() == pytest.approx(median)
    grid[0, :3] = -1, -1, 1
    assert replace(found, tau=grid).verdict(0) == "Does not agree"
    assert replace(found, tau=np.full((5, 6), np.nan)).verdict() is None


def test_a_tau_on_the_threshold_reaches_it():
    """Two of ten pairs ahead: 0.2, which SciPy gives as 0.19999999999999998."""
    value = tau(np.arange(5.0), np.array([1.0, 4, 0, 2, 3]))
    assert value < 0.2 and value == pytest.approx(0.2, abs=1e-12)
    found = agreement(build_system(attention="dot"), TEXT, TARGET)
    found = replace(found, tau=np.full((5, 6), value))
    assert found.median() == found.median(0) == 0.2
    assert found.verdict() == found.verdict(0) == "Partly agrees"


def test_the_ceiling_is_of_the_attributions_alone():
    found = agreement(build_system(attention="dot"), "a b c d e f", TARGET)
    names = found.saliency.methods[1:]
    pairs = [found.between(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    assert found.ceiling() == pytest.approx(np.median(pairs))
    assert found.ceiling(2) == pytest.approx(np.median([row[2] for row in pairs]))
    grid = found.tau.copy()
    grid[:, :3] = -1  # attention's own
    assert replace(found, tau=grid).ceiling() == found.ceiling()
    plain = agreement(build_system(), "a b c d e f", TARGET)
    moved = plain.saliency.moved()
    assert plain.ceiling() == pytest.approx(np.median(plain.tau[moved])) and not moved.all()


def test_a_step_that_the_source_does_not_move_has_no_verdict():
    found = agreement(build_system(attention="dot"), TEXT, TARGET)
    saliency = found.saliency
    grids = {name: getattr(saliency, name).copy()
             for name in ("integrated_gradients", "leave_one_out")}  # fmt: skip
    for grid in grids.values():
        grid[1] *= 0.009 / np.nanmax(np.abs(grid[1]))
    taus = np.full((5, 6), -1.0)
    taus[1] = 1
    still = replace(found, saliency=replace(saliency, **grids), tau=taus)
    assert still.median(1) is None and still.ceiling(1) is None and still.verdict(1) is None
    assert still.verdict(0) == "Does not agree"
    assert still.median() == -1 and still.ceiling() == -1  # the others' alone
    assert replace(found, tau=taus).verdict(1) == "Mostly agrees"
    none = {name: np.where(np.isnan(grid), np.nan, 1e-9) for name, grid in grids.items()}
    assert replace(still, saliency=replace(saliency, **none)).verdict() is None


@pytest.mark.slow
def test_the_model_is_left_alone_by_eight_threads():
    system = build_system(attention="dot", dropout=0.5, dtype=torch.float32)
    calm = agreement(system, TEXT, TARGET)
    model = system.model.train().requires_grad_(True)
    before, random = fingerprint(model), torch.get_rng_state()
    numbers = np.random.get_state()[1].copy()
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: agreement(system, TEXT, TARGET), range(16)))
    with torch.inference_mode():
        results.append(agreement(system, TEXT, TARGET))
    for found in results:
        for name in ("tau", "uniform", "permuted", "probabilities"):
            np.testing.assert_array_equal(getattr(found, name), getattr(calm, name))
    assert fingerprint(model) == before and torch.equal(torch.get_rng_state(), random)
    assert (np.random.get_state()[1] == numbers).all()
    assert model.training and all(p.grad is None for p in model.parameters())


@pytest.mark.parametrize(("options", "words"), [
    ({"of": "logits"}, "log_odds or loss"),
    ({"permutations": 0}, "1 to 1000"),
    ({"permutations": 1001}, "1 to 1000"),
    ({"target": "red purple"}, "purple"),
])  # fmt: skip
def test_what_cannot_be_asked(options, words):
    with pytest.raises(UserError, match=words):
        agreement(build_system(), TEXT, **options)


def test_the_result_checks_its_shapes():
    system = build_system(attention="dot")
    found = agreement(system, TEXT, greedy_ids(system, TEXT))
    with pytest.raises(ValueError, match="tau has shape"):
        replace(found, tau=found.tau[:, :-1])
    with pytest.raises(ValueError, match="permuted has shape"):
        replace(found, permuted=found.permuted[:, :-1])
    with pytest.raises(ValueError, match="attention"):
        replace(found, uniform=None)
    assert isinstance(found, Agreement)
