"""How far one row of attention agrees with other ways of asking what mattered; on demand."""

from __future__ import annotations

from functools import partial
from typing import Literal

import pandas as pd
import streamlit as st

from s2s.evaluation import jobs
from s2s.export.tables import csv_bytes
from s2s.plots.agreement import (
    NAMES,
    method_strips,
    probability_words,
    tau_chart,
    verdict_words,
    whole_words,
)
from s2s.plots.palette import Palette
from s2s.results import Agreement, Source, Trace
from s2s.results.agreement import MOSTLY, PARTLY, VERDICTS
from s2s.tasks.openings import FRONT
from s2s.text import label
from s2s.text.language import tr
from ui import cached
from ui.cached import gradients as cached_gradients
from ui.cached.gradients import Target
from ui.frame import edits, link
from ui.frame.model import Model
from ui.markdown import plain
from ui.parts import agreed, on_demand
from ui.parts.agreed import CHECK
from ui.parts.export import TakeAway
from ui.parts.token_picker import plain_token

Colour = Literal["green", "orange", "gray"]
LOOKS: dict[str, tuple[Colour, str]] = {
    MOSTLY: ("green", ":material/check_circle:"),
    PARTLY: ("orange", ":material/contrast:"),
}
NEITHER: tuple[Colour, str] = ("gray", ":material/cancel:")


def show(
    chosen: Model, text: Source, target: Target, trace: Trace, step: int, of: str,
    palette: Palette, take: TakeAway,
) -> None:  # fmt: skip
    """The panel: a button first, for it takes some seconds; then the verdict of the picked row."""
    st.subheader(tr("Can this row of attention be trusted?"))
    if trace.attention is None:
        st.markdown(
            tr("{model} has no attention: there are no weights to trust or distrust. Its "
               "gradients, above, are what it has.", model=plain(chosen.variant))
        )  # fmt: skip
        return
    key = agreed.key(chosen, text, target, of)
    place = st.container()
    told = tr("Check this sentence")
    if not on_demand.wanted(CHECK, key, told, ":material/balance:", link.VERDICT):
        place.caption(
            tr(
                "Weights say where the model looked. Three attributions ask what the token "
                "depended on: gradient × input, integrated gradients, and leaving out one source "
                "token at a time. It takes up to some seconds."
            )
        )
        _examples(chosen)
        return
    ids = cached_gradients.ids(cached.system(chosen.key), target)
    job = partial(jobs.agreement, chosen.key.job, text, ids, of)
    found = on_demand.computed(CHECK, key, job, link.VERDICT)
    if found is None:
        return
    with st.container(key="grid-verdict"):
        with st.container(border=True, key="cell-verdict"):
            _verdict(found, step)
        with st.container(key="cell-tau"):
            st.vega_lite_chart(
                tau_chart(found, step, palette), theme=None, width="stretch", key="tau",
                alt=verdict_words(found, step),
            )  # fmt: skip
            token = plain_token(trace.output[step])
            st.markdown(f"p(**{token}**): {plain(probability_words(found, step))}")
    st.vega_lite_chart(
        method_strips(found, step, palette), theme=None, width="stretch", key="strips",
        alt=verdict_words(found, step),
    )  # fmt: skip
    st.caption(care(found, step))
    _examples(chosen)
    _offer(take, chosen, found)


def _examples(chosen: Model) -> None:
    """A row that agrees and one that does not, where they were measured on this model."""
    kept = chosen.task.openings.trust if chosen.variant == FRONT else {}
    if not kept:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="trust-examples"):
        st.caption(tr("To try:"), width="content")
        for verdict, one in kept.items():
            step = str((one.step or 0) + 1)
            st.button(
                tr("{verdict}: step {n} of {sentence}", verdict=tr(verdict), n=step,
                   sentence=plain(one.text)),
                key=f"trust-{VERDICTS.index(verdict)}",
                on_click=edits.forget,
                kwargs={"text": one.text, "step": step, "verdict": "1"},
            )  # fmt: skip


def _verdict(found: Agreement, step: int) -> None:
    colour, icon = LOOKS.get(found.verdict(step) or "", NEITHER)
    st.badge(agreed.told(found, step), icon=icon, color=colour)
    st.markdown(plain(verdict_words(found, step)))
    whole = whole_words(found)
    if whole:
        st.caption(plain(whole))


def care(found: Agreement, step: int) -> str:
    """What the methods are, and where one of them says little."""
    saliency = found.saliency
    left = (
        tr("A left-out character becomes a blank, because the model reads a fixed number of them.")
        if saliency.left_out == "blank"
        else tr("A left-out token is removed: the source is one shorter.")
    )
    lines = [
        tr(
            "Attributions rank by size, whatever their sign. Integrated gradients run from "
            "all-zero inputs over {n} points.",
            n=int(saliency.points[step]),
        ),
        left,
    ]
    if not saliency.complete()[step]:
        lines.append(
            tr("The integrated gradients of this token did not settle: treat them with care.")
        )
    lines.append(
        tr(
            "τ compares all pairs of tokens, also those that hardly matter: two methods can name "
            "the same token first and still have a small τ."
        )
    )
    return " ".join(lines)


def _offer(take: TakeAway, chosen: Model, found: Agreement) -> None:
    """Add all numbers behind the panel to the page's menu."""
    saliency = found.saliency

    def table() -> bytes:
        rows = []
        for t, output in enumerate(saliency.output):
            for s, source in enumerate(saliency.source):
                row = {"step": t + 1, "output": output, "place": s + 1, "source": source}
                for name in saliency.methods:
                    row[NAMES[name]] = getattr(saliency, name)[t, s]
                rows.append(row)
        return csv_bytes(rows)

    def taus() -> bytes:
        frame = pd.DataFrame(
            found.tau, columns=[f"{NAMES[a]} ~ {NAMES[b]}" for a, b in found.pairs]
        )
        frame.insert(0, "output", [label(token) for token in saliency.output])
        frame["verdict"] = [found.verdict(t) or "" for t in range(saliency.steps)]
        frame["p"] = found.probabilities
        if found.uniform is not None and found.permuted is not None:
            frame["p, even weights"] = found.uniform
            frame["p, shuffled weights (mean)"] = found.permuted.mean(axis=0)
        return csv_bytes(frame)

    name = chosen.entry.name.replace("/", "-")
    take.file(
        "numbers", tr("Attributions"), f"{name}-attributions.csv", table,
        tr("Every method, every output and source token."),
    )  # fmt: skip
    take.file(
        "numbers", tr("τ per token"), f"{name}-agreement.csv", taus,
        tr("Rank agreements and controls of every output token."),
    )  # fmt: skip
