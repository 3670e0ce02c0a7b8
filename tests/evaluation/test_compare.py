"""Comparisons: batched decoding is single decoding, scores and tests are sacrebleu's by hand."""

import dataclasses
import itertools
import math

import numpy as np
import pytest
import sacrebleu
from noisy_models import SENTENCES, writer
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.significance import PairedTest
from scipy.stats import binomtest
from scored import half_right
from tiny import build_like, build_system, texts

from s2s.checkpoints import checkpoint
from s2s.decoding import batched
from s2s.decoding.whatif import Edit
from s2s.errors import UserError
from s2s.evaluation import resampling, scoring
from s2s.evaluation.compare import compare_sentence, compare_set
from s2s.evaluation.evaluate import evaluate
from s2s.evaluation.side_by_side import align, disagreement
from s2s.findings.comparison import p_value, sentence_finding, set_finding
from s2s.tasks.pairs_file import PairSet


@pytest.fixture(scope="module")
def pair():
    """One with attention, one without; both end by themselves on some sentences."""
    return writer("t/attention", 27, attention="dot", layers=2), writer("t/plain", 5, cell="lstm")


@pytest.fixture(scope="module")
def pairs(pair):
    return half_right(pair[0], SENTENCES)


@pytest.fixture(scope="module")
def result(pair, pairs):
    return compare_set(pair, PairSet.of("seeded", pairs))


# batched decoding


@pytest.mark.slow
@pytest.mark.parametrize(
    "system",
    [
        writer("t/a", 27, attention="dot", layers=2),
        build_system(cell="lstm", seed=5),
        build_system(attention="additive", bidirectional=True, peeky="cell_and_output"),
        build_like(3),
        build_like(4),
        build_like(5),
    ],
    ids=["dot", "lstm", "peeky", "tutorial3", "tutorial4", "tutorial5"],
)
def test_a_batch_is_the_single_sentences(system):
    some = (
        ["1/2/03", "4-5", "11/12/13", "a"] if system.task == "dates"
        else [t for t in SENTENCES if len(t.split()) <= 7][:25]
    )  # fmt: skip
    rows = [system.read(text).ids for text in some]
    for batch in (1, 4, len(rows)):
        written = batched.write(system, rows, batch=batch)
        for text, got in zip(some, written, strict=True):
            trace = system.translate(text)
            assert tuple(system.target_vocab.decode(got.ids)) == trace.output
            assert got.log_probability == pytest.approx(trace.log_probability, abs=1e-9)
            assert got.confidence == pytest.approx(trace.log_probabilities.mean(), abs=1e-9)
            if system.config.has_attention:
                assert got.entropy == pytest.approx(trace.entropy().mean(), abs=1e-9)
                assert got.coverage == pytest.approx(trace.coverage(), abs=1e-9)
            else:
                assert got.entropy is None and got.coverage is None


def test_long_outputs_go_on_alone(pair):
    rows = [pair[0].read(text).ids for text in SENTENCES]
    lengths = {len(w.ids) for w in batched.write_batch(pair[0], rows)}
    assert len(lengths) > 3, "the batch must shrink for this to say anything"


def test_where_it_looked_is_summed_up_only_if_asked(pair):
    rows = [pair[0].read(text).ids for text in SENTENCES[:9]]
    usual, bare = batched.write(pair[0], rows), batched.write(pair[0], rows, looked=False)
    assert [(w.ids, w.log_probability) for w in usual] == [(w.ids, w.log_probability) for w in bare]
    assert all(w.entropy is None and w.coverage is None for w in bare)


def test_progress_counts_every_sentence_and_can_stop(pair):
    rows = [pair[0].read(text).ids for text in SENTENCES]
    seen = []
    batched.write(pair[0], rows, lambda *done: seen.append(done), batch=16)
    assert [done for done, _ in seen] == [*range(16, len(rows), 16), len(rows)]
    assert {total for _, total in seen} == {len(rows)}


# a test set


def test_scores_are_those_of_evaluate(pair, pairs, result):
    for m, system in enumerate(pair):
        alone = evaluate(system, pairs)
        scores = result.scores[m]
        assert scores.exact_match.value == pytest.approx(alone.exact_match)
        assert scores.bleu.value == pytest.approx(alone.bleu, abs=1e-9)
        assert scores.chrf.value == pytest.approx(alone.chrf, abs=1e-9)
        assert result.unfinished[m].mean() == pytest.approx(alone.unfinished)
    assert 0.1 < result.scores[0].exact_match.value < 0.9


