"""A result becomes a figure: pure functions, no torch, no Streamlit, nothing shown or written."""

from s2s.plots.attention_map import attention_map, cell_sentence
from s2s.plots.base import Chart
from s2s.plots.export import figure_bytes
from s2s.plots.palette import DARK, LIGHT, PALETTES, Palette
from s2s.plots.readout import Part, Readout, readout

__all__ = [
    "DARK",
    "LIGHT",
    "PALETTES",
    "Chart",
    "Palette",
    "Part",
    "Readout",
    "attention_map",
    "cell_sentence",
    "figure_bytes",
    "readout",
]
