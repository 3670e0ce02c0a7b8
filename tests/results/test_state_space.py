"""Three directions through a corpus against scikit-learn's, and paths through them."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from tiny import build_system, texts

from s2s.probes import hidden_states, state_corpus
from s2s.results.projection import principal
from s2s.results.state_space import state_space
from s2s.tasks.labelled import LabelledSet


def test_the_directions_are_scikit_learns():
    states = np.random.default_rng(1).standard_normal((80, 9)) * np.arange(1, 10)
    view, other = principal(states), PCA(3).fit(states)
    np.testing.assert_allclose(view.explained, other.explained_variance_ratio_, rtol=1e-9)
    np.testing.assert_allclose(np.abs(view.axes), np.abs(other.components_.T), atol=1e-9)
    np.testing.assert_allclose(np.abs(view(states)), np.abs(other.transform(states)), atol=1e-9)
    assert not view.exact


@pytest.fixture(scope="module")
def made():
    system = build_system(attention="dot")
    return system, state_corpus(system, LabelledSet.of(texts(40, 2), ""))


def test_a_path_lies_where_its_states_do(made, monkeypatch):
    system, corpus = made
    monkeypatch.setattr("s2s.results.state_space.MOST_DRAWN", 30)
    space = state_space(corpus)
    assert {name: len(cloud.points) for name, cloud in space.clouds.items()} == {
        "encoder": 30, "decoder": 30
    }  # fmt: skip
    for side, cloud in space.clouds.items():
        wanted = space.view(corpus.side(side).states[cloud.states].astype(float))
        np.testing.assert_allclose(cloud.points, wanted)
        assert len(set(cloud.states.tolist())) == 30
    states = hidden_states(system, corpus.texts[3])
    path = space.path(states, corpus.layer)
    np.testing.assert_allclose(path.encoder, space.view(states.encoder[0].states))
    np.testing.assert_allclose(path.decoder, space.view(states.decoder[0].states))
    assert path.source == states.source and path.output == states.output


def test_sides_of_two_sizes_have_a_space_each():
    system = build_system(
        attention="general", encoder_hidden=8, bidirectional=True, bridge_layer="always"
    )
    corpus = state_corpus(system, LabelledSet.of(texts(20, 2), ""))
    states = hidden_states(system, "a b c")
    path = state_space(corpus).path(states, 0)
    assert path.encoder.shape == (0, 3) and path.decoder.shape == (len(states.output), 3)
    path = state_space(corpus, "encoder").path(states, 0)
    assert path.encoder.shape == (4, 3) and path.decoder.shape == (0, 3)


def test_three_units_are_shown_as_they_are():
    system = build_system(hidden=3)
    corpus = state_corpus(system, LabelledSet.of(texts(9, 2), ""))
    states = hidden_states(system, "a b c")
    path = state_space(corpus).path(states, 0)
    assert path.exact
    np.testing.assert_array_equal(path.encoder, states.encoder[0].states)