def test_intervals_are_sacrebleu_s_by_hand(result, pairs):
    references = [[reference for _, reference in pairs]]
    for outputs, scores in zip(result.outputs, result.scores, strict=True):
        for metric, ours in (
            (BLEU(tokenize="none", force=True), scores.bleu),
            (CHRF(), scores.chrf),
        ):
            theirs = metric.corpus_score(list(outputs), references, n_bootstrap=1000)
            assert ours.value == pytest.approx(theirs.score, abs=1e-9)
            # sacrebleu computes its resamples in float32.
            assert ours.mean == pytest.approx(theirs._mean, abs=1e-4)
            assert ours.half_width == pytest.approx(theirs._ci, abs=1e-4)
            assert ours.low <= ours.value <= ours.high
    assert result.scores[0].bleu.half_width > 0.5


def noisy(references, share, seed):
    """References with a share of their words replaced."""
    draw = np.random.default_rng(seed)
    return [
        [word if draw.random() > share else "WXYZ"[draw.integers(4)] for word in reference]
        for reference in references
    ]


WORDS = ("red", "blue", "sea", "sky", "sun")


def scored(systems, references):
    spaced = [[" ".join(tokens) for tokens in side] for side in (*systems, references)]
    outputs, right = spaced[:-1], spaced[-1]
    lengths = np.array([len(reference) for reference in references])
    ours = scoring.score_all(
        [(system, references) for system in systems], outputs, [right] * len(systems), lengths
    )
    return outputs, right, {(test.model, test.score): test for test in ours.tests}


@pytest.mark.slow
def test_paired_tests_are_sacrebleu_s_by_hand():
    references = [t.split() for t in texts(500, seed=3, words=WORDS)]
    systems = [noisy(references, share, seed) for share, seed in ((0.3, 1), (0.31, 2), (0.5, 3))]
    outputs, right, found = scored(systems, references)
    metrics = {"bleu": BLEU(tokenize="none", force=True), "chrf": CHRF()}
    named = [(str(i), texts) for i, texts in enumerate(outputs)]
    _, theirs = PairedTest(named, metrics, [right], test_type="ar")()
    for name, title in (("bleu", "BLEU"), ("chrf", "chrF2")):
        for model in (1, 2):
            mine, first = found[model, name], theirs[title][0]
            # A draw that ties with the real difference counts here and not there: at most a few.
            assert mine.p == pytest.approx(theirs[title][model].p_value, abs=3e-4)
            gap = theirs[title][model].score - first.score
            assert mine.difference == pytest.approx(gap, abs=1e-9)
        assert found[2, name].p < 0.001 < 0.02 < found[1, name].p < 0.98
    assert len(found) == 6


@pytest.mark.slow
@pytest.mark.parametrize("differing", [0, 1, 2, 5, 6, 9, 12])
def test_few_differing_sentences_are_enumerated(differing):
    """Against a plain loop over all swaps, each scored by sacrebleu from its sentences' counts."""
    references = [t.split() for t in texts(20, seed=4, words=WORDS, longest=12)]
    references = [r for r in references if len(r) >= 4] * 3
    good = noisy(references, 0.1, 5)
    bad = [*noisy(references[:differing], 0.6, 6), *good[differing:]]
    assert sum(a != b for a, b in zip(good, bad, strict=True)) == differing
    systems, right, found = scored([good, bad], references)
    for name, metric in (("bleu", BLEU(tokenize="none", force=True)), ("chrf", CHRF())):
        first, other = (metric._extract_corpus_statistics(texts, [right]) for texts in systems)
        whole = metric.corpus_score(systems[1], [right]).score
        assert metric._aggregate_and_compute(other).score == pytest.approx(whole, abs=1e-9)

        def gap(kept, metric=metric, first=first, other=other):
            one = [a if k else b for a, b, k in zip(first, other, kept, strict=False)]
            two = [b if k else a for a, b, k in zip(first, other, kept, strict=False)]
            same = first[differing:]
            scores = [metric._aggregate_and_compute([*t, *same]).score for t in (one, two)]
            return abs(scores[0] - scores[1])

        real = gap([True] * differing)
        # Swapping all that is not swapped gives the same gap, so the first may stay.
        swaps = itertools.product((True, False), repeat=max(0, differing - 1))
        gaps = [gap([True, *kept][:differing]) for kept in swaps]
        assert found[1, name].p == np.mean([g >= real - 1e-7 for g in gaps])
        assert found[1, name].differing == differing
        assert found[1, name].p >= 2.0 ** (1 - differing) or differing == 0


