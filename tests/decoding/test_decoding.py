"""Decoding tells the truth: what a Trace shows is what was computed, and searches agree."""

import hashlib
import itertools
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from reference import compute
from rounding import close
from tiny import build_like, build_system, texts
from walks import OTHER_PARTS

from s2s.config import SequenceConfig
from s2s.decoding import batched, single, whatif
from s2s.decoding.loop import DecodeLoop
from s2s.errors import UserError
from s2s.model import decoder as decoder_module
from s2s.model.attend import Attended
from s2s.model.seq2seq import Seq2Seq
from s2s.results import Trace
from s2s.text.vocab import BOS, EOS, Vocab

SENTENCES = texts(8, seed=5)
DATES = ("25-03-2003", "1/2/03", "dec 4, 1999", "7")


def family():
    """Models of every manner, each with sentences it can read."""
    return {
        "plain": (build_system(cell="lstm"), SENTENCES),
        "dot": (build_system(attention="dot"), SENTENCES),
        "additive": (
            build_system(attention="additive", bidirectional=True, layers=2, seed=4),
            SENTENCES,
        ),
        "peeky": (build_system(peeky="cell_and_output", cell="rnn", seed=9), SENTENCES),
        "tutorial 3": (build_like(3), [s for s in SENTENCES if len(s.split()) <= 7]),
        "tutorial 4": (build_like(4), list(DATES)),
        "tutorial 4, peeky": (
            build_like(4, attention="none", peeky="cell_and_output"),
            list(DATES),
        ),
        "tutorial 5": (build_like(5), SENTENCES),
        "Bahdanau 2015": (build_system(**OTHER_PARTS["Bahdanau 2015"]), SENTENCES),
        "input feeding": (build_system(**OTHER_PARTS["input feeding"]), SENTENCES),
        "location": (build_system(**OTHER_PARTS["the old tutorial"]),
                     [s for s in SENTENCES if len(s.split()) <= 7]),
    }  # fmt: skip


FAMILY = family()
everyone = pytest.mark.parametrize("who", FAMILY)
ATTENTIVE = [name for name, (t, _) in FAMILY.items() if t.config.has_attention]
SLOTS = [name for name in ATTENTIVE if FAMILY[name][0].config.attention_slots]
attentive = pytest.mark.parametrize("who", ATTENTIVE)


def traces_of(who):
    system, sentences = FAMILY[who]
    return system, [system.translate(text) for text in sentences]


def ids_of(system, tokens):
    return [system.target_vocab.ids[token] for token in tokens]


def equal_traces(one, two):
    for item in fields(Trace):
        a, b = getattr(one, item.name), getattr(two, item.name)
        if isinstance(a, np.ndarray):
            close(a, b, name=item.name)
        elif item.name not in ("forced", "attended"):
            assert a == b, item.name


# What a Trace says.


def test_the_family_stops_in_both_ways():
    """Otherwise the tests below would look at one way of stopping alone."""
    stopped = {t.stopped for who in FAMILY for t in traces_of(who)[1]}
    assert stopped == {"eos", "length"}


@everyone
def test_a_trace_is_the_computation(who):
    """Every array against the NumPy model, fed what the Trace says was fed."""
    system, traces = traces_of(who)
    leading, trailing = system.sequence.source_bos, system.sequence.source_eos
    for trace in traces:
        own = compute(system.model, list(trace.reading.ids), ids_of(system, trace.fed),
                      int(leading), int(trailing))  # fmt: skip
        log_p = own.logits - own.logits.max(1, keepdims=True)
        log_p -= np.log(np.exp(log_p).sum(1, keepdims=True))
        chosen = ids_of(system, trace.output)
        for name, shown, expected in (
            ("encoder_states", trace.encoder_states, own.states),
            ("initial_state", trace.initial_state, own.initial[-1]),
            ("decoder_states", trace.decoder_states, own.decoder_states),
            ("scores", trace.scores, own.scores),
            ("attention", trace.attention, own.attention),
            ("contexts", trace.contexts, own.context),
            ("empty_attention", trace.empty_attention, own.empty),
            ("log_probabilities", trace.log_probabilities, log_p[range(trace.steps), chosen]),
        ):
            assert (shown is None) == (expected is None), name
            if shown is not None:
                np.testing.assert_allclose(shown, expected, rtol=0, atol=1e-9, err_msg=name)
        assert trace.log_probability == pytest.approx(trace.log_probabilities.sum())
        np.testing.assert_allclose(np.exp(trace.log_probabilities), trace.probabilities)
        for t in range(trace.steps):
            order = np.argsort(-log_p[t])[:5]
            assert trace.candidates[t] == tuple(system.target_vocab.decode(order))
            np.testing.assert_allclose(
                trace.candidate_probabilities[t], np.exp(log_p[t][order]), atol=1e-9
            )


