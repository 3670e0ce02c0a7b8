"""Tables on a page: a result's, drawn; a visitor's press on a row, read."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import streamlit as st

from s2s.results import Table
from s2s.text.language import N_, tr
from s2s.text.numbers import number
from ui.cached.shared import drawn
from ui.markdown import plain, whole

NAMES = frozenset(
    (
        N_("{n} seeds"),
        N_("seed {n}"),
        N_("watched right of {n}"),
        N_("Exact match by shape"),
        N_("Exact match by epoch"),
        N_("Attention against the grammar's own links"),
        N_("Twenty everyday sentences"),
        N_("Before and after"),
        N_("What it writes, epoch by epoch"),
        N_("Subject and be are nearly always right, the rest is not"),
        N_("Beside the tutorial: training loss"),
        N_("Beside the tutorial: training loss on all of its pairs"),
        N_("Greedy against beam search"),
        N_("AUGUST lights up {n}"),
        N_("The verb comes from the end"),
        N_("run"),
        N_("train loss"),
        N_("validation loss"),
        N_("exact match"),
        N_("seconds"),
        N_("shape"),
        N_("dates"),
        N_("epoch"),
        N_("mean"),
        N_("loss"),
        N_("month written"),
        N_("attention on the month's letters"),
        N_("an even spread"),
        N_("subject + be"),
        N_("first word"),
        N_("first two"),
        N_("first three"),
        N_("whole sentence"),
        N_("tutorial"),
        N_("here"),
        N_("search"),
        N_("mean log-probability"),
        N_("search errors of greedy"),
        N_("English word"),
        N_("looks at"),
        N_("model"),
        N_("unknown"),
        N_("typed"),
        N_("answer"),
        N_("with the right words fed"),
        N_("free-running"),
        N_("shift"),
        N_("precision"),
        N_("recall"),
        N_("weight on gold"),
        N_("sentences"),
    )
)
"""What recipes call their tables, their columns and their rows; a card has them in English."""


def spoken(name: str) -> str:
    """A name in a table in the language that is spoken, its number kept; others as they are."""
    number = re.search(r"\d+", name)
    pattern = name.replace(number[0], "{n}", 1) if number else name
    if pattern not in NAMES:
        return name
    return tr(pattern, n=number[0]) if number else tr(pattern)


def table(made: Table) -> None:
    """One of a recipe's tables with its note."""
    title = spoken(made.title)
    st.markdown(f"**{plain(title)}**")
    st.table(drawn(_frame, made), border="horizontal", alt=title or None)
    if made.note:
        st.caption(plain(made.note))


def _frame(made: Table) -> pd.DataFrame:
    """The cells as Markdown, the first column as the index; nobody may write into it."""
    head = _distinct(tuple(map(spoken, made.head)))
    rows = [[spoken(row[0]) if isinstance(row[0], str) else row[0], *row[1:]] for row in made.rows]
    frame = pd.DataFrame(
        [[_cell(cell) for cell in row] for row in rows],
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