def test_equal_models_differ_by_chance():
    references = [t.split() for t in texts(60, seed=3, words=WORDS)]
    same = noisy(references, 0.3, 1)
    assert {test.p for test in scored([same, same], references)[2].values()} == {1.0}


def test_a_tie_counts_beyond_the_enumeration():
    """Twenty sentences, each right in one of two models: no difference, so every draw counts."""
    references = [["red", "blue", "sea", "sky"]] * 20
    one = [r if i % 2 else ["sun"] for i, r in enumerate(references)]
    two = [["sun"] if i % 2 else r for i, r in enumerate(references)]
    assert scored([one, two], references)[2][1, "chrf"].p == 1.0


@pytest.mark.parametrize("size", [7, 101])
def test_drawing_in_blocks_changes_nothing(monkeypatch, size):
    draw = np.random.default_rng(1)
    stats = draw.integers(0, 9, (size, 3))
    other = draw.integers(0, 9, (size, 3))
    whole = resampling.bootstrap_sums(stats), *resampling.randomized_sums(stats, other, 999)
    monkeypatch.setattr(resampling, "CELLS", 64 * size)
    parts = resampling.bootstrap_sums(stats), *resampling.randomized_sums(stats, other, 999)
    for a, b in zip(whole, parts, strict=True):
        assert np.array_equal(a, b)
    assert np.array_equal(whole[1] + whole[2], np.tile((stats + other).sum(0), (999, 1)))


@pytest.mark.parametrize(("both", "mine", "its"), [(5, 0, 0), (3, 2, 0), (9, 7, 1), (0, 40, 12)])
def test_exact_match_by_the_binomial_test(both, mine, its):
    first = np.array([1] * both + [1] * mine + [0] * its + [0] * 4, dtype=bool)
    other = np.array([1] * both + [0] * mine + [1] * its + [0] * 4, dtype=bool)
    expected = binomtest(mine, mine + its).pvalue if mine + its else 1.0
    assert resampling.mcnemar_p(first, other) == pytest.approx(expected)


def test_two_equal_models_are_said_to_be_equal(pair, pairs):
    one = writer("t/one", 27, attention="dot", layers=2)
    result = compare_set((pair[0], one), PairSet.of("seeded", pairs))
    assert result.test(1, "bleu").differing == 0 and result.test(1, "bleu").p == 1
    assert "no sentence is counted differently" in set_finding(result)


def test_every_sentence_by_itself(pair, pairs, result):
    assert result.pairs == len(pairs) and result.lines == tuple(range(1, len(pairs) + 1))
    for n in range(0, len(pairs), 5):
        source, reference = pairs[n]
        for m, system in enumerate(pair):
            trace = system.translate(source)
            assert result.outputs[m][n] == trace.text
            assert result.exact[m, n] == (trace.text == reference)
            score = sacrebleu.sentence_chrf(trace.text, [reference]).score
            assert result.chrf[m, n] == pytest.approx(score)
            assert result.confidence[m, n] == pytest.approx(trace.log_probabilities.mean())
            assert result.unfinished[m, n] == (trace.stopped == "length")
        length = trace.reading.length
        assert result.lengths[n] == length
        least = pair[0].translate(source).coverage()[:length].min()
        assert result.coverage[0, n] == pytest.approx(least)
        assert math.isnan(result.entropy[1, n]) and math.isnan(result.coverage[1, n])
        both = [result.outputs[m][n] for m in (0, 1)]
        assert result.disagreement[n] == pytest.approx(disagreement(both))
    assert 0 < result.disagreement.max() <= 1


def test_lengths_add_up(pair, pairs, result):
    assert [g.shortest for g in result.by_length] == sorted({len(s.split()) for s, _ in pairs})
    for group in result.by_length:
        inside = [p for p in pairs if group.shortest <= len(p[0].split()) <= group.longest]
        assert len(inside) == group.pairs
        for m, system in enumerate(pair):
            alone = evaluate(system, inside)
            assert group.scores[m].exact_match.value == pytest.approx(alone.exact_match)
            if any(len(reference.split()) >= 4 for _, reference in inside):
                assert group.scores[m].bleu.value == pytest.approx(alone.bleu, abs=1e-9)
            else:
                assert group.scores[m].bleu is None


