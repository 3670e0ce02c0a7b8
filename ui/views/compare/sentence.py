"""One sentence through several models: lanes, maps on one scale, gradients on one axis."""

from __future__ import annotations

import streamlit as st

from s2s import plots
from s2s.errors import UserError
from s2s.export.as_json import json_bytes, trace_json
from s2s.export.tables import csv_bytes
from s2s.findings.comparison import sentence_finding
from s2s.plots import Chart, family_of
from s2s.plots.answer_lanes import lanes_chart
from s2s.plots.attention_difference import attention_difference, same_grid
from s2s.plots.attention_map import LOW_ROWS
from s2s.plots.flow_curves import flow_curves
from s2s.plots.gradient_map import gradient_map
from s2s.plots.palette import Palette
from s2s.results.comparison import Comparison
from s2s.text.language import tr
from ui.cached import gradients as cached_gradients
from ui.cached.shared import drawn
from ui.frame.model import Model
from ui.markdown import plain
from ui.parts import gradient_lines as pick
from ui.parts import notes, trust
from ui.parts.export import TakeAway
from ui.parts.gradient_lines import Look
from ui.parts.token_picker import token
from ui.views.compare import scores

WIDTH = 840
"""Px that the lanes are set for; longer answers scroll inside their container."""
LOOK = Look("log", "position", "log_odds", "hidden", -1)


def show(
    choices: list[Model], found: Comparison, palette: Palette, take: TakeAway
) -> None:  # fmt: skip
    """Everything about one sentence.

    Args:
        choices: the models, the first one first.
        found: their answers.
        palette: the theme's colours.
        take: the page's menu of files.
    """
    names = [one.variant for one in choices]
    families = [family_of(one.config) for one in choices]
    said = sentence_finding(found).replace(f"{choices[0].task.name}/", "")
    with st.container(key="readout"):
        st.markdown(
            plain(said),
            help=tr(
                "Bars: how sure each model was of its token, the number where it was below 90 %. "
                "On a tile: where the answers differ; a dashed stroke where one has no token."
            ),
        )
    for one, trace in zip(choices, found.traces, strict=True):
        trust.line(one, trace, one.variant)
    lanes = drawn(lanes_chart, found, tuple(names), tuple(families), palette, WIDTH)
    with st.container(key="scroll-lanes"):
        st.vega_lite_chart(lanes, theme=None, width="content", key="lanes", alt=said)
    for note in found.notes:
        st.caption(plain(str(note)))
    charts = {"lanes": lanes} | _maps(choices, found, palette)
    scores.line(choices)
    charts |= _gradients(choices, found, palette)
    _offer(take, choices, found, charts)


def _maps(choices: list[Model], found: Comparison, palette: Palette) -> dict[str, Chart]:
    """One map per model on one scale of 0 to 1; gradients where there is no attention."""
    charts: dict[str, Chart] = {}
    with st.container(key="grid-compared-maps"):
        for one, trace in zip(choices, found.traces, strict=True):
            name, title = one.variant, one.marked
            with st.container(key=f"cell-map-{name}"):
                if trace.attention is not None:
                    charts[f"map-{name}"] = drawn(
                        plots.attention_map, trace, palette, None, 480, name=title, most=LOW_ROWS
                    )
                else:
                    try:
                        target = trace.imposed
                        flow = cached_gradients.flow(
                            one.key, found.source, target, "log_odds", "hidden", -1
                        )
                    except UserError as error:
                        st.warning(plain(str(error)))
                        continue
                    charts[f"map-{name}"] = drawn(
                        gradient_map, flow, palette, name=title, most=LOW_ROWS
                    )
                st.vega_lite_chart(
                    charts[f"map-{name}"], theme=None, width="stretch", key=f"compared-{name}",
                    alt=tr("Map of {name}.", name=name),
                )  # fmt: skip
    looking = [(c, t) for c, t in zip(choices, found.traces, strict=True)
               if t.attention is not None]  # fmt: skip
    if len(looking) > 1:
        (first, mine), (other, theirs) = looking[:2]
        st.markdown(tr("**{other}** less **{model}**", other=plain(other.variant),
                       model=plain(first.variant)))  # fmt: skip
        if same_grid(mine, theirs):
            charts["difference"] = attention_difference(
                mine, theirs, first.variant, other.variant, palette
            )
            st.vega_lite_chart(
                charts["difference"], theme=None, width="stretch", key="difference",
                alt=tr("Difference of the weights."),
            )  # fmt: skip
        else:
            st.caption(
                tr(
                    "Their answers differ, so their rows are about different tokens. Type an "
                    "answer below that both are made to write, and the difference stands here."
                )
            )
    return charts


def _gradients(choices: list[Model], found: Comparison, palette: Palette) -> dict[str, Chart]:
    """The gradients of one token of the first answer, every model made to write that answer."""
    st.subheader(tr("What reached back"))
    trace = found.traces[0]
    step = token(trace, notes.last_word(trace))
    target = trace.imposed
    try:
        lines, missing = pick.lines(choices[0], choices[1:], found.source, trace, target, LOOK)
    except UserError as error:
        st.warning(plain(str(error)))
        return {}
    chart = flow_curves(lines, step, palette)
    st.vega_lite_chart(chart, theme=None, width="stretch", key="compared-flow",
                       alt=tr("Gradients of one output token at every state, all "
                              "models."))  # fmt: skip
    if missing:
        st.caption(" ".join(missing))
    return {"gradients": chart}


def _offer(
    take: TakeAway, choices: list[Model], found: Comparison, charts: dict[str, Chart]
) -> None:  # fmt: skip
    """Add numbers and pictures to the page's menu."""
    name = choices[0].task.name + "-compared"

    def table() -> bytes:
        rows = [
            {"column": c + 1, "model": model, "token": lane[c],
             "probability": None if column[m] is None
             else float(found.traces[m].probabilities[column[m]]),
             "differs": bool(found.differs()[m, c])}
            for m, (model, lane) in enumerate(zip(found.models, found.tokens(), strict=True))
            for c, column in enumerate(found.columns)
        ]  # fmt: skip
        return csv_bytes(rows)

    take.pictures(charts, name)
    take.file(
        "numbers", tr("The lanes"), f"{name}.csv", table, tr("The lanes with every probability.")
    )  # fmt: skip
    take.file(
        "numbers", tr("The lanes"), f"{name}.json",
        lambda: json_bytes([trace_json(t) for t in found.traces]),
        tr("What `python -m s2s translate --json` prints, for every model."),
    )  # fmt: skip
