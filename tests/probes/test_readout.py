"""Linear probes: scikit-learn's, a planted attribute, and a control that stays at chance."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from s2s.errors import UserError
from s2s.probes.readout import fitted, readout, scores
from s2s.probes.state_corpus import sizes
from s2s.results.readout import EVERYWHERE
from s2s.results.state_corpus import SideStates, StateCorpus

COLOURS = ("red", "green", "blue")


def test_a_probe_is_scikit_learns():
    draw = np.random.default_rng(0)
    states, labels = draw.standard_normal((300, 7)), draw.integers(0, 4, 300)
    states[:, 2] += labels
    probe = fitted(states, labels, 4, strength=0.5)
    other = LogisticRegression(C=2.0, tol=1e-9, max_iter=5000).fit(states, labels)
    centred = probe.weights - probe.weights.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(centred, other.coef_.T, atol=2e-3)
    more = draw.standard_normal((200, 7))
    margins = np.sort(more @ probe.weights + probe.bias, axis=1)
    clear = margins[:, -1] - margins[:, -2] > 0.02
    assert clear.sum() > 150
    assert (probe.told(more) == other.predict(more))[clear].all()


def corpus(sentences=200, length=4, units=10):
    """A colour stands in unit 3 of the states at place 1 and nowhere else."""
    draw = np.random.default_rng(4)
    states = draw.standard_normal((sentences * length, units))
    colour = draw.integers(0, 3, sentences)
    states[1::length, 3] += 8 * colour
    halves = states.astype(np.float16)
    sentence = np.repeat(np.arange(sentences), length).astype(np.int32)
    place = np.tile(np.arange(length), sentences).astype(np.int32)
    part = SideStates(halves, sizes(halves), sentence, place)
    tokens = tuple(tuple(f"{n}-{p}" for p in range(length)) for n in range(sentences))
    return StateCorpus(
        "test/planted", 0, "Planted.", tuple(map(str, range(sentences))), tokens, tokens,
        tuple({"colour": COLOURS[c], "same": "x"} for c in colour), part, part,
    )  # fmt: skip


@pytest.fixture(scope="module")
def planted():
    return corpus()


def test_what_is_there_is_read_and_what_is_not_there_is_not(planted):
    found = readout(planted, "encoder", "colour", splits=3)
    assert found.places == (0, 1, 2, 3) and found.accuracy.shape == (4, 3)
    assert found.accuracy[1].min() > 0.95
    assert np.abs(found.accuracy[[0, 2, 3]].mean() - 1 / 3) < 0.08
    assert np.abs(found.control.mean() - 1 / 3) < 0.08  # the control stays at chance, everywhere
    assert found.selectivity()[1] > 0.5 and np.abs(found.selectivity()[[0, 2, 3]]).max() < 0.2
    assert found.states.tolist() == [200] * 4 and found.values.tolist() == [3] * 4
    assert (np.abs(found.majority - 1 / 3) < 0.2).all()


def test_places_can_be_counted_from_the_end_or_taken_together(planted):
    last = readout(planted, "decoder", "colour", places=(-3,), splits=2)
    assert last.places == (-3,) and last.accuracy.min() > 0.95
    every = readout(planted, "encoder", "position", places=(EVERYWHERE,), splits=2)
    assert every.states.tolist() == [800] and every.values.tolist() == [4]


def test_no_sentence_is_on_both_sides_of_a_split():
    """States that repeat within a sentence are no help for another sentence."""
    draw = np.random.default_rng(1)
    states = np.repeat(draw.standard_normal((90, 30)), 5, axis=0)
    labels, sentence = np.repeat(draw.integers(0, 2, 90), 5), np.repeat(np.arange(90), 5)
    got = np.mean([scores(states, labels, sentence, 2, seed).accuracy for seed in range(8)])
    assert got < 0.65  # with the same sentence on both sides it would be 1


def test_what_cannot_be_asked(planted):
    with pytest.raises(UserError, match="'taste' is not known here; known are next token"):
        readout(planted, "encoder", "taste")
    with pytest.raises(UserError, match="Too few sentences"):
        readout(planted, "encoder", "same")
    with pytest.raises(UserError, match="Too few sentences"):
        readout(corpus(sentences=20), "encoder", "colour")
    with pytest.raises(UserError, match="side is"):
        readout(planted, "left", "colour")
