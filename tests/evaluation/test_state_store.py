"""A corpus on the disk is the one that was written; what is gone is said to be gone."""

import numpy as np
import pytest
from tiny import build_system, texts

from s2s.evaluation import state_store
from s2s.probes import state_corpus
from s2s.probes.neighbours import nearest
from s2s.tasks.labelled import Labelled, LabelledSet


def test_it_is_read_as_it_was_written(tmp_path):
    sentences = LabelledSet(
        tuple(Labelled(t, {"first": t[0]}) for t in dict.fromkeys(texts(30, 1))), "Some."
    )
    corpus = state_corpus(build_system(attention="dot"), sentences)
    state_store.write(corpus, tmp_path / "one")
    again = state_store.read(tmp_path / "one")
    for name in ("model", "layer", "about", "texts", "sources", "outputs", "labels", "refused"):
        assert getattr(again, name) == getattr(corpus, name), name
    for side in ("encoder", "decoder"):
        mine, other = corpus.side(side), again.side(side)
        for name in ("states", "sizes", "sentence", "place"):
            np.testing.assert_array_equal(getattr(mine, name), getattr(other, name))
        assert isinstance(other.states, np.memmap) and other.states.dtype == np.float16
        query = mine.states[3].astype(float)
        assert nearest(mine, query, "cosine", 5)[0] == nearest(other, query, "cosine", 5)[0]
    assert sum(f.stat().st_size for f in (tmp_path / "one").glob("*.f16")) == 2 * sum(
        corpus.side(side).states.size for side in ("encoder", "decoder")
    )


def test_half_a_corpus_is_none(tmp_path):
    with pytest.raises(FileNotFoundError):
        state_store.read(tmp_path / "none")
