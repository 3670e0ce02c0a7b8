"""Under the cards: the program to check them, the source that ran, and the whole map."""

from __future__ import annotations

import streamlit as st

from s2s import plots
from s2s.errors import UserError
from s2s.export.numpy_program import numpy_snippet
from s2s.plots.attention_margins import coverage_chart, entropy_chart, margins_finding, score_map
from s2s.plots.palette import Palette
from s2s.results import Trace
from s2s.results.walk import Walk
from ui.cached import walk as cached_walk
from ui.frame import link
from ui.frame.model import Model
from ui.markdown import plain
from ui.parts import export, figures

CHECK, SOURCE, MAP = PANELS = "Check it yourself (NumPy)", "The source that ran", "The map"
FOLDED, LONG = 88, 160
"""Characters of a line of packed numbers; more lines than this are folded away."""
WEIGHTS, SCORES = "Weights", "Scores"


def show(chosen: Model, trace: Trace, walk: Walk, palette: Palette) -> None:
    """One panel at a time; only that one is made."""
    panels = PANELS if walk.has_attention else PANELS[:2]
    asked = st.segmented_control(
        "Below", panels, required=True, label_visibility="collapsed",
        **link.one_of("below", panels, CHECK),
    )  # fmt: skip
    if asked == SOURCE:
        _source(walk)
    elif asked == MAP and walk.has_attention:
        _map(trace, walk, palette)
    else:
        _check(chosen, walk)


def _check(chosen: Model, walk: Walk) -> None:
    """The program, and the one with every number."""
    name = f"{chosen.entry.name.replace('/', '-')}-step-{walk.step + 1}"
    st.markdown(
        "This program has this step’s numbers in it and computes the rest. Run it anywhere with "
        "NumPy: it ends with an error if it does not agree with the model to 1e-5."
    )
    program = numpy_snippet(walk, width=FOLDED)
    with st.container(horizontal=True, key="take-walk"):
        export.button("Program", lambda: program.encode(), f"{name}.py", "text/x-python",
                      ":material/download:", "The program below.")  # fmt: skip
        if "base64" in program:
            export.button(
                "With every matrix", lambda: numpy_snippet(walk, most=None).encode(),
                f"{name}-whole.py", "text/x-python", ":material/download:",
                "Large matrices too, where the program below has only what they gave.",
            )  # fmt: skip
    lines = program.count("\n")
    with st.expander(f"All {lines} lines") if lines > LONG else st.container():
        # Wrapped: what scrolls inside a page cannot be reached by keyboard.
        st.code(program, language="python", wrap_lines=True)


def _source(walk: Walk) -> None:
    """The functions that computed the step."""
    try:
        pieces = cached_walk.source(walk.attention)
    except UserError as error:
        st.info(plain(str(error)))
        return
    for piece in pieces:
        st.markdown(f"**{plain(piece.title)}** · {plain(piece.file)}, line {piece.line}")
        st.code(piece.code, language="python", wrap_lines=True)


def _map(trace: Trace, walk: Walk, palette: Palette) -> None:
    """Weights or scores of every step, how spread each row is, how much each column got."""
    what = st.segmented_control(
        "Show", (WEIGHTS, SCORES), required=True, label_visibility="collapsed",
        **link.one_of("shown", (WEIGHTS, SCORES), WEIGHTS),
    )  # fmt: skip
    if what == SCORES:
        st.vega_lite_chart(
            score_map(trace, palette, walk.step), theme=None, width="stretch", key="score-map",
            alt="Scores before the softmax, source across, output down.",
        )  # fmt: skip
    else:
        figures.show_map(trace, palette, walk.step, "walk-map")
    st.markdown(plain(margins_finding(trace)))
    with st.container(key="grid-margins"):
        for name, chart in (
            ("entropy", entropy_chart(trace, palette, walk.step)),
            ("coverage", coverage_chart(trace, palette)),
        ):
            with st.container(key=f"cell-{name}"):
                st.vega_lite_chart(
                    chart, theme=None, width="stretch", key=f"chart-{name}",
                    alt=margins_finding(trace),
                )  # fmt: skip
    name = trace.model.replace("/", "-")
    with st.container(horizontal=True, key="take-walk-map"):
        export.pictures(plots.attention_map(trace, palette, walk.step), f"{name}-map")
