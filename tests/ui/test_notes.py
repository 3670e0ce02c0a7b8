"""The sentences around a picture say the numbers of the trace."""

import math

import pytest
from tiny import build_system

from s2s.decoding import single, whatif
from s2s.decoding.whatif import Edit
from s2s.text.numbers import percent
from ui.parts import notes


@pytest.fixture(scope="module")
def model():
    return build_system(attention="dot")


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(1, "1.0"), (2.34, "2.3"), (2345, "2\u202f300"),
     (1e30, "1.0·10³⁰")],
)  # fmt: skip
def test_times(ratio, text):
    assert notes.times(math.log(ratio)) == text


def test_without_a_reference_there_is_no_note(model):
    assert notes.reference_note(whatif.run(model, "a b", [])) is None
    free = model.translate("a b")
    other = next(t for t in model.target_vocab.tokens[4:] if t != free.output[0])
    assert notes.reference_note(whatif.run(model, "a b", [Edit("force", 0, other)])) is None


def test_a_reference_is_compared_with_the_own_answer(model):
    what = whatif.run(model, "a b c", [Edit("reference", 0, "sun sea")])
    note = notes.reference_note(what)
    trace, own = what.trace, what.original
    part = next(t for t in range(trace.steps) if trace.output[t] != own.output[t])
    gap = own.log_probability - trace.log_probability
    assert notes.times(abs(gap)) in note
    assert f"They part at step {part + 1}" in note
    assert percent(float(own.probabilities[part])) in note
    assert percent(float(trace.probabilities[part])) in note
    assert ("its own answer" in note.split("(")[0]) == (gap >= 0)


def test_the_models_own_answer_as_reference(model):
    free = model.translate("a b c")
    ids = [model.target_vocab.ids[token] for token in free.output]
    same = single.forced(model, free.reading, ids)
    note = notes.reference_note(whatif.WhatIf(same, free, "a b c"))
    assert note.startswith("Your answer is the model's own")


def test_the_first_word_is_not_the_start_token():
    model = build_system(attention="dot")
    trace = model.translate("a b")
    first = notes.first_word(trace)
    assert trace.output[first] not in ("<sos>", "<eos>") or trace.steps == 1
