"""Alignment scores: hand-worked cases, planted shifts, and the rows of the model itself."""

from dataclasses import replace

import numpy as np
import pytest
from rounding import close
from tiny import build_like, build_system

from s2s.checkpoints import checkpoint
from s2s.errors import UserError
from s2s.evaluation.alignment import (
    align,
    aligned_sentence,
    attention_rows,
    chance,
    held_out_gold,
    read_tokens,
    refusal,
    score,
)
from s2s.results.alignment import SHIFTS, AlignedSentence, Alignment, GoldPair, ShiftScore
from s2s.tasks import dates, reverse
from s2s.tasks.about import About
from s2s.tasks.gold import generated


def gold(source, target, sure, possible=()):
    """A pair of so many tokens."""
    return GoldPair(
        tuple("abcdefgh"[:source]), tuple("ABCDEFGH"[:target]), frozenset(sure),
        frozenset(possible),
    )  # fmt: skip


def looking(*places, source, weight=0.8):
    """[T, S] rows with most of their weight on the given places."""
    rows = np.full((len(places), source), (1 - weight) / (source - 1))
    rows[np.arange(len(places)), places] = weight
    return rows


DIAGONAL = gold(5, 5, {(i, i) for i in range(5)})


def test_a_case_worked_by_hand():
    """A = {0-0, 1-1, 3-2, 0-3}; S = {0-0, 1-1, 2-2}; P adds 3-2. A∩S = 2, A∩P = 3."""
    pair = gold(4, 4, {(0, 0), (1, 1), (2, 2)}, {(3, 2)})
    found = score([looking(0, 1, 3, 0, source=4, weight=0.7)], [pair], 0)
    assert found.tokens == 4
    assert found.precision == pytest.approx(3 / 4) and found.recall == pytest.approx(2 / 3)
    assert found.aer == pytest.approx(1 - (2 + 3) / (4 + 3))
    # Weight on the links: 0.7, 0.7, 0.1 + 0.7, and none for the last token.
    assert found.mass == pytest.approx((0.7 + 0.7 + 0.8) / 4)
    linked = score([looking(0, 1, 3, 0, source=4, weight=0.7)], [pair], 0, linked_only=True)
    assert linked.tokens == 3 and linked.precision == 1
    assert linked.aer == pytest.approx(1 - (2 + 3) / (3 + 3))


def test_pairs_are_summed_not_averaged():
    """Och & Ney's counts are those of the whole corpus: 1 of 1 and 0 of 3 is 1 of 4."""
    pairs = [gold(2, 1, {(0, 0)}), gold(3, 3, {(0, 0), (1, 1), (2, 2)})]
    rows = [looking(0, source=2), looking(1, 2, 0, source=3)]
    found = score(rows, pairs, 0)
    assert found.precision == found.recall == pytest.approx(1 / 4)
    assert found.aer == pytest.approx(1 - 2 / 8)


@pytest.mark.parametrize("planted", SHIFTS)
def test_a_planted_shift_is_found_and_scores_zero(planted):
    """Row t looks at the link of token t + planted; at the edge it looks anywhere."""
    places = [(t + planted) % 5 for t in range(5)]
    rows = [looking(*places, source=5)]
    scores = tuple(score(rows, [DIAGONAL], shift) for shift in SHIFTS)
    found = Alignment("m", 1, False, 0, chance(rows, [DIAGONAL]), scores)
    assert found.at(planted).aer == 0 and found.at(planted).recall == 1
    assert found.at(planted).mass == pytest.approx(0.8)
    assert found.at(planted).tokens == (5 if planted == 0 else 4)
    assert all(found.at(other).aer == 1 for other in SHIFTS if other != planted)
    assert found.best == planted
    words = {-1: "one step late", 0: "being written", 1: "one step ahead"}[planted]
    assert words in found.says()


def test_tokens_and_links_at_the_edge_are_left_out():
    pair = gold(3, 2, {(0, 0), (2, 1)})
    rows = [looking(2, 0, source=3)]
    assert score(rows, [pair], 1)[1:4] == (1, 0.0, 1.0)  # row 0 against token 1
    assert score(rows, [pair], -1)[1:4] == (1, 0.0, 1.0)  # row 1 against token 0
    one = score([looking(0, source=2)], [gold(2, 1, {(0, 0)})], 1)
    assert one == ShiftScore(1, 0, None, None, None, None)


