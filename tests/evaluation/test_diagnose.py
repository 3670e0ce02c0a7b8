"""Diagnose: every planted fault is found by its own check, named first; models that work are left
in peace; which mistake gives an original's outputs."""

import math
from dataclasses import replace
from functools import cache

import mutants
import numpy as np
import pytest
from fingerprints import fingerprint

import s2s
from s2s.checkpoints import checkpoint
from s2s.decoding import batched
from s2s.evaluation.checks import CHECKS, renamed
from s2s.evaluation.chips import lost_words, repeats
from s2s.evaluation.diagnose import diagnose, with_original
from s2s.evaluation.evidence import gather
from s2s.evaluation.original import Original
from s2s.evaluation.reading import read_set
from s2s.evaluation.variants import fits, variants
from s2s.findings.diagnosis import WORDS, headline, says
from s2s.results.diagnosis import Check, Measured
from s2s.tasks import testsets
from s2s.tasks.pairs_file import PairSet

SET = 60


def found_in(system, count=SET):
    return diagnose(system, testsets.of(system.task).first(count))


# Mutant, the check that names it, and what follows from the fault and is found as well.
ZOO = [
    (mutants.deaf, "same_answer", {"exposure_bias"}),
    (mutants.one_word, "one_token",
     {"vocabulary_order", "same_answer", "repeats", "never_ends"}),
    (mutants.endless, "never_ends", set()),
    (mutants.stammering, "repeats", {"never_ends"}),
    (mutants.spread_out, "flat_attention", set()),
    (mutants.stuck, "stuck_column", {"lost_words"}),
    (mutants.by_place, "blind_attention", set()),
    (mutants.passing_over, "lost_words", set()),
    (mutants.shuffled_words, "vocabulary_order", set()),
    (mutants.forgotten_words, "unknown_words", set()),
    (mutants.never_trained, "untrained", {"repeats", "never_ends"}),
    (mutants.short_trained, "out_of_depth", set()),
    (mutants.one_row_off, "shifted_map", set()),
    (mutants.misled, "exposure_bias", set()),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("make", "name", "follows"), ZOO, ids=lambda x: getattr(x, "__name__", ""))
def test_a_planted_fault_is_named_first(make, name, follows):
    found = found_in(make())
    named = [check.name for check in found.outside()]
    assert named[0] == name
    assert set(named[1:]) <= follows
    assert WORDS[name].outside.split(".")[0] in says(found.check(name), len(found.answers))
    assert WORDS[name].title in headline(found)


@pytest.mark.parametrize(
    ("attend", "name"),
    [(mutants.unmasked, "padding_attended"), (mutants.over_steps, "not_normalised")],
)
def test_a_wrong_softmax_is_named_first(monkeypatch, attend, name):
    monkeypatch.setattr("s2s.model.decoder.attend", attend)
    assert found_in(mutants.mutant("fra-eng-small/dot")).outside()[0].name == name


# What is wrong with a shipped model, and said kindly in its card too: one learned the shape of a
# date and nothing of the day, one has the tutorial's empty slots, one writes a letter while it
# looks at the next one.
SICK = {
    "dates-book/plain": {"same_answer"},
    "fra-eng-small/attention": {"padding_attended"},
    "reverse/attention": {"shifted_map"},
}


@cache
def shipped():
    return [entry.name for entry in checkpoint.entries() if not entry.problem]


@pytest.mark.slow
def test_models_that_work_are_left_in_peace():
    for name in shipped():
        system = checkpoint.load(name)
        if system.task not in testsets.names():
            continue
        found = found_in(system, 200)
        assert {check.name for check in found.outside()} == SICK.get(name, set()), name
        for check in found.checks:
            assert (check.value is None) == (check.verdict == "no_answer"), name
            assert bool(check.why) == (check.verdict == "no_answer"), name


def test_the_numbers_are_those_of_a_plain_recount():
    system = checkpoint.load("fra-eng-small/dot")
    before = fingerprint(system.model)
    pairs = testsets.of("fra-eng-small").first(30)
    evidence = gather(system, read_set([system], pairs))
    for (source, _), one in zip(pairs.pairs, evidence.sentences, strict=True):
        trace = system.translate(source)
        np.testing.assert_allclose(one.attention, trace.attention, atol=1e-4)
        assert [system.target_vocab.tokens[i] for i in one.written] == list(trace.output)
    found = diagnose(system, pairs)
    tokens = [token for one in evidence.sentences for token in one.tokens]
    top = max(tokens.count(token) for token in set(tokens))
    assert found.check("one_token").value == pytest.approx(top / len(tokens))
    words = [one for one in evidence.sentences if lost_words(system, one)]
    assert found.check("lost_words").value == pytest.approx(len(words) / 30)
    assert fingerprint(system.model) == before
    assert sorted(found.worst()) == list(range(30))
    scores = [found.answers[n].score for n in found.worst()]
    assert scores == sorted(scores)


