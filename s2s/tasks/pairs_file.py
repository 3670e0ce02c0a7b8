"""A two-column file that anyone may hand in, as pairs and the lines that are none, by number.

Training reads its files with `s2s.tasks.files`, which refuses a whole file for one bad line; here
the good lines are kept.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from s2s.errors import UserError
from s2s.results.comparison import Refused
from s2s.tasks.split import Pair
from s2s.text import label

MOST_BYTES = 20_000_000
MOST_LINES = 20_000
LONGEST_LINE = 5_000


@dataclass(frozen=True)
class PairSet:
    """Pairs to compare models on.

    Attributes:
        name: what to call it.
        pairs: (source, target) texts.
        lines: the line each came from, from 1.
        refused: lines that are no pair.
        about: one sentence on where the pairs come from.
    """

    name: str
    pairs: tuple[Pair, ...]
    lines: tuple[int, ...]
    refused: tuple[Refused, ...] = ()
    about: str = ""

    def __post_init__(self) -> None:
        """Check that every pair has a line."""
        if len(self.pairs) != len(self.lines):
            raise ValueError(f"PairSet has {len(self.pairs)} pairs, {len(self.lines)} lines")

    @classmethod
    def of(cls, name: str, pairs: Sequence[Pair], about: str = "") -> PairSet:
        """Pairs that come from no file, numbered from 1."""
        return cls(name, tuple(pairs), tuple(range(1, len(pairs) + 1)), (), about)


def read_file(path: str, columns: str = "source,target") -> PairSet:
    """Read a file, see `read`.

    Raises:
        UserError: also when there is no such file.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"{label(path, 60)} cannot be read: {reason}.") from None
    return read(data, Path(path).name, columns)


def read(data: bytes, name: str, columns: str = "source,target") -> PairSet:
    """Pairs of a file's bytes: UTF-8, a tab between the two texts, perhaps gzip.

    Columns after the second are passed over, and so are blank lines.

    Args:
        data: the file.
        name: what to call it.
        columns: ``source,target`` or ``target,source``.

    Raises:
        UserError: when it is too large or too long, is no text, or holds no pair at all.
    """
    shown = label(name, 60)
    data = _unpacked(data, shown)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise UserError(f"{shown} is UTF-16; save it as UTF-8.")
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    count = len(lines) - (not lines[-1].strip())
    if count > MOST_LINES:
        raise UserError(f"{shown} has {count:,} lines; at most {MOST_LINES:,} are compared.")
    flip = columns == "target,source"
    pairs: list[Pair] = []
    numbers: list[int] = []
    refused: list[Refused] = []
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip(b"\r")
        if not line.strip():
            continue
        try:
            first, second = _cells(line)
        except UserError as error:
            refused.append(Refused(number, str(error)))
            continue
        pairs.append((second, first) if flip else (first, second))
        numbers.append(number)
    if not pairs:
        why = f" Line {refused[0].line}: {refused[0].reason}" if refused else ""
        raise UserError(f"{shown} holds no pairs.{why}")
    return PairSet(name, tuple(pairs), tuple(numbers), tuple(refused))


def _cells(line: bytes) -> Pair:
    """The two texts of a line; UserError with the reason if it has none."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"It is not UTF-8 (byte {error.start + 1}).") from None
    if len(text) > LONGEST_LINE:
        raise UserError(f"It has {len(text):,} characters; at most {LONGEST_LINE:,} are read.")
    cells = text.split("\t")
    if len(cells) < 2:
        raise UserError("It has one column; two texts with a tab between are needed.")
    for place, cell in zip(("first", "second"), cells, strict=False):
        if not cell.strip():
            raise UserError(f"Its {place} column is empty.")
    return cells[0], cells[1]


def _unpacked(data: bytes, shown: str) -> bytes:
    """The bytes, unpacked if gzip, never more than the limit of them."""
    limit = f"at most {MOST_BYTES // 1_000_000} MB are compared."
    if len(data) > MOST_BYTES:
        raise UserError(f"{shown} is too large; {limit}")
    if data[:2] != b"\x1f\x8b":
        return data
    parts: list[bytes] = []
    room = MOST_BYTES + 1
    try:
        while data and room:  # a gzip file may hold several members one after another
            member = zlib.decompressobj(wbits=31)
            parts.append(member.decompress(data, room))
            room -= len(parts[-1])
            if room and not member.eof:
                raise UserError(f"{shown} is a damaged gzip file; make it again.")
            data = member.unused_data.lstrip(b"\0")
    except zlib.error:
        raise UserError(f"{shown} is a damaged gzip file; make it again.") from None
    if not room:
        raise UserError(f"{shown} is too large when unpacked; {limit}")
    return b"".join(parts)
