"""The model family against a second implementation, over every pair of its switches."""

import itertools
import math
import random
from dataclasses import replace

import numpy as np
import pytest
import torch
from reference import compute
from rounding import close
from switches import CASES, pairs_of, wanted_pairs
from tiny import SOURCE_WORDS, build_like, build_system, texts

from s2s.config import ModelConfig, SequenceConfig
from s2s.decoding.translator import Translator
from s2s.errors import UserError
from s2s.model.attend import attend
from s2s.model.attention import ATTENTIONS, Dot, attention_of
from s2s.model.batch import Source, make_batch, make_source, reversed_order
from s2s.model.seq2seq import Seq2Seq, blank, build, initialise
from s2s.text.vocab import BOS, EOS, PAD, UNK, Vocab

over_the_family = pytest.mark.parametrize(
    "switches", CASES, ids=["-".join(str(v) for v in case.values()) for case in CASES]
)
SENTENCES = texts(6, seed=1, longest=7)
FED = [2, 5, 4, 8, 6]


def test_the_cases_hold_every_pair_of_values():
    assert not wanted_pairs() - set().union(*map(pairs_of, CASES))
    assert len(CASES) < 60
    assert len({len(s.split()) for s in SENTENCES}) > 3


def read_batch(system, sentences=SENTENCES):
    rows = [list(system.read(text).ids) for text in sentences]
    source = make_source(rows, system.config, system.sequence, system.source_vocab)
    return rows, source


def decode(system, source, fed=FED):
    """Memory and one fused call for the whole batch."""
    memory, state = system.model.encode(source)
    fed = torch.tensor([fed] * len(source.ids))
    return memory, state, system.model.decoder(fed, state, memory)


@over_the_family
def test_agrees_with_the_reference(switches):
    """Every array of every sentence of a padded batch, against plain NumPy on that sentence."""
    system = build_system(**switches)
    rows, source = read_batch(system)
    memory, state, decoded = decode(system, source)
    for b, ids in enumerate(rows):
        own = compute(system.model, ids, FED, trailing=1)
        length = len(ids)
        for name, ours, theirs in (
            ("encoder states", memory.states[b, :length], own.states),
            ("initial state", state[0][:, b], np.array(own.initial)),
            ("decoder states", decoded.states[b], own.decoder_states),
            ("logits", decoded.logits[b], own.logits),
        ):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10, err_msg=name)
        for name in ("scores", "attention", "empty", "context"):
            ours, theirs = getattr(decoded, name), getattr(own, name)
            assert (ours is None) == (theirs is None), name
            if ours is not None:
                ours = ours[b] if name in ("context", "empty") else ours[b, :, :length]
                np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10, err_msg=name)


@over_the_family
def test_weights_make_the_context_and_padding_gets_none(switches):
    system = build_system(**switches)
    rows, source = read_batch(system)
    memory, _, decoded = decode(system, source)
    for b, ids in enumerate(rows):
        assert (memory.states[b, len(ids) :] == 0).all()
    if decoded.attention is None:
        assert switches["attention"] == "none" and decoded.context is None
        return
    empty = 0 if decoded.empty is None else decoded.empty
    total = decoded.attention.sum(-1) + empty
    assert torch.allclose(total, torch.ones_like(total), atol=1e-12)
    assert (decoded.attention >= 0).all()
    for b, ids in enumerate(rows):
        assert (decoded.attention[b, :, len(ids) :] == 0).all()
        assert (decoded.scores[b, :, len(ids) :] == -math.inf).all()
    assert torch.allclose(decoded.context, decoded.attention @ memory.states, atol=1e-12)


