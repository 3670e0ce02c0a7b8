"""Token accuracy with the right tokens fed and with the model's own, place by place."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from s2s.decoding import batched
from s2s.decoding.system import System
from s2s.evaluation.held import hold, written_places
from s2s.evaluation.reading import ReadSet
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
    rows = [list(one.ids) for one in read.sources[model]]
    written = batched.write(
        system, rows, lambda done, total: progress(done / total / 2), looked=False
    )
    held = hold(system, rows, read.references[model], lambda share: progress((1 + share) / 2))
    return Domino(
        system.name,
        _marks([one.right(one.likeliest) for one in held]),
        _marks([
            one.right(written_places(system, own.ids))
            for one, own in zip(held, written, strict=True)
        ]),
    )  # fmt: skip


def _marks(rows: Sequence[Sequence[bool]]) -> NDArray[np.int8]:
    """[N, T] 1 right, 0 wrong, -1 where a reference has ended."""
    marks = np.full((len(rows), max(map(len, rows))), -1, dtype=np.int8)
    for n, row in enumerate(rows):
        marks[n, : len(row)] = row
    return marks
