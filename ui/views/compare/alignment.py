"""Attention beside gold links: the error rate by shift, for every model with attention."""

from __future__ import annotations

import hashlib
from functools import partial

import streamlit as st

from s2s.errors import UserError
from s2s.evaluation import jobs
from s2s.plots.alignment import aer_by_shift, gold_map
from s2s.plots.palette import Palette
from s2s.tasks.gold import GOLD, GoldFile, parse_gold
from s2s.tasks.testsets import names as sets
from s2s.text.language import N_, tr
from ui.frame import link
from ui.frame.model import Model
from ui.markdown import plain
from ui.parts import on_demand

OWN_LINKS, FILE = N_("The generator’s links"), N_("A file of yours")


def show(choices: list[Model], palette: Palette) -> None:
    """Pick the links, measure, and say what the three shifts mean.

    Args:
        choices: the models; those without attention have no links to score.
        palette: the theme's colours.
    """
    looking = [one for one in choices if one.config.has_attention]
    if not looking:
        st.caption(tr("None of these models has attention, so there are no links to score."))
        return
    task = looking[0].task.name
    kinds = [OWN_LINKS, FILE] if task in GOLD and task in sets() else [FILE]
    kind = st.segmented_control(
        tr("Gold links"), kinds, required=True, label_visibility="collapsed",
        format_func=tr, **link.one_of("gold_kind", kinds, kinds[0]),
    )  # fmt: skip
    if kind == OWN_LINKS and OWN_LINKS in kinds:
        _measure(looking, task, None, palette)
        return
    given = st.file_uploader(
        tr("JSON lines: source and target (tokens), sure and possible (0-based [source, target] "
        "links); at most 20 MB"), key="gold_file",
    )  # fmt: skip
    if given is None:
        return
    try:
        _measure(looking, task, parse_gold(given.getvalue(), given.name), palette)
    except UserError as error:
        st.warning(plain(str(error)))


def _measure(looking: list[Model], task: str, file: GoldFile | None, palette: Palette) -> None:
    """The scores of every model, on demand."""
    digest = "" if file is None else hashlib.sha256(repr(file.pairs).encode()).hexdigest()
    key = (tuple(one.key for one in looking), task, digest)
    told = tr("Score the attention")
    if not on_demand.wanted("alignment", key, told, ":material/grid_goldenratio:"):
        return
    for one in looking:
        st.markdown(f"**{plain(one.variant)}**")
        try:
            found = on_demand.computed(
                "alignment", (one.key, task, digest),
                partial(jobs.aligned, one.key.job, task, file),
            )  # fmt: skip
        except UserError as error:
            st.warning(plain(str(error)))
            continue
        if found is None:
            return
        result, example, complaint = found
        st.markdown(plain(result.says()))
        if complaint:
            st.caption(plain(str(complaint)))
        with st.container(key=f"grid-alignment-{one.variant}"):
            with st.container(key=f"cell-aer-{one.variant}"):
                st.vega_lite_chart(
                    aer_by_shift(result, palette), theme=None, width="stretch",
                    key=f"aer-{one.variant}", alt=result.says(),
                )  # fmt: skip
            with st.container(key=f"cell-gold-{one.variant}"):
                st.vega_lite_chart(
                    gold_map(example, palette, 480), theme=None, width="stretch",
                    key=f"gold-{one.variant}", alt=tr("Attention with its gold links ringed."),
                )  # fmt: skip
        at = result.at(0)
        shares = {"precision": at.precision, "recall": at.recall, "mass": at.mass}
        st.caption(
            tr(
                "At shift 0: precision {precision}, recall {recall}, attention on gold {mass}. "
                "{n:,} pairs, teacher-forced; rings: solid sure, dashed possible.",
                n=result.pairs,
                **{name: "–" if v is None else f"{v:.2f}" for name, v in shares.items()},
            )
        )
