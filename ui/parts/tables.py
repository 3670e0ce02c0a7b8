"""Tables on a page: a result's, drawn; a visitor's press on a row, read."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from s2s.results import Table
from s2s.text.numbers import number
from ui.cached.shared import drawn
from ui.markdown import plain, whole


def table(made: Table) -> None:
    """One of a recipe's tables with its note."""
    st.markdown(f"**{plain(made.title)}**")
    st.table(drawn(_frame, made), border="horizontal", alt=made.title or None)
    if made.note:
        st.caption(plain(made.note))


def _frame(made: Table) -> pd.DataFrame:
    """The cells as Markdown, the first column as the index; nobody may write into it."""
    head = _distinct(made.head)
    frame = pd.DataFrame(
        [[_cell(cell) for cell in row] for row in made.rows],
        columns=[plain(name) for name in head],
    )
    return frame.set_index(frame.columns[0])


def _distinct(names: tuple[str, ...]) -> list[str]:
    """Column names that differ; a file may repeat one."""
    return [
        name if name not in names[:place] else f"{name} ({place + 1})"
        for place, name in enumerate(names)
    ]


def _cell(cell: object) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, int) and not isinstance(cell, bool):
        return number(cell)
    return whole(plain(str(cell)))


def picked(state: Any, count: int) -> int | None:
    """The row that a table's state names, by a cell of it if there is one; None if none exists."""
    selection = state.get("selection") if isinstance(state, dict) else None
    named: list[Any] = []
    for kind in ("cells", "rows"):
        found = selection.get(kind) if isinstance(selection, dict) else None
        named += found[:1] if isinstance(found, list) else []
    row = named[0] if named else None
    if isinstance(row, list | tuple):
        row = row[0] if row else None
    return row if type(row) is int and 0 <= row < count else None
