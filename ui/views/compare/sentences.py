"""Every sentence of a test set: where the models differ most first, or the worst of one model."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from s2s.errors import UserError
from s2s.findings.comparison import sentence_finding
from s2s.plots import family_of
from s2s.plots.answer_lanes import lanes_chart
from s2s.plots.palette import Palette
from s2s.results.comparison import SetComparison
from s2s.text.language import N_, tr
from ui.cached import compare as cached_compare
from ui.frame import edits, link
from ui.frame.model import Model
from ui.markdown import plain
from ui.parts.tables import picked

ROWS = "compared_rows"
MOST_SHOWN = 8
WIDTH = 330
"""Px that the lanes beside the table are set for; longer answers scroll."""
COLUMNS = {
    "line": N_("line"),
    "source": N_("source"),
    "reference": N_("reference"),
    "length": N_("length"),
    "disagreement": N_("disagreement"),
    "output": N_("output {model}"),
    "exact": N_("exact {model}"),
    "chrF": N_("chrF {model}"),
    "confidence": N_("confidence {model}"),
    "entropy": N_("entropy {model}"),
    "coverage": N_("coverage {model}"),
    "unknown": N_("unknown {model}"),
    "unfinished": N_("unfinished {model}"),
}
"""How the columns of `SetComparison.rows` are told, by their first words."""


def show(choices: list[Model], found: SetComparison, palette: Palette) -> None:
    """Every sentence; a pressed row shows its answers beside the table."""
    frame = pd.DataFrame(found.rows())
    worst = _order(choices)
    if worst is None:
        frame = frame.sort_values("disagreement", ascending=False, kind="stable")
    else:
        model = found.models[worst]
        frame = frame.sort_values([f"exact {model}", f"chrF {model}"], kind="stable")
    order = frame.index.tolist()
    frame = frame.dropna(axis="columns", how="all").reset_index(drop=True)
    numbers = frame.select_dtypes("float").columns
    table, beside = st.columns((57, 43), gap="medium")
    with table:
        st.dataframe(
            frame, key=ROWS, hide_index=True, height=35 * (min(len(frame), MOST_SHOWN) + 1) + 3,
            on_select="rerun", selection_mode="single-row",
            column_config={
                name: st.column_config.NumberColumn(
                    _told(name), format="%.1f" if name[:4] == "chrF" else "%.2f"
                ) if name in numbers else st.column_config.Column(_told(name))
                for name in frame.columns
            } | {
                "disagreement": st.column_config.NumberColumn(
                    _told("disagreement"), format="%.2f",
                    help=tr("1 less the chrF of one output against the other, from 0 to 1."),
                ),
            },
            alt=tr("All sentences of the test set with every model’s output"),
        )  # fmt: skip
    row = picked(st.session_state.get(ROWS), len(frame))
    with beside, st.container(key="compared-row"):
        _row(choices, found, order[row or 0], palette)


def _told(column: str) -> str:
    """What stands above a column; those of a model end in its name."""
    name, _, model = column.partition(" ")
    return tr(COLUMNS[name], model=model)


def _order(choices: list[Model]) -> int | None:
    """The place of the model whose own errors come first; None for where they disagree most."""
    names = [one.variant for one in choices]
    told = {"": tr("Most different")}
    told |= {name: tr("Worst of {model}", model=plain(name)) for name in names}
    chosen = st.segmented_control(
        tr("First come"), list(told), format_func=told.__getitem__, required=True,
        help=tr("Worst: not exactly right, by chrF against the reference. "
        "Press a row to see its answers."),
        **link.one_of("set_order", told, ""),
    )  # fmt: skip
    return names.index(chosen) if chosen in names else None


def _row(choices: list[Model], found: SetComparison, n: int, palette: Palette) -> None:
    """One sentence of the set: its reference and what every model wrote."""
    source = found.sources[n]
    st.markdown(f"**{tr('Line {n}', n=found.lines[n])}**: {plain(source)}")
    st.caption(tr("Reference: {reference}", reference=plain(found.references[n])))
    try:
        compared = cached_compare.sentence(tuple(one.key for one in choices), source, ())
    except UserError as error:
        st.warning(plain(str(error)))
        return
    names = [one.variant for one in choices]
    lanes = lanes_chart(compared, names, [family_of(one.config) for one in choices], palette, WIDTH)
    with st.container(key="scroll-row-lanes"):
        st.vega_lite_chart(
            lanes, theme=None, width="content", key="row-lanes", alt=sentence_finding(compared)
        )

    st.button(
        tr("Open it above"), on_click=lambda: edits.forget(text=source), key="open-row",
        icon=":material/arrow_upward:",
        help=tr("The maps and gradients of this sentence, at the top of this page."),
    )  # fmt: skip
