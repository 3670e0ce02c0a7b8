"""The trust line: each sign is seen, right answers are left in peace, nothing comes from p."""

from dataclasses import replace

import numpy as np
import pytest

from s2s.checkpoints import checkpoint
from s2s.evaluation.chips import circled, overlooked
from s2s.evaluation.trust import trust
from s2s.findings.trust import SAYS, told
from s2s.results.trust import OUTSIDE, TWICE, Doubt, Trust
from s2s.tasks import testsets
from s2s.tasks.date_answers import no_date

SMALL = "fra-eng-small/dot"


def kinds(system, trace):
    return [doubt.kind for doubt in trust(system, trace).doubts]


@pytest.mark.parametrize(("name", "text", "kind"), [
    ("dates/attention", "the day after tomorrow", "shape"),
    ("dates/attention", "February 30, 2003", "shape"),
    ("fra-eng/attention", "je " * 12 + ".", "length"),
    (SMALL, "je suis zibeline .", "unknown"),
    (SMALL, "je suis 안녕 fatigue .", "dropped"),
])  # fmt: skip
def test_what_the_source_tells(name, text, kind):
    system = checkpoint.load(name)
    trace = system.translate(text)
    assert kind in kinds(system, trace)
    said = told(trust(system, trace))
    assert said.verdict == (
        "Outside what it learned." if kind in OUTSIDE else "Look twice."
    )  # fmt: skip


def test_what_the_answer_tells():
    system = checkpoint.load(SMALL)
    trace = system.translate("je suis un artiste .")
    assert kinds(system, trace) == []
    circling = replace(trace, output=("go", "on", "go", "on", "go", "on"), fed=trace.fed[:6])
    assert kinds(system, circling) == ["repeat"]
    assert "“go” and “on” again and again" in told(trust(system, circling)).facts
    cut = replace(trace, stopped="length")
    assert kinds(system, cut) == ["no_end"]
    # What the visitor made it write is not held against it.
    assert kinds(system, replace(circling, forced=(1,))) == []
    assert kinds(system, replace(cut, attended=(1,))) == []


def test_a_rarer_word_that_nothing_looked_at():
    system = checkpoint.load(SMALL)
    word = system.source_vocab.tokens[600]
    trace = system.translate(f"je suis {word} .")
    place = trace.source.index(word)
    weights = np.array(trace.attention)
    weights[:, [place, place + 1]] = 0
    blind = replace(trace, attention=weights)
    assert trust(system, blind).doubts == (Doubt("overlooked", (word,)),)
    # The state after a word holds it too, and a common word need not be looked at.
    weights[:, place + 1] = 1
    assert kinds(system, replace(trace, attention=weights)) == []
    reading = trace.reading
    nothing = np.zeros_like(weights)
    found = overlooked(system, reading.ids, reading.first, reading.length, nothing)
    assert found == [place]


@pytest.mark.parametrize(("text", "answer", "why"), [
    ("25 mars 2003", "2003-15-25", "no month 15"), ("30.2.2003", "2003-02-30", "no day 30"),
    ("25 mars 2003", "2004-03-25", "read the year 2003"), ("25/3/03", "2003-03-25", ""),
    ("20030325", "2003-03-25", ""), ("25/3/03", "1803-03-25", "trained on 1900 to 2099"),
    ("x", "2003--325", "no date of the form"),
])  # fmt: skip
def test_a_date_that_cannot_be(text, answer, why):
    said = no_date(text, answer, (1900, 2099))
    assert why in said and bool(said) == bool(why)


def test_letters_that_are_missing():
    system = checkpoint.load("reverse/attention")
    trace = system.translate("microscope")
    assert kinds(system, trace) == []
    assert kinds(system, replace(trace, text=trace.text[1:])) == ["impossible"]


def test_every_kind_has_words_and_nothing_is_said_where_nothing_is_known():
    assert set(SAYS) == {*OUTSIDE, *TWICE}
    assert told(Trust()) is None
    many = Trust((Doubt("unknown", tuple("abcdef")),))
    assert "and 2 more" in told(many).facts
    assert circled("a b c".split()) == ()


@pytest.mark.parametrize("name", [
    "fra-eng-small/general", "dates/attention",
    pytest.param("phrases/attention", marks=pytest.mark.slow),
])  # fmt: skip
def test_right_answers_are_left_in_peace(name):
    system, right, flagged = checkpoint.load(name), 0, 0
    for source, target in testsets.of(system.task).pairs[:60]:
        trace = system.translate(source)
        if system.target_tokens(target) == system.target_tokens(trace.text):
            right += 1
            flagged += bool(trust(system, trace).doubts)
    assert right >= 3 and flagged <= 0.05 * right
