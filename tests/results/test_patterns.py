"""A planted pattern is found: the units of a phrase, and where else they are on."""

import numpy as np
import pytest

from s2s.results.patterns import contexts, elsewhere, unit_pattern
from s2s.results.state_corpus import SideStates

THRESHOLD = 0.5


@pytest.fixture(scope="module")
def planted():
    """300 sentences of 5 states; units 4 and 9 are on at places 2 and 3 of every 7th."""
    draw = np.random.default_rng(0)
    states = draw.uniform(-0.4, 0.4, (1500, 20)).astype(np.float16)
    states[:, 15] = 0.8  # always on
    places, sentence = np.tile(np.arange(5), 300), np.repeat(np.arange(300), 5)
    there = (sentence % 7 == 0) & np.isin(places, (2, 3))
    states[np.ix_(there, [4, 9])] = 0.75
    states[21, 11] = 0.9
    norm = np.linalg.norm(states.astype(float), axis=1).astype(np.float32)
    return SideStates(states, norm, sentence.astype(np.int32), places.astype(np.int32)), there


def test_the_units_of_a_phrase_are_those_that_were_planted(planted):
    part, there = planted
    mine = part.states[:5].astype(float)
    mine[2:4, 9] = 0.9
    found = unit_pattern(mine, {3, 2}, THRESHOLD, part)
    assert found.units == (9, 4) and found.places == (2, 3)
    np.testing.assert_allclose(found.here, [0.9, 0.75])
    np.testing.assert_allclose(found.rates, there.mean())
    assert unit_pattern(mine, {2}, THRESHOLD, part).units == ()  # on at 3 too: not there alone
    assert unit_pattern(mine, {2, 3, 4}, THRESHOLD, part).units == ()
    assert unit_pattern(mine, range(5), THRESHOLD, part).units == (15,)


def test_where_else_they_are_on(planted):
    part, there = planted
    found = elsewhere(part, (4, 9), THRESHOLD, 50)
    assert {on for _, on in found} == {2}
    assert all(there[state] and part.place[state] == 2 for state, _ in found)
    assert [int(part.sentence[state]) for state, _ in found] == list(range(0, 300, 7))
    assert elsewhere(part, (), THRESHOLD, 5) == [] == elsewhere(part, (0,), THRESHOLD, 5)


def test_the_contexts_of_one_unit(planted):
    part, _ = planted
    most, least = contexts(part, 11, 3)
    values = part.states[:, 11]
    assert most[0] == 21 and least[0] == int(values.argmin())
    assert sorted(values[most], reverse=True) == values[most].tolist()
    assert len({int(part.sentence[n]) for n in most}) == 3


def test_a_phrase_has_a_place(planted):
    for places in ((), (-1,)):
        with pytest.raises(ValueError, match="at least one place"):
            unit_pattern(planted[0].states[:5], places, THRESHOLD, planted[0])