@over_the_family
def test_a_batch_of_one_is_the_same_sentence_in_a_padded_batch(switches):
    system = build_system(**switches)
    rows, source = read_batch(system)
    memory, state, decoded = decode(system, source)
    for b, text in enumerate(SENTENCES):
        _, alone = read_batch(system, [text])
        memory1, state1, decoded1 = decode(system, alone)
        length = len(rows[b])
        for name, inside, single in (
            ("encoder states", memory.states[b, :length], memory1.states[0]),
            ("hidden", state[0][:, b], state1[0][:, 0]),
            ("states", decoded.states[b], decoded1.states[0]),
            ("logits", decoded.logits[b], decoded1.logits[0]),
        ):
            close(inside, single, name=name)
        if decoded.attention is not None:
            close(decoded.attention[b, :, :length], decoded1.attention[0])
        if state[1] is not None:
            close(state[1][:, b], state1[1][:, 0])


@over_the_family
@pytest.mark.parametrize("texts_", [["a b"], ["a b", "c d"], ["a b", "c", "b c d"]])
def test_padding_beyond_the_longest_changes_nothing(switches, texts_):
    """Whether the sentences are of one length or of several."""
    system = build_system(**switches)
    _, source = read_batch(system, texts_)
    memory, state, decoded = decode(system, source)
    wider = read_batch(system, [*texts_, "a b c d e"])[1]
    some = slice(len(texts_))
    order = None if wider.order is None else wider.order[some]
    padded = decode(system, Source(wider.ids[some], wider.lengths[some], order))
    size = source.ids.shape[1]
    close(padded[0].states[:, :size], memory.states)
    assert not padded[0].states[:, size:].any()
    close(padded[1][0], state[0])
    close(padded[2].logits, decoded.logits)


@over_the_family
def test_fused_teacher_forcing_is_step_by_step(switches):
    system = build_system(**switches)
    rows, _ = read_batch(system)
    draw = random.Random(2)
    pairs = [(row, [draw.randrange(4, 10) for _ in range(draw.randint(1, 6))]) for row in rows]
    batch = make_batch(pairs, system.config, system.sequence, system.source_vocab,
                       system.target_vocab)  # fmt: skip
    fused = system.model(batch).logits
    stepwise = system.model.free_forward(batch, torch.ones_like(batch.fed, dtype=torch.bool))
    np.testing.assert_allclose(fused, stepwise, rtol=0, atol=1e-12)


def test_without_forcing_the_model_is_fed_its_own_best_token():
    system = build_system(attention="dot")
    rows, source = read_batch(system)
    pairs = [(row, [4, 5, 6, 7, 8]) for row in rows]
    batch = make_batch(pairs, system.config, system.sequence, system.source_vocab,
                       system.target_vocab)  # fmt: skip
    never = torch.zeros_like(batch.fed, dtype=torch.bool)
    logits = system.model.free_forward(batch, never)
    own = torch.cat([batch.fed[:, :1], logits.argmax(-1)[:, :-1]], dim=1)
    memory, state = system.model.encode(source)
    np.testing.assert_allclose(
        logits, system.model.decoder(own, state, memory).logits, rtol=0, atol=1e-12
    )
    assert not torch.equal(own, batch.fed)
    # Forced at step 2 alone.
    once = never.clone()
    once[:, 2] = True
    mixed = system.model.free_forward(batch, once)
    fed = torch.cat([batch.fed[:, :1], mixed.argmax(-1)[:, :-1]], dim=1)
    fed[:, 2] = batch.fed[:, 2]
    np.testing.assert_allclose(
        mixed, system.model.decoder(fed, state, memory).logits, rtol=0, atol=1e-12
    )


# Attention alone.


def numpy_score(kind, module, query, state, place):
    """Each formula from the papers, on one query and one state."""
    w = {name: p.detach().numpy() for name, p in module.named_parameters()}
    if kind == "dot":
        return sum(q * h for q, h in zip(query, state, strict=True))
    if kind == "scaled_dot":
        return sum(q * h for q, h in zip(query, state, strict=True)) / len(query) ** 0.5
    if kind == "general":
        return query @ (w["weight.weight"] @ state)
    if kind == "location":
        return w["place.weight"][place] @ query
    return w["energy.weight"][0] @ np.tanh(w["query.weight"] @ query + w["key.weight"] @ state)


