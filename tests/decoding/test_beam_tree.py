"""A beam search keeps a true record, and the verdict on it is what the numbers say."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from tiny import build_like, build_system, texts

from s2s.config import SequenceConfig
from s2s.decoding import beam_search, single
from s2s.results import BeamTree, SearchVerdict
from s2s.text.vocab import EOS

SHORT = SequenceConfig(max_source_length=12, max_output_length=4)
TEXT = "a b c d"


def ids_of(system, tokens):
    return [system.target_vocab.ids[token] for token in tokens]


def score_of(system, tokens, text=TEXT):
    """Log probability by forced decoding, one hypothesis at a time."""
    ids = ids_of(system, tokens)
    return single.forced(system, system.read(text), ids).log_probability


@pytest.mark.parametrize(("seed", "size"), [(3, 2), (8, 3), (5, 1)])
def test_what_survives_is_exactly_what_a_beam_by_hand_keeps(seed, size):
    """The search done again with forced decoding alone, sorting every continuation there is."""
    system = build_system(SHORT, attention="dot", seed=seed)
    _, tree = system.beam(TEXT, size)
    live = [()]
    for step in range(tree.steps):
        every = [(*head, token) for head in live for token in system.target_vocab.tokens]
        every.sort(key=lambda tokens: -score_of(system, tokens))
        here = [n for n in range(1, len(tree.tokens)) if tree.step[n] == step]
        assert [tree.hypothesis(n) for n in here] == every[: 2 * size]
        assert [tree.hypothesis(n) for n in here if tree.survived[n]] == every[:size]
        live = [tokens for tokens in every[:size] if tokens[-1] != EOS and len(tokens) < 4]
        ended = [tree.hypothesis(n) for n in here if tree.finished[n]]
        assert ended == [tokens for tokens in every[:size] if tokens not in live]


@pytest.mark.parametrize("alpha", [0.0, 1.5])
def test_the_numbers_of_every_node(alpha):
    system = build_like(5)
    _, tree = system.beam(TEXT, 4, alpha)
    assert tree.length_penalty == alpha and tree.steps == tree.step.max() + 1
    own, penalised, ranks = tree.probabilities(), tree.penalised_scores(), tree.ranks()
    assert (own[0], penalised[0], tree.path(0)) == (1, 0, ())
    for n in range(1, len(tree.tokens), 3):
        tokens = tree.hypothesis(n)
        score = score_of(system, tokens)
        assert tree.score[n] == pytest.approx(score, abs=1e-9)
        assert penalised[n] == pytest.approx(score / ((5 + len(tokens)) / 6) ** alpha, abs=1e-9)
        trace = single.forced(system, system.read(TEXT), ids_of(system, tokens))
        assert own[n] == pytest.approx(trace.probabilities[-1], abs=1e-12)
        assert tree.path(n)[-1] == n and len(tree.path(n)) == len(tokens)
    np.testing.assert_allclose(penalised[list(tree.ranking)], tree.penalised)
    for step in range(tree.steps):
        here = np.flatnonzero(tree.step == step)
        assert ranks[here].tolist() == list(range(len(here)))
        assert (np.diff(tree.score[here]) <= 1e-12).all()


def test_n_best_scores_are_forced_scores():
    system = build_system(attention="additive", seed=2)
    for text, size in itertools.product(texts(3, seed=8), (1, 3, 10)):
        traces, tree = system.beam(text, size, 0.6)
        assert len(traces) == min(size, len(tree.ranking))
        for trace, n in zip(traces, tree.ranking, strict=False):
            own = single.forced(system, trace.reading, ids_of(system, trace.output))
            assert trace.log_probability == own.log_probability
            assert tree.score[n] == pytest.approx(own.log_probability, abs=1e-9)


def test_a_search_may_end_with_fewer_than_it_kept():
    counts = {len(build_system(attention="dot", seed=seed).beam(TEXT, 8)[0]) for seed in range(6)}
    assert min(counts) < 8 and min(counts) >= 1


def test_a_tree_by_hand():
    tree = BeamTree(
        ("<sos>", "a", "a", "b"), np.array([-1, 0, 1, 1]), np.array([-1, 0, 1, 1]),
        np.log([1, 0.5, 0.25, 0.125]), np.array([True, True, True, False]),
        np.array([False, False, True, False]), (2,), np.array([-1.0]),
    )  # fmt: skip
    assert tree.hypothesis(2) == ("a", "a") and tree.path(2) == (1, 2)
    np.testing.assert_allclose(tree.probabilities(), [1, 0.5, 0.5, 0.25])
    assert tree.ranks().tolist() == [0, 0, 0, 1]
    with pytest.raises(ValueError, match="BeamTree.parent"):
        replace(tree, parent=np.zeros(2, int))


# The verdict.


def outputs(system, count=40):
    """Different outputs, the model's favourites first, each a Trace."""
    traces, _ = system.beam(TEXT, 10)
    more = [system.sample(TEXT, seed=seed) for seed in range(count)]
    every = {trace.output: trace for trace in (*traces, *more)}
    return sorted(every.values(), key=lambda trace: -trace.log_probability)


