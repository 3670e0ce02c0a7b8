"""The smallest edit: what is told is what the model does, and nothing smaller does it."""

import numpy as np
import pytest
from fingerprints import fingerprint

import s2s
from s2s.decoding import single, whatif
from s2s.decoding.whatif import Edit
from s2s.errors import UserError
from s2s.probes import smallest_edit

CASES = [
    ("fra-eng/attention", "Nous avons perdu les clés de la maison.", 3),
    ("fra-eng-small/dot", "je suis un artiste .", 3),
    ("fra-eng-small/reversed", "je suis un artiste .", 1),
    ("dates/attention", "25/3/2003", 6),
    ("kor-eng/attention", "나는 톰을 봤다.", 1),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "text", "step"), CASES)
def test_every_way_is_what_the_model_does(name, text, step):
    system = s2s.load(name)
    before = fingerprint(system.model)
    found = smallest_edit(system, text, step)
    trace = system.translate(text)
    assert found.output == trace.output[: step + 1]
    assert found.probability == pytest.approx(trace.probabilities[step], abs=1e-4)
    assert found.size in (1, 2) and {len(way.edits) for way in found.ways} == {found.size}
    ids = [system.target_vocab.ids[token] for token in found.output]
    for way in found.ways:
        edits = [Edit(edit.kind, edit.place, edit.new) for edit in way.edits]
        reading = system.read(whatif.edited_source(system, text, edits))
        again = single.forced(system, reading, ids)
        assert again.candidates[step][0] == way.written != found.chosen
        assert again.candidate_probabilities[step][0] == pytest.approx(way.probability, abs=1e-4)
        assert again.probabilities[step] == pytest.approx(way.left, abs=1e-4)
        for edit in way.edits:
            assert edit.old != edit.new and (edit.kind == "drop") == (edit.new == "")
    surest = [way.probability for way in found.ways]
    assert surest == sorted(surest, reverse=True)
    assert fingerprint(system.model) == before


def test_two_are_tried_where_one_is_not_enough():
    """Found among the steps of a sentence: where no single edit does it, no one of them does."""
    system = s2s.load("fra-eng-small/additive")
    text = "nous sommes tous tres fatigues ."
    sizes = {}
    for step in range(system.translate(text).steps):
        found = smallest_edit(system, text, step)
        sizes[step] = found.size
        if found.size == 2:
            ids = [system.target_vocab.ids[token] for token in found.output]
            for way in found.ways:
                for edit in way.edits:
                    alone = Edit(edit.kind, edit.place, edit.new)
                    source = whatif.edited_source(system, text, [alone])
                    again = single.forced(system, system.read(source), ids)
                    assert again.candidates[step][0] == found.chosen
    assert 2 in sizes.values(), sizes


def test_a_source_of_one_token_and_a_step_that_there_is_not():
    system = s2s.load("toy/attention")
    found = smallest_edit(system, system.source_vocab.tokens[-1], 0)
    assert found.tried >= 0 and found.size in (0, 1)
    assert not np.isnan(found.probability)
    with pytest.raises(UserError, match="no step 100"):
        smallest_edit(system, system.source_vocab.tokens[-1], 99)
