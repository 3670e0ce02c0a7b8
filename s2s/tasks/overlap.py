"""How close a test part lies to the training part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

GAP = "\0"


def near_share(sources: Sequence[Sequence[str]], training: Iterable[Sequence[str]]) -> float:
    """Share of sources within one token of a training source: one added, removed or replaced."""
    whole, gapped, shorter = set(), set(), set()
    for tokens in training:
        whole.add(tuple(tokens))
        gapped.update(_gapped(tokens))
        shorter.update(_shorter(tokens))
    near = [
        # the same, or a training source with one token removed
        tuple(tokens) in whole
        or tuple(tokens) in shorter
        # one token added to a training source
        or any(t in whole for t in _shorter(tokens))
        # one token replaced
        or any(t in gapped for t in _gapped(tokens))
        for tokens in sources
    ]
    return sum(near) / len(near) if near else 0.0


def read_alike(sources: Iterable[Sequence[int]], training: Iterable[Sequence[int]]) -> int:
    """How many sources are, as ids, the same as a training source.

    No text stands in two parts, but two texts are read alike where they differ in unknown words.
    """
    known = {tuple(ids) for ids in training}
    return sum(tuple(ids) in known for ids in sources)


def _shorter(tokens: Sequence[str]) -> list[tuple[str, ...]]:
    return [(*tokens[:i], *tokens[i + 1 :]) for i in range(len(tokens))]


def _gapped(tokens: Sequence[str]) -> list[tuple[str, ...]]:
    return [(*tokens[:i], GAP, *tokens[i + 1 :]) for i in range(len(tokens))]
