"""Under the cards: the program to check them, the source that ran, and the whole map."""

from __future__ import annotations

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from s2s import plots
from s2s.errors import UserError
from s2s.export.numpy_program import numpy_snippet
from s2s.plots.attention_margins import coverage_chart, entropy_chart, margins_finding, score_map
from s2s.plots.palette import Palette
from s2s.results import Trace
from s2s.results.walk import Walk
from s2s.text.language import N_, tr
from ui.cached import walk as cached_walk
from ui.cached.shared import drawn
from ui.frame import link
from ui.frame.model import Model
from ui.markdown import plain
from ui.parts import figures
from ui.parts.export import TakeAway

CHECK, SOURCE, MAP = PANELS = (
    N_("Check it yourself (NumPy)"),
    N_("The source that ran"),
    N_("The map"),
)
FOLDED, LONG = 88, 160
"""Characters of a line of packed numbers; more lines than this are folded away."""
WEIGHTS, SCORES = N_("Weights"), N_("Scores")
PROGRAM = "attention_program"


def show(
    chosen: Model, trace: Trace, walk: Walk, palette: Palette, take: TakeAway
) -> None:  # fmt: skip
    """One panel at a time; only that one is made."""
    _offer(chosen, trace, walk, palette, take)
    panels = PANELS if walk.has_attention else PANELS[:2]
    asked = st.segmented_control(
        tr("Below"), panels, required=True, label_visibility="collapsed", format_func=tr,
        **link.one_of("below", panels, CHECK),
    )  # fmt: skip
    if asked == SOURCE:
        _source(walk)
    elif asked == MAP and walk.has_attention:
        _map(trace, walk, palette)
    else:
        _check(walk)


def _offer(
    chosen: Model, trace: Trace, walk: Walk, palette: Palette, take: TakeAway
) -> None:  # fmt: skip
    """The map, and the step as a program: with its numbers, and with every matrix."""
    model = chosen.entry.name.replace("/", "-")
    if walk.has_attention:
        draw = partial(drawn, plots.attention_map, trace, palette, walk.step)
        take.picture(tr("The map"), draw, f"{model}-map")
    name = f"{model}-step-{walk.step + 1}"
    take.file(
        "page",
        tr("The step as a NumPy program"),
        f"{name}.py",
        lambda: cached_walk.program(walk, FOLDED).encode(),
    )
    take.file(
        "page", tr("The step as a NumPy program, with every matrix"), f"{name}-whole.py",
        lambda: numpy_snippet(walk, most=None).encode(),
        tr("Large matrices too, where the other has only what they gave."),
    )  # fmt: skip


def _check(walk: Walk) -> None:
    """The program that computes the step."""
    st.markdown(
        tr(
            "This program has this step’s numbers in it and computes the rest. Run it anywhere "
            "with NumPy: it ends with an error if it does not agree with the model to 1e-5."
        )
    )
    program = cached_walk.program(walk, FOLDED)
    lines = program.count("\n")
    if lines > LONG:  # only an open one has the program sent
        folded = st.expander(tr("All {n} lines", n=lines), key=PROGRAM, on_change="rerun")
        if not folded.open:
            return
        place: DeltaGenerator = folded
    else:
        place = st.container()
    # Wrapped: what scrolls inside a page cannot be reached by keyboard.
    place.code(program, language="python", wrap_lines=True)


def _source(walk: Walk) -> None:
    """The functions that computed the step."""
    try:
        pieces = cached_walk.source(walk.attention)
    except UserError as error:
        st.info(plain(str(error)))
        return
    for piece in pieces:
        line = tr("line {n}", n=piece.line)
        st.markdown(f"**{plain(piece.title)}** · {plain(piece.file)}, {line}")
        st.code(piece.code, language="python", wrap_lines=True)


def _map(trace: Trace, walk: Walk, palette: Palette) -> None:
    """Weights or scores of every step, how spread each row is, how much each column got."""
    what = st.segmented_control(
        tr("Show"), (WEIGHTS, SCORES), required=True, label_visibility="collapsed",
        format_func=tr, **link.one_of("shown", (WEIGHTS, SCORES), WEIGHTS),
    )  # fmt: skip
    if what == SCORES:
        st.vega_lite_chart(
            score_map(trace, palette, walk.step), theme=None, width="stretch", key="score-map",
            alt=tr("Scores before the softmax, source across, output down."),
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
