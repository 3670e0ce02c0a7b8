"""Every sentence, worst first, with what happened to it; the pressed row is shown beside it."""

from __future__ import annotations

from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from s2s.errors import UserError
from s2s.plots.palette import Palette
from s2s.plots.step_data import step_data
from s2s.results.diagnosis import Check, Diagnosis
from s2s.text.language import tr
from ui import cached
from ui.frame import link
from ui.frame.choice import link_to
from ui.frame.model import Model
from ui.markdown import plain
from ui.parts import figures, notes, trust, why_not
from ui.parts.export import TakeAway
from ui.parts.tables import picked
from ui.parts.token_picker import token
from ui.stepper import small_view
from ui.views.diagnose import narrow

ROWS, LINE = "diagnose_rows", "line"
MOST_SHOWN = 12


def show(
    chosen: Model, found: Diagnosis, pressed: Check | None, palette: Palette, take: TakeAway
) -> None:
    """Filters, table, and the pressed sentence.

    Args:
        chosen: the model.
        found: the report.
        pressed: a check that only its own sentences are shown of; None for all.
        palette: the theme's colours.
        take: the page's menu of files.
    """
    table, beside = st.columns((57, 43), gap="medium")
    with table:
        order = narrow.places(found, pressed)
        if not order:
            st.info(tr("No sentence has all of these."))
            return
        row = _table(found, order)
        _walk(found, order, row)
    with beside, st.container(key="diagnosed-row"):
        _answer(chosen, found, order[row], palette, take)


def _row(found: Diagnosis, order: list[int]) -> int:
    """The row of the address; the worst one if it names none that is listed."""
    asked = link.view().get(LINE)
    lines = [str(found.answers[place].line) for place in order]
    return lines.index(asked) if asked in lines else 0


def _go(found: Diagnosis, order: list[int], row: int) -> None:
    """Another row: its own opening step, and no token of the one before."""
    line = str(found.answers[order[row]].line)
    link.show(**{LINE: line if row else None, link.STEP: None, why_not.OTHER: None})


def _table(found: Diagnosis, order: list[int]) -> int:
    answers = [found.answers[place] for place in order]
    frame = pd.DataFrame(
        {
            tr("Source"): [answer.source for answer in answers],
            tr("Written"): [answer.output for answer in answers],
            tr("Reference"): [answer.reference for answer in answers],
            tr("What happened"): [[tr(chip) for chip in answer.chips] for answer in answers],
            tr("Score"): [answer.score for answer in answers],
        }
    ).dropna(axis="columns", how="all")
    row = _row(found, order)
    st.session_state[ROWS] = {"selection": {"rows": [row], "columns": [], "cells": []}}

    def pressed() -> None:
        there = picked(st.session_state.get(ROWS), len(order))
        if there is not None:
            _go(found, order, there)

    st.dataframe(
        frame, key=ROWS, hide_index=True, on_select=pressed,
        selection_mode=("single-row", "single-cell"),
        height=35 * (min(len(frame), MOST_SHOWN) + 1) + 3,
        column_config={
            tr("Score"): st.column_config.NumberColumn(
                format="%.0f", width=52,
                help=tr("chrF of the sentence, 0 to 100; where a task is judged by exactness, "
                        "100 or 0")
            ),
            tr("Source"): st.column_config.TextColumn(width=150),
            tr("Written"): st.column_config.TextColumn(width=125),
            tr("Reference"): st.column_config.TextColumn(width=105),
            tr("What happened"): st.column_config.ListColumn(width=100),
        },
        alt=tr("{n} sentences, the worst first", n=len(frame)),
    )  # fmt: skip
    return row


def _walk(found: Diagnosis, order: list[int], row: int) -> None:
    """To the row above and below, with the arrow keys too."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for label, icon, key, to in (
            (tr("Row above"), ":material/arrow_upward:", "Up", row - 1),
            (tr("Row below"), ":material/arrow_downward:", "Down", row + 1),
        ):
            st.button(
                label, icon=icon, shortcut=key, key=f"diagnose_{key}",
                disabled=not 0 <= to < len(order), on_click=_go, args=(found, order, to),
            )  # fmt: skip
        told = tr("Sentence {n:,} of {of:,}, the worst first", n=row + 1, of=len(order))
        st.caption(told, width="content")


def _answer(chosen: Model, found: Diagnosis, place: int, palette: Palette, take: TakeAway) -> None:
    answer = found.answers[place]
    view, told = st.container(), st.container(gap="xxsmall")
    told.markdown(f"**{tr('Line {n}', n=answer.line)}**: {plain(answer.source)}")
    if answer.reference is not None:
        told.caption(tr("Reference: {reference}", reference=plain(answer.reference)))
    try:
        trace = cached.what_if(chosen.key, answer.source).trace
    except UserError as error:
        view.warning(plain(str(error)))
        return
    step = link.step(trace.steps, notes.first_word(trace))
    data = step_data(
        trace, notes.names(trace, chosen), notes.shape(chosen.config), step,
        trust=trust.of(chosen, trace),
    )  # fmt: skip
    query = urlencode(
        link_to(chosen.task.name, chosen.variant, answer.source) | {link.STEP: str(step + 1)}
    )
    small = {
        "rest": step, "beside": True, "own": f"translate?{query}",
        "label": tr("Open in {page} →", page=tr("Translate")),
    }  # fmt: skip
    with view:
        small_view(data | {"small": small}, "diagnosed")
    token(trace, step)
    why_not.show(chosen, answer.source, trace, step, palette, take)
    if trace.attention is not None:
        figures.show_map(trace, palette, step, "diagnosed-map")
