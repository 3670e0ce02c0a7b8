"""The test sets that come along: readable, graded, our own."""

import gzip
import re
from pathlib import Path

import pytest
from tiny import corpus

from s2s.decoding.typed_text import source_tokens, target_tokens
from s2s.errors import UserError
from s2s.tasks import TASKS, testsets
from s2s.tasks.date_shapes import BOOK_SHAPES, readings
from s2s.tasks.sentences import PREFIXES
from s2s.tasks.split import part_of
from s2s.text import NORMALISERS

WRITTEN = ("fra-eng", "fra-eng-small", "kor-eng")
SPELLED = (("can t", "can not"), ("n t", " not"), ("i m", "i am"), ("s", "is"), ("re", "are"),
           ("ll", "will"))  # fmt: skip


def test_every_task_with_a_held_out_part_has_one():
    assert set(testsets.names()) == TASKS.keys() - {"toy", "own-pairs", "own-model"}
    for name in ("toy", "unheard", "../fra-eng"):
        with pytest.raises(UserError, match="no test set"):
            testsets.of(name)


@pytest.mark.parametrize("task", WRITTEN)
def test_sentences_are_read_whole(task):
    found, sequence = testsets.of(task), TASKS[task].defaults.sequence
    assert len(found.pairs) >= 60 and not found.refused
    lengths = []
    for source, target in found.pairs:
        tokens = source_tokens(source, sequence)
        assert 1 < len(tokens) <= sequence.max_source_length, source
        assert target_tokens(target, sequence), target
        lengths.append(len(tokens))
    trained = TASKS[task].defaults.data.max_length
    assert min(lengths) <= 5 and max(lengths) > trained
    assert len({source for source, _ in found.pairs}) == len(found.pairs)


def test_the_small_task_keeps_its_pattern():
    sequence = TASKS["fra-eng-small"].defaults.sequence
    normalise = NORMALISERS[sequence.target_normaliser]
    for _, target in testsets.of("fra-eng-small").pairs:
        assert normalise(target).text.startswith(PREFIXES), target


def spelled_out(text, normaliser):
    """Lower case, no marks, contractions written out."""
    words = " ".join(w for w in NORMALISERS[normaliser](text).text.split() if w not in ".!?")
    for short, full in SPELLED:
        words = re.sub(rf"\b{short}\b", full, words) if short != "n t" else (
            words.replace("n t ", " not "))  # fmt: skip
    return words


@pytest.mark.parametrize(
    ("file", "tasks"), [("eng-fra.tsv.gz", WRITTEN[:2]), ("kor-eng.tsv", WRITTEN[2:])]
)
@pytest.mark.slow
def test_no_sentence_stands_in_the_training_data(file, tasks):
    path = Path(corpus(file))
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = [line.split("\t")[:2] for line in data.decode("utf-8").splitlines() if line]
    side = "korean" if "kor" in file else "latin"
    english = {spelled_out(row[0], "latin") for row in rows}
    foreign = {spelled_out(row[1], side) for row in rows}
    assert len(foreign) > 1000 and len(english) > 1000
    for task in tasks:
        for source, target in testsets.of(task).pairs:
            assert spelled_out(source, side) not in foreign, source
            assert spelled_out(target, "latin") not in english, target


@pytest.mark.parametrize("task", ["dates", "dates-book", "reverse"])
def test_generated_sets_are_the_held_out_part(task):
    found, data = testsets.of(task), TASKS[task].defaults.data
    assert len(found.pairs) > 1000
    for source, target in found.pairs[:100]:
        key = source if task == "reverse" else target
        assert part_of(key, data.test_percent, data.validation_percent) == "test"
        assert target == source[::-1] or task != "reverse"


def test_the_book_s_dates_are_written_in_its_shapes():
    for source, target in testsets.of("dates-book").pairs[:300]:
        assert {str(read.day) for read in readings(source, BOOK_SHAPES)} == {target}, source


def test_strings_of_every_length_none_of_them_trained_on():
    found, data = testsets.lengths("reverse", 4, 20, each=5), TASKS["reverse"].defaults.data
    assert [len(source) for source, _ in found.pairs] == [n for n in range(4, 21) for _ in range(5)]
    for source, target in found.pairs:
        assert part_of(source, data.test_percent, data.validation_percent) == "test"
        assert target == source[::-1]
    assert found == testsets.lengths("reverse", 4, 20, each=5), "the same ones every time"


@pytest.mark.parametrize(("task", "shortest", "longest"), [
    ("fra-eng", 4, 8), ("nowhere", 4, 8), ("reverse", 9, 8), ("reverse", 0, 8),
])  # fmt: skip
def test_lengths_that_make_no_sense_are_refused(task, shortest, longest):
    with pytest.raises(UserError):
        testsets.lengths(task, shortest, longest)
