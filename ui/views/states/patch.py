"""Which state carries the answer: restored one by one in the run of another source."""

from __future__ import annotations

from functools import partial

import streamlit as st

from s2s.config.limits import limits
from s2s.decoding.whatif import WhatIf
from s2s.errors import UserError
from s2s.evaluation import jobs
from s2s.export.tables import csv_bytes
from s2s.findings.states import grey_rows_note, patching_finding
from s2s.plots.palette import Palette
from s2s.plots.patched import patching_map
from s2s.text.language import tr
from ui.frame import link
from ui.markdown import plain
from ui.parts import on_demand
from ui.parts.export import TakeAway
from ui.views.states import patch_units
from ui.views.states.paths import Seen
from ui.views.states.place import Place

OTHER, FIELD = "corrupted", "states_corrupted"


def show(
    seen: Seen, text: str, what: WhatIf, here: Place, palette: Palette, take: TakeAway
) -> None:
    """The other source, the map, what it says about the step that is looked at, and the units."""
    given = link.view().get(OTHER, "")[: limits().text_characters]

    def typed(source: str | None) -> None:
        link.show(**{OTHER: source or None})

    st.text_input(
        tr("Read this instead, a source of as many tokens"),
        placeholder=tr("{sentence}, with one token changed", sentence=text[:60]),
        max_chars=limits().text_characters,
        help=tr("The model reads this source; then one encoder state at a time is replaced by "
                "that of the sentence above, and its answer is fed."),
        **link.shown(FIELD, given, typed),
    )  # fmt: skip
    if not given:
        st.caption(
            tr(
                "Change one token of the sentence, and see which encoder state brings the answer "
                "back."
            )
        )
        return
    model = seen.model
    job = partial(jobs.patched, model.key.job, what.source, given)
    try:
        found = on_demand.computed("patched", (model.key, what.source, given), job)
    except UserError as error:
        st.warning(plain(str(error)))
        return
    if found is None:
        return
    # A state that is read writes nothing: then it is the token that loses most.
    step = here.token if here.side == "decoder" else int(found.lost().argmax())
    step = min(step, len(found.output) - 1)
    told = patching_finding(found, step)
    st.markdown(plain(told))
    chart = patching_map(found, palette)
    with st.container(key="figure-states-patch"):
        st.vega_lite_chart(chart, theme=None, width="stretch", key="chart-states-patch", alt=told)
    st.caption(
        tr(
            "1: that state alone brings back all of the log odds that the other source takes "
            "away; 0: nothing; below 0: it makes it worse. A state is what all layers and "
            "directions hold after the token."
        )
        + f" {grey_rows_note(found)}"
    )
    name = f"{found.model.replace('/', '-')}-patching"
    take.picture(tr("Which state carries the answer"), chart, name)
    share = found.recovered()
    take.file("numbers", tr("Which state carries the answer"), f"{name}.csv", lambda: csv_bytes([
        {"output": token, "clean": clean, "corrupted": other, "recovered": float(share[t, s])}
        for t, token in enumerate(found.output)
        for s, (clean, other) in enumerate(zip(found.clean, found.corrupted, strict=True))
    ]))  # fmt: skip
    patch_units.show(seen, found, what.source, given, step, here, palette, take)
