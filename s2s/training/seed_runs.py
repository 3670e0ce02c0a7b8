"""The finished runs of a recipe: what its tables are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from s2s.decoding import batched
from s2s.decoding.translator import Translator
from s2s.results import EpochReport, History
from s2s.tasks.recipes import Recipe
from s2s.tasks.split import Pair


@dataclass(frozen=True, eq=False)
class SeedRun:
    """One finished run: the stored model, loaded again, its history and its pairs by part."""

    seed: int
    system: Translator
    history: History
    parts: dict[str, list[Pair]]


@dataclass(frozen=True, eq=False)
class Findings:
    """What the tables are made of.

    Attributes:
        recipe: what was trained.
        runs: one per seed.
        stored: the one whose model is kept.
        all_data: trains the same system on every pair, nothing held out; (its reports, pairs).
    """

    recipe: Recipe
    runs: Sequence[SeedRun]
    stored: SeedRun
    all_data: Callable[[], tuple[Sequence[EpochReport], list[Pair]]]


def greedy_outputs(
    system: Translator, pairs: Sequence[Pair]
) -> tuple[list[list[str]], list[list[str]]]:
    """(outputs, references) as tokens without specials."""
    hidden = system.target_vocab.specials - {system.target_vocab.unk}
    rows = [system.read(source, suggest=False).ids for source, _ in pairs]
    outputs = [
        system.target_vocab.decode(i for i in written.ids if i not in hidden)
        for written in batched.write(system, rows)
    ]
    return outputs, [system.target_tokens(target) for _, target in pairs]