@everyone
def test_a_trace_is_greedy_and_feeds_what_it_wrote(who):
    system, traces = traces_of(who)
    for trace in traces:
        assert trace.output == tuple(row[0] for row in trace.candidates)
        assert trace.fed == (system.sequence.start_token, *trace.output[:-1])
        assert trace.forced == () and trace.attended == ()
        if trace.stopped == "eos":
            assert trace.output.index(EOS) == trace.steps - 1
        else:
            assert trace.steps == system.sequence.max_output_length
            assert system.sequence.stop == "fixed_length" or EOS not in trace.output
        assert EOS not in trace.text


@attentive
def test_rows_and_empty_share_sum_to_one(who):
    _, traces = traces_of(who)
    for trace in traces:
        empty = 0 if trace.empty_attention is None else trace.empty_attention
        np.testing.assert_allclose(trace.attention.sum(1) + empty, 1, rtol=0, atol=1e-12)
        assert trace.attention.shape == (trace.steps, len(trace.source))
    assert (traces[0].empty_attention is None) == (who not in SLOTS)


@attentive
def test_the_weights_shown_are_the_tensors_of_the_decode(who, monkeypatch):
    """The very numbers that went into each step, to the last bit; nothing is attended again."""
    looked = []

    def spy(*arguments):
        looked.append(attend(*arguments))
        return looked[-1]

    attend = decoder_module.attend
    monkeypatch.setattr(decoder_module, "attend", spy)
    system, sentences = FAMILY[who]
    trace = system.translate(sentences[0])
    assert len(looked) == trace.steps
    for t, step in enumerate(looked):
        assert np.array_equal(trace.attention[t], step.weights[0, 0].numpy())
        assert np.array_equal(trace.scores[t], step.scores[0, 0].numpy())
        assert np.array_equal(trace.contexts[t], step.context[0, 0].numpy())
        if step.empty is not None:
            assert trace.empty_attention[t] == step.empty[0, 0]


@attentive
def test_a_changed_softmax_would_be_shown(who, monkeypatch):
    """If the decode looked evenly, the Trace would say so: it does not work out its own weights."""

    def even(scores, memory, mask, slots=None, given=None):
        weights = torch.full_like(scores, 1 / scores.shape[-1])
        empty = None if slots is None else torch.zeros_like(scores[..., 0])
        return Attended(weights @ memory, scores, weights, empty)

    system, sentences = FAMILY[who]
    text = max(sentences, key=len)
    before = system.translate(text)
    monkeypatch.setattr(decoder_module, "attend", even)
    trace = system.translate(text)
    size = len(trace.source)
    np.testing.assert_allclose(trace.attention, 1 / size, rtol=1e-6)
    np.testing.assert_allclose(trace.entropy(), math.log(size), rtol=1e-6)
    expected = np.broadcast_to(trace.encoder_states.mean(0), trace.contexts.shape)
    np.testing.assert_allclose(trace.contexts, expected, atol=1e-9)
    assert abs(trace.log_probability - before.log_probability) > 1e-6


