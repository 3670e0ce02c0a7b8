"""What tensors are called: ours by the names of a family, and lists of them in a message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from s2s.checkpoints.importers.rules import Family
from s2s.text import label
from s2s.text.language import tr

MOST_NAMED = 12


def foreign(names: Sequence[str]) -> str:
    """That names are none of a family's."""
    if len(names) == 1:
        return tr("{name} is not part of it", name=listed(names))
    return tr("{names} are not part of it", names=listed(names))


def missing(family: Family, ours: Iterable[str]) -> str:
    """That tensors are missing, as the family calls them."""
    return tr("missing {names}", names=listed(theirs(family, name) for name in ours))


def ruled(family: Family, ours: str) -> str:
    """What a family calls one of our tensors; empty where it has none."""
    for rule in family.rules:
        for own in rule.ours:
            groups = re.escape(own).replace(r"\\1", "(.+)")
            if found := re.fullmatch(groups, ours):
                inside = found[1] if found.groups() else ""
                return written(rule.theirs, inside)
    return ""


def theirs(family: Family, ours: str) -> str:
    """What a family calls one of our tensors; our own name where it has none."""
    return label(ruled(family, ours) or ours, 80)


def written(pattern: str, inside: str) -> str:
    """A name that a pattern fits: its first choices, and what its group holds."""
    pattern = re.sub(r"\[(\w)\w\]", r"\1", pattern)
    name = re.sub(r"\(\?:((?:[^()|]|\([^()]*\))*)(?:\|[^()]*)*\)\??", r"\1", pattern)
    while inside and (found := re.search(r"(?<!\\)\((?!\?)", name)):
        depth, end = 0, found.start()
        for end in range(found.start(), len(name)):
            depth += (name[end] == "(") - (name[end] == ")")
            if not depth:
                break
        name = f"{name[: found.start()]}{inside}{name[end + 1 :]}"
        break
    return name.replace("\\", "")


def listed(things: Iterable[str], between: str = ", ") -> str:
    """Names in a row, many of them cut short."""
    texts = [label(thing, 120).replace("␣", " ") for thing in things]
    row = between.join(texts[:MOST_NAMED])
    if len(texts) <= MOST_NAMED:
        return row
    return tr("{names} and {n} more", names=row, n=len(texts) - MOST_NAMED)
