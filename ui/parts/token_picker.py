"""The output token that a page is about: a button for each, in the address as its step."""

from __future__ import annotations

import streamlit as st

from s2s.results import Trace
from s2s.text import label
from s2s.text.language import tr
from ui.frame import link
from ui.markdown import plain

KEY = "output_token"
FEW = 12
"""Up to so many tokens stand on as many lines as they need; more scroll sideways."""


def token(trace: Trace, default: int) -> int:
    """Draw the buttons; the 0-based step that is picked.

    Args:
        trace: the answer.
        default: the step where the address names none.
    """
    here = link.step(trace.steps, default)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="picker"):
        st.caption(tr("Output token"), width="content")
        st.segmented_control(
            tr("Output token"),
            range(trace.steps),
            format_func=lambda t: f"{t + 1} · {plain_token(trace.output[t])}",
            required=True,
            wrap=trace.steps <= FEW,
            label_visibility="collapsed",
            **link.shown(KEY, here, lambda t: _picked(t, trace.steps)),
        )
    return here


def _picked(t: object, steps: int) -> None:
    if isinstance(t, int) and 0 <= t < steps:
        link.show(step=str(t + 1))


def plain_token(name: str) -> str:
    """A token as Markdown that shows it, blanks as ␣."""
    return "␣".join(plain(part) for part in label(name, 24).split("␣"))
