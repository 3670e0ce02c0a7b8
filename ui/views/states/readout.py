"""What a linear probe reads out of the states, token by token, beside what means nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from s2s.errors import UserError
from s2s.evaluation import jobs
from s2s.export.tables import csv_bytes
from s2s.findings.states import readout_finding
from s2s.plots.families import family_of
from s2s.plots.palette import Palette
from s2s.plots.readout_curves import ReadOut, readout_chart
from s2s.results.state_corpus import LENGTH, NEXT, POSITION, TOKEN
from s2s.text.language import tr
from ui.frame import link
from ui.markdown import plain
from ui.parts import on_demand
from ui.parts.export import TakeAway
from ui.views.states.paths import Seen

ATTRIBUTE, MEASURED = "attribute", "measured"


def show(seen: Sequence[Seen], palette: Palette, take: TakeAway) -> None:
    """The attribute, a button, and the curves of all models."""
    corpus = seen[0].corpus
    if corpus is None:
        st.caption(tr("Other sentences are being read, to compare with."))
        return
    own = [name for name in corpus.attributes() if name not in (POSITION, LENGTH, TOKEN, NEXT)]
    offered = [*own, NEXT, TOKEN, LENGTH]
    asked = st.selectbox(
        tr("What is told"),
        offered,
        width=260,
        format_func=tr,
        **link.one_of(ATTRIBUTE, offered, offered[0]),
    )
    attribute = asked if asked in offered else offered[0]
    side = seen[0].place.side
    folders = tuple(one.folder for one in seen)
    if not on_demand.wanted(
        MEASURED, (folders, side, attribute), tr("Measure"), ":material/science:", MEASURED
    ):
        st.caption(
            tr(
                "A linear probe is trained on the states at each token of seven sentences in ten "
                "and tried on the other three, three times; once more with shuffled labels, "
                "which only chance can tell. Up to a minute."
            )
        )
        return
    found = []
    for n, one in enumerate(seen):
        if one.folder is None:
            continue
        job = partial(jobs.readout, one.folder, side, attribute)
        try:
            made = on_demand.computed(
                f"{MEASURED}_{n}", (one.folder, side, attribute), job, MEASURED
            )
        except UserError as error:
            st.warning(f"{plain(one.model.variant)}: {plain(str(error))}")
            continue
        if made is not None:
            found.append(ReadOut(one.model.variant, family_of(one.model.config), made))
    if not found:
        return
    told = [readout_finding(one.found) for one in found]
    st.markdown("  \n".join(
        f"{one.family.mark} {plain(one.name)}: {plain(said)}"
        for one, said in zip(found, told, strict=True)
    ))  # fmt: skip
    chart = readout_chart(found, palette)
    with st.container(key="figure-states-readout"):
        st.vega_lite_chart(
            chart, theme=None, width="stretch", key="chart-states-readout", alt=" ".join(told)
        )
    st.caption(
        tr("That a probe can tell it does not say that the model uses it.")
        + f" {plain(tr(found[0].found.about))}"
    )
    name = f"{corpus.model.replace('/', '-')}-readout"
    take.picture(tr("What can be read out"), chart, name)
    take.file("numbers", tr("What can be read out"), f"{name}.csv", lambda: csv_bytes([
        {
            "model": one.found.model, "side": side, "attribute": attribute, "token": place + 1,
            "states": int(count), "values": int(values), "accuracy": float(own.mean()),
            "shuffled": float(control.mean()), "selectivity": float(own.mean() - control.mean()),
        }
        for one in found
        for place, own, control, count, values in zip(
            one.found.places, one.found.accuracy, one.found.control, one.found.states,
            one.found.values, strict=True,
        )
    ]))  # fmt: skip
