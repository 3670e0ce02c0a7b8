"""What one wrong token does to the next: forced and free-running, on a test set."""

from __future__ import annotations

from functools import partial

import streamlit as st

from s2s.evaluation import jobs
from s2s.export.tables import csv_bytes
from s2s.findings.domino import domino_finding
from s2s.plots import family_of
from s2s.plots.domino import domino_chart
from s2s.plots.palette import Palette
from s2s.results.domino import Domino
from s2s.tasks.pairs_file import PairSet
from s2s.text.language import tr
from ui.frame.model import Model
from ui.markdown import plain
from ui.parts import on_demand
from ui.parts.export import TakeAway


def show(
    choices: list[Model], pairs: PairSet, key: tuple[str, ...], palette: Palette, take: TakeAway
) -> None:  # fmt: skip
    """A button, and then the curve of every model, forced and by itself.

    Args:
        choices: the models, the first one first.
        pairs: the test set that stands above.
        key: what tells it from others.
        palette: the theme's colours.
        take: the page's menu of files.
    """
    st.markdown(tr("**The domino effect**: how a wrong token makes the next ones wrong"))
    keys = tuple(one.key for one in choices)
    label = tr("Feed the right words, then its own, and count")
    if not on_demand.wanted("domino", (keys, key), label, ":material/playing_cards:"):
        st.caption(
            tr(
                "While training, a model is fed the right words (teacher forcing). When it "
                "writes by itself (free-running), it is fed its own. What a mistake costs then "
                "is called exposure bias."
            )
        )
        return

    job = partial(jobs.dominoes, tuple(one.job for one in keys), pairs)
    found = on_demand.computed("domino", (keys, key), job)
    if found is None:
        return
    names = [one.variant for one in choices]
    said = [domino_finding(one, name) for one, name in zip(found, names, strict=True)]
    chart = domino_chart(found, names, [family_of(one.config) for one in choices], palette)
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in said))
    if chart is not None:
        st.vega_lite_chart(
            chart, theme=None, width="stretch", key="domino-chart", alt=" ".join(said)
        )
    st.caption(
        tr(
            "Right: the token that the reference has at the same place, the end counted. One "
            "word too many shifts all that follow, so by itself a model is judged hard. Bands: "
            "Wilson’s 95 % intervals."
        )
    )
    name = f"{choices[0].task.name}-domino"
    take.file(
        "numbers", tr("The domino effect"), f"{name}.csv", lambda: csv_bytes(_rows(found)),
        tr("Every place: how many are right, of how many."),
    )  # fmt: skip
    if chart is not None:
        take.picture(tr("The domino effect"), chart, name)


def _rows(found: tuple[Domino, ...]) -> list[dict[str, str | int]]:
    return [
        {"model": one.model, "fed": fed, "place": place, "right": share.right, "of": share.of}
        for one in found
        for fed in ("forced", "free")
        for place, share in enumerate(one.by_place(fed), 1)
    ]
