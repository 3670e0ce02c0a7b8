"""The one reader of pair files: pairs, the lines that are none, which column is which.

Commands and pages read every two-column file here, and say alike what was left out and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from s2s.config.limits import limits
from s2s.errors import UserError
from s2s.results.comparison import Refused
from s2s.tasks import columns as which
from s2s.tasks.columns import ORDERS, Fits
from s2s.tasks.split import Pair
from s2s.tasks.text_file import comma_separated, decoded, lines, read_bytes
from s2s.text import label
from s2s.text.language import N_, Later, later


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
    notes: tuple[str | Later, ...] = ()

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
    option: str | Later = "--columns",
) -> PairSet:
    """Read a file, see `read`.

    Raises:
        UserError: also when there is no such file.
    """
    data = read_bytes(path, limits().file_bytes if limited else None)
    return read(data, Path(path).name, columns, fits, limited, usual, option)


def read(
    data: bytes,
    name: str,
    columns: str | None = None,
    fits: Fits | None = None,
    limited: bool = True,
    usual: str = ORDERS[0],
    option: str | Later = "--columns",
) -> PairSet:
    """Pairs of a file's bytes: UTF-8, a tab between the two texts, perhaps gzip.

    Further columns and blank lines are passed over, and so are a first line that names the columns
    (by its words, or because it is short and unlike all that follows, for one who knows the words
    of the texts) and columns that only count. Quotation marks of a spreadsheet are taken off.

    Args:
        data: the file.
        name: what to call it.
        columns: ``source,target`` or ``target,source``; None: the usual, unless `fits` knows
            better.
        fits: judges an order, and whether the first line is like the rest; what it finds is said
            in any case.
        limited: refuse more bytes and lines than `limits` allows.
        usual: the order where nothing speaks for another.
        option: what `columns` is called where it is chosen.

    Raises:
        UserError: when it is too large or too long, is of another kind, or holds no pair at all.
    """
    shown = label(name, 60)
    found = lines(data, shown, limits().file_bytes if limited else None)
    most = limits().file_lines
    if limited and len(found) > most:
        raise UserError(
            later(
                "{shown} has {n:,} lines; at most {most:,} are read.",
                shown=shown,
                n=len(found),
                most=most,
            )
        )
    rows: list[list[str]] = []
    numbers: list[int] = []
    refused: list[Refused] = []
    for number, line in enumerate(found, 1):
        if not line.strip():
            continue
        try:
            rows.append(_cells(line))
            numbers.append(number)
        except UserError as error:
            refused.append(Refused(number, error.args[0]))
    notes = []
    if rows and which.of_a_spreadsheet(rows):
        rows = [[which.unquoted(cell) for cell in row] for row in rows]
        notes.append(
            later(
                "Quotation marks around texts of {shown}, as of a spreadsheet, were left out.",
                shown=shown,
            )
        )
    places = which.texts(rows, fits) if rows else (0, 1)
    if places != (0, 1):
        notes.append(
            later(
                "The texts of {shown} are its columns {a} and {b}; another holds numbers alone.",
                shown=shown,
                a=places[0] + 1,
                b=places[1] + 1,
            )
        )
    pairs, numbers = _pairs(rows, places, numbers, refused)
    if not pairs:
        _explain(found, refused, shown)
    why = which.header(pairs, fits)
    if why:
        notes.append(later(why, n=numbers[0], shown=shown))
        del pairs[0], numbers[0]
    order, said = which.order(pairs, columns, usual, fits, shown, option)
    if order == ORDERS[1]:
        pairs = [(second, first) for first, second in pairs]
    return PairSet(
        name, tuple(pairs), tuple(numbers), tuple(refused), "", len(found), order, bool(why),
        (*notes, *said),
    )  # fmt: skip


def _pairs(
    rows: Sequence[Sequence[str]], places: tuple[int, int], numbers: Sequence[int],
    refused: list[Refused],
) -> tuple[list[Pair], list[int]]:  # fmt: skip
    """The two texts of each row, and their lines; a row that lacks one is refused."""
    pairs, kept = [], []
    for number, row in zip(numbers, rows, strict=True):
        first, second = (row[place] for place in places)
        if not (first.strip() and second.strip()):
            which = N_("Its second column is empty.") if first.strip() else N_(
                "Its first column is empty.")  # fmt: skip
            refused.append(Refused(number, later(which)))
            continue
        pairs.append((first, second))
        kept.append(number)
    refused.sort(key=lambda line: line.line)
    return pairs, kept


def _cells(line: bytes) -> list[str]:
    """The columns of a line; UserError with the reason if it is no row."""
    text = decoded(line)
    most = limits().line_characters
    if len(text) > most:
        raise UserError(
            later("It has {n:,} characters; at most {most:,} are read.", n=len(text), most=most)
        )
    cells = text.split("\t")
    if len(cells) < 2:
        raise UserError(later("It has one column; two texts with a tab between are needed."))
    return cells


def _explain(found: Sequence[bytes], refused: Sequence[Refused], shown: str) -> None:
    """Refuse a file without pairs, saying what it seems to be."""
    if found and found[0].lstrip()[:1] in (b"[", b"{") and b'"' in found[0]:
        raise UserError(
            later(
                "{shown} looks like JSON; save it as two columns with a tab between.", shown=shown
            )
        )
    mark = comma_separated([line.decode("utf-8", "replace") for line in found])
    if mark:
        raise UserError(
            later(
                "{shown} has “{mark}” between its columns; save it with tabs between "
                "them, in UTF-8.",
                shown=shown,
                mark=mark,
            )
        )
    if refused:
        raise UserError(later("{shown} holds no pairs. Line {n}: {why}", shown=shown,
                              n=refused[0].line, why=refused[0].reason))  # fmt: skip
    raise UserError(later("{shown} holds no pairs.", shown=shown))