@pytest.mark.parametrize("who", ["tutorial 4", "tutorial 5"])
def test_a_reversing_model_is_shown_in_reading_order(who):
    """Its twin without reversal, fed the reversed text, looks at the same tokens."""
    system, sentences = FAMILY[who]
    text = max(sentences, key=len)
    trace = system.translate(text)
    inner = slice(1, -1) if system.sequence.source_bos else slice(None)
    typed = text.split() if who == "tutorial 5" else list(text.ljust(12))
    assert list(trace.source[inner]) == typed
    model = Seq2Seq(replace(system.config, reverse_source=False)).double()
    model.load_state_dict(system.model.state_dict())
    twin = replace(system, model=model.eval())
    places = np.arange(len(trace.source))
    places[inner] = places[inner][::-1].copy()
    ids = tuple(trace.reading.ids[i] for i in places)
    other = single.greedy(
        twin, replace(trace.reading, ids=ids, tokens=tuple(trace.source[i] for i in places))
    )
    assert other.output == trace.output
    np.testing.assert_allclose(trace.attention[:, places], other.attention, atol=1e-12)
    np.testing.assert_allclose(trace.encoder_states[places], other.encoder_states, atol=1e-12)
    assert np.abs(trace.attention - other.attention).max() > 1e-3


# Forcing.


@everyone
def test_forcing_the_greedy_output_gives_its_probabilities(who):
    system, traces = traces_of(who)
    for trace in traces:
        forced = single.forced(system, trace.reading, ids_of(system, trace.output))
        equal_traces(trace, forced)
        assert forced.forced == tuple(range(trace.steps))


@everyone
def test_a_prefix_is_written_first_and_decoding_goes_on(who):
    system, traces = traces_of(who)
    trace = next(t for t in traces if t.steps > 3)
    same = single.greedy(system, trace.reading, ids_of(system, trace.output[:2]))
    equal_traces(trace, same)
    assert same.forced == (0, 1)
    # Another first token than the one it would have chosen.
    other = next(t for t in trace.candidates[0][1:] if t != EOS and t.strip())
    turned = single.greedy(system, trace.reading, ids_of(system, [other]))
    assert turned.output[0] == other and turned.fed[1] == other
    assert turned.forced == (0,)
    assert turned.probabilities[0] < trace.probabilities[0]
    rank = trace.candidates[0].index(other)
    close(turned.probabilities[0], trace.candidate_probabilities[0][rank])
    assert turned.candidates[0] == trace.candidates[0]
    assert all(row[0] == token for row, token in zip(turned.candidates[1:], turned.output[1:],
                                                     strict=True))  # fmt: skip


def test_an_end_token_in_the_prefix_ends_the_output():
    system = FAMILY["dot"][0]
    trace = system.translate("a b", f"red {EOS} blue")
    assert trace.output == ("red", EOS)
    assert (trace.stopped, trace.forced, trace.text) == ("eos", (0, 1), "red")
    (best, *_), tree = system.beam("a b", 3, prefix=f"red {EOS}")
    assert best.output == ("red", EOS) and tree.ranking


def test_a_prefix_as_long_as_the_limit_is_all_that_is_written():
    system = FAMILY["dot"][0]
    limit = system.sequence.max_output_length
    full = " ".join(["red"] * limit)
    trace = system.translate("a b", full)
    assert trace.output == ("red",) * limit and trace.stopped == "length"
    (best,), _ = system.beam("a b", 3, prefix=full)
    assert best.output == trace.output
    for write in (system.translate, lambda text, p: system.beam(text, 3, prefix=p)):
        with pytest.raises(UserError, match=f"{limit + 1} forced tokens; .* at most {limit}"):
            write("a b", full + " red")


@pytest.mark.parametrize("prefix", ["red", "red sea", f"{BOS} red sea"])
def test_a_repeated_start_token_comes_by_itself_before_a_prefix(prefix):
    """Tutorial 3 learned to write its start token first; a visitor's words come after it."""
    system = build_like(3)
    words = prefix.split()[-2:] if BOS in prefix else prefix.split()
    expected = (BOS, *words)
    forced = single.greedy(system, system.read("a b"), ids_of(system, expected))
    greedy = system.translate("a b", prefix)
    equal_traces(greedy, forced)
    assert greedy.forced == tuple(range(len(expected)))
    drawn = system.sample("a b", top_k=1, prefix=prefix)
    equal_traces(drawn, forced)
    traces, tree = system.beam("a b", 3, prefix=prefix)
    assert all(trace.output[: len(expected)] == expected for trace in traces)
    assert [tree.tokens[n] for n in range(len(tree.tokens)) if tree.step[n] == 0] == [BOS]
    assert system.translate("a b").forced == ()