def test_the_order_of_the_words_can_be_found_again():
    system = mutants.shuffled_words()
    evidence = gather(system, read_set([system], testsets.of("fra-eng-small")))
    as_it_is, best = renamed(evidence)
    assert as_it_is < 0.1 and best > 0.4
    told = says(found_in(system).check("vocabulary_order"), SET)
    assert "best renaming" in told


def test_without_references_the_checks_that_need_some_say_so():
    system = checkpoint.load("fra-eng-small/dot")
    pairs = PairSet.of("typed", [("je suis un artiste .", "x"), ("tu es tatillon .", "x")])
    found = diagnose(system, pairs, references=False)
    for name in ("exposure_bias", "vocabulary_order"):
        check = found.check(name)
        assert check.verdict == "no_answer" and "right answers" in says(check, 2)
    assert all(answer.reference is None and math.isnan(answer.score) for answer in found.answers)
    assert str(found.check("same_answer").why).endswith("20 sentences.")


def test_a_second_measure_that_does_not_agree_is_an_edge():
    low = Check.of("same_answer", (0.05, None), Measured(0.01, alone=False))
    assert low.verdict == "edge" and "may mean nothing" in says(low, 3)
    assert Check.of("same_answer", (0.05, None), Measured(0.01)).verdict == "outside"
    assert Check.of("same_answer", (0.05, None), Measured(0.05)).verdict == "ok"


@pytest.mark.parametrize(("text", "told"), [
    ("a a a", True), ("a b a b a b", True), ("x a b c d a b c d a b c d", True), ("a a", False),
    ("a b a b", False), ("a b c d e a b c d e a b c d e", False), ("", False),
])  # fmt: skip
def test_repeats(text, told):
    assert repeats(text.split()) is told


def test_every_check_has_words():
    assert set(CHECKS) < set(WORDS)


def answers(system, sources, variant=None):
    rows = [system.read(text).ids for text in sources]
    if variant is not None:
        system, rows = variant.system, [variant.read(ids) for ids in rows]
    return [batched.output_tokens(system, one.ids)[0] for one in batched.write(system, rows)]


# A model trained under one of the variants is read as it is: its outputs name the variant.
@pytest.mark.slow
@pytest.mark.parametrize("name", ["fra-eng-small/plain", "fra-eng-small/deep", "reverse/attention"])
def test_three_outputs_of_the_original_name_the_mistake(name):
    system = mutants.mutant(name)
    pairs = testsets.of(system.task).first(40)
    sources = [source for source, _ in pairs.pairs]
    own = answers(system, sources)
    tried = alone = 0
    for variant in variants(system):
        what, outputs = str(variant.name), answers(system, sources, variant)
        telling = [n for n in range(len(sources)) if outputs[n] != own[n] and outputs[n]][:3]
        if len(telling) < 3:
            continue  # this mistake changes nothing here
        asked = [sources[n] for n in telling], [outputs[n] for n in telling]
        ranked = fits(system, *asked)
        best = [str(fit.name) for fit in ranked if fit.hits == ranked[0].hits]
        assert what in best and ranked[0].hits == 3, (what, best)
        alone += best == [what]
        tried += 1
    assert tried >= 2 and alone >= 0.7 * tried


def test_the_original_s_outputs_are_a_check_of_their_own():
    system = checkpoint.load("fra-eng-small/plain")
    pairs = testsets.of(system.task).first(20)
    found = diagnose(system, pairs)
    sources = [source for source, _ in pairs.first(3).pairs]
    read = [system.read(source).ids for source in sources]
    right = [one.ids for one in batched.write(system, read)]
    same = with_original(found, system, list(map(Original, read, right)))
    assert same.check("unlike_original").verdict == "ok"
    other = with_original(found, system, [Original(ids, (system.start,) * 3) for ids in read])
    check = other.check("unlike_original")
    assert check.value == 1 and check.verdict == "outside"
    assert replace(same, checks=same.checks[:-1]).checks == found.checks


def test_the_door_for_notebooks():
    pairs = [("je suis un artiste .", "i m an artist ."), ("tu es tatillon .", "you re fussy .")]
    found = s2s.diagnose("fra-eng-small/dot", pairs)
    assert [answer.source for answer in found.answers] == [source for source, _ in pairs]
    assert found.outside() == ()


def test_a_name_that_does_not_come_through_has_its_chip():
    pairs = [("Tom a vu Marie .", "tom saw marie ."), ("Je suis à Paris .", "i m in paris .")]
    answers = s2s.diagnose(s2s.load("fra-eng/attention"), pairs).answers
    for answer, names in zip(answers, (("tom", "marie"), ("paris",)), strict=True):
        lost = any(name not in answer.output.split() for name in names)
        assert ("number or name" in answer.chips) == lost
