"""Every sentence, worst first, with what happened to it; a pressed row is shown beside it."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from s2s.errors import UserError
from s2s.evaluation.chips import CHIPS
from s2s.plots.palette import Palette
from s2s.plots.step_data import step_data
from s2s.results.diagnosis import Check, Diagnosis
from ui import cached
from ui.frame import link
from ui.frame.choice import link_to
from ui.frame.model import Model
from ui.markdown import plain
from ui.parts import figures, notes
from ui.parts.tables import picked
from ui.stepper import small_view

ROWS = "diagnose_rows"
MOST_SHOWN = 9


def show(chosen: Model, found: Diagnosis, pressed: Check | None, palette: Palette) -> None:
    """Chips, table, and the pressed sentence.

    Args:
        chosen: the model.
        found: the report.
        pressed: a check that only its own sentences are shown of; None for all.
        palette: the theme's colours.
    """
    counts = Counter(chip for answer in found.answers for chip in answer.chips)
    names = [chip for chip in CHIPS if counts[chip]]
    asked = _asked(names, counts) if names else []
    order = [
        place for place in found.worst()
        if {*asked} <= {*found.answers[place].chips}
        and (pressed is None or place in pressed.places)
    ]  # fmt: skip
    if not order:
        st.info("No sentence has all of these.")
        return
    table, beside = st.columns((57, 43), gap="medium")
    with table:
        row = _table(found, order)
    with beside, st.container(key="diagnosed-row"):
        _answer(chosen, found, order[row], palette)


def _asked(names: list[str], counts: Counter[str]) -> list[str]:
    """The chips that are pressed; they stand in the address."""

    def read(text: str) -> list[str]:
        return [name for name in text.split(",") if name in names]

    control = link.held("happened", list[str](), read, ",".join)
    asked = st.pills(
        "What happened", names, selection_mode="multi", label_visibility="collapsed",
        format_func=lambda chip: f"{chip} {counts[chip]:,}",
        key=control["key"], on_change=control["on_change"],
    )  # fmt: skip
    return list(asked or [])


def _table(found: Diagnosis, order: list[int]) -> int:
    answers = [found.answers[place] for place in order]
    frame = pd.DataFrame(
        {
            "Source": [answer.source for answer in answers],
            "Written": [answer.output for answer in answers],
            "Reference": [answer.reference for answer in answers],
            "What happened": [list(answer.chips) for answer in answers],
            "Score": [answer.score for answer in answers],
        }
    ).dropna(axis="columns", how="all")
    st.dataframe(
        frame, key=ROWS, hide_index=True, on_select="rerun", selection_mode="single-row",
        height=35 * (min(len(frame), MOST_SHOWN) + 1) + 3,
        column_config={
            "Score": st.column_config.NumberColumn(
                format="%.0f", width=52,
                help="chrF of the sentence, 0 to 100; where a task is judged by exactness, 100 or 0"
            ),
            "Source": st.column_config.TextColumn(width=150),
            "Written": st.column_config.TextColumn(width=125),
            "Reference": st.column_config.TextColumn(width=105),
            "What happened": st.column_config.ListColumn(width=100),
        },
        alt=f"{len(frame)} sentences, the worst first",
    )  # fmt: skip
    return picked(st.session_state.get(ROWS), len(frame)) or 0


def _answer(chosen: Model, found: Diagnosis, place: int, palette: Palette) -> None:
    answer = found.answers[place]
    st.markdown(f"**Line {answer.line}**: {plain(answer.source)}")
    if answer.reference is not None:
        st.caption(f"Reference: {plain(answer.reference)}")
    try:
        trace = cached.what_if(chosen.key, answer.source).trace
    except UserError as error:
        st.warning(plain(str(error)))
        return
    step = notes.first_word(trace)
    data = step_data(trace, notes.names(trace, chosen), notes.shape(chosen.config), step)
    query = urlencode(link_to(chosen.task.name, chosen.variant, answer.source))
    small = {"rest": step, "below": 0, "own": f"translate?{query}"}
    small_view(data | {"small": small}, "diagnosed")
    if trace.attention is not None:
        figures.show_map(trace, palette, step, "diagnosed-map")