def test_a_whole_prefix_is_what_the_reference_says():
    system = build_like(3)
    reference = whatif.run(system, "a b", [whatif.Edit("reference", 0, "red sea")]).trace
    equal_traces(system.translate("a b", f"red sea {EOS}"), reference)
    assert reference.output == (BOS, "red", "sea", EOS)


def test_a_prefix_leaves_room_for_a_repeated_start_token():
    system = build_like(3)
    limit = system.sequence.max_output_length
    full = system.translate("a b", " ".join(["red"] * (limit - 1)))
    assert full.output == (BOS, *["red"] * (limit - 1))
    message = f"{limit} forced tokens; this model writes at most {limit - 1} after its <sos>."
    for write in (system.translate, lambda text, p: system.beam(text, 3, prefix=p)):
        with pytest.raises(UserError, match=message):
            write("a b", " ".join(["red"] * limit))


def test_a_loop_ends_when_nothing_is_fed():
    system = FAMILY["dot"][0]
    with torch.inference_mode():
        loop = DecodeLoop(system, [system.read("a").ids])
        assert [t for t, _ in loop] == [0]


@everyone
def test_rows_go_on_from_the_rows_they_are_fed_from(who):
    """Rows of one source, or of several, in another order: each goes on with its own past."""
    system, sentences = FAMILY[who]
    rows = [system.read(text).ids for text in sentences[:3]]
    ids = torch.tensor([1, 2])
    for sources, order in ((rows, [2, 0]), (rows[:1], [0, 0])):
        with torch.inference_mode():
            loop = DecodeLoop(system, sources, limit=2)
            logits = None
            for t, step in loop:
                logits = step.logits
                if t == 0:
                    loop.feed(ids, torch.tensor(order))
            for place, (index, row) in enumerate(zip(ids.tolist(), order, strict=True)):
                alone = DecodeLoop(system, [sources[row]], limit=2)
                own = None
                for _, step in alone:
                    own = step.logits
                    alone.feed(torch.tensor([index]))
                torch.testing.assert_close(logits[place], own[0], atol=1e-9, rtol=0)


def test_a_token_can_be_forced_at_any_step():
    system, traces = traces_of("dot")
    trace = next(t for t in traces if t.steps > 4)
    other = next(t for t in trace.candidates[2][1:] if t != EOS)
    (index,) = ids_of(system, [other])
    turned = single.greedy(system, trace.reading, force={2: index, 99: index})
    assert turned.forced == (2,)
    assert turned.output[:3] == (*trace.output[:2], other)
    close(turned.attention[:3], trace.attention[:3])
    prefixed = single.greedy(system, trace.reading, ids_of(system, turned.output[:3]))
    equal_traces(turned, prefixed)


def test_forcing_nothing_is_refused():
    system = FAMILY["dot"][0]
    with pytest.raises(UserError, match="name at least one token"):
        single.forced(system, system.read("a"), [])


# Given attention weights.


@attentive
def test_given_weights_are_used_and_renormalised(who):
    system, sentences = FAMILY[who]
    text = max(sentences, key=len)
    before = system.translate(text)
    size = len(before.source)
    row = [0.0] * size
    row[0], row[size - 1] = 3.0, 1.0
    trace = system.translate(text, attend={1: row})
    expected = np.zeros(size)
    expected[0], expected[-1] = 0.75, 0.25
    np.testing.assert_allclose(trace.attention[1], expected, atol=1e-12)
    np.testing.assert_allclose(
        trace.contexts[1], 0.75 * trace.encoder_states[0] + 0.25 * trace.encoder_states[-1],
        atol=1e-12,
    )  # fmt: skip
    assert trace.attended == (1,)
    if trace.empty_attention is not None:
        assert trace.empty_attention[1] == 0
    # The step before is as it was, and the scores of this one too: only the weights were replaced.
    close(trace.attention[0], before.attention[0])
    close(trace.probabilities[0], before.probabilities[0])
    close(trace.scores[1], before.scores[1])
    assert abs(trace.log_probabilities[1] - before.log_probabilities[1]) > 1e-9


