"""Neighbours against brute force in float64, and against scikit-learn's."""

import sys

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors
from tiny import build_system, texts

from s2s.errors import UserError
from s2s.probes import hidden_states, neighbours, state_corpus
from s2s.probes.neighbours import METRICS, nearest
from s2s.probes.state_corpus import sizes
from s2s.results.state_corpus import SideStates
from s2s.tasks.labelled import Labelled, LabelledSet


def states_of(count, units, each, seed=0):
    """`count` random states, `each` of a sentence, some of them the same and one of them zero."""
    draw = np.random.default_rng(seed)
    states = draw.standard_normal((count, units)).astype(np.float16)
    states[5::97] = states[4]
    states[7] = 0
    sentence = (np.arange(count) // each).astype(np.int32)
    return SideStates(states, sizes(states), sentence, (np.arange(count) % each).astype(np.int32))


def by_force(part, query, metric, without=()):
    """Sentence to its best state and that state's number, in float64, one state at a time."""
    best = {}
    for n, state in enumerate(part.states.astype(np.float64)):
        if part.sentence[n] in without:
            continue
        if metric == "euclidean":
            value = float(np.sqrt(((state - query) ** 2).sum()))
        elif not state.any():
            continue
        else:
            value = 1 - float(state @ query / (np.sqrt(state @ state) * np.sqrt(query @ query)))
        if value < best.get(part.sentence[n], (np.inf, 0))[0]:
            best[part.sentence[n]] = value, n
    return sorted(best.values())


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("units", [3, 48])
def test_they_are_those_of_brute_force(metric, units, monkeypatch):
    # So that blocks end anywhere.
    monkeypatch.setattr(sys.modules[nearest.__module__], "BLOCK", 1000)
    part, draw = states_of(1200, units, 7), np.random.default_rng(1)
    queries = [*draw.standard_normal((6, units)), part.states[40].astype(float)]
    for query in queries:
        found, values = nearest(part, query, metric, 10, frozenset({3, 11}))
        wanted = by_force(part, query, metric, {3, 11})[:10]
        told = 1 - values if metric == "cosine" else values
        np.testing.assert_allclose(told, [value for value, _ in wanted], atol=1e-9)
        assert len({part.sentence[n] for n in found}) == 10
        clear = [k for k in range(1, 9) if wanted[k][0] - wanted[k - 1][0] > 1e-9
                 and wanted[k + 1][0] - wanted[k][0] > 1e-9]  # fmt: skip
        assert [found[k] for k in clear] == [wanted[k][1] for k in clear] and clear


@pytest.mark.parametrize("metric", METRICS)
def test_they_are_those_of_scikit_learn(metric):
    part = states_of(900, 24, 1)
    whole = part.states.astype(np.float64)
    kept = np.flatnonzero(whole.any(axis=1) | (metric == "euclidean"))
    kept = kept[~np.isin(kept, range(5, 900, 97))]  # of equals, nobody says which comes first
    other = NearestNeighbors(n_neighbors=8, metric=metric, algorithm="brute").fit(whole[kept])
    for query in np.random.default_rng(2).standard_normal((5, 24)):
        found, values = nearest(part, query, metric, 8, frozenset(range(5, 900, 97)))
        distances, places = other.kneighbors(query[None])
        told = 1 - values if metric == "cosine" else values
        np.testing.assert_allclose(told, distances[0], atol=1e-9)
        assert found == kept[places[0]].tolist()


def test_fewer_sentences_than_are_asked_for():
    part = states_of(12, 5, 4)
    found, _ = nearest(part, np.ones(5), "cosine", 10, frozenset({0}))
    assert len(found) == 2


def test_what_has_no_answer():
    part = states_of(12, 5, 4)
    with pytest.raises(UserError, match="zero vector"):
        nearest(part, np.zeros(5), "cosine", 3)
    assert nearest(part, np.zeros(5), "euclidean", 1)[0] == [7]
    with pytest.raises(UserError, match="metric is 'city'"):
        nearest(part, np.ones(5), "city", 3)


def test_of_a_model():
    system, said = build_system(attention="dot"), texts(60, 5)
    known = LabelledSet(tuple(Labelled(t, {"first": t[0]}) for t in dict.fromkeys(said)), "")
    corpus = state_corpus(system, known)
    text = said[4]
    states = hidden_states(system, text)
    for side, layers in (("encoder", states.encoder), ("decoder", states.decoder)):
        found = neighbours(system, text, corpus, side, 0, count=5, known={"first": text[0]})
        wanted = by_force(corpus.side(side), layers[0].states[0], "cosine",
                          {corpus.texts.index(text)})  # fmt: skip
        got = [one.value for one in found.found]
        np.testing.assert_allclose(got, [1 - value for value, _ in wanted[:5]], atol=1e-9)
        assert text not in [one.text for one in found.found]
        assert found.tokens == (states.source if side == "encoder" else states.output)
        for one in found.found:
            row = one.source if side == "encoder" else one.output
            assert row[one.place] == one.known["token"]
        assert found.shared()["first"] == sum(one.text[0] == text[0] for one in found.found)
        assert found.shared()["token"] == sum(
            one.known["token"] == found.tokens[0] for one in found.found
        )
    with pytest.raises(UserError, match="no encoder state 99"):
        neighbours(system, text, corpus, "encoder", 99)
    with pytest.raises(UserError, match="side is 'middle'"):
        neighbours(system, text, corpus, "middle")
