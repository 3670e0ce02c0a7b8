"""Patching against runs of the model itself, begun again by hand: all, nothing, and each cell."""

import numpy as np
import pytest
import torch
from fingerprints import fingerprint
from reference import compute
from switches import CASES
from tiny import build_like, build_system

from s2s.checkpoints import checkpoint
from s2s.errors import UserError
from s2s.model.batch import make_source
from s2s.probes import patching, started_elsewhere, unit_patching
from s2s.probes.patching import runs, steps_to
from s2s.results.patching import Patching

CLEAN, OTHER = "a c b d", "f c h e"


def odds(logits, ids):
    """ln(p / (1 - p)), literally."""
    found = []
    for row, own in zip(np.asarray(logits, dtype=float), ids, strict=True):
        rest = np.delete(row, own)
        found.append(row[own] - np.log(np.exp(rest - rest.max()).sum()) - rest.max())
    return np.array(found)


@pytest.mark.parametrize("switches", CASES[:14], ids=lambda case: "-".join(map(str, case.values())))
def test_everything_restored_is_the_clean_run_and_nothing_the_corrupted_one(switches):
    system = build_system(**switches)
    before = fingerprint(system.model)
    found = patching(system, CLEAN, OTHER)
    trace = system.translate(CLEAN)
    assert found.output == trace.output and found.answered == system.translate(OTHER).output
    ids = [system.target_vocab.ids[token] for token in found.output]
    sequence = system.sequence
    for text, told in ((CLEAN, found.clean_odds), (OTHER, found.corrupted_odds)):
        literal = compute(system.model, list(system.read(text).ids), [system.start, *ids[:-1]],
                          int(sequence.source_bos), int(sequence.source_eos))  # fmt: skip
        np.testing.assert_allclose(told, odds(literal.logits, ids), atol=1e-8)
    both = runs(system, CLEAN, OTHER)
    every = both.patched(range(len(found.clean)))
    np.testing.assert_array_equal(every, found.clean_odds)  # exactly
    np.testing.assert_array_equal(both.patched(()), found.corrupted_odds)
    assert fingerprint(system.model) == before


def cell_by_cell(system, found, place):
    """[T] log odds with one state restored, by the model's own cells, step by step (one layer)."""
    model, config = system.model, system.config
    states = {}
    for name, text in (("clean", CLEAN), ("other", OTHER)):
        reading = system.read(text)
        states[name] = make_source([reading.ids], config, system.sequence, system.source_vocab)
    rnn, lookup = model.encoder.rnn, model.encoder.lookup

    def walk(source, put=None):
        order = range(source.ids.shape[1]) if source.order is None else source.order[0].tolist()
        state, kept = None, {}
        for at in order:
            vector = lookup(source.ids[:, at : at + 1], rnn.weight_ih_l0.dtype)
            _, state = rnn(vector, state)
            if put is not None and at == place:
                state = put
            kept[at] = state
        return kept, state

    clean, _ = walk(states["clean"])
    kept, end = walk(states["other"], clean[place])
    hidden = [kept[at][0] if isinstance(kept[at], tuple) else kept[at] for at in sorted(kept)]
    memory_states = torch.cat(hidden, dim=0).transpose(0, 1)  # [1, S, H]
    memory, start = model.encode(states["other"])
    own, cell = end if isinstance(end, tuple) else (end, None)
    if cell is not None and not config.carries_cell:
        cell = torch.zeros_like(cell)
    attention = model.decoder.attention
    keys = None if attention is None else attention.keys(memory_states)
    memory = type(memory)(memory_states, keys, memory.mask, own[-1])
    ids = [system.target_vocab.ids[token] for token in found.output]
    start, logits = start._replace(hidden=own, cell=cell), []
    for fed in (system.start, *ids[:-1]):
        step = model.decoder(torch.tensor([[fed]]), start, memory)
        start = step.state
        logits.append(step.logits[0, 0].numpy())
    return odds(logits, ids)


@pytest.mark.parametrize("switches", [
    {"cell": "gru"}, {"cell": "lstm", "attention": "dot"}, {"cell": "rnn", "attention": "additive"},
    {"cell": "lstm", "bridge": "hidden_and_cell", "peeky": "cell_and_output"},
    {"cell": "gru", "attention": "general", "reverse_source": True},
])  # fmt: skip
def test_each_cell_of_the_map_is_that_of_a_run_begun_anew(switches):
    system = build_system(**switches)
    found = patching(system, CLEAN, OTHER)
    for place in range(len(found.clean)):
        literal = cell_by_cell(system, found, place)
        np.testing.assert_allclose(found.patched_odds[:, place], literal, atol=1e-8)


def test_shares_are_of_what_was_lost_and_nothing_lost_has_none():
    found = Patching(
        "a/b", ("a", "b"), ("a", "c"), ("x", "y", "z"), ("x",),
        np.array([2.0, 3.0, 1.0]), np.array([1.0, 2.95, 1.5]),
        np.array([[1.0, 2.0], [3.0, 3.0], [1.0, 1.0]]),
    )  # fmt: skip
    np.testing.assert_allclose(found.lost(), [1.0, 0.05, -0.5])
    np.testing.assert_array_equal(found.recovered()[0], [0.0, 1.0])
    assert np.isnan(found.recovered()[1:]).all()  # next to nothing, and less than nothing
    equal = patching(build_system(cell="gru"), CLEAN, CLEAN)
    assert np.isnan(equal.recovered()).all()