# A given row leaves nothing to the empty slots, so models that have some are not asked.
@pytest.mark.parametrize("who", [name for name in ATTENTIVE if name not in SLOTS])
def test_giving_the_models_own_weights_changes_nothing(who):
    system, traces = traces_of(who)
    trace = traces[0]
    own = {t: trace.attention[t].tolist() for t in range(trace.steps)}
    again = system.translate(trace.reading.text, attend=own)
    assert again.attended == tuple(range(trace.steps))
    equal_traces(trace, again)


@pytest.mark.parametrize("row", [(1e308, 1e308, 0), (5e-324, 0, 5e-324), (1e-300, 1e-300, 0)])
def test_very_large_and_very_small_weights_still_sum_to_one(row):
    trace = FAMILY["dot"][0].translate("a b", attend={0: row})
    assert trace.attention[0].sum() == pytest.approx(1)
    assert sorted(trace.attention[0].tolist()) == pytest.approx([0, 0.5, 0.5])


@pytest.mark.parametrize(
    ("attend", "message"),
    [
        ({0: [1, 1]}, "Step 0 has 2 weights; the source has 3 tokens."),
        ({0: [1, 1, 1, 1]}, "Step 0 has 4 weights; the source has 3 tokens."),
        ({1: [0, 0, 0]}, "The weights of step 1 are all 0; give at least one some weight."),
        ({1: [1, -1, 1]}, "The weights of step 1 must be numbers of at least 0."),
        ({1: [1, math.nan, 1]}, "The weights of step 1 must be numbers of at least 0."),
        ({1: [1, math.inf, 1]}, "The weights of step 1 must be numbers of at least 0."),
        ({9: [1, 1, 1]}, "Step 9 does not exist; steps are 0 to 8."),
        ({-1: [1, 1, 1]}, "Step -1 does not exist; steps are 0 to 8."),
    ],
)
def test_weights_that_do_not_fit_are_refused(attend, message):
    with pytest.raises(UserError) as caught:
        FAMILY["dot"][0].translate("a b", attend=attend)
    assert str(caught.value) == message


def test_a_model_without_attention_takes_no_weights():
    with pytest.raises(UserError, match="test/tiny has no attention"):
        FAMILY["plain"][0].translate("a b", attend={0: [1, 1, 1]})
    trace = FAMILY["plain"][0].translate("a b")
    for name in ("scores", "attention", "contexts", "empty_attention"):
        assert getattr(trace, name) is None
    with pytest.raises(ValueError, match="has no attention"):
        trace.entropy()


def test_steps_that_never_came_are_not_said_to_be_attended():
    system = FAMILY["dot"][0]
    trace = system.translate("a b", prefix=f"red {EOS}", attend={1: [1, 1, 1], 2: [1, 1, 1]})
    assert trace.steps == 2 and trace.attended == (1,)


# Beam search.


def sentences_of(who, count=4):
    return FAMILY[who][1][:count]


@everyone
def test_a_beam_of_one_is_greedy(who):
    system = FAMILY[who][0]
    for text in FAMILY[who][1]:
        greedy = system.translate(text)
        traces, tree = system.beam(text, 1)
        assert len(traces) == 1
        equal_traces(greedy, traces[0])
        assert tree.hypothesis(tree.ranking[0]) == greedy.output
        assert tree.score[tree.ranking[0]] == pytest.approx(greedy.log_probability, abs=1e-10)


