"""Results check their own shapes and know their derived views."""

import math
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from tiny import build_like, build_system

from s2s.export import tables
from s2s.results import BeamTree


@pytest.fixture(scope="module")
def trace():
    return build_system(attention="dot").translate("a b c")


@pytest.mark.parametrize(
    "name",
    ["candidate_probabilities", "probabilities", "log_probabilities", "encoder_states",
     "initial_state", "decoder_states", "scores", "attention", "contexts"],
)  # fmt: skip
def test_a_wrong_shape_is_refused_with_both_shapes(trace, name):
    array = getattr(trace, name)
    wrong = np.zeros((*array.shape[:-1], array.shape[-1] + 1))
    # The widths of the states set M and H, so the others are measured against them.
    sets = {"encoder_states": "contexts", "decoder_states": "initial_state"}
    named = sets.get(name, name)
    shapes = (array.shape, wrong.shape)
    with pytest.raises(ValueError) as caught:
        replace(trace, **{name: wrong})
    message = str(caught.value)
    assert message.startswith(f"Trace.{named} has shape ")
    if named == name:
        assert all(str(shape) in message for shape in shapes)


def test_a_missing_step_is_refused(trace):
    with pytest.raises(ValueError, match="fed"):
        replace(trace, fed=trace.fed[:-1])
    with pytest.raises(ValueError):
        replace(trace, output=trace.output[:-1])


def test_a_trace_is_frozen(trace):
    with pytest.raises(FrozenInstanceError):
        trace.text = "other"


def test_entropy_and_coverage(trace):
    steps, size = trace.attention.shape
    even = replace(trace, attention=np.full((steps, size), 1 / size))
    np.testing.assert_allclose(even.entropy(), math.log(size))
    sharp = np.zeros((steps, size))
    sharp[:, 1] = 1
    np.testing.assert_array_equal(replace(trace, attention=sharp).entropy(), 0)
    assert replace(trace, attention=sharp).coverage().tolist() == [0, steps, 0, 0]
    assert trace.coverage().sum() == pytest.approx(steps)
    assert ((trace.entropy() > 0) & (trace.entropy() < math.log(size))).all()


def test_a_tree_checks_its_lengths():
    tree = BeamTree(
        ("<sos>", "a", "b"), np.array([-1, 0, 1]), np.array([-1, 0, 1]), np.zeros(3),
        np.ones(3, bool), np.zeros(3, bool), (2,), np.zeros(1),
    )  # fmt: skip
    assert tree.hypothesis(2) == ("a", "b")
    assert tree.hypothesis(0) == ()
    with pytest.raises(ValueError, match=r"BeamTree.score has shape \(2,\), expected \(3,\)"):
        replace(tree, score=np.zeros(2))
    with pytest.raises(ValueError, match="penalised"):
        replace(tree, penalised=np.zeros(2))


def test_the_table_holds_the_traces_numbers(trace):
    table = tables.steps(trace)
    assert list(table["written"]) == list(trace.output)
    assert list(table["fed"]) == list(trace.fed)
    columns = [f"attention {s} {token}" for s, token in enumerate(trace.source, 1)]
    np.testing.assert_array_equal(table[columns].to_numpy(), trace.attention)
    np.testing.assert_array_equal(table["probability"], trace.probabilities)
    np.testing.assert_array_equal(table["probability 2"], trace.candidate_probabilities[:, 1])
    assert "attention empty slots" not in table
    slots = build_like(3).translate("a a b")
    np.testing.assert_array_equal(
        tables.steps(slots)["attention empty slots"], slots.empty_attention
    )
    plain = build_system().translate("a a b")
    assert not [name for name in tables.steps(plain) if "attention" in name]
