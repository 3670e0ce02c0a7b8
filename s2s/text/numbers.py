"""Numbers and places as a person reads them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from statistics import fmean, stdev

from s2s.text.language import N_, tr

NO_BREAK = "\u00a0"  # between a number and its sign: they stay on one line


THIN = "\u202f"  # between thousands: narrow, and never a line's end


_ORDINALS = {1: N_("{n}st"), 2: N_("{n}nd"), 3: N_("{n}rd")}


def ordinal(n: int) -> str:
    """1 as "1st", 12 as "12th"."""
    other = N_("{n}th")
    return tr(other if 10 <= n % 100 <= 20 else _ORDINALS.get(n % 10, other), n=n)


def places(tokens: Sequence[str]) -> list[str]:
    """For each token " (7th)", its place in the sentence, if it occurs more than once, else ""."""
    count = Counter(tokens)
    return [
        f" ({ordinal(index + 1)})" if count[token] > 1 else "" for index, token in enumerate(tokens)
    ]


def number(value: float, digits: int = 0) -> str:
    """A number in print: thin-space thousands, a true minus, never a minus before zero.

    ``number(8407)`` is "8 407", ``number(-0.25, 2)`` is "−0.25", ``number(-0.001, 2)`` is "0.00".
    """
    text = f"{abs(value):,.{digits}f}".replace(",", THIN)
    is_zero = not text.strip("0.")
    return text if value >= 0 or is_zero else f"−{text}"


def signed(value: float, digits: int = 1) -> str:
    """``+6.2`` or ``−0.4``, never ``−0.0``."""
    text = number(value, digits)
    return text if text.startswith("−") else f"+{text}"


def spread(values: Sequence[float], digits: int) -> str:
    """``12.3 ± 0.4``: mean and sample standard deviation; the value alone if there is one."""
    text = number(fmean(values), digits)
    return text if len(values) < 2 else f"{text} ± {number(stdev(values), digits)}"


def duration(seconds: float) -> str:
    """Seconds as a person says them."""
    if seconds < 90:
        return tr("{n} seconds", n=number(seconds, 1 if seconds < 10 else 0))
    if seconds < 5400:
        return tr("{n} minutes", n=number(seconds / 60))
    return tr("{n} hours", n=number(seconds / 3600, 1))


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power_of_ten(exponent: int) -> str:
    """A power of ten on an axis: 100, 0.01, and from there on 10⁻³."""
    if -3 < exponent < 5:
        return f"{10.0**exponent:g}"
    return f"10{str(exponent).translate(_RAISED)}"


@lru_cache(maxsize=16384)  # a map is drawn again for every step of its sentence
def rounded(value: float, digits: int = 2) -> str:
    """A size to so many significant digits: "8 400", "0.031", "3.1·10⁻⁵"; 0 is "0".

    Args:
        value: not negative.
        digits: significant ones.
    """
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    mantissa, raised = f"{value:.{digits - 1}e}".split("e")
    exponent = int(raised)
    if -4 < exponent < 6:
        return number(float(f"{value:.{digits - 1}e}"), max(digits - 1 - exponent, 0))
    return f"{mantissa}·10{str(exponent).translate(_RAISED)}"


def times(ratio: float) -> str:
    """A ratio of 1 or more: "1.4×", "35×", "3 000×", "3·10⁷×"; two significant digits."""
    return f"{rounded(ratio, 2 if ratio < 100 else 1)}×"


def percent(share: float) -> str:
    """A share, 0 to 1, in per cent: two digits, more only where rounding would lie.

    "85 %", "1.2 %", "0.8 %". What is not zero never prints as zero ("< 0.1 %"), and what is not
    everything never as "100 %": 0.996 is "99.6 %", 0.9996 is "> 99.9 %".
    """
    if share <= 0:
        text = "0"
    elif share >= 1:
        text = "100"
    elif share < 0.0005:
        text = f"<{NO_BREAK}0.1"
    elif share >= 0.9995:
        text = f">{NO_BREAK}99.9"
    elif share < 0.0995 or share >= 0.995:
        text = f"{share * 100:.1f}"
    else:
        text = f"{share * 100:.0f}"
    return f"{text}{NO_BREAK}%"