def test_without_sure_links_recall_is_not_defined():
    found = score([looking(0, 1, source=2)], [gold(2, 2, (), {(0, 0)})], 0)
    assert found.recall is None and found.aer == found.precision == 0.5


def test_chance_is_what_random_links_score():
    pair = gold(6, 4, {(0, 0), (1, 1)}, {(2, 1), (3, 2), (4, 2)})
    rng = np.random.default_rng(1)
    for linked in (False, True):
        drawn = [rng.random((4, 6)) for _ in range(4000)]
        mean = score(drawn, [pair] * 4000, 0, linked).aer
        assert chance([np.ones((4, 6))], [pair], linked) == pytest.approx(mean, abs=0.01)


def test_what_the_numbers_say():
    def said(*aers, guess=0.9):
        scores = (ShiftScore(s, 4, a, a, a, a) for s, a in zip(SHIFTS, aers, strict=True))
        return Alignment("m", 1, False, 0, guess, tuple(scores))

    assert said(0.88, 0.9, 0.95).best is None
    assert "guessing does (0.90)" in said(0.88, 0.9, 0.95).says()
    assert said(0.3, 0.33, 0.8).best is None and "No one shift" in said(0.3, 0.33, 0.8).says()
    assert said(0.3, 0.5, None).best == -1
    assert said(0.3, 0.5, None).says().endswith("(AER by shift −1: 0.30, 0: 0.50, +1: –).")
    with pytest.raises(ValueError, match="expected"):
        Alignment("m", 1, False, 0, 0.9, said(0.1, 0.2, 0.3).shifts[:2])


MODELS = {
    3: (build_like(3), (("a", "b", "c"), ("red", "sky")), (("d",), ("sun", "sea", "red", "sky"))),
    4: (build_like(4), (tuple("3-1"), tuple("03-01")), (tuple("3 dec 84"), tuple("1984-12-03"))),
    5: (build_like(5), (("a", "zzz"), ("red",)), (("h", "g", "a", "b"), ("sky", "huh", "sun"))),
}


@pytest.mark.parametrize("tutorial", MODELS)
def test_the_rows_are_those_of_forced_decoding(tutorial):
    """Batched rows, specials cut off, equal a sentence decoded alone; both know their first row."""
    system, *texts = MODELS[tutorial]
    pairs = [GoldPair(s, t, frozenset({(0, 0)}), frozenset()) for s, t in texts]
    blanks = system.sequence.fixed_source_length
    for rows, pair in zip(attention_rows(system, pairs), pairs, strict=True):
        found = aligned_sentence(system, pair)
        trace, column = found.trace, found.trace.reading.first
        assert rows.shape == (len(pair.target), blanks or len(pair.source))
        assert len(trace.forced) == trace.steps
        ends = slice(found.first_row, found.first_row + rows.shape[0])
        assert [t for t in trace.output[ends] if t != "<unk>"] == [
            t for t in pair.target if t in system.target_vocab.ids]  # fmt: skip
        np.testing.assert_allclose(
            rows, trace.attention[ends, column : column + rows.shape[1]], atol=1e-12
        )
        assert found.sure == [(found.first_row, column)] and found.only_possible == []
    assert system.sequence.target_repeats_bos == bool(found.first_row)


def test_the_scores_of_a_model_do_not_depend_on_batches():
    system = build_like(5)
    rng = np.random.default_rng(0)
    pairs = []
    for _ in range(9):
        source, target = rng.choice(list("abcdefgh"), rng.integers(1, 9)), rng.choice(
            ["red", "sky", "sun"], rng.integers(1, 6))  # fmt: skip
        links = {(int(rng.integers(len(source))), t) for t in range(len(target))}
        pairs.append(GoldPair(tuple(source), tuple(target), frozenset(links), frozenset()))
    whole = align(system, pairs)
    calls = []
    parts = align(system, pairs, progress=lambda *done: calls.append(done), batch=2)
    assert whole.pairs == parts.pairs == 9
    assert whole.at(0).tokens == sum(len(pair.target) for pair in pairs)
    assert parts.chance == whole.chance and parts.unknown == whole.unknown
    for one, all_at_once in zip(parts.shifts, whole.shifts, strict=True):
        assert one[:-1] == all_at_once[:-1], "counts are exact"
        close(one.mass, all_at_once.mass)
    assert calls == [(2, 9), (4, 9), (6, 9), (8, 9), (9, 9)]
    # The same from each sentence's own trace, counted anew.
    hits = 0
    for pair in pairs:
        found = aligned_sentence(system, pair)
        first = found.trace.reading.first
        inner = found.trace.attention[:, first : first + len(pair.source)]
        hits += sum((int(inner[t].argmax()), t) in pair.sure for t in range(len(pair.target)))
    assert whole.at(0).precision == pytest.approx(hits / whole.at(0).tokens)


