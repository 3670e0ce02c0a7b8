"""Why this token and not that one, and the smallest edit that changes it: on demand, one step."""

from __future__ import annotations

import streamlit as st

from s2s.decoding.whatif import Edit
from s2s.errors import UserError
from s2s.export.as_json import json_bytes
from s2s.export.contrast_json import contrast_json, edits_json
from s2s.findings.contrast import completeness, contrast_finding, edit_finding, way
from s2s.plots.contrast import contrast_strips
from s2s.plots.palette import Palette
from s2s.results import SmallestEdit, Source, Trace
from s2s.text.language import tr
from s2s.text.numbers import percent
from ui.cached import searches as cached_searches
from ui.cached import why as cached_why
from ui.cached.gradients import Target
from ui.cached.shared import drawn
from ui.frame import link
from ui.frame.choice import link_to
from ui.frame.model import Model
from ui.markdown import plain
from ui.parts import figures, on_demand
from ui.parts.export import TakeAway

WHY, OTHER = "why", "instead"
WAYS = 6
"""Edits that are shown; the file holds all that were found."""


def show(
    chosen: Model, text: str, trace: Trace, step: int, palette: Palette, take: TakeAway,
    source: Source | None = None, target: Target = None, done: tuple[Edit, ...] = (),
) -> None:  # fmt: skip
    """The panel of one step; nothing is computed before it is asked for.

    Args:
        chosen: the model.
        text: the sentence in the field.
        trace: the answer that is shown.
        step: 0-based.
        palette: the theme's colours.
        take: the page's menu of files.
        source: what was read, if edits of the source stand in the address.
        target: the answer's tokens, if the model did not come to it by itself.
        done: the edits of the address, where the page shows them.
    """
    word = figures.literal(f"“{trace.output[step]}”")
    if not on_demand.wanted(
        WHY, (chosen.key, step), tr("Why {word} and not another?", word=word),
        ":material/help_center:", WHY,
    ):  # fmt: skip
        return
    st.markdown(tr("**Why {word} and not another**", word=word))
    source = text if source is None else source
    try:
        found = cached_why.contrast(chosen.key, source, step, _other(trace, step), target)
        said = contrast_finding(found)
        st.markdown(plain(said))
        chart = drawn(contrast_strips, found, palette)
        st.vega_lite_chart(chart, theme=None, width="stretch", key="why-strips", alt=said)
        st.caption(plain(completeness(found)))
        smallest = cached_why.smallest_edit(chosen.key, source, step, target)
    except UserError as error:
        st.warning(plain(str(error)))
        return
    st.markdown(plain(edit_finding(smallest)))
    _ways(chosen, text, done, smallest)
    name = f"{chosen.name.replace('/', '-')}-step-{step + 1}"
    take.picture(tr("Why not another token"), chart, f"{name}-why")
    told = {"why_not": contrast_json(found), "smallest_edit": edits_json(smallest)}
    take.file(
        "numbers", tr("Why not another token"), f"{name}-why.json",
        lambda: json_bytes(told),
    )  # fmt: skip


def _other(trace: Trace, step: int) -> str | None:
    """The token that the chosen one is held against: picked from the candidates, or typed."""
    chosen = trace.output[step]
    others = [token for token in trace.candidates[step] if token != chosen]
    asked = link.view().get(OTHER)
    options = [*others, *([asked] if asked and asked not in (chosen, *others) else [])]
    picked = st.selectbox(
        tr("Not"), options, accept_new_options=True, width=240,
        format_func=lambda token: token.replace(" ", "␣"),
        help=tr("Pick a candidate, or type any token that the model can write."),
        **link.held(OTHER, others[0], lambda typed: typed if typed in options else others[0]),
    )  # fmt: skip
    return str(picked) if picked else None


def _ways(chosen: Model, text: str, done: tuple[Edit, ...], found: SmallestEdit) -> None:
    """A line per way, with a link that opens it as a what-if."""
    before = [edit for edit in done if edit.kind in ("drop", "replace", "swap")]
    for one in found.ways[:WAYS]:
        mine = [Edit(edit.kind, edit.place, edit.new) for edit in one.edits]
        source = cached_searches.edited(chosen.key, text, (*before, *mine))
        # The tokens before the step stay as they are: those that it would write otherwise are
        # forced.
        kept = cached_searches.opening(chosen.key, source, found.output[:-1]) if (
            len(found.output) > 1
        ) else ()  # fmt: skip
        query = link_to(chosen.task.name, chosen.variant, text) | {
            "edits": link.encoded((*before, *mine, *kept)) or "",
            "step": str(len(found.output)),
        }
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(
                f"{plain(way(one))}: **{figures.literal(one.written)}** "
                f"{percent(one.probability)}, {figures.literal(found.chosen)} {percent(one.left)}",
                width="stretch",
            )
            st.page_link(
                "pages/translate.py", label=tr("Open"), icon=":material/open_in_new:",
                query_params=query,
            )  # fmt: skip
