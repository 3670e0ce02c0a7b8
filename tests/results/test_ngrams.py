"""Runs of tokens: counted by hand."""

from s2s.results.diagnosis import Answer, Diagnosis
from s2s.results.ngrams import differing


def split(*lines):
    return [line.split() for line in lines]


def test_what_one_side_writes_and_the_other_does_not():
    ours = split("i m a fish", "i m a bird", "you go", "you go")
    theirs = split("we are fish", "we are birds", "you go", "you go")
    more, less = differing(ours, theirs)
    assert [(" ".join(run.tokens), run.ours, run.theirs) for run in more] == [("i m a", 2, 0)]
    assert [(" ".join(run.tokens), run.ours, run.theirs) for run in less] == [("we are", 0, 2)]


def test_a_run_counts_once_an_answer_and_shorter_ones_stay_where_they_are_commoner():
    more, _ = differing(split("a a a", "a b", "a b"), split("c", "c", "c"))
    assert [(run.tokens, run.ours) for run in more] == [(("a",), 3), (("a", "b"), 2)]
    assert differing(split("a"), split("b")) == ([], [])


def answer(line, length, rarest, score):
    return Answer(line, "x", "y", "z", score, (), length, rarest, ("y",), ("z",))


def test_buckets():
    found = Diagnosis("m", "t", "s", (), (
        answer(1, 2, 5, 10.0), answer(2, 3, 101, 30.0), answer(3, 40, 0, 50.0),
        answer(4, 4, 99999, 70.0),
    ), ())  # fmt: skip
    assert [(b.name, b.places, b.score) for b in found.by_length()] == [
        ("1–3", (0, 1), 20.0), ("4–5", (3,), 70.0), ("25 or more", (2,), 50.0),
    ]  # fmt: skip
    assert [(b.name, b.places) for b in found.by_rarest()] == [
        ("1–100", (0,)), ("101–300", (1,)), ("3,001 or more", (3,)), ("unknown", (2,)),
    ]  # fmt: skip
    letters = Diagnosis("m", "t", "s", (), (answer(1, 2, None, 1.0),), ())
    assert letters.by_rarest() == ()
    more, less = found.ngrams()
    assert [run.tokens for run in more] == [("y",)] and [run.tokens for run in less] == [("z",)]