def made(kind):
    """A configuration of 5 units."""
    return ModelConfig(9, 9, hidden=5, attention=kind, attention_slots=8)


@pytest.mark.parametrize("kind", ATTENTIONS)
def test_each_score_is_its_formula(kind):
    torch.manual_seed(0)
    module = attention_of(made(kind)).double()
    query, memory = torch.randn(2, 3, 5).double(), torch.randn(2, 4, 5).double()
    scores = module.score(query, module.keys(memory)).detach()
    assert scores.shape == (2, 3, 4)
    for b, t, s in itertools.product(range(2), range(3), range(4)):
        expected = numpy_score(kind, module, query[b, t].numpy(), memory[b, s].numpy(), s)
        assert float(scores[b, t, s]) == pytest.approx(float(expected), abs=1e-12)


def mask_of(*lengths, size):
    return torch.arange(size)[None] < torch.tensor(lengths)[:, None]


def test_equal_scores_give_a_uniform_row():
    memory = torch.randn(2, 6, 3)
    looked = attend(torch.full((2, 1, 6), 1.7), memory, mask_of(6, 4, size=6))
    for b, length in enumerate((6, 4)):
        row = looked.weights[b, 0, :length]
        assert row.tolist() == pytest.approx([1 / length] * length)
        assert float(-(row * row.log()).sum()) == pytest.approx(math.log(length), abs=1e-6)


def zeros_in(slots, mask, scores):
    """[B, T, 1] the score of the empty ones among so many slots."""
    return Dot(made("dot")).vacant(scores, mask, slots)


@pytest.mark.parametrize("length", [1, 3, 7, 8, 9])
def test_slots_are_the_literal_slots(length):
    """N slots: zero vectors that score 0; none are left for a source of N tokens or more."""
    torch.manual_seed(length)
    slots, size = 8, 9
    memory = torch.randn(1, size, 3).double()
    memory[:, length:] = 0
    scores = torch.randn(1, 2, size).double()
    mask = mask_of(length, size=size)
    looked = attend(scores, memory, mask, zeros_in(slots, mask, scores))
    free = max(0, slots - length)
    literal = torch.softmax(torch.cat([scores[..., :length], torch.zeros(1, 2, free)], -1), -1)
    np.testing.assert_allclose(looked.weights[..., :length], literal[..., :length], atol=1e-12)
    np.testing.assert_allclose(looked.empty, literal[..., length:].sum(-1), atol=1e-12)
    np.testing.assert_allclose(
        looked.context, literal[..., :length] @ memory[:, :length], atol=1e-12
    )
    if free == 0:
        assert (looked.empty == 0).all()


def test_equal_scores_leave_half_to_the_empty_slots():
    """Four tokens in eight slots that all score 0."""
    scores, mask = torch.zeros(1, 1, 4), mask_of(4, size=4)
    looked = attend(scores, torch.randn(1, 4, 2), mask, zeros_in(8, mask, scores))
    assert float(looked.empty) == pytest.approx(0.5)


def test_given_weights_replace_the_models_own_in_named_steps_only():
    torch.manual_seed(0)
    scores, memory = torch.randn(1, 3, 4), torch.randn(1, 4, 2)
    mask = mask_of(4, size=4)
    given = torch.full((1, 3, 4), math.nan)
    given[0, 1] = torch.tensor([0.0, 0.25, 0.75, 0.0])
    vacant = zeros_in(6, mask, scores)
    own = attend(scores, memory, mask, vacant)
    looked = attend(scores, memory, mask, vacant, given)
    assert torch.equal(looked.weights[:, [0, 2]], own.weights[:, [0, 2]])
    assert torch.equal(looked.weights[0, 1], given[0, 1])
    assert float(looked.empty[0, 1]) == 0 and float(own.empty[0, 1]) > 0
    assert torch.equal(looked.scores, own.scores)
    assert torch.allclose(looked.context[0, 1], 0.25 * memory[0, 1] + 0.75 * memory[0, 2])


