"""The visitor's theme, and how a figure is put on the page."""

from __future__ import annotations

from collections.abc import Callable

import plotly.graph_objects as go
import streamlit as st

from s2s.plots.base import CONFIG
from s2s.plots.palette import PALETTES, Palette


def palette() -> Palette:
    """The colours of the theme the visitor sees."""
    return PALETTES.get(st.context.theme.type or "light", PALETTES["light"])


def chart(figure: go.Figure, key: str) -> None:
    """A figure as it is: its own colours, its own size, a stable key."""
    st.plotly_chart(figure, key=key, theme=None, config=CONFIG, width="stretch")


def both_widths(
    key: str, draw: Callable[[int], go.Figure], wide: int, narrow: int
) -> None:
    """One picture set for a wide and for a narrow window; style.css shows the one that fits.

    The server does not know how wide the window is, and text in a figure does not wrap.
    """
    for name, width in (("wide", wide), ("narrow", narrow)):
        with st.container(key=f"{name}-{key}"):
            chart(draw(width), f"{key}-{name}")
