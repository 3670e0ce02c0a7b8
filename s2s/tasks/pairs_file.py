"""The one reader of pair files: pairs, the lines that are none, which column is which.

Commands and pages read every two-column file here, and say alike what was left out and why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from s2s.config.limits import limits
from s2s.errors import UserError
from s2s.results.comparison import Refused
from s2s.tasks.split import Pair
from s2s.tasks.text_file import comma_separated, decoded, lines, read_bytes
from s2s.text import label

ORDERS = ("source,target", "target,source")
SAMPLE, CLEARLY = 300, 0.15
FEW, LIKE, NEARLY_ALL = 5, 0.8, 0.9
"""Words that the name of a column may have; how well the rest of a file must fit before its first
line can be unlike it; how many lines have what the first one lacks."""
HEADER_WORDS = frozenset(
    "source target src tgt trg text sentence sentences phrase input output original translation "
    "translated reference ref hypothesis language lang from to column id human machine written iso "
    "date english french korean german spanish anglais français francais coréen coreen en fr ko de "
    "es eng fra fre kor française anglaise traduction "
    "영어 한국어 프랑스어 원문 번역 번역문 문장".split()
)
_WRITTEN = re.compile(r"\d|[.!?。…][\s\"'»”’)]*$")
"""A digit, or a mark at the end of a sentence: what names of columns lack."""
Fits = Callable[[str, str], float]
"""(source, target) to how far they look like what they are called, 0 to 1."""


@dataclass(frozen=True)
class PairSet:
    """Pairs to measure models on.

    Attributes:
        name: what to call it.
        pairs: (source, target) texts.
        lines: the line each came from, from 1.
        refused: lines that are no pair.
        about: one sentence on where the pairs come from.
        count: lines of the file.
        columns: the order that was read.
        header: whether the first line names the columns.
        notes: sentences on what was noticed.
    """

    name: str
    pairs: tuple[Pair, ...]
    lines: tuple[int, ...]
    refused: tuple[Refused, ...] = ()
    about: str = ""
    count: int = 0
    columns: str = ORDERS[0]
    header: bool = False
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that every pair has a line."""
        if len(self.pairs) != len(self.lines):
            raise ValueError(f"PairSet has {len(self.pairs)} pairs, {len(self.lines)} lines")

    @classmethod
    def of(cls, name: str, pairs: Sequence[Pair], about: str = "") -> PairSet:
        """Pairs that come from no file, numbered from 1."""
        numbers = tuple(range(1, len(pairs) + 1))
        return cls(name, tuple(pairs), numbers, (), about, len(pairs))

    def first(self, limit: int | None) -> PairSet:
        """The first pairs, and the lines refused before the last of them."""
        if limit is None or limit >= len(self.pairs):
            return self
        last = self.lines[:limit][-1]
        return replace(
            self, pairs=self.pairs[:limit], lines=self.lines[:limit],
            refused=tuple(line for line in self.refused if line.line <= last),
        )  # fmt: skip

    def read(self, pairs: int, refused: Sequence[Refused]) -> dict[str, Any]:
        """What the command line says about the reading, as JSON values.

        Args:
            pairs: how many were scored.
            refused: every line left out, those that a model cannot read too.
        """
        return {
            "lines": self.count,
            "pairs": pairs,
            "left_out": [line.as_json() for line in refused],
            "columns": self.columns,
            "header": self.header,
        }


def read_file(
    path: str,
    columns: str | None = None,
    fits: Fits | None = None,
    limited: bool = True,
    usual: str = ORDERS[0],
) -> PairSet:
    """Read a file, see `read`.

    Raises:
        UserError: also when there is no such file.
    """
    data = read_bytes(path, limits().file_bytes if limited else None)
    return read(data, Path(path).name, columns, fits, limited, usual)


