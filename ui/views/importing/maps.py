"""A map alone that was dropped: drawn as it is, with the checks that it can answer."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from s2s.evaluation.map_checks import judge
from s2s.findings.diagnosis import WORDS, healthy, value
from s2s.plots import matrix_map
from s2s.plots.step_data import matrix_step_data
from s2s.results.matrix import Matrix
from s2s.text.language import tr
from ui.frame.theme import palette
from ui.markdown import plain
from ui.parts.figures import WIDTHS
from ui.parts.verdicts import VERDICTS
from ui.stepper import small_view


def show(found: Matrix, place: int) -> None:
    """Draw one map under the cards.

    Args:
        found: tokens and weights.
        place: unlike that of any other map on the page.
    """
    st.subheader(plain(found.name), anchor=False)
    small_view(matrix_step_data(found), f"matrix-steps-{place}")
    for window, width in WIDTHS.items():
        with st.container(key=f"{window}-matrix-{place}"):
            st.vega_lite_chart(
                matrix_map(found, palette=palette(), width=width, compact=window == "narrow"),
                theme=None, width="stretch", key=f"matrix-{window}-{place}",
                alt=tr("Attention map of {name}", name=found.name),
            )  # fmt: skip
    told = [check for check in judge(found) if check.verdict != "no_answer"]
    st.dataframe(
        pd.DataFrame({
            tr("Check"): [tr(WORDS[check.name].title) for check in told],
            tr("Measured"): [value(check) for check in told],
            tr("Healthy"): [healthy(check) for check in told],
            "": [tr(VERDICTS[check.verdict]) for check in told],
        }),
        hide_index=True, alt=tr("The checks that a map alone can answer"),
    )  # fmt: skip
    st.caption(tr("What needs the model or more sentences has no answer here."))
