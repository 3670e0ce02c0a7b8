"""ISO dates that cannot be right, whatever was meant."""

from __future__ import annotations

import re
from datetime import date

from s2s.text.language import tr

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)", re.ASCII)


def no_date(text: str, answer: str, years: tuple[int, int]) -> str:
    """Why a written ISO date cannot be right, one sentence; empty where it may be.

    Args:
        text: what was read.
        answer: what was written for it.
        years: the first and the last year of the training.
    """
    match = _ISO.fullmatch(answer)
    if match is None:
        return tr("Its answer is no date of the form 2003-03-25.")
    year, month, day = map(int, match.groups())
    if not 1 <= month <= 12:
        return tr("There is no month {month}.", month=month)
    try:
        date(year, month, day)
    except ValueError:
        return tr(
            "There is no day {day} in month {month} of {year}.", day=day, month=month, year=year
        )
    read = _YEAR.findall(text)
    if read and match[1] not in read:
        return tr("It read the year {read} and wrote {wrote}.", read=read[-1], wrote=year)
    if not years[0] <= year <= years[1]:
        return tr("Its answer is in {year}; it was trained on {first} to {last}.", year=year,
                  first=years[0], last=years[1])  # fmt: skip
    return ""
