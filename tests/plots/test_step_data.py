import json

import numpy as np
import pytest
from tiny import build_system

from s2s.decoding import whatif
from s2s.decoding.whatif import Edit
from s2s.plots.step_data import Names, Shape, first_difference, step_data

NAMES = Names("French", "English", "token")


@pytest.fixture(scope="module")
def system():
    return build_system(attention="dot")


def test_the_numbers_are_the_trace(system):
    trace = system.translate("a b b zz")
    data = step_data(trace, NAMES, Shape(vocabulary=10), step=1)
    run = data["run"]
    np.testing.assert_allclose(run["attention"], trace.attention, atol=1e-6)
    np.testing.assert_allclose(run["probability"], trace.probabilities, atol=1e-6)
    assert [t["raw"] for t in run["output"]] == list(trace.output)
    assert [[c["raw"] for c in row] for row in run["candidates"]] == [
        list(row) for row in trace.candidates
    ]
    assert [s["label"] for s in data["source"]] == list(trace.source)
    assert data["source"][3]["typed"] == "zz" and data["source"][0]["typed"] is None
    json.dumps(data, allow_nan=False)


def test_a_model_without_attention_sends_its_vector():
    plain = build_system(attention="none")
    trace = plain.translate("a b")
    data = step_data(trace, NAMES, Shape(), step=0)
    assert data["attention"] is False and data["run"]["attention"] is None
    np.testing.assert_allclose(data["context"], trace.initial_state, atol=1e-6)


def test_the_id_changes_with_what_is_shown_and_not_with_the_step(system):
    trace, again = system.translate("a b"), system.translate("a b")
    first = step_data(trace, NAMES, Shape(), step=0)["id"]
    assert step_data(again, NAMES, Shape(), step=1)["id"] == first
    assert step_data(system.translate("b a"), NAMES, Shape(), step=0)["id"] != first


def test_first_difference(system):
    text = "a b c d"
    free = system.translate(text)
    assert first_difference(free, system.translate(text)) is None
    word = next(t for t in system.target_vocab.tokens[4:] if t != free.output[1])
    what = whatif.run(system, text, (Edit("force", 1, word),))
    assert first_difference(what.trace, what.original) == 1
    data = step_data(what.trace, NAMES, Shape(), 0, what.original)
    assert data["firstDifference"] == 1
    assert data["run"]["forced"] == [t == 1 for t in range(what.trace.steps)]


def test_readouts_point_at_their_source_tokens(system):
    trace = system.translate("a b c")
    data = step_data(trace, NAMES, Shape(), step=0)
    for t, parts in enumerate(data["run"]["readout"]):
        for part in parts:
            if part["kind"] == "attended":
                assert part["weight"] == pytest.approx(trace.attention[t, part["source"]])


def test_weights_that_were_set(system):
    text = "a b c d"
    what = whatif.run(system, text, (Edit("attend", 1, "o2"), Edit("attend", 3, "s1")))
    data = step_data(what.trace, NAMES, Shape(), 1, what.original, own=what.own)
    assert data["run"]["attended"] == [1, 3] and data["original"]["attended"] == []
    assert data["run"]["attention"][1] == [0, 0, 1, 0, 0]
    assert list(data["own"]) == ["1", "3"]
    for step, row in data["own"].items():
        np.testing.assert_allclose(row, what.own[int(step)], atol=1e-6)
        assert row != data["run"]["attention"][int(step)]
    assert data["sameSource"] is True
    said = "".join(part["text"] for part in data["run"]["readout"][1])
    assert "100 % of its attention was put on c" in said.replace("\u00a0", " ")
    json.dumps(data, allow_nan=False)


def test_without_such_weights_nothing_is_sent_about_them(system):
    what = whatif.run(system, "a b c", (Edit("drop", 0),))
    data = step_data(what.trace, NAMES, Shape(), 0, what.original, own=what.own)
    assert data["own"] == {} and data["sameSource"] is False
    assert step_data(what.original, NAMES, Shape(), 0)["sameSource"] is True