def test_groups_of_many_lengths():
    lengths = np.random.default_rng(2).integers(3, 40, 500)
    groups = scoring.length_groups(lengths, {20})
    assert len(groups) <= scoring.MOST_GROUPS + 2
    covered = [n for low, high in groups for n in range(low, high + 1) if n in lengths]
    assert covered == sorted(set(lengths.tolist()))
    assert not [g for g in groups if g[0] <= 20 < g[1]], "what was never trained stands apart"
    assert scoring.length_groups(np.array([5, 5])) == [(5, 5)]


def test_rows_are_flat_and_whole(result):
    rows = result.rows()
    assert len(rows) == result.pairs
    assert all(isinstance(v, str | int | float | None) for row in rows for v in row.values())
    assert rows[0]["entropy t/plain"] is None and rows[0]["entropy t/attention"] >= 0
    assert not any(v != v for row in rows for v in row.values()), "no NaN goes into a table"


def test_what_cannot_be_read_is_refused_by_number(pair):
    pairs = [("a b", "red"), ("😀", "red"), ("a " * 13, "red"), ("c", "!!"), ("d", "123"),
             ("e zzz", "sea")]  # fmt: skip
    result = compare_set(pair, PairSet("f", tuple(pairs), (2, 3, 5, 7, 8, 9)))
    assert result.lines == (2, 7, 9)
    assert [line.line for line in result.refused] == [3, 5, 8]
    assert "no letters" in str(result.refused[0].reason) and "13 tokens" in str(
        result.refused[1].reason
    )
    assert "target" in str(result.refused[2].reason)
    assert result.unknown[:, 2].tolist() == [1, 1]
    with pytest.raises(UserError, match="no pair that all models can read.* Line 1: "):
        compare_set(pair, PairSet.of("f", pairs[1:3]))


