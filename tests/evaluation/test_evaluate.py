"""Evaluation against sacrebleu called by hand, and sums that add up."""

import math
from dataclasses import replace

import pytest
import sacrebleu
from scored import SENTENCES, finished, half_right, writer, written
from tiny import build_like, texts

from s2s.config import SequenceConfig
from s2s.decoding import batched
from s2s.decoding.batched import BATCH
from s2s.errors import UserError
from s2s.evaluation.evaluate import corpus_bleu, evaluate, evaluate_set
from s2s.evaluation.reading import read_set
from s2s.tasks.pairs_file import PairSet
from s2s.text.vocab import BOS, EOS


@pytest.fixture(scope="module")
def model():
    return writer()


@pytest.fixture(scope="module")
def pairs(model):
    return half_right(model, SENTENCES)


@pytest.fixture(scope="module")
def result(model, pairs):
    return evaluate(model, pairs)


def test_the_cases_are_mixed(model, result):
    assert 0.1 < result.exact_match < 0.9
    assert 0 < result.unfinished < 1
    assert len(result.by_length) > 4


def test_against_sacrebleu_by_hand(model, pairs, result):
    outputs = [" ".join(written(model, text)) for text, _ in pairs]
    references = [reference for _, reference in pairs]
    bleu = sacrebleu.corpus_bleu(outputs, [references], tokenize="none", force=True).score
    assert result.bleu == pytest.approx(bleu, abs=1e-9)
    assert result.chrf == pytest.approx(sacrebleu.corpus_chrf(outputs, [references]).score)
    assert 0 < bleu < 100
    right = [a == b for a, b in zip(outputs, references, strict=True)]
    assert result.exact_match == sum(right) / len(right)
    assert result.pairs == len(pairs)


def test_lengths_add_up(model, pairs, result):
    lengths = [len(text.split()) for text, _ in pairs]
    assert [row.length for row in result.by_length] == sorted(set(lengths))
    assert sum(row.pairs for row in result.by_length) == result.pairs
    right = sum(row.exact_match * row.pairs for row in result.by_length)
    assert right / result.pairs == pytest.approx(result.exact_match)
    for row in result.by_length:
        part = [pair for pair, length in zip(pairs, lengths, strict=True) if length == row.length]
        assert len(part) == row.pairs
        alone = evaluate(model, part)
        assert row.exact_match == pytest.approx(alone.exact_match)
        if any(len(target.split()) >= 4 for _, target in part):
            assert row.bleu == pytest.approx(alone.bleu)
        else:
            assert row.bleu is None


def test_unfinished_outputs_are_counted(model, pairs, result):
    cut = sum(not finished(model, text) for text, _ in pairs)
    assert result.unfinished == cut / len(pairs)


def test_a_model_that_never_ends():
    result = evaluate(writer(eos=-1e9), [("a b", "red"), ("c", "sea")])
    assert result.unfinished == 1
    assert result.exact_match == 0


def test_a_perfect_model(model):
    ended = [text for text in SENTENCES if finished(model, text) and written(model, text)]
    result = evaluate(model, [(text, " ".join(written(model, text))) for text in ended])
    assert (result.exact_match, result.bleu, result.chrf) == pytest.approx((1, 100, 100))
    assert result.unfinished == 0


def test_references_are_normalised_as_the_model_reads(model):
    text = next(t for t in SENTENCES if finished(model, t) and written(model, t))
    typed = "  ".join(written(model, text)).upper() + "  "
    assert evaluate(model, [(text.upper(), typed)]).exact_match == 1


def test_unknown_source_tokens_are_counted_without_specials(model):
    result = evaluate(model, [("a zzz b", "red"), ("yyy", "sea"), ("a b c d", "sun")])
    assert result.unknown_rate == 2 / 8


def test_the_first_start_token_is_no_part_of_an_answer(monkeypatch):
    """Tutorial 3 writes its start token first; a reference has none."""
    three = build_like(3)
    ids = tuple(three.target_vocab.ids[token] for token in (BOS, "red", "sea", EOS))
    output = batched.Written(ids, log_probability=-1.0)
    monkeypatch.setattr(batched, "write_batch", lambda system, rows, *how: [output] * len(rows))
    assert evaluate(three, [("a b", "red sea"), ("c", "sea red")]).exact_match == 0.5


def test_fixed_lengths_always_finish():
    dates = build_like(4)
    result = evaluate(dates, [("1/2/03", "2003-01-02"), ("3/4/03", "2003-03-04")])
    assert result.unfinished == 0
    assert [row.length for row in result.by_length] == [6]
    own = dates.translate("1/2/03")
    assert own.steps == 10 and own.text == own.text.strip()
    assert evaluate(dates, [("1/2/03", own.text)]).exact_match == 1


def test_progress_reaches_the_end(model):
    seen = []
    many = [(text, "red") for text in texts(BATCH + 5, seed=1)]
    evaluate(model, many, lambda done, total: seen.append((done, total)))
    assert seen == [(BATCH, BATCH + 5), (BATCH + 5, BATCH + 5)]


def test_nothing_to_evaluate_is_refused(model):
    with pytest.raises(UserError, match="no pairs to evaluate"):
        evaluate(model, [])


def test_a_source_that_cannot_be_read_is_named_by_its_place(model):
    with pytest.raises(UserError, match="^Pair 2: This model reads French; it found no letters"):
        evaluate(model, [("a", "red"), ("안녕", "red")])
    short = replace(model, sequence=SequenceConfig(max_source_length=2, max_output_length=9))
    with pytest.raises(UserError, match="^Pair 1: 3 tokens; this model reads at most 2"):
        evaluate(short, [("a b c", "red")])


def test_nothing_is_scored_against_an_empty_reference(model):
    """The pair is left out and named, as in a comparison."""
    read = read_set([model], PairSet.of("x", [("a b", "…"), ("c d", "red")]))
    assert read.kept == [1] and [line.line for line in read.refused] == [1]
    assert evaluate_set(model, read).pairs == 1
    with pytest.raises(UserError, match="^Pair 1: Nothing is left of its target"):
        evaluate(model, [("a b", "…")])


def test_bleu_of_tokens():
    assert corpus_bleu(["a b c d"], ["a b c d"]) == pytest.approx(100)
    assert corpus_bleu(["x y z w"], ["a b c d"]) == 0
    # The brevity penalty: 4 of 5 tokens, all right.
    assert corpus_bleu(["a b c d"], ["a b c d e"]) == pytest.approx(100 * math.exp(1 - 5 / 4))
