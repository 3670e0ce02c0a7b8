"""Where it looked and what reached back: two maps on one grid, and their numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from s2s import plots
from s2s.export.as_json import gradients_json, json_bytes
from s2s.export.tables import csv_bytes
from s2s.findings.gradient_flow import Line
from s2s.plots import Chart
from s2s.plots.flow_curves import rows_of
from s2s.plots.gradient_map import gradient_cell, gradient_map
from s2s.plots.map_cells import CELL
from s2s.plots.map_frame import Grid, Tokens
from s2s.plots.palette import Palette
from s2s.results import Trace
from s2s.text.language import N_, tr
from ui.cached.shared import drawn
from ui.frame import edits, link
from ui.frame.choice import link_to
from ui.frame.model import Model
from ui.markdown import plain
from ui.parts import figures
from ui.parts.export import TakeAway

FAINT = 1e-6
"""Size of a gradient, per unit of state, below which a row shows rounding and chance."""
HINT = N_("Click a cell to read its number and to pick its row.")


def show(
    chosen: Model, text: str, trace: Trace, lines: list[Line], step: int, palette: Palette
) -> Chart:  # fmt: skip
    """Both maps of the chosen model; one without attention says so in the place of the first.

    Args:
        chosen: the model.
        text: that was typed, for a link to another model.
        trace: its answer.
        lines: the gradients of all models that are drawn, its own first.
        step: the output token.
        palette: the theme's colours.

    Returns:
        The map of the gradients.
    """
    flow = lines[0].flow
    empty = trace.empty_attention is not None
    reached = drawn(gradient_map, flow, palette, step, empty=empty)
    same = f"{hash((trace.model, trace.source, trace.output)) & 0xFFFFFFFF:08x}"
    with st.container(key="grid-reached"):
        if trace.attention is None:
            with st.container(key="cell-no-map"):
                _no_attention(chosen, text, lines)
        else:
            with st.container(key="cell-looked"):
                _map(
                    drawn(plots.attention_map, trace, palette, step, 480), trace, f"looked-{same}",
                    plots.readout(trace, step).text(),
                    lambda t, s: plots.cell_sentence(trace, t, s),
                )  # fmt: skip
        with st.container(key="cell-reached"):
            _map(
                reached,
                Tokens(flow.source, flow.output), f"reached-{same}",
                tr("Gradients of {outputs} output tokens at {n} encoder states.",
                   outputs=flow.steps, n=len(flow.source)),
                lambda t, s: gradient_cell(flow, t, s),
            )  # fmt: skip
    if flow.losses.size and (flow.encoder.max(axis=1) < FAINT).all():
        st.caption(
            tr(
                "These gradients are tiny everywhere: this answer hardly depends on the source at "
                "all, so the map shows rounding and chance."
            )
        )
    return reached


def _no_attention(chosen: Model, text: str, lines: list[Line]) -> None:
    name = plain(chosen.variant)
    st.markdown(
        tr(
            "**{model} has no attention**: there is no map of where it looked. All it knows of the "
            "sentence went through one vector. The map beside shows what came back through it.",
            model=name,
        )
    )
    looking = next((line for line in lines if line.family == "attention"), None)
    if looking is not None:
        st.page_link(
            "pages/gradients.py", label=tr("Open {model}", model=plain(looking.name)),
            icon=":material/grid_on:",
            query_params=link_to(chosen.task.name, looking.name, text, edits.current()),
        )  # fmt: skip


def _map(chart: Chart, grid: Grid, key: str, alt: str, says: Callable[[int, int], str]) -> None:
    """A map whose cells pick their row and are read out below."""

    def picked() -> None:
        cell = figures.clicked(st.session_state.get(key), grid)
        if cell is not None:
            link.show(step=str(cell[0] + 1))

    event = st.vega_lite_chart(
        chart, theme=None, width="stretch", key=key, on_select=picked, selection_mode=CELL, alt=alt
    )
    cell = figures.clicked(event, grid)
    st.caption(figures.literal(says(*cell)) if cell else tr(HINT))


def offer(
    take: TakeAway, chosen: Model, lines: list[Line], charts: dict[str, Chart]
) -> None:  # fmt: skip
    """Add the figures and their numbers to the page's menu.

    Args:
        take: the menu.
        chosen: the model of the page.
        lines: the models that were drawn.
        charts: name to figure.
    """
    name = f"{chosen.entry.name.replace('/', '-')}-gradient"
    flow = lines[0].flow

    def table() -> bytes:
        rows: list[dict[str, Any]] = [
            row for t in range(flow.steps) for line in lines for row in rows_of(line, t)
        ]
        return csv_bytes(rows)

    take.pictures(charts, name)
    take.file(
        "numbers", tr("Gradients"), f"{name}-flow.csv", table,
        tr("Every model, output token and state."),
    )  # fmt: skip
    take.file(
        "numbers", tr("Gradients"), f"{name}-flow.json",
        lambda: json_bytes(gradients_json(flow)),
        tr("What `python -m s2s probe --kind gradients --json` prints."),
    )  # fmt: skip