@pytest.mark.slow
def test_cancelling_ends_the_work(pair, pairs):
    few = PairSet.of("x", pairs[:40])

    class Cancelled(Exception):
        pass

    shares = []
    compare_set(pair, few, lambda share, what: shares.append((share, what)), 16)
    told = [share for share, _ in shares]
    assert told == sorted(told) and told[0] == 0 and told[-1] == pytest.approx(1)
    assert len({str(what).split(":")[0] for _, what in shares}) == 5

    for stage in (1, len(shares) // 2, len(shares) - 1):
        calls = []

        def stop(share, what, calls=calls, stage=stage):
            calls.append(share)
            if len(calls) > stage:
                raise Cancelled

        with pytest.raises(Cancelled):
            compare_set(pair, few, stop, 16)
        assert len(calls) == stage + 1


def test_only_models_of_one_task(pair):
    dates = build_like(4)
    for call in (
        lambda models: compare_sentence(models, "a"),
        lambda models: compare_set(models, PairSet.of("x", [("a", "red")])),
    ):
        with pytest.raises(UserError, match=r"different tasks \(fra-eng, dates\)"):
            call((pair[0], dates))
        with pytest.raises(UserError, match="2 to 4 models"):
            call(pair[:1])
        with pytest.raises(UserError, match="named twice"):
            call((pair[0], pair[1], pair[0]))


def test_the_finding_names_score_and_chance(result):
    text = set_finding(result)
    assert text.startswith(f"BLEU on {result.pairs} sentences: t/attention ")
    assert p_value(result.test(1, "bleu").p) in text
    assert [p_value(p) for p in (0.5, 0.00312, 1e-9)] == ["p = 0.50", "p = 0.0031", "p < 0.0001"]


# one sentence


def test_a_sentence_through_two_models(pair):
    result = compare_sentence(pair, "a b zzz")
    for trace, system in zip(result.traces, pair, strict=True):
        assert trace.output == system.translate("a b zzz").output
    assert result.models == ("t/attention", "t/plain") and not result.edited
    lanes, marks = result.tokens(), result.differs()
    for lane, trace in zip(lanes, result.traces, strict=True):
        assert tuple(t for t in lane if t is not None) == trace.output
    assert not marks[0].any()
    for c, tokens in enumerate(zip(*lanes, strict=True)):
        assert marks[1, c] == (tokens[0] != tokens[1])
    assert sentence_finding(result).startswith("t/plain ")


def test_edits_apply_to_all(pair):
    edits = [Edit("drop", 0), Edit("force", 0, "sky"), Edit("attend", 1, "u")]
    result = compare_sentence(pair, "a b c", edits)
    assert result.text == "b c" and result.edited
    assert all(trace.output[0] == "sky" and trace.forced == (0,) for trace in result.traces)
    assert result.traces[0].attended == (1,) and result.traces[1].attended == ()
    assert [note for note in map(str, result.notes) if "t/plain" in note and "no attention" in note]
    assert result.forced()[:, 0].all() and not result.forced()[:, 1:].any()
    for trace, system in zip(result.originals, pair, strict=True):
        assert trace.output == system.translate("a b c").output
    with pytest.raises(UserError, match="no source token 9"):
        compare_sentence(pair, "a b c", [Edit("drop", 8)])


def test_other_tokens_are_said(pair):
    slots = build_like(3)
    notes = [str(note) for note in compare_sentence((pair[0], slots), "a b").notes]
    assert [note for note in notes if "source tokens" in note]
    characters = dataclasses.replace(
        pair[1], sequence=dataclasses.replace(pair[1].sequence, target_tokeniser="characters")
    )
    notes = [str(note) for note in compare_sentence((pair[0], characters), "a b").notes]
    assert [note for note in notes if "BLEU counts different tokens" in note]
    assert compare_sentence(pair, "a b").notes == ()


def test_a_text_one_model_cannot_read_names_the_model(pair):
    with pytest.raises(UserError, match="t/attention: This model reads French"):
        compare_sentence(pair, "日本")


ALIGNED = [
    (["a b c", "a b c"], ["abc", "abc"]),
    (["a b c", "a c"], ["abc", "a.c"]),
    (["a c", "a b c"], ["a.c", "abc"]),
    (["a b c", "a x c", "b c"], ["abc", "axc", ".bc"]),
    (["a b", "x y z a b", "a q b"], ["...a.b", "xyza.b", "...aqb"]),
    (["a b", "c d e"], ["ab.", "cde"]),
    (["a", ""], ["a", "."]),
    # Two dates of ten characters: ten places, whatever runs they share.
    (["2 0 0 3 - 0 3 - 2 5", "1 9 1 1 - 0 1 - 0 4"], ["2003-03-25", "1911-01-04"]),
    (["2 0 0 3 - 0 3 - 2 5", "2 0 3 0 - 3 0 - 5 2"], ["2003-03-25", "2030-30-52"]),
    (["i m very tired", "i am tired"], None),
]


@pytest.mark.parametrize(("outputs", "expected"), ALIGNED)
def test_alignment_by_hand(outputs, expected):
    outputs = [text.split() for text in outputs]
    columns = align(outputs)
    lanes = [
        "".join("." if c[m] is None else output[c[m]] for c in columns)
        for m, output in enumerate(outputs)
    ]
    if expected is None:  # a word replaced, a word left out
        assert columns == ((0, 0), (1, 1), (2, None), (3, 2))
        return
    assert lanes == expected


def test_alignment_keeps_every_step_in_order():
    draw = np.random.default_rng(4)
    for _ in range(60):
        outputs = [
            ["xyz"[k] for k in draw.integers(0, 3, draw.integers(1, 9))]
            for _ in range(draw.integers(2, 5))
        ]
        columns = align(outputs)
        for m, output in enumerate(outputs):
            assert [c[m] for c in columns if c[m] is not None] == list(range(len(output)))
        assert all(any(step is not None for step in column) for column in columns)


def test_disagreement_has_no_reference():
    assert disagreement(["the sea", "the sea"]) == 0
    assert disagreement(["red", "sky"]) == 1
    assert disagreement(["", "sky"]) == 1
    one = disagreement(["the blue sea", "the sea"])
    assert 0 < one < 1 and one == pytest.approx(disagreement(["the sea", "the blue sea"]))
    three = disagreement(["the sea", "the sea", "the blue sea"])
    assert three == pytest.approx(2 * one / 3)


def test_a_renamed_special_token_is_no_difference():
    """The same model with other names for its specials, as an imported one may have."""
    first = checkpoint.load("fra-eng-small/plain-128")
    vocab = first.target_vocab
    named = {vocab.tokens[vocab.eos]: "[SEP]", first.sequence.start_token: "SOS"}
    tokens = tuple(named.get(token, token) for token in vocab.tokens)
    other = dataclasses.replace(
        first, name="fra-eng-small/mine",
        target_vocab=dataclasses.replace(vocab, tokens=tokens),
        sequence=dataclasses.replace(first.sequence, start_token="SOS"),
    )  # fmt: skip
    found = compare_sentence([first, other], "je suis fatigue .")
    assert found.traces[1].output[-1] == "[SEP]" != found.traces[0].output[-1]
    assert not found.differs().any() and found.first_difference(1) is None
    assert "parts from" not in sentence_finding(found)
