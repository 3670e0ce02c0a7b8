"""Two ways back: through attention and through the states, as a graph with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from s2s.errors import UserError
from s2s.export.tables import csv_bytes
from s2s.plots import Chart
from s2s.plots.palette import Palette
from s2s.plots.two_paths import two_paths_chart, two_paths_finding
from s2s.results import Source
from s2s.results.two_paths import TwoPaths
from s2s.text.language import tr
from ui.cached import gradients as cached_gradients
from ui.cached.gradients import Target
from ui.frame.model import Model
from ui.markdown import plain
from ui.parts.export import TakeAway
from ui.views.gradients.states import literal


def show(
    choices: Sequence[Model], text: Source, target: Target, step: int, palette: Palette,
    take: TakeAway,
) -> None:  # fmt: skip
    """One graph a model, below each other.

    Args:
        choices: the models.
        text: the source.
        target: what the models are made to write; None for their own answers.
        step: 0-based output token whose loss flows back.
        palette: the colours of the visitor's theme.
        take: the page's menu of files.
    """
    charts: dict[str, Chart] = {}
    found: list[tuple[TwoPaths, int]] = []
    for chosen in choices:
        try:
            paths = cached_gradients.two_paths(chosen.key, text, target or None)
        except UserError as error:
            st.warning(plain(str(error)))
            continue
        at = min(step, len(paths.output) - 1)
        said = two_paths_finding(paths, at)
        st.markdown(literal(said))
        charts[chosen.variant] = two_paths_chart(paths, at, palette)
        with st.container(key=f"scroll-paths-{chosen.variant}"):
            st.vega_lite_chart(
                charts[chosen.variant], theme=None, width="content",
                key=f"paths-{chosen.variant}", alt=said,
            )  # fmt: skip
        found.append((paths, at))
    if not found:
        return
    told = [
        tr("Sizes are sums over the units of the gradient of the token’s loss. Source tokens stand "
           "in the order in which they are read. Blue: through attention, straight to each state. "
           "Amber: through the states; the number on a line is what arrives at its left end."),
        tr("Bold: both together, which can be less than their sum, for they may point in different "
           "directions. A thicker line carries more, on a log scale."),
    ]  # fmt: skip
    if any(paths.two_way for paths, _ in found):
        told.insert(1, tr("An encoder that reads both ways gets them from both sides."))
    st.caption(" ".join(told))
    take.pictures(charts, "two-paths")
    take.file(
        "numbers", tr("Two ways back"), "two-paths.csv", lambda: csv_bytes(rows(found)),
        tr("Every edge of every graph."),
    )  # fmt: skip


def rows(found: Sequence[tuple[TwoPaths, int]]) -> list[dict[str, Any]]:
    """A row for each source token of each model."""
    return [
        {
            "model": paths.model, "token": paths.output[step], "source": word, "place": s + 1,
            "whole": paths.whole[step, s], "recurrence": paths.recurrence[step, s],
            "attention": None if paths.attention is None else paths.attention[step, s],
        }
        for paths, step in found
        for s, word in enumerate(paths.reading.tokens)
    ]  # fmt: skip