# Reading order.


@pytest.mark.parametrize(
    ("leading", "trailing", "expected"),
    [
        (0, 0, [[4, 3, 2, 1, 0], [2, 1, 0, 3, 4]]),
        (0, 1, [[3, 2, 1, 0, 4], [1, 0, 2, 3, 4]]),
        (1, 1, [[0, 3, 2, 1, 4], [0, 1, 2, 3, 4]]),
    ],
)
def test_specials_and_padding_keep_their_place(leading, trailing, expected):
    order = reversed_order(torch.tensor([5, 3]), 5, leading, trailing)
    assert order.tolist() == expected
    assert torch.equal(order.gather(1, order), torch.arange(5).expand(2, 5))


def twins(system):
    """The same weights in a model that reads as it is told."""
    model = Seq2Seq(replace(system.config, reverse_source=False)).double()
    model.load_state_dict(system.model.state_dict())
    return replace(system, model=model.requires_grad_(False))


def check_reading_order(system, rows, swapped):
    """A reversing model equals its twin fed the reversed ids, with every source axis moved along.

    `swapped[i]` is the place that is read at step i.
    """
    plain = twins(system)
    for ids, order in zip(rows, swapped, strict=True):
        fed = [system.start, 3, 5]
        sources = [
            make_source([row], one.config, one.sequence, one.source_vocab)
            for one, row in ((system, ids), (plain, [ids[i] for i in order]))
        ]
        assert sources[0].ids[0].tolist() == ids
        memory, state, decoded = decode(system, sources[0], fed)
        memory2, state2, decoded2 = decode(plain, sources[1], fed)
        np.testing.assert_allclose(decoded.logits, decoded2.logits, atol=1e-12)
        np.testing.assert_allclose(state[0], state2[0], atol=1e-12)
        np.testing.assert_allclose(memory.states[:, order], memory2.states, atol=1e-12)
        np.testing.assert_allclose(decoded.attention[..., order], decoded2.attention, atol=1e-12)
        assert not np.allclose(decoded.attention, decoded2.attention, atol=1e-3)


def test_the_whole_string_is_reversed_blanks_included():
    """Tutorial 4: no specials; the real blanks that pad the string are read first."""
    dates = build_like(4)
    rows = [list(dates.read(text).ids) for text in ("25-03-2003", "1/2/03")]
    assert dates.source_vocab.decode(rows[1])[-6:] == [" "] * 6
    check_reading_order(dates, rows, [list(range(11, -1, -1))] * 2)


def test_only_the_tokens_are_reversed():
    """Tutorial 5: the start and the end token stay at the ends."""
    five = build_like(5)
    reading = five.read("a b c d")
    assert reading.tokens == (BOS, "a", "b", "c", "d", EOS)
    check_reading_order(five, [list(reading.ids)], [[0, 4, 3, 2, 1, 5]])


def test_a_reversed_batch_turns_each_sentence_by_its_own_length():
    system = build_system(attention="dot", reverse_source=True)
    _, source = read_batch(system, ["a b c d", "e f"])
    assert source.order.tolist() == [[3, 2, 1, 0, 4], [1, 0, 2, 3, 4]]
    vocab = system.source_vocab
    assert vocab.decode(source.ids[1].tolist()) == ["e", "f", EOS, PAD, PAD]


# Batches.


def test_the_start_token_can_be_the_first_target():
    """Tutorial 3 feeds the start token and also asks for it."""
    three = build_like(3)
    batch = make_batch([([2, 1], [4, 5])], three.config, three.sequence, three.source_vocab,
                       three.target_vocab)  # fmt: skip
    assert three.target_vocab.decode(batch.fed[0].tolist()) == [BOS, BOS, "blue", "sky"]
    assert three.target_vocab.decode(batch.target[0].tolist()) == [BOS, "blue", "sky", EOS]


