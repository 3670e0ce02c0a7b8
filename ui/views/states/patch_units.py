"""Which units of one state carry a token: restored alone, and more and more of them."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from s2s.errors import UserError
from s2s.evaluation import jobs
from s2s.export.tables import csv_bytes
from s2s.findings.states import unit_patching_finding
from s2s.plots.families import family_of
from s2s.plots.palette import Palette
from s2s.plots.patched import unit_curves
from s2s.results import Source
from s2s.results.patching import Patching
from s2s.text.language import tr
from ui.frame import link
from ui.markdown import plain
from ui.parts import on_demand
from ui.parts.export import TakeAway
from ui.parts.token_picker import plain_token
from ui.views.states.paths import Seen
from ui.views.states.place import LETTERS, Place

CARRIER, ASKED = "carrier", "byunit"
MOST_ROWS = 8


def show(
    seen: Seen, found: Patching, text: Source, other: str, step: int, here: Place,
    palette: Palette, take: TakeAway,
) -> None:  # fmt: skip
    """The state whose units are restored, a button, and what they bring back.

    Args:
        seen: the page's model and its sentence.
        found: the map.
        text: the source whose answer is wanted.
        other: the one that is read instead.
        step: 0-based, whose token.
        here: the state that is looked at.
        palette: the theme's colours.
        take: the page's menu of files.
    """
    share = found.recovered()[step]
    if np.isnan(share).all():
        return
    best = here.token if here.side == "encoder" else int(share.argmax())
    every = range(len(found.clean))
    place = st.selectbox(
        tr("The units of the state at"), every, width=260,
        format_func=lambda n: f"{n + 1} · {plain_token(found.clean[n])}",
        **link.one_of(CARRIER, every, best, lambda n: f"{LETTERS['encoder']}{n + 1}"),
    )  # fmt: skip
    place = place if place in every else best
    model, layer = seen.model, seen.layer
    key = model.key, text, other, step, place, layer
    if not on_demand.wanted(ASKED, key, tr("Unit by unit"), ":material/science:", ASKED):
        st.caption(
            tr(
                "Restores every unit of that state alone, then more and more of them, those first "
                "that bring most back. A run of the model for each: seconds, a minute for a large "
                "one."
            )
        )
        return
    job = partial(jobs.units_patched, model.key.job, text, other, step, place, layer)
    try:
        units = on_demand.computed("units_patched", key, job, ASKED)
    except UserError as error:
        st.warning(plain(str(error)))
        return
    if units is None:
        return
    told = unit_patching_finding(units)
    st.markdown(plain(told))
    chart = unit_curves(units, family_of(model.config), palette)
    alone, order = units.share(units.alone_odds), units.order()
    left, right = st.columns([1, 2.2])
    with left:
        st.dataframe(
            pd.DataFrame([
                {tr("Unit"): unit, tr("Brings back alone"): float(alone[unit])}
                for unit in order[:MOST_ROWS]
            ]),
            hide_index=True, alt=tr("The units that bring most back"),
            column_config={
                tr("Brings back alone"): st.column_config.NumberColumn(format="percent")
            },
        )  # fmt: skip
    with right, st.container(key="figure-states-patch-units"):
        st.vega_lite_chart(
            chart, theme=None, width="stretch", key="chart-states-patch-units", alt=told
        )
    st.caption(
        " ".join((
            tr("0 units are the run of the other source."),
            tr("All of them are the whole state of layer {n}; the map restores all layers.",
               n=layer + 1) if model.config.layers > 1
            else tr("All of them are the whole state, as in the map."),
            tr("What units bring back together is not the sum of what they bring back alone."),
        ))
    )  # fmt: skip
    name = f"{units.model.replace('/', '-')}-patching-units"
    take.picture(tr("Which units carry the answer"), chart, name)
    take.file("numbers", tr("Which units carry the answer"), f"{name}.csv", lambda: csv_bytes([
        {"unit": unit, "rank": rank + 1, "recovered": float(alone[unit])}
        for rank, unit in enumerate(order)
    ]))  # fmt: skip
