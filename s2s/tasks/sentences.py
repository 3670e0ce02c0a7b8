"""Pairs of sentences from a two-column file: normalised, filtered, split without overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from s2s.config import SequenceConfig
from s2s.errors import UserError
from s2s.tasks.base import DataConfig
from s2s.tasks.pairs_file import read_file
from s2s.tasks.split import Pair, connected_keys, split
from s2s.text import NORMALISERS, TOKENISERS
from s2s.text.language import later

SPLIT_KEY = "the smallest source of each group of pairs that share a sentence"
TATOEBA = "Sentences: Tatoeba (tatoeba.org) by way of manythings.org/anki, licensed CC BY 2.0 FR."

# Tutorial 3 keeps English sides that start so; "he is" has no closing blank there.
PREFIXES = (
    "i am ", "i m ", "he is", "he s ", "she is", "she s ",
    "you are", "you re ", "we are", "we re ", "they are", "they re ",
)  # fmt: skip


def whole_file(path: str, columns: str) -> tuple[Pair, ...]:
    """(source, target) of every line; a header is passed over.

    Raises:
        UserError: naming the first line that is no pair: nothing is trained on half a file.
    """
    found = read_file(path, columns, limited=False)
    if found.refused:
        line = found.refused[0]
        raise UserError(later("{name}, line {n}: {why}", name=path, n=line.line, why=line.reason))
    return found.pairs


def normalised(texts: Iterable[Pair], data: DataConfig, sequence: SequenceConfig) -> list[Pair]:
    """Normalised, filtered, distinct pairs in their order."""
    normalise = NORMALISERS[sequence.source_normaliser], NORMALISERS[sequence.target_normaliser]
    split_text = (
        TOKENISERS[sequence.source_tokeniser].split,
        TOKENISERS[sequence.target_tokeniser].split,
    )
    kept: dict[Pair, None] = {}
    for pair in texts:
        source, target = (n(t).text for n, t in zip(normalise, pair, strict=True))
        lengths = [len(s(t)) for s, t in zip(split_text, (source, target), strict=True)]
        if min(lengths) == 0 or (data.max_length and max(lengths) > data.max_length):
            continue
        if data.prefix_filter and not target.startswith(PREFIXES):
            continue
        kept[source, target] = None
    return list(kept)


def normalised_pairs(data: DataConfig, sequence: SequenceConfig, path: str) -> list[Pair]:
    """As `normalised`, of a whole file."""
    return normalised(whole_file(path, data.columns), data, sequence)


def dealt(
    pairs: Sequence[Pair], data: DataConfig, sequence: SequenceConfig
) -> dict[str, list[Pair]]:
    """Pairs by part: groups of pairs that share a sentence, as a model reads it, stay together."""
    source, target = TOKENISERS[sequence.source_tokeniser], TOKENISERS[sequence.target_tokeniser]
    read = [(tuple(source.split(a)), tuple(target.split(b))) for a, b in pairs]
    return split(pairs, connected_keys(pairs, read), data.test_percent, data.validation_percent)


def parts(data: DataConfig, sequence: SequenceConfig, path: str | None) -> dict[str, list[Pair]]:
    """A file's pairs by part."""
    if path is None:
        raise UserError(later("This task is trained on a file; name it with --data."))
    pairs = normalised_pairs(data, sequence, path)
    if not pairs:
        raise UserError(
            later("{name} holds no pair that passes the length and prefix filters.", name=path)
        )
    return dealt(pairs, data, sequence)
