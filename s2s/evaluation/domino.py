"""Token accuracy with the right tokens fed and with the model's own, place by place."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from s2s.decoding import batched
from s2s.decoding.system import System
from s2s.evaluation.reading import ReadSet
from s2s.model.batch import make_batch, whole_output
from s2s.results.domino import Domino


def domino(
    system: System,
    read: ReadSet,
    progress: Callable[[float], None] = lambda share: None,
    model: int = 0,
) -> Domino:
    """Both accuracies of one model, see `Domino`.

    Args:
        system: the model.
        read: the pairs as it reads them.
        progress: called with the share done; what it raises ends the work.
        model: which of the models that `read` was made with.
    """
    sequence, vocab = system.sequence, system.target_vocab
    rows = [list(one.ids) for one in read.sources[model]]
    texts, unknown = zip(*(_ids(system, tokens) for tokens in read.references[model]), strict=True)
    written = batched.write(
        system, rows, lambda done, total: progress(done / total / 2), looked=False
    )
    forced = batched.by_length(
        list(zip(rows, texts, strict=True)),
        lambda pair: (len(pair[0]), len(pair[1])),
        lambda pairs: _forced(system, pairs),
        lambda done, total: progress((1 + done / total) / 2),
    )
    first = int(sequence.target_repeats_bos)
    wanted = [
        [-1 if place - first in out else i
         for place, i in enumerate(whole_output(ids, sequence, vocab))]
        for ids, out in zip(texts, unknown, strict=True)
    ]  # fmt: skip
    return Domino(
        system.name,
        _marks(forced, wanted, first),
        _marks([one.ids for one in written], wanted, first),
    )


def _ids(system: System, tokens: Sequence[str]) -> tuple[list[int], set[int]]:
    """Ids to feed, and the places of tokens that the model cannot write."""
    vocab = system.target_vocab
    stand_in = system.start if vocab.unk is None else vocab.unk
    unknown = set(vocab.encode(tokens)[1])
    return [
        stand_in if place in unknown else vocab.ids[token] for place, token in enumerate(tokens)
    ], unknown


@torch.inference_mode()
def _forced(system: System, pairs: Sequence[tuple[list[int], list[int]]]) -> list[list[int]]:
    """The likeliest token at every place with the right tokens fed: ids of one batch."""
    batch = make_batch(
        pairs, system.config, system.sequence, system.source_vocab, system.target_vocab
    )
    best = system.model(batch).logits.argmax(-1).tolist()
    return [row[:length] for row, length in zip(best, batch.target_lengths.tolist(), strict=True)]


def _marks(
    written: Sequence[Sequence[int]], wanted: Sequence[Sequence[int]], first: int
) -> NDArray[np.int8]:
    marks = np.full((len(wanted), max(map(len, wanted)) - first), -1, dtype=np.int8)
    for n, (own, right) in enumerate(zip(written, wanted, strict=True)):
        for place in range(first, len(right)):
            marks[n, place - first] = place < len(own) and own[place] == right[place]
    return marks
