"""Honest splits: no sentence stands in two parts."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Sequence

Pair = tuple[str, str]

PARTS = ("train", "validation", "test")


def bucket(text: str) -> int:
    """A number from 0 to 99 that depends on the text alone.

    The first 8 hexadecimal digits of its SHA-256, modulo 100.
    """
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % 100


def part_of(key: str, test: int, validation: int) -> str:
    """The part of a key: buckets below `test`, the next `validation`, the rest is training."""
    number = bucket(key)
    if number < test:
        return "test"
    return "validation" if number < test + validation else "train"


def connected_keys(
    pairs: Sequence[Pair], read: Sequence[tuple[Hashable, Hashable]] | None = None
) -> list[str]:
    """One key per pair: the smallest source of the group it belongs to.

    Pairs that share a source or a target are connected, and so are chains of them.

    Args:
        pairs: source and target texts.
        read: what a model reads and writes of each; two texts may be the same tokens. None: the
            texts themselves.
    """
    parent = list(range(len(pairs)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    first: dict[tuple[int, Hashable], int] = {}
    for i, pair in enumerate(read or pairs):
        for side in (0, 1):
            j = first.setdefault((side, pair[side]), i)
            a, b = root(i), root(j)
            if a != b:
                parent[a] = b
    smallest: dict[int, str] = {}
    for i, (source, _) in enumerate(pairs):
        r = root(i)
        smallest[r] = min(source, smallest.get(r, source))
    return [smallest[root(i)] for i in range(len(pairs))]


def split(
    pairs: Sequence[Pair], keys: Iterable[str], test: int, validation: int
) -> dict[str, list[Pair]]:
    """Deal pairs into train, validation and test by their keys."""
    parts: dict[str, list[Pair]] = {name: [] for name in PARTS}
    for pair, key in zip(pairs, keys, strict=True):
        parts[part_of(key, test, validation)].append(pair)
    return parts
