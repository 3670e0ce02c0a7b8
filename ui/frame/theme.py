"""The visitor's theme."""

from __future__ import annotations

import streamlit as st

from s2s.plots.palette import PALETTES, Palette


def palette() -> Palette:
    """The colours of the theme the visitor sees."""
    return PALETTES.get(st.context.theme.type or "light", PALETTES["light"])
