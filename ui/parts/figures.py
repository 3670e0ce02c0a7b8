"""Figures on a page: drawn for the window's width, clicked, taken away as a file."""

from __future__ import annotations

from typing import Any

import streamlit as st

from s2s import plots
from s2s.findings.readout import slots_note
from s2s.plots.map_cells import CELL
from s2s.plots.map_frame import Grid
from s2s.plots.palette import Palette
from s2s.results import Trace
from s2s.text.language import N_, tr
from ui.cached.shared import drawn
from ui.markdown import plain

WIDTHS = {"wide": 1000, "narrow": 350}
"""Px for which a figure is set; style.css shows the one that fits the window."""
HINT = N_("Click a cell to read its number and tokens.")

figure_bytes = plots.figure_bytes


def show_map(trace: Trace, palette: Palette, step: int | None, key: str) -> None:
    """The whole attention map, and under it what the clicked cell says.

    Args:
        trace: a decoded sentence of a model with attention.
        palette: the colours of the visitor's theme.
        step: 0-based output step to outline.
        key: unlike that of any other figure in the app.
    """
    finding = None if step is None else plots.readout(trace, step).text()
    # Another sentence or another answer is another map: its cells were not clicked.
    same = f"{hash((trace.model, trace.source, trace.output)) & 0xFFFFFFFF:08x}"
    for window, width in WIDTHS.items():
        with st.container(key=f"{window}-{key}"):
            event = st.vega_lite_chart(
                drawn(plots.attention_map, trace, palette, step, width, compact=window == "narrow"),
                theme=None,
                width="stretch",
                key=f"{key}-{window}-{same}",
                on_select="rerun",
                selection_mode=CELL,
                alt=finding,
            )
            cell = clicked(event, trace)
            st.caption(literal(plots.cell_sentence(trace, *cell)) if cell else tr(HINT))
    note = slots_note(trace)
    if note:
        st.caption(note)


def clicked(event: Any, trace: Grid) -> tuple[int, int] | None:
    """The cell (t, s) that a map's selection names; None if it names none that exists.

    Args:
        event: what the browser sent: anything.
        trace: whose map it was, or another grid of tokens.
    """
    chosen = event.get("selection") if isinstance(event, dict) else None
    cells = chosen.get(CELL) if isinstance(chosen, dict) else None
    last = cells[-1] if isinstance(cells, list) and cells else None
    if not isinstance(last, dict):
        return None
    t, s = last.get("row"), last.get("column")
    columns = len(trace.source) + (trace.empty_attention is not None)
    # A bool is an int to Python, not to us.
    if type(t) is int and type(s) is int and 0 <= t < trace.steps and 0 <= s < columns:
        return t, s
    return None


def literal(sentence: str) -> str:
    """As `plain`, but ␣ stays: it may be the whole token."""
    return "␣".join(plain(part) for part in sentence.split("␣"))