@everyone
@pytest.mark.parametrize(("size", "alpha"), [(2, 0.0), (4, 1.0), (10, 0.6)])
def test_the_tree_is_consistent(who, size, alpha):
    system = FAMILY[who][0]
    limit = system.sequence.max_output_length
    for text in sentences_of(who):
        traces, tree = system.beam(text, size, alpha)
        nodes = range(1, len(tree.tokens))
        assert (tree.tokens[0], tree.parent[0], tree.step[0]) == (system.sequence.start_token,
                                                                  -1, -1)  # fmt: skip
        for n in nodes:
            parent = tree.parent[n]
            assert parent < n
            assert tree.step[n] == tree.step[parent] + 1
            assert tree.score[n] < tree.score[parent] + 1e-12
            assert tree.survived[parent] and not tree.finished[parent]
        assert not (tree.finished & ~tree.survived).any()
        for step in range(tree.step.max() + 1):
            here = tree.step == step
            assert (here & tree.survived).sum() <= size
            # The kept ones are the best of those considered.
            kept, lost = tree.score[here & tree.survived], tree.score[here & ~tree.survived]
            assert len(lost) == 0 or kept.min() >= lost.max()
            names = [tree.hypothesis(n) for n in nodes if here[n]]
            assert len(set(names)) == len(names)
        assert set(tree.ranking) == set(np.flatnonzero(tree.finished))
        assert list(tree.penalised) == sorted(tree.penalised, reverse=True)
        for n, penalised in zip(tree.ranking, tree.penalised, strict=True):
            length = tree.step[n] + 1
            assert penalised == pytest.approx(tree.score[n] / ((5 + length) / 6) ** alpha)
            assert tree.tokens[n] == EOS or length == limit
        assert 1 <= len(traces) <= size
        for n, trace in zip(tree.ranking, traces, strict=False):
            assert trace.output == tree.hypothesis(n)


@everyone
def test_scores_of_the_tree_are_forced_scores(who):
    system = FAMILY[who][0]
    for text in sentences_of(who, 2):
        reading = system.read(text)
        traces, tree = system.beam(text, 4)
        for n, trace in zip(tree.ranking, traces, strict=False):
            assert tree.score[n] == pytest.approx(trace.log_probability, abs=1e-9)
        for n in range(1, len(tree.tokens), 5):
            output = ids_of(system, tree.hypothesis(n))
            forced = single.forced(system, reading, output)
            assert tree.score[n] == pytest.approx(forced.log_probability, abs=1e-9)


def tiny_vocabulary(seed, limit=3, **switches):
    """Three target tokens: everything it can write in three steps can be listed."""
    return build_system(
        SequenceConfig(max_source_length=12, max_output_length=limit),
        target=Vocab((BOS, EOS, "x"), bos=0, eos=1),
        seed=seed,
        **switches,
    )


def everything(system, text, prefix=()):
    """(log probability, output) of all outputs, from forced decoding."""
    limit, eos = system.sequence.max_output_length, system.target_vocab.eos
    others = [i for i in range(len(system.target_vocab)) if i != eos]
    found = []
    for length in range(1, limit + 1):
        last = [eos] if length < limit else range(len(system.target_vocab))
        for head in itertools.product(others, repeat=length - 1):
            for tail in last:
                output = (*head, tail)
                if output[: len(prefix)] == tuple(prefix):
                    trace = single.forced(system, system.read(text), output)
                    found.append((trace.log_probability, trace.output))
    return found


def penalised(score, output, alpha):
    return score / ((5 + len(output)) / 6) ** alpha


def test_listing_everything_covers_all_probability():
    total = sum(math.exp(score) for score, _ in everything(tiny_vocabulary(1), "a b"))
    assert total == pytest.approx(1)


@pytest.mark.parametrize("alpha", [0.0, 0.7, 2.0, 5.0])
@pytest.mark.parametrize("seed", range(6))
def test_a_wide_beam_finds_the_best_of_all_outputs(seed, alpha):
    system = tiny_vocabulary(seed, attention="dot")
    every = everything(system, "a b c")
    best = max(every, key=lambda item: penalised(*item, alpha))
    traces, tree = system.beam("a b c", 10, alpha)
    assert traces[0].output == best[1]
    assert tree.penalised[0] == pytest.approx(penalised(*best, alpha), abs=1e-9)
    # Whatever else it returns is ranked as the list ranks it.
    scores = {output: penalised(score, output, alpha) for score, output in every}
    ranked = [scores[trace.output] for trace in traces]
    assert ranked == sorted(ranked, reverse=True)
    assert ranked == pytest.approx(list(tree.penalised[: len(ranked)]), abs=1e-9)