def read(
    data: bytes,
    name: str,
    columns: str | None = None,
    fits: Fits | None = None,
    limited: bool = True,
    usual: str = ORDERS[0],
) -> PairSet:
    """Pairs of a file's bytes: UTF-8, a tab between the two texts, perhaps gzip.

    Columns after the second and blank lines are passed over, and so is a first line that names the
    columns: by its words, or because it is short and unlike all that follows, for one who knows
    the words of the texts.

    Args:
        data: the file.
        name: what to call it.
        columns: ``source,target`` or ``target,source``; None: the usual, unless `fits` knows
            better.
        fits: judges an order, and whether the first line is like the rest; what it finds is said
            in any case.
        limited: refuse more bytes and lines than `limits` allows.
        usual: the order where nothing speaks for another.

    Raises:
        UserError: when it is too large or too long, is of another kind, or holds no pair at all.
    """
    shown = label(name, 60)
    found = lines(data, shown, limits().file_bytes if limited else None)
    most = limits().file_lines
    if limited and len(found) > most:
        raise UserError(f"{shown} has {len(found):,} lines; at most {most:,} are read.")
    pairs: list[Pair] = []
    numbers: list[int] = []
    refused: list[Refused] = []
    for number, line in enumerate(found, 1):
        if not line.strip():
            continue
        try:
            pairs.append(_cells(line))
            numbers.append(number)
        except UserError as error:
            refused.append(Refused(number, str(error)))
    if not pairs:
        _explain(found, refused, shown)
    notes = []
    why = _header(pairs, fits)
    if why:
        notes.append(f"Line {numbers[0]} of {shown} {why} and was left out.")
        del pairs[0], numbers[0]
    order, said = _order(pairs, columns, usual, fits, shown)
    if order == ORDERS[1]:
        pairs = [(second, first) for first, second in pairs]
    return PairSet(
        name, tuple(pairs), tuple(numbers), tuple(refused), "", len(found), order, bool(why),
        (*notes, *said),
    )  # fmt: skip


def _order(
    pairs: Sequence[Pair], columns: str | None, usual: str, fits: Fits | None, shown: str
) -> tuple[str, list[str]]:
    """The order of the columns, and what to say about it."""
    asked = columns or usual
    if fits is None:
        return asked, []
    sample = pairs[:: max(1, len(pairs) // SAMPLE)]
    straight = sum(fits(first, second) for first, second in sample) / len(sample)
    turned = sum(fits(second, first) for first, second in sample) / len(sample)
    better = ORDERS[turned > straight]
    if abs(turned - straight) < CLEARLY or better == asked:
        return asked, []
    if columns is None:
        return better, [f"{shown} was read with --columns {better}: so its words are known."]
    return asked, [
        f"{shown} was read with --columns {asked}, as asked; with --columns {better} more of its "
        "words are known."
    ]


def _header(pairs: Sequence[Pair], fits: Fits | None) -> str:
    """What makes the first line a header; empty if nothing does."""
    if len(pairs) > 1 and all(_names(cell) for cell in pairs[0]):
        return "names the columns"
    rest = pairs[1 :: max(1, len(pairs) // SAMPLE)]
    if fits is None or len(rest) < 3 or not all(_short(cell) for cell in pairs[0]):
        return ""
    first, *others = (max(fits(a, b), fits(b, a)) for a, b in (pairs[0], *rest))
    usual = sum(others) / len(others)
    written = sum(any(map(_WRITTEN.search, pair)) for pair in rest) / len(rest)
    if usual < LIKE or first > usual * (1 - 2 * CLEARLY):
        return ""
    return "is unlike the others, as a header is," if (
        written >= NEARLY_ALL or first < min(others)
    ) else ""  # fmt: skip


def _short(cell: str) -> bool:
    """Whether a cell is short enough for a name, without a digit or a mark at its end."""
    return len(cell.split()) <= FEW and not _WRITTEN.search(cell.strip())


def _names(cell: str) -> bool:
    """Whether a cell is the name of a column."""
    words = re.findall(r"[^\W\d_]+", cell.casefold())
    return bool(words) and len(words) <= 4 and HEADER_WORDS.issuperset(words) and (
        not re.search(r"[.!?]\s*$", cell)
    )  # fmt: skip


def _cells(line: bytes) -> Pair:
    """The two texts of a line; UserError with the reason if it has none."""
    text = decoded(line)
    most = limits().line_characters
    if len(text) > most:
        raise UserError(f"It has {len(text):,} characters; at most {most:,} are read.")
    cells = text.split("\t")
    if len(cells) < 2:
        raise UserError("It has one column; two texts with a tab between are needed.")
    for place, cell in zip(("first", "second"), cells, strict=False):
        if not cell.strip():
            raise UserError(f"Its {place} column is empty.")
    return cells[0], cells[1]


def _explain(found: Sequence[bytes], refused: Sequence[Refused], shown: str) -> None:
    """Refuse a file without pairs, saying what it seems to be."""
    mark = comma_separated([line.decode("utf-8", "replace") for line in found])
    if mark:
        raise UserError(
            f"{shown} has “{mark}” between its columns; save it with tabs between them, in UTF-8."
        )
    why = f" Line {refused[0].line}: {refused[0].reason}" if refused else ""
    raise UserError(f"{shown} holds no pairs.{why}")