def test_without_attention_the_last_state_carries_everything():
    """What a plain decoder knows it has from the last encoder state alone."""
    found = patching(build_system(cell="gru"), CLEAN, OTHER)
    np.testing.assert_array_equal(found.patched_odds[:, -1], found.clean_odds)


@pytest.mark.parametrize("switches", [
    {"cell": "gru"}, {"cell": "lstm", "attention": "dot", "bidirectional": True},
    {"cell": "lstm", "bridge": "hidden_and_cell"}, {"cell": "gru", "reverse_source": True},
])  # fmt: skip
def test_all_units_are_the_state_of_the_map_and_none_the_corrupted_run(switches):
    system = build_system(**switches)
    before = fingerprint(system.model)
    whole = patching(system, CLEAN, OTHER)
    for place in (1, 4):
        found = unit_patching(system, CLEAN, OTHER, 1, place)
        units = len(found.alone_odds)
        assert units == system.config.ways * system.config.way_size
        assert found.counts[0] == 0 and found.counts[-1] == units
        nothing, everything = whole.corrupted_odds[1], whole.patched_odds[1, place]
        for odds in (found.together_odds[:, None], found.drawn_odds):
            np.testing.assert_allclose(odds[0], nothing, rtol=1e-12)
            np.testing.assert_allclose(odds[-1], everything, rtol=1e-12)
        assert found.clean_odds == pytest.approx(whole.clean_odds[1])
        assert (found.token, found.at) == (whole.output[1], whole.clean[place])
        # One unit, the strongest, is a group of one.
        assert found.together_odds[1] == pytest.approx(found.alone_odds.max())
        assert np.ptp(found.alone_odds) > 0
    assert fingerprint(system.model) == before


def test_all_units_of_a_plain_models_last_state_give_the_clean_answer():
    system = build_system(cell="gru")
    for step in range(3):
        found = unit_patching(system, CLEAN, OTHER, step, 4)
        assert found.together_odds[-1] == pytest.approx(found.clean_odds, rel=1e-12)
        assert found.together_odds[0] == pytest.approx(found.corrupted_odds, rel=1e-12)


def test_units_that_are_the_same_in_both_runs_bring_nothing_back():
    found = unit_patching(build_system(cell="gru"), CLEAN, CLEAN, 1, 4)
    for odds in (found.alone_odds, found.together_odds, found.drawn_odds):
        np.testing.assert_allclose(odds, found.corrupted_odds, rtol=1e-12)
        assert np.isnan(found.share(odds)).all()


def test_units_of_a_lower_layer_are_that_layers():
    system = build_system(cell="gru", layers=2, attention="dot")
    lower, upper = (unit_patching(system, CLEAN, OTHER, 1, 2, layer) for layer in (0, -1))
    assert (lower.layer, upper.layer) == (0, 1)
    assert not np.allclose(lower.alone_odds, upper.alone_odds)
    for step, place, layer, told in (
        (0, 9, -1, "no encoder state 9"), (40, 0, -1, "Step 40 does not"),
            (0, 0, 2, "Layer 2 does not"), (0, 0, -3, "Layer -3 does not"),
    ):  # fmt: skip
        with pytest.raises(UserError, match=told):
            unit_patching(system, CLEAN, OTHER, step, place, layer)


@pytest.mark.parametrize("units", [1, 2, 3, 5, 17, 128, 1000])
def test_numbers_of_units_go_from_none_to_all(units):
    found = steps_to(units)
    assert found[0] == 0 and found[-1] == units and list(found) == sorted(set(found))
    assert len(found) <= 20


def test_a_pair_must_be_equally_long():
    with pytest.raises(UserError, match="5 and 3 tokens"):
        patching(build_system(), CLEAN, "a b")


@pytest.mark.parametrize("switches", [
    {"cell": "gru"}, {"cell": "lstm", "bridge": "hidden_and_cell", "layers": 2},
    {"cell": "gru", "peeky": "cell_and_output"}, {"attention": "dot", "bidirectional": True},
])  # fmt: skip
def test_a_decoder_starts_from_another_sentence(switches):
    system = build_system(**switches)
    own, other = system.translate(CLEAN), system.translate(OTHER)
    none = started_elsewhere(system, CLEAN, OTHER, 0)
    assert none.output == own.output
    np.testing.assert_array_equal(none.log_probabilities, own.log_probabilities)
    taken = started_elsewhere(system, CLEAN, OTHER)
    np.testing.assert_array_equal(taken.initial_state, other.initial_state)
    assert taken.source == own.source
    if not system.config.has_attention:  # then the start is all that it knows
        assert taken.output == other.output
        np.testing.assert_array_equal(taken.log_probabilities, other.log_probabilities)
    half = started_elsewhere(system, CLEAN, OTHER, 0.5)
    np.testing.assert_allclose(
        half.initial_state, (own.initial_state + other.initial_state) / 2, rtol=1e-12
    )
    with pytest.raises(UserError, match="between 0 and 1"):
        started_elsewhere(system, CLEAN, OTHER, 1.5)
    assert system.translate(CLEAN).output == own.output


def test_dates_read_as_tutorial_4():
    system = build_like(4)
    found = patching(system, "3 dec 84", "4 dec 84")
    assert found.patched_odds.shape == (10, 12)
    both = runs(system, "3 dec 84", "4 dec 84")
    np.testing.assert_array_equal(both.patched(range(12)), found.clean_odds)


def test_a_trained_model_has_its_answer_where_it_differs():
    system = checkpoint.load("reverse/attention")
    found = patching(system, "abcdef", "abxdef")
    share = found.recovered()
    assert found.output[3] == "c" and found.answered[3] == "x"
    assert share[3, 2] > 0.5  # the letter that was changed
