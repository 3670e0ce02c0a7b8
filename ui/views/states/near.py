"""The states of other sentences nearest to the one that is looked at."""

from __future__ import annotations

from typing import Any

import streamlit as st

from s2s.export.tables import csv_bytes
from s2s.findings.states import neighbours_finding
from s2s.probes.neighbours import METRICS
from s2s.results.state_corpus import NEXT, TOKEN, Neighbour, Neighbours
from s2s.text.language import N_, tr
from s2s.text.numbers import number
from ui.cached import corpora
from ui.cached.states import Target
from ui.frame import edits, link
from ui.markdown import escaped, plain
from ui.parts.export import TakeAway
from ui.parts.token_picker import plain_token
from ui.views.states.paths import Seen
from ui.views.states.place import AT, LETTERS

METRIC = "metric"
NEAR = dict(zip(METRICS, (N_("cosine"), N_("euclidean")), strict=True))
SHOWN_TOKENS = 14
"""Of a long sentence so many tokens around the marked one."""


def found(seen: Seen, text: str, target: Target) -> Neighbours | None:
    """The neighbours; None while there is nothing to search."""
    if seen.folder is None:
        return None
    asked = link.view().get(METRIC)
    return corpora.nearest(
        seen.folder, seen.model.key, seen.model.task.name, text, target, seen.place.side,
        seen.place.token, asked if asked in METRICS else METRICS[0],
    )  # fmt: skip


def show(seen: Seen, near: Neighbours, take: TakeAway) -> None:
    """A button a neighbour, which opens its sentence there; how many share what."""
    mark = seen.model.family.mark if seen.model.family else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{tr('Nearest states elsewhere')}** {mark}", width="content")
        st.segmented_control(
            tr("Near is"), METRICS, required=True, label_visibility="collapsed",
            format_func=lambda name: tr(NEAR[name]),
            **link.one_of(METRIC, METRICS, METRICS[0]),
        )  # fmt: skip
    with st.container(key="states-near", height=212, border=False, gap="xxsmall"):
        for n, one in enumerate(near.found):
            _row(near, one, n)
    shared, count = near.shared(), len(near.found)
    order = [TOKEN, NEXT, *(name for name in shared if name not in (TOKEN, NEXT))]
    told = " · ".join(f"{escaped(tr(name))} **{shared[name]}**" for name in order)
    st.caption(tr("Of {n} the same: {what}", n=count, what=told))
    name = f"{near.model.replace('/', '-')}-{LETTERS[near.side]}{near.place + 1}-neighbours"
    take.file(
        "numbers", tr("Nearest states"), f"{name}.csv", lambda: csv_bytes(rows(near)),
        tr("A row for each of them."),
    )  # fmt: skip


def _row(near: Neighbours, one: Neighbour, n: int) -> None:
    tokens, other = (one.source, one.output) if near.side == "encoder" else (one.output, one.source)
    low = max(0, min(one.place - SHOWN_TOKENS // 2, len(tokens) - SHOWN_TOKENS))
    part = tokens[low : low + SHOWN_TOKENS]
    shown = " ".join(
        f":primary-background[**{plain_token(t)}**]" if low + at == one.place else plain_token(t)
        for at, t in enumerate(part)
    )
    dots = ("… " if low else "", " …" if low + len(part) < len(tokens) else "")
    value = number(one.value, 3)
    rest = plain(" ".join(other))
    st.button(
        f"{value} {dots[0]}{shown}{dots[1]}", key=f"states_near_{n}", type="tertiary",
        on_click=_open, args=(one, near.side),
        help=tr("It wrote: {rest}. Press to open that sentence in this state.", rest=rest)
        if near.side == "encoder"
        else tr("It read: {rest}. Press to open that sentence in this state.", rest=rest),
    )  # fmt: skip


def _open(one: Neighbour, side: str) -> None:
    edits.forget(text=one.text)
    link.show(**{AT: f"{LETTERS[side]}{one.place + 1}"})


def rows(near: Neighbours) -> list[dict[str, Any]]:
    """The neighbours as a table."""
    return [
        {
            near.metric: one.value, "text": one.text, "source": " ".join(one.source),
            "output": " ".join(one.output), "side": near.side, "place": one.place + 1, **one.known,
        }
        for one in near.found
    ]  # fmt: skip


def finding(near: Neighbours) -> str:
    """As Markdown."""
    return plain(neighbours_finding(near))
