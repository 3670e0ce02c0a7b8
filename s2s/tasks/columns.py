"""Which column is which: numbers of rows, a line of names, the source and the target."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from s2s.tasks.split import Pair
from s2s.text.language import N_, Later, later

ORDERS = ("source,target", "target,source")
SAMPLE, CLEARLY = 300, 0.15
FEW, LIKE, NEARLY_ALL = 5, 0.8, 0.9
"""Words that the name of a column may have; how well the rest of a file must fit before its first
line can be unlike it; how many lines have what the first one lacks."""
NAMES = (
    "source target src tgt trg text sentence sentences phrase input output original translation "
    "translated reference ref hypothesis language lang from to column id human machine written iso "
    "date english french korean german spanish anglais français francais coréen coreen en fr ko de "
    "es eng fra fre kor française anglaise traduction "
    "영어 한국어 프랑스어 원문 번역 번역문 문장"
)
"""What columns are called."""
HEADER_WORDS = frozenset(NAMES.split())
_WRITTEN = re.compile(r"\d|[.!?。…][\s\"'»”’)]*$")
"""A digit, or a mark at the end of a sentence: what names of columns lack."""
_NUMBERED = re.compile(r"([^\d\s]{0,20}[ _-]?)(\d{1,2})")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
Fits = Callable[[str, str], float]
"""(source, target) to how far they look like what they are called, 0 to 1."""


def texts(rows: Sequence[Sequence[str]], fits: Fits | None) -> tuple[int, int]:
    """The places of the two columns that hold the texts: the first two that do not count rows.

    A column of whole numbers alone, as exports of sentences have, is passed over where two others
    are left and no model knows the words of the numbers.
    """
    body = rows[1:] if len(rows) > 1 else rows
    counts = [
        place for place in range(min(map(len, rows)))
        if len(rows) > 1 and all(row[place].strip().isdecimal() for row in body)
    ]  # fmt: skip
    left = [place for place in range(min(map(len, body))) if place not in counts]
    if not counts or len(left) < 2:
        return 0, 1
    if fits is not None:
        found = [_share(_pairs(body, places), fits) for places in ((0, 1), (left[0], left[1]))]
        if max(found[0]) >= max(found[1]):
            return 0, 1
    return left[0], left[1]


def of_a_spreadsheet(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the cells are in quotation marks as a spreadsheet writes them into text with tabs.

    That is: around every cell that has a comma or a quotation mark in it, and around one at least.
    """
    special = [cell for row in rows for cell in row if "," in cell or '"' in cell]
    return all(_QUOTED.fullmatch(cell) for cell in special) and any(
        "," in cell or '""' in cell[1:-1] for cell in special
    )


def unquoted(cell: str) -> str:
    """A cell of a spreadsheet's file as it stood in the spreadsheet."""
    return cell[1:-1].replace('""', '"') if _QUOTED.fullmatch(cell) else cell


def order(
    pairs: Sequence[Pair], columns: str | None, usual: str, fits: Fits | None, shown: str,
    option: str | Later,
) -> tuple[str, list[Later]]:  # fmt: skip
    """The order of the two texts, and what to say about it."""
    asked = columns or usual
    if fits is None:
        return asked, []
    straight, turned = _share(pairs, fits)
    better = ORDERS[turned > straight]
    if abs(turned - straight) < CLEARLY or better == asked:
        return asked, []
    if columns is None:
        told = later("{shown} was read with {option} {order}: so its words are known.",
                     shown=shown, option=option, order=better)  # fmt: skip
        return better, [told]
    told = later("{shown} was read with {option} {order}, as asked; with {option} {other} more of "
                 "its words are known.", shown=shown, option=option, order=asked,
                 other=better)  # fmt: skip
    return asked, [told]


def header(pairs: Sequence[Pair], fits: Fits | None) -> str:
    """What is said of the first line if it is a header, with places; empty if it is none."""
    if len(pairs) > 1 and all(_names(cell) for cell in pairs[0]):
        return N_("Line {n} of {shown} names the columns and was left out.")
    if len(pairs) > 1 and _numbers(pairs[0]) and not _numbers(pairs[1]):
        return N_("Line {n} of {shown} numbers the columns and was left out.")
    rest = pairs[1 :: max(1, len(pairs) // SAMPLE)]
    if fits is None or len(rest) < 3 or not all(_short(cell) for cell in pairs[0]):
        return ""
    first, *others = (max(fits(a, b), fits(b, a)) for a, b in (pairs[0], *rest))
    usual = sum(others) / len(others)
    written = sum(any(map(_WRITTEN.search, pair)) for pair in rest) / len(rest)
    if usual < LIKE or first > usual * (1 - 2 * CLEARLY):
        return ""
    if written < NEARLY_ALL and first >= min(others):
        return ""
    return N_("Line {n} of {shown} is unlike the others, as a header is, and was left out.")


def _pairs(rows: Sequence[Sequence[str]], places: tuple[int, int]) -> list[Pair]:
    return [(row[places[0]], row[places[1]]) for row in rows]


def _share(pairs: Sequence[Pair], fits: Fits) -> tuple[float, float]:
    """How well a sample fits as it stands, and turned."""
    sample = pairs[:: max(1, len(pairs) // SAMPLE)]
    straight = sum(fits(first, second) for first, second in sample) / len(sample)
    return straight, sum(fits(second, first) for first, second in sample) / len(sample)


def _short(cell: str) -> bool:
    """Whether a cell is short enough for a name, without a digit or a mark at its end."""
    return len(cell.split()) <= FEW and not _WRITTEN.search(cell.strip())


def _names(cell: str) -> bool:
    """Whether a cell is the name of a column."""
    words = re.findall(r"[^\W\d_]+", cell.casefold())
    return bool(words) and len(words) <= 4 and HEADER_WORDS.issuperset(words) and (
        not re.search(r"[.!?]\s*$", cell)
    )  # fmt: skip


def _numbers(pair: Pair) -> bool:
    """Whether two cells count: 0 and 1, text1 and text2, A and B."""
    first, second = (cell.strip() for cell in pair)
    if (first, second) == ("A", "B"):
        return True
    one, two = _NUMBERED.fullmatch(first), _NUMBERED.fullmatch(second)
    if one is None or two is None:
        return False
    return one[1] == two[1] and int(two[2]) == int(one[2]) + 1
