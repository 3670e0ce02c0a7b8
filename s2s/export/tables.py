"""Results as tables: the same numbers as the pictures, to take away."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from s2s.results import Trace


def steps(trace: Trace) -> pd.DataFrame:
    """One row per step: fed, written, probability, candidates, and a weight per source token.

    Columns of source tokens are named by position and token, so that repeated tokens stay apart.
    """
    rows = []
    for t in range(trace.steps):
        row: dict[str, object] = {
            "step": t + 1,
            "fed": trace.fed[t],
            "written": trace.output[t],
            "probability": float(trace.probabilities[t]),
        }
        for rank, token in enumerate(trace.candidates[t], 1):
            row[f"candidate {rank}"] = token
            row[f"probability {rank}"] = float(trace.candidate_probabilities[t, rank - 1])
        if trace.attention is not None:
            for s, token in enumerate(trace.source, 1):
                row[f"attention {s} {token}"] = float(trace.attention[t, s - 1])
        if trace.empty_attention is not None:
            row["attention empty slots"] = float(trace.empty_attention[t])
        rows.append(row)
    return pd.DataFrame(rows)


_RUN = re.compile("[\\s\\x00-\\x1f\\u00ad\\u200b-\\u200f\\u2060\\ufeff]*[=+\\-@\\t\\r＝＋－＠−]")
"""What a spreadsheet runs, after blanks and what nobody sees."""


def csv_bytes(table: pd.DataFrame | Sequence[Mapping[str, object]]) -> bytes:
    """A table as CSV that a spreadsheet opens as it is: UTF-8 with a mark, no cell that runs.

    A text that a spreadsheet would take for a formula (``=1+1``, ``-2 degrees``, ``@SUM(1)``) gets
    an apostrophe before it; numbers stay numbers.
    """
    frame = table if isinstance(table, pd.DataFrame) else pd.DataFrame(table)
    frame = frame.map(_as_text).rename(columns=_as_text)
    return frame.to_csv(index=False).encode("utf-8-sig")


def _as_text(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    # A carriage return would begin a row of its own: pandas does not quote it.
    return ("'" if _RUN.match(cell) else "") + cell.replace("\r", "␍")
