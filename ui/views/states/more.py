"""Below the path: units, what can be read out, another start, which state carries the answer."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from s2s.decoding.whatif import WhatIf
from s2s.plots.palette import Palette
from s2s.text.language import N_, tr
from ui.frame import link
from ui.parts.export import TakeAway
from ui.views.states import elsewhere, patch, readout, units
from ui.views.states.paths import Seen
from ui.views.states.place import Place

PANELS = {
    "units": N_("Which units switch on here?"),
    "knows": N_("What can be read out?"),
    "start": N_("Take a state and continue"),
    "carries": N_("Which state carries the answer?"),
}


def show(
    seen: Sequence[Seen], text: str, what: WhatIf, here: Place, palette: Palette, take: TakeAway
) -> None:
    """One panel at a time, computed when it is asked for.

    Args:
        seen: the models drawn, the page's own first.
        text: the sentence in the field.
        what: it and its answer.
        here: the state that is looked at.
        palette: the theme's colours.
        take: the page's menu of files.
    """
    st.subheader(tr("Look further"))
    asked = st.segmented_control(
        tr("Look further"), list(PANELS), format_func=lambda name: tr(PANELS[name]),
        label_visibility="collapsed", **link.one_of("further", PANELS, None),
    )  # fmt: skip
    if asked == "units":
        units.show(seen[0], take)
    elif asked == "knows":
        readout.show(seen, palette, take)
    elif asked == "start":
        elsewhere.show(seen, what)
    elif asked == "carries":
        patch.show(seen[0], text, what, here, palette, take)
    else:
        st.caption(
            tr(
                "Press one of them: units that are on at a phrase and nowhere else in the "
                "sentence; what a linear probe tells from a state; the decoder started from "
                "another sentence; the state that brings an answer back."
            )
        )
