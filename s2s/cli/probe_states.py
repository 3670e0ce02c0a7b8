"""A state among those of other sentences: its neighbours, and a sentence's path through them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from s2s import probes
from s2s.cli.output import one_line
from s2s.cli.probe_tables import table, tokens
from s2s.decoding.system import System
from s2s.evaluation.reading import fits
from s2s.export.as_json import numbers
from s2s.results.state_corpus import Neighbours, StateCorpus
from s2s.results.state_space import StatePath, state_space
from s2s.tasks import pairs_file
from s2s.tasks.labelled import LabelledSet, labels_of, of_task
from s2s.text import label

SENTENCES = 2000


def corpus_of(
    system: System, layer: int = -1, sentences: int = SENTENCES, file: str | None = None
) -> StateCorpus:
    """The states of a model's own kind of sentences, or of the sources of a file of pairs.

    Raises:
        UserError: where there are none.
    """
    if file is None:
        found = of_task(system.task, sentences)
    else:
        pairs = pairs_file.read_file(file, None, fits(system)).first(sentences)
        texts = [source for source, _ in pairs.pairs]
        found = LabelledSet.of(texts, f"The sources of {label(pairs.name, 60)}.")
    return probes.state_corpus(system, found, layer)


@dataclass(frozen=True, eq=False)
class FoundNeighbours:
    """Neighbours, and what was searched."""

    found: Neighbours
    corpus: StateCorpus


@dataclass(frozen=True, eq=False)
class FoundPath:
    """A path, and the states around it."""

    path: StatePath
    corpus: StateCorpus
    layer: int


def ask_neighbours(
    system: System, text: str, *, side: str = "decoder", place: int | None = None,
    metric: str = "cosine", **of: Any,
) -> FoundNeighbours:  # fmt: skip
    """What ``--kind neighbours`` finds; the rest are options of `corpus_of`."""
    corpus = corpus_of(system, **of)
    known = labels_of(system.task, text)
    found = probes.neighbours(system, text, corpus, side, place, metric, known=known)
    return FoundNeighbours(found, corpus)


def ask_states(system: System, text: str, **of: Any) -> FoundPath:
    """What ``--kind states`` finds; the options are those of `corpus_of`."""
    states = probes.hidden_states(system, text)
    corpus = corpus_of(system, **of)
    return FoundPath(state_space(corpus).path(states, corpus.layer), corpus, corpus.layer)


def _searched(corpus: StateCorpus) -> dict[str, Any]:
    return {
        "sentences": len(corpus.texts), "refused": corpus.refused, "about": corpus.about,
        "layer": corpus.layer,
    }  # fmt: skip


def neighbours_json(told: FoundNeighbours) -> dict[str, Any]:
    """The state, its neighbours, and how many share what."""
    found = told.found
    value = "cosine" if found.metric == "cosine" else "distance"
    return {
        "side": found.side, "metric": found.metric, "tokens": list(found.tokens),
        "place": found.place, "token": found.tokens[found.place], "known": dict(found.known),
        "states": found.states, **_searched(told.corpus),
        "neighbours": [
            {
                "text": one.text, "source": list(one.source), "output": list(one.output),
                "place": one.place, value: one.value, "known": dict(one.known),
            }
            for one in found.found
        ],
        "shared": found.shared(),
    }  # fmt: skip


def states_json(told: FoundPath) -> dict[str, Any]:
    """The path, and how much of the states it shows."""
    path = told.path
    return {
        "source": list(path.source), "output": list(path.output), "exact": path.exact,
        "explained": numbers(path.explained), "encoder": numbers(path.encoder),
        "decoder": numbers(path.decoder), **_searched(told.corpus),
    }  # fmt: skip


def show_neighbours(told: FoundNeighbours) -> None:
    """A line per neighbour, its token in brackets."""
    found, corpus = told.found, told.corpus
    name = one_line(label(found.tokens[found.place], 40))
    print(
        f"The {found.side} state {found.place} at “{name}”, layer {found.layer}, among "
        f"{found.states} states of {len(corpus.texts)} sentences. {corpus.about}"
    )
    for one in found.found:
        row = one.source if found.side == "encoder" else one.output
        shown = [f"[{t}]" if n == one.place else t for n, t in enumerate(tokens(row))]
        print(f"{one.value:6.4f}  {' '.join(shown)}    {one_line(label(one.text, 60))}")
    count = len(found.found)
    shares = [f"{name} {n}" for name, n in found.shared().items()]
    print(f"\nOf {count} the same: {', '.join(shares)}.")


def show_states(told: FoundPath) -> None:
    """A table per side."""
    path = told.path
    share = ", ".join(f"{value:.0%}" for value in path.explained)
    what = "the three units" if path.exact else f"three main directions: {share} of the spread"
    print(f"Layer {told.layer}, {what} of {len(told.corpus.texts)} sentences. {told.corpus.about}")
    for title, names, values in (
        ("reads", path.source, path.encoder), ("writes", path.output, path.decoder),
    ):  # fmt: skip
        if len(values):
            table(title, ("first", "second", "third"), tokens(names), np.asarray(values))