@pytest.fixture(scope="module")
def four():
    """Four outputs of one sentence, the most probable first, clearly apart."""
    found = outputs(build_system(attention="dot", seed=1))
    assert len(found) > 4
    picked = found[:: len(found) // 4][:4]
    assert all(a.log_probability > b.log_probability + 1e-3 for a, b in itertools.pairwise(picked))
    return picked


def test_who_missed_what(four):
    best, second, third, _ = four
    missed = SearchVerdict(greedy=second, found=(best, third))
    assert missed.greedy_missed and not missed.search_missed
    assert missed.gain == pytest.approx(best.log_probability - second.log_probability)
    right = SearchVerdict(greedy=best, found=(best, second))
    assert not right.greedy_missed and not right.search_missed and right.gain == 0
    pruned = SearchVerdict(greedy=best, found=(second, third))
    assert pruned.search_missed and not pruned.greedy_missed
    # A penalty may rank another one first: the verdict is on log probability all the same.
    ranked = SearchVerdict(greedy=second, found=(third, best))
    assert ranked.best is best and ranked.greedy_missed


def test_the_fault_against_a_reference(four):
    best, second, third, fourth = four
    cases = [
        (SearchVerdict(second, (second, third)), None),
        (SearchVerdict(second, (second, third), best), "search"),
        (SearchVerdict(second, (second, third), second), "none"),
        (SearchVerdict(second, (second, third), third), "model"),
        (SearchVerdict(second, (second, third), fourth), "model"),
        # Greedy's own counts as found where the beam lost it.
        (SearchVerdict(best, (third,), second), "model"),
        (SearchVerdict(best, (third,), best), "none"),
    ]
    assert [verdict.fault for verdict, _ in cases] == [fault for _, fault in cases]
    assert cases[3][0].rank(third.output) == 2 and cases[3][0].rank(best.output) is None


def test_equal_scores_are_no_error(four):
    best, second = four[:2]
    near = replace(
        second,
        log_probabilities=second.log_probabilities
        + (best.log_probability - second.log_probability + 5e-5) / second.steps,
    )
    assert 0 < near.log_probability - best.log_probability < 1e-4
    verdict = SearchVerdict(best, (near,), near)
    assert not verdict.greedy_missed and not verdict.search_missed
    assert SearchVerdict(best, (best,), near).fault == "model"


def test_a_verdict_needs_outputs_of_one_sentence(four):
    other = build_system(attention="dot", seed=1).translate("a")
    with pytest.raises(ValueError, match="at least one"):
        SearchVerdict(four[0], ())
    with pytest.raises(ValueError, match="one source sentence"):
        SearchVerdict(four[0], (other,))
    with pytest.raises(ValueError, match="one source sentence"):
        SearchVerdict(four[0], (four[0],), other)


def test_greedy_is_missed_somewhere_and_a_beam_finds_it():
    """On models that a beam improves, the verdict says so, and only there."""
    said = set()
    for seed in range(12):
        system = build_system(attention="dot", seed=seed)
        traces, _ = beam_search.beam(system, system.read(TEXT), 10)
        verdict = SearchVerdict(system.translate(TEXT), tuple(traces))
        better = traces[0].log_probability > verdict.greedy.log_probability + 1e-4
        assert verdict.greedy_missed == better
        said.add(better)
    assert said == {True, False}