def test_a_beam_keeps_to_its_prefix():
    system = tiny_vocabulary(2, attention="dot")
    every = everything(system, "a b c", prefix=(2,))
    traces, tree = system.beam("a b c", 10, prefix="x")
    assert traces[0].output == max(every)[1]
    assert all(trace.output[0] == "x" for trace in traces)
    assert [tree.tokens[n] for n in range(len(tree.tokens)) if tree.step[n] == 0] == ["x"]


def test_a_wider_beam_is_at_least_as_good_here():
    """Not a law of beam search, but false for a beam that loses hypotheses."""
    gained = 0
    for seed in range(12):
        system = build_system(attention="dot", seed=seed)
        one, ten = (system.beam("a b c d", size)[0][0].log_probability for size in (1, 10))
        gained += ten > one + 1e-9
        assert ten >= one - 1e-9
    assert gained > 0


@pytest.mark.parametrize(
    ("size", "alpha", "message"),
    [
        (0, 0, "The beam size is 0; it must be 1 to 10."),
        (11, 0, "The beam size is 11; it must be 1 to 10."),
        (2, -0.1, "The length penalty is -0.1; it must be 0 to 5."),
        (2, math.nan, "The length penalty is nan; it must be 0 to 5."),
    ],
)
def test_a_beam_that_cannot_be_is_refused(size, alpha, message):
    with pytest.raises(UserError) as caught:
        FAMILY["dot"][0].beam("a", size, alpha)
    assert str(caught.value) == message


# Many at once.


@everyone
def test_a_batch_writes_what_each_writes_alone(who):
    system, traces = traces_of(who)
    rows = [list(trace.reading.ids) for trace in traces]
    outputs = [tuple(system.target_vocab.decode(w.ids)) for w in batched.write(system, rows)]
    assert outputs == [trace.output for trace in traces]


def fingerprint(model):
    digest = hashlib.sha256()
    for name, tensor in model.state_dict().items():
        digest.update(name.encode() + tensor.numpy().tobytes())
    return digest.hexdigest()


@everyone
def test_decoding_leaves_the_model_as_it_was(who):
    system, sentences = FAMILY[who]
    model = system.model
    before = fingerprint(model)
    attributes = {name: set(vars(module)) for name, module in model.named_modules()}
    random_state = torch.get_rng_state()
    system.translate(sentences[0])
    system.beam(sentences[0], 3)
    batched.write(system, [system.read(sentences[0]).ids] * 2)
    assert fingerprint(model) == before
    assert torch.equal(torch.get_rng_state(), random_state)
    assert not any(module.training for module in model.modules())
    for name, module in model.named_modules():
        assert set(vars(module)) == attributes[name], name
        assert not module._forward_hooks and not module._forward_pre_hooks, name
    assert all(p.grad is None for p in model.parameters())


def test_a_trace_holds_no_tensor():
    for who in FAMILY:
        for trace in traces_of(who)[1]:
            for item in fields(Trace):
                assert not isinstance(getattr(trace, item.name), torch.Tensor), item.name


@pytest.mark.parametrize("who", ["dot", "tutorial 5", "tutorial 4"])
def test_threads_that_share_a_model_get_the_same_answers(who):
    """Eight at once, each with another sentence, some with given weights or a beam."""
    system, sentences = FAMILY[who]

    def ask(number):
        text = sentences[number % len(sentences)]
        if number % 3 == 0:
            return system.beam(text, 3)[0][0]
        if number % 3 == 1:
            size = len(system.read(text).ids)
            return system.translate(text, attend={0: [1.0] * size})
        return system.translate(text)

    jobs = range(24)
    alone = [ask(n) for n in jobs]
    before = fingerprint(system.model)
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(ask, jobs))
    assert fingerprint(system.model) == before
    for one, two in zip(alone, together, strict=True):
        equal_traces(one, two)
