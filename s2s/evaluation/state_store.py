"""A StateCorpus as a folder: numbers as they lie in memory, everything else as JSON.

Read back, the states are mapped from the file, so that the system keeps in memory what is used.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from s2s.results import Array
from s2s.results.state_corpus import SIDES, Places, SideStates, StateCorpus

ABOUT = "corpus.json"


def write(corpus: StateCorpus, folder: Path) -> None:
    """Write a corpus into a folder that is made for it."""
    folder.mkdir(parents=True)
    for side in SIDES:
        part = corpus.side(side)
        part.states.tofile(folder / f"{side}.f16")
        part.sizes.tofile(folder / f"{side}.f32")
    told = {
        "model": corpus.model, "layer": corpus.layer, "about": corpus.about,
        "refused": corpus.refused, "texts": corpus.texts, "sources": corpus.sources,
        "outputs": corpus.outputs, "labels": [dict(one) for one in corpus.labels],
        "units": [corpus.side(side).states.shape[1] for side in SIDES],
    }  # fmt: skip
    # Written last: where it lies, the rest is whole.
    (folder / ABOUT).write_text(json.dumps(told, ensure_ascii=False), "utf-8")


def read(folder: Path) -> StateCorpus:
    """Read what `write` wrote.

    Raises:
        FileNotFoundError: it is not there, or no longer.
    """
    told = json.loads((folder / ABOUT).read_text("utf-8"))
    sources, outputs = (tuple(map(tuple, told[name])) for name in ("sources", "outputs"))
    parts = {
        side: _side(folder, side, units, [len(row) for row in rows])
        for side, units, rows in zip(SIDES, told["units"], (sources, outputs), strict=True)
    }
    return StateCorpus(
        told["model"], told["layer"], told["about"], tuple(told["texts"]), sources, outputs,
        tuple(told["labels"]), parts["encoder"], parts["decoder"], told["refused"],
    )  # fmt: skip


def _side(folder: Path, side: str, units: int, lengths: list[int]) -> SideStates:
    count = sum(lengths)
    # Copied where it is written, which nobody does: a tensor must be allowed to.
    states: Array = np.memmap(folder / f"{side}.f16", np.float16, "c", shape=(count, units))
    sizes: Array = np.fromfile(folder / f"{side}.f32", np.float32)
    sentence: Places = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    place = np.concatenate([np.arange(length, dtype=np.int32) for length in lengths])
    return SideStates(states, sizes, sentence, place)
