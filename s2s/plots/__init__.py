"""A result becomes a figure: pure functions, no torch, no Streamlit, nothing shown or written."""

from s2s.plots.attention_map import attention_map
from s2s.plots.base import CONFIG
from s2s.plots.candidates import candidate_bars
from s2s.plots.palette import DARK, LIGHT, PALETTES, Palette
from s2s.plots.readout import Part, Readout, readout
from s2s.plots.step_lanes import lanes

__all__ = [
    "CONFIG",
    "DARK",
    "LIGHT",
    "PALETTES",
    "Palette",
    "Part",
    "Readout",
    "attention_map",
    "candidate_bars",
    "lanes",
    "readout",
]