def test_unknown_tokens_are_read_as_such_and_counted():
    system = MODELS[5][0]
    pairs = [GoldPair(("a", "zzz"), ("red", "huh"), frozenset({(0, 0)}), frozenset())]
    assert read_tokens(system, ("a", "zzz")).tokens == ("<sos>", "a", "<unk>", "<eos>")
    assert align(system, pairs).unknown == 2


@pytest.mark.parametrize(("tutorial", "source", "target", "message"), [
    (5, ("a", "<eos>"), ("red",), "<eos> is added by the model itself"),
    (5, ("a",), ("<sos>", "red"), "leave it out of the target"),
    (5, ("a",) * 13, ("red",), "13 source tokens; test/tiny takes at most 12"),
    (5, ("a",), ("red",) * 9, "9 target tokens; test/tiny takes at most 8"),
    (3, ("a", "zz"), ("red",), "zz is not a source token"),
    (3, ("a",), ("red",) * 7, "takes at most 6"),
    (4, ("3",), ("x",), "x is not a target token"),
    (4, ("3",), (), "The target has no tokens"),
])  # fmt: skip
def test_what_a_model_cannot_be_forced_through(tutorial, source, target, message):
    system = MODELS[tutorial][0]
    pair = GoldPair(source, target, frozenset(), frozenset())
    assert message in str(refusal(system, pair))
    good = GoldPair(*MODELS[tutorial][1], frozenset({(0, 0)}), frozenset())
    assert refusal(system, good) is None
    with pytest.raises(UserError, match="Pair 2: "):
        align(system, [good, pair])
    with pytest.raises(UserError):
        aligned_sentence(system, pair)


def test_a_model_without_attention_and_gold_without_links_are_refused():
    with pytest.raises(UserError, match="no attention"):
        align(build_system(), [gold(1, 1, {(0, 0)})])
    pair = GoldPair(("a",), ("red",), frozenset(), frozenset())
    for pairs in ([], [pair]):
        with pytest.raises(UserError, match="no gold links"):
            align(build_system(attention="dot"), pairs)
    found = aligned_sentence(MODELS[5][0], pair)
    with pytest.raises(ValueError, match="room for"):
        replace(found, gold=gold(8, 8, ()))
    with pytest.raises(ValueError, match="no attention"):
        AlignedSentence(replace(found.trace, attention=None), pair, 0)


def test_generated_gold_of_the_held_out_part():
    system = checkpoint.load("reverse/attention")
    pairs = held_out_gold(system, limit=40)
    parts = reverse.parts(system.about.data, system.sequence, None)
    assert ["".join(pair.source) for pair in pairs] == [s for s, _ in parts["test"][:40]]
    found = align(system, pairs, linked_only=True)
    # This model writes a letter while it looks at the one it has just written.
    assert found.best == -1 and found.at(-1).aer < 0.05 < found.at(0).aer
    assert found.at(-1).mass > 0.8
    with pytest.raises(UserError, match="only dates, dates-book, phrases, reverse"):
        held_out_gold(replace(system, task="fra-eng"))
    with pytest.raises(UserError, match="no parts of its own"):
        held_out_gold(replace(system, about=About()))


def test_the_dates_model_looks_at_the_digits_that_it_writes():
    system = checkpoint.load("dates/attention")
    pairs = generated("dates", dates.generate(150, 11))
    found = align(system, pairs, linked_only=True)
    assert found.best == 0 and found.at(0).recall > 0.8
    assert found.at(0).tokens == 8 * len(pairs)  # the two separators are not scored
    every = align(system, pairs)
    assert every.at(0).tokens == 10 * len(pairs) and every.at(0).recall == found.at(0).recall
    assert every.at(0).aer > found.at(0).aer
