"""Gold links: what the generators of dates, phrases and letters know, and JSON-lines files.

Dates. Only digits of the ISO date have links, and only to the characters that write them:

- A digit that stands in the source has one **sure** link, to that character: the digits of a
  four-digit year, the last two of a year written with two, the digits of the day, and those of a
  month that is written as a number.
- A digit that follows from several characters has **possible** links to all of them and no sure
  one, so that recall asks for nothing that one link per token cannot give: both month digits of a
  named month (to all letters of the name) and the century of a two-digit year (to its two digits:
  94 means 1994, 03 means 2003).
- The leading zero of a month or a day stands for "one digit only"; it has a possible link to that
  digit, where the source does not write it.
- Separators of the ISO date link to nothing: they belong to the format, whatever the source says.
  Weekdays link to nothing either: a day's name is not written in the answer.

A token without links is not a mistake waiting to happen, so scores against this gold leave the
separators out (``linked_only`` in `s2s.evaluation.alignment.align`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from s2s.config.limits import limits
from s2s.errors import UserError
from s2s.results.alignment import GoldPair, Link
from s2s.results.comparison import Refused
from s2s.tasks import phrases
from s2s.tasks.date_shapes import BOOK_SHAPES, SHAPES, readings
from s2s.tasks.split import Pair
from s2s.tasks.text_file import decoded, lines, read_bytes
from s2s.text.label import writable
from s2s.text.language import N_, Later, later

_SHAPES = (*SHAPES, *BOOK_SHAPES)


def date_links(source: str, target: str) -> GoldPair:
    """Links of a written date and its ISO form, character by character; see the module's text.

    Raises:
        UserError: when the source has none of the shapes of the task, or says another day.
    """
    written = next((r for r in readings(source, _SHAPES) if str(r.day) == target), None)
    if written is None:
        raise phrases.no_links(source, target)
    sure: set[Link] = set()
    possible: set[Link] = set()
    for part, digits in (("y", range(4)), ("M", range(5, 7)), ("d", range(8, 10))):
        characters = range(*written.match.span(part))
        if not written.match[part].isdecimal():
            possible.update((s, t) for s in characters for t in digits)
            continue
        # From the right: the units stand last on both sides.
        for place, t in enumerate(reversed(digits), 1):
            if place <= len(characters):
                sure.add((characters[-place], t))
            else:
                possible.update((s, t) for s in characters)
    return GoldPair(tuple(source), tuple(target), frozenset(sure), frozenset(possible))


def reverse_links(source: str, target: str) -> GoldPair:
    """Output letter i copies source letter n - 1 - i: one sure link each.

    Raises:
        UserError: when the target is not the source backwards.
    """
    if source[::-1] != target:
        raise UserError(
            later('"{target}" is not "{source}" backwards.', target=target, source=source)
        )
    links = frozenset((len(source) - 1 - t, t) for t in range(len(target)))
    return GoldPair(tuple(source), tuple(target), links, links)


GOLD: dict[str, Callable[[str, str], GoldPair]] = {
    "dates": date_links,
    "dates-book": date_links,
    "phrases": phrases.links,
    "reverse": reverse_links,
}
"""Task to the function that knows the links of one of its (source, target) pairs."""


def generated(task: str, pairs: Sequence[Pair]) -> list[GoldPair]:
    """Gold links of a task's own pairs.

    Raises:
        UserError: when nothing generates this task's pairs, so nobody knows their links.
    """
    if task not in GOLD:
        raise UserError(
            later("{task} has no gold links of its own (only {tasks} have); give a FILE of links.",
                  task=task, tasks=tuple(GOLD))
        )  # fmt: skip
    return [GOLD[task](source, target) for source, target in pairs]


@dataclass(frozen=True)
class GoldFile:
    """What a file of gold links holds.

    Attributes:
        name: as messages name it.
        lines: number of each pair's line, from 1.
        pairs: the pairs of the lines that can be used.
        refused: the other lines; blank ones are passed over.
        count: lines of the file.
    """

    name: str
    lines: tuple[int, ...]
    pairs: tuple[GoldPair, ...]
    refused: tuple[Refused, ...]
    count: int

    def without(self, reason: Callable[[GoldPair], Later | None]) -> GoldFile:
        """The same file with the pairs refused for which `reason` gives one."""
        kept, refused = [], list(self.refused)
        for line, pair in zip(self.lines, self.pairs, strict=True):
            why = reason(pair)
            if why is None:
                kept.append((line, pair))
            else:
                refused.append(Refused(line, why))
        return GoldFile(
            self.name,
            tuple(line for line, _ in kept),
            tuple(pair for _, pair in kept),
            tuple(sorted(refused, key=lambda item: item.line)),
            self.count,
        )

    def complaint(self) -> Later | None:
        """The first refused line with its reason, and the numbers of the others; None without."""
        if not self.refused:
            return None
        first, *others = self.refused
        told = later("{name}, line {n}: {why}", name=self.name, n=first.line, why=first.reason)
        if not others:
            return told
        lines = tuple(item.line for item in others[:5])
        if len(others) > 5:
            return later("{told} Lines {lines} and {n} more cannot be used either.", told=told,
                         lines=lines, n=len(others) - 5)  # fmt: skip
        text = N_("{told} Line {lines} cannot be used either.") if len(others) == 1 else N_(
            "{told} Lines {lines} cannot be used either.")  # fmt: skip
        return later(text, told=told, lines=lines)


def read_gold(path: str) -> GoldFile:
    """Read a JSON-lines file of gold links; see `parse_gold`.

    Raises:
        UserError: when it cannot be read, is too large, or is not UTF-8.
    """
    data = read_bytes(path, limits().file_bytes)
    return parse_gold(data, path)


def parse_gold(data: bytes, name: str) -> GoldFile:
    """One JSON object a line: ``source`` and ``target`` (token arrays), ``sure``, ``possible``.

    Links are 0-based ``[source, target]`` positions. ``possible`` may be left out: the sure links
    are always among the possible ones. Other keys are passed over.

    Args:
        data: the file's bytes.
        name: how messages name it.

    Raises:
        UserError: when it is larger than `limits` allows or not UTF-8.
    """
    found, pairs, refused = [], [], []
    all_lines = lines(data, name, limits().file_bytes)
    for number, line in enumerate(all_lines, 1):
        if not line.strip():
            continue
        try:
            pairs.append(_pair(decoded(line)))
            found.append(number)
        except UserError as error:
            refused.append(Refused(number, error.args[0]))
    return GoldFile(name, tuple(found), tuple(pairs), tuple(refused), len(all_lines))


def to_json(pair: GoldPair) -> dict[str, Any]:
    """A line of such a file."""
    return {
        "source": list(pair.source),
        "target": list(pair.target),
        "sure": [list(link) for link in sorted(pair.sure)],
        "possible": [list(link) for link in sorted(pair.possible)],
    }


def _pair(line: str) -> GoldPair:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        raise UserError(later("It is not JSON; one object a line is needed.")) from None
    if not isinstance(data, dict):
        raise UserError(later("An object with source, target and sure is needed."))
    missing = [key for key in ("source", "target", "sure") if key not in data]
    if missing:
        raise UserError(later("It lacks {keys}.", keys=tuple(missing)))
    return GoldPair(
        _tokens(data, "source"), _tokens(data, "target"),
        _links(data["sure"], "sure"), _links(data.get("possible", []), "possible"),
    )  # fmt: skip


def _tokens(data: dict[str, Any], key: str) -> tuple[str, ...]:
    tokens = data[key]
    if not isinstance(tokens, list) or not tokens or not all(
        isinstance(token, str) and token and writable(token) for token in tokens
    ):  # fmt: skip
        raise UserError(later("{key} must be an array of tokens, and not an empty one.", key=key))
    return tuple(tokens)


def _links(links: Any, key: str) -> frozenset[Link]:
    # type(): true is no position, though bool is an int in Python.
    if not isinstance(links, list) or not all(
        isinstance(link, list) and len(link) == 2 and all(type(place) is int for place in link)
        for link in links
    ):
        raise UserError(later("{key} must be an array of [source, target] positions.", key=key))
    return frozenset((s, t) for s, t in links)