def test_a_fixed_length_has_no_end_token():
    dates = build_like(4)
    target = [dates.target_vocab.ids[c] for c in "2003-03-25"]
    batch = make_batch([([1] * 12, target)], dates.config, dates.sequence, dates.source_vocab,
                       dates.target_vocab)  # fmt: skip
    assert dates.target_vocab.decode(batch.fed[0].tolist()) == [*"_2003-03-2"]
    assert dates.target_vocab.decode(batch.target[0].tolist()) == [*"2003-03-25"]


def test_a_vocabulary_without_padding_pads_all_the_same():
    three = build_like(3)
    _, source = read_batch(three, ["a b c", "d"])
    assert source.mask.tolist() == [[True] * 4, [True, True, False, False]]


# Starting weights.


def config_of(**switches):
    vocab = {"source_vocabulary": 300, "target_vocabulary": 200}
    return ModelConfig(**vocab, hidden=64, source_embedding=32, target_embedding=48, **switches)


def test_a_seed_gives_the_same_weights_and_leaves_the_callers_draws_alone():
    config = config_of(attention="additive")
    torch.manual_seed(5)
    expected = torch.rand(3)
    for init in ("default", "uniform", "book"):
        torch.manual_seed(5)
        first, second, other = (build(config, init, seed).state_dict() for seed in (1, 1, 2))
        assert torch.equal(torch.rand(3), expected)
        assert all(torch.equal(first[k], second[k]) for k in first)
        assert any(not torch.equal(first[k], other[k]) for k in first)


def test_default_init_is_pytorchs_own():
    torch.manual_seed(4)
    expected = Seq2Seq(config_of()).state_dict()
    own = build(config_of(), "default", 4).state_dict()
    assert all(torch.equal(own[k], expected[k]) for k in expected)


@over_the_family
def test_a_blank_model_has_the_shapes_of_a_built_one_and_draws_nothing(switches):
    config = build_system(**switches).config
    before = torch.get_rng_state()
    own = blank(config).state_dict()
    assert torch.equal(torch.get_rng_state(), before)
    expected = build(config).state_dict()
    assert {name: (t.shape, t.dtype) for name, t in own.items()} == {
        name: (t.shape, t.dtype) for name, t in expected.items()
    }
    assert all(tensor.is_meta for tensor in own.values())


def test_uniform_init_fills_its_range():
    model = build(config_of(cell="lstm"), "uniform", 1)
    for name, parameter in model.named_parameters():
        assert float(parameter.detach().abs().max()) <= 0.08, name
    everything = torch.cat([p.detach().flatten() for p in model.parameters()])
    assert float(everything.std()) == pytest.approx(0.08 / 3**0.5, rel=0.02)
    assert float(everything.mean()) == pytest.approx(0, abs=1e-3)
    assert float(everything.abs().max()) > 0.079


def test_book_init():
    """Embeddings N(0, 0.01^2), weights N(0, 1 / fan in), biases 0."""
    model = build(config_of(cell="lstm", attention="general"), "book", 1)
    seen = {"embedding": 0, "bias": 0, "weight": 0}
    for name, parameter in model.named_parameters():
        values = parameter.detach()
        if "embedding" in name:
            kind, deviation = "embedding", 0.01
        elif "bias" in name:
            assert (values == 0).all(), name
            seen["bias"] += 1
            continue
        else:
            kind, deviation = "weight", values.shape[1] ** -0.5
        seen[kind] += 1
        assert float(values.std()) == pytest.approx(deviation, rel=0.08), name
        assert float(values.mean()) == pytest.approx(0, abs=0.1 * deviation), name
    assert seen["embedding"] == 2 and seen["bias"] >= 6 and seen["weight"] >= 6


