"""The domino effect: counted again sentence by sentence, one token at a time."""

import numpy as np
import pytest

from s2s.checkpoints import checkpoint
from s2s.decoding import single
from s2s.evaluation.domino import domino
from s2s.evaluation.reading import read_set
from s2s.findings.domino import domino_finding
from s2s.model.batch import whole_output
from s2s.plots import family_of
from s2s.plots.domino import domino_chart
from s2s.results.domino import Domino
from s2s.tasks import testsets
from s2s.tasks.pairs_file import PairSet


def by_hand(system, pairs, fed):
    """Rows of right and wrong, from single decoding and the texts of tokens."""
    rows = []
    start = int(system.sequence.target_repeats_bos)
    for source, target in pairs:
        reading = system.read(source, suggest=False)
        tokens = system.target_tokens(target)
        ids, _ = system.target_vocab.encode(tokens)
        whole = whole_output(ids, system.sequence, system.target_vocab)
        end = ["<end>"] if system.sequence.stop == "eos" else []
        if fed == "forced":
            trace = single.forced(system, reading, whole)
            written = [ranked[0] for ranked in trace.candidates]
        else:
            written = list(single.greedy(system, reading).output)
        mark = system.target_vocab.tokens[system.end] if system.end is not None else None
        written = ["<end>" if token == mark else token for token in written[start:]]
        right = [*tokens, *end]
        rows.append([int(written[t : t + 1] == [w]) for t, w in enumerate(right)])
    return rows


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fra-eng-small/mixed", "dates/plain", "fra-eng-small/dot"])
def test_every_token_is_counted_as_single_decoding_writes_it(name):
    system = checkpoint.load(name)
    pairs = testsets.of(system.task).pairs[:6]
    found = domino(system, read_set([system], PairSet.of("set", pairs)))
    for fed in ("forced", "free"):
        rows = by_hand(system, pairs, fed)
        assert [[m for m in row if m >= 0] for row in found.marks(fed).tolist()] == rows
        after = {True: [0, 0], False: [0, 0]}
        for row in rows:
            for before, here in zip(row, row[1:], strict=False):
                after[bool(before)][0] += here
                after[bool(before)][1] += 1
        for right in (True, False):
            share = found.after(fed, right)
            assert [share.right, share.of] == after[right]
        assert found.all(fed) == (sum(map(sum, rows)), sum(map(len, rows)))
        assert sum(share.of for share in found.by_place(fed)) == found.all(fed).of


def test_the_first_token_does_not_depend_on_what_is_fed_and_a_word_it_cannot_write_is_wrong():
    system = checkpoint.load("fra-eng-small/dot")
    pairs = [("je suis un artiste .", "i m an artist ."), ("je suis un artiste .", "zzz m .")]
    found = domino(system, read_set([system], PairSet.of("set", pairs)))
    assert (found.forced[:, 0] == found.free[:, 0]).all()
    assert found.forced[1, 0] == found.free[1, 0] == 0
    assert found.forced.shape == (2, 6) and (found.forced[1, 4:] == -1).all()


def test_it_is_said_and_drawn():
    rng = np.random.default_rng(1)
    marks = rng.integers(0, 2, (40, 5)).astype(np.int8)
    found = Domino("one", marks, marks)
    config = checkpoint.load("fra-eng-small/dot").config
    said = domino_finding(found, "<b>one</b>")
    share = found.after("free", False)
    assert f"{100 * share.value:.0f}\u00a0% after a wrong one" in said
    assert said.startswith("<b>one</b>, by itself (free-running)")
    assert domino_chart([found], ["one"], [family_of(config)]) is not None
    assert (
        domino_chart([Domino("one", marks[:, :1], marks[:, :1])], ["one"], [family_of(config)])
        is None
    )
    with pytest.raises(ValueError, match="neither"):
        found.by_place("beam")
    with pytest.raises(ValueError, match="shape"):
        Domino("one", marks, marks[1:])
