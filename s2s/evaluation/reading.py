"""Which pairs of a set are scored: those that every model can read and that say something.

`evaluate` and `compare` leave out the same lines for the same reasons, so one file has one score.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from s2s.decoding.system import System
from s2s.decoding.typed_text import units
from s2s.errors import UserError
from s2s.results.comparison import Refused
from s2s.tasks.pairs_file import Fits, PairSet
from s2s.text import label
from s2s.text.language import N_, later
from s2s.text.vocab import Vocab

EVERY = 200  # sentences between two calls of progress


class Read(NamedTuple):
    """What is kept of a Reading: a whole one takes kilobytes, and there may be 80,000."""

    ids: tuple[int, ...]
    first: int
    length: int
    unknown: int


class ReadSet(NamedTuple):
    """A set as M models read it.

    Attributes:
        kept: places of the N pairs that all can read.
        sources: [M][N].
        references: [M][N] tokens.
        refused: lines left out, in order: no pair, or one that a model cannot read.
    """

    kept: list[int]
    sources: list[list[Read]]
    references: list[list[list[str]]]
    refused: tuple[Refused, ...]


def read_set(
    systems: Sequence[System],
    pairs: PairSet,
    progress: Callable[[float], None] = lambda share: None,
    strict: bool = False,
) -> ReadSet:
    """Read every pair with every model.

    Args:
        systems: M models.
        pairs: the set.
        progress: called with the share done.
        strict: refuse the first pair that would be left out.

    Raises:
        UserError: when no pair is left.
    """
    kept, refused = [], list(pairs.refused)
    sources: list[list[Read]] = [[] for _ in systems]
    references: list[list[list[str]]] = [[] for _ in systems]
    for i, (source, target) in enumerate(pairs.pairs):
        if i % EVERY == 0:
            progress(i / len(pairs.pairs))
        try:
            read = [t.read(source, suggest=False) for t in systems]
            wanted = [t.target_tokens(target) for t in systems]
            if not all(wanted):
                raise UserError(later("Nothing is left of its target when it is normalised."))
        except UserError as error:
            if strict:
                raise UserError(
                    later("Pair {n}: {why}", n=pairs.lines[i], why=error.args[0])
                ) from None
            refused.append(Refused(pairs.lines[i], error.args[0]))
            continue
        kept.append(i)
        for m, one in enumerate(read):
            sources[m].append(Read(one.ids, one.first, one.length, len(one.unknown)))
            references[m].append(wanted[m])
    refused.sort(key=lambda line: line.line)
    if not kept:
        text = N_("{name} holds no pair that the model can read.") if len(systems) == 1 else N_(
            "{name} holds no pair that all models can read.")  # fmt: skip
        told = later(text, name=label(pairs.name, 60))
        if refused:
            first = refused[0]
            told = later("{told} Line {n}: {why}", told=told, n=first.line, why=first.reason)
        raise UserError(told)
    return ReadSet(kept, sources, references, tuple(refused))


def fits(system: System) -> Fits:
    """A judge of the order of columns: share of letters in words that the model knows."""
    sequence = system.sequence

    def judge(source: str, target: str) -> float:
        read = sequence.source_normaliser, sequence.source_tokeniser, system.source_vocab
        written = sequence.target_normaliser, sequence.target_tokeniser, system.target_vocab
        known = (_known(source, *read) + _known(target, *written)) / 2
        if sequence.stop == "fixed_length":
            fitting = len(system.target_tokens(target)) == sequence.max_output_length
            return known * fitting
        return known

    return judge


def _known(text: str, normaliser: str, tokeniser: str, vocab: Vocab) -> float:
    letters = sum(map(_is_letter, unicodedata.normalize("NFC", text)))
    tokens = units(text, normaliser, tokeniser, vocab).tokens
    known = sum(sum(map(_is_letter, token)) for token in tokens if token in vocab.ids)
    return min(1.0, known / letters) if letters else 0.0


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"