def test_the_energy_vector_of_additive_attention_is_drawn_too():
    model = build(config_of(attention="additive"), "book", 1)
    energy = model.decoder.attention.energy.weight.detach()
    assert float(energy.std()) == pytest.approx(1 / 8, rel=0.3)


def test_initialise_draws_from_its_generator_alone():
    model = Seq2Seq(config_of())
    before = torch.get_rng_state()
    initialise(model, "book", torch.Generator().manual_seed(0))
    assert torch.equal(torch.get_rng_state(), before)


# What a model is built of.


@pytest.mark.parametrize(
    ("switches", "present", "absent"),
    [
        ({}, [], ["attention", "attentional", "bridge"]),
        ({"attention": "dot"}, ["attentional.weight"], ["decoder.attention.", "bridge"]),
        ({"attention": "general", "attentional_layer": False}, ["attention.weight"],
         ["attentional."]),
        ({"bidirectional": True, "cell": "lstm"}, ["bridge.hidden.weight", "_reverse"],
         ["bridge.cell"]),
        ({"bidirectional": True, "cell": "lstm", "bridge": "hidden_and_cell"},
         ["bridge.hidden.weight", "bridge.cell.weight"], []),
        ({"source_input": "one_hot"}, ["decoder.lookup.embedding"], ["encoder.lookup.embedding"]),
    ],
)  # fmt: skip
def test_a_model_holds_the_weights_it_needs_and_no_others(switches, present, absent):
    names = " ".join(Seq2Seq(config_of(**switches)).state_dict())
    assert all(part in names for part in present)
    assert not any(part in names for part in absent)


def test_parameters_are_counted():
    config = ModelConfig(source_vocabulary=7, target_vocabulary=5, hidden=4, source_embedding=3,
                         target_embedding=2)  # fmt: skip
    encoder = 7 * 3 + 3 * 4 * (3 + 4 + 2)
    decoder = 5 * 2 + 3 * 4 * (2 + 4 + 2) + 5 * 4 + 5
    assert Seq2Seq(config).parameter_count() == encoder + decoder


def test_dropout_acts_while_training_only():
    system = build_system(dropout=0.5, attention="dot", dtype=torch.float32)
    _, source = read_batch(system)
    model = system.model
    still = [decode(system, source)[2].logits for _ in range(2)]
    assert torch.equal(*still)
    model.train()
    moving = [decode(system, source)[2].logits for _ in range(2)]
    assert not torch.equal(*moving)


def test_vocabulary_of_a_reading_is_the_models():
    """Unknown words are read as the UNK token, and its row of the embedding is used."""
    system = build_system(attention="dot")
    known = system.source_vocab
    reading = system.read("a zzz")
    assert reading.ids == (known.ids["a"], known.unk, known.eos)
    assert reading.tokens[1] == UNK
    assert set(SOURCE_WORDS) <= set(known.tokens)


def test_sequence_and_vocabulary_must_fit_the_model():
    good = build_system()
    cases = [
        ({"source_vocab": Vocab(("a",))}, "the source vocabulary has 1 tokens, .* says 11"),
        ({"target_vocab": Vocab(("a",))}, "the target vocabulary has 1 tokens, .* says 10"),
        ({"sequence": SequenceConfig(start_token="<go>")}, "the start token <go> is not in the"),
        ({"source_vocab": Vocab(good.source_vocab.tokens)}, "an end token in the source"),
        ({"sequence": SequenceConfig(source_bos=True)}, "a start token in the source"),
        ({"target_vocab": Vocab(good.target_vocab.tokens)}, "an end token in the target"),
    ]
    parts = {"name": "x/y", "task": "fra-eng", "model": good.model, "sequence": good.sequence,
             "source_vocab": good.source_vocab, "target_vocab": good.target_vocab}  # fmt: skip
    for change, message in cases:
        with pytest.raises(UserError, match=f"^x/y: .*{message}"):
            Translator(**{**parts, **change})
