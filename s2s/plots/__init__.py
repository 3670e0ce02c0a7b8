"""A result becomes a figure: pure functions, no torch, no Streamlit, nothing shown or written."""

from s2s.findings.readout import Part, Readout, readout
from s2s.plots.attention_map import attention_map, cell_sentence
from s2s.plots.base import Chart
from s2s.plots.curves import Curve, Frame, Point, curves_chart
from s2s.plots.export import figure_bytes
from s2s.plots.families import FAMILIES, Family, family_of
from s2s.plots.palette import DARK, LIGHT, PALETTES, Palette
from s2s.plots.state_gradients import gradient_finding, state_gradients
from s2s.plots.training_curves import (
    Learned,
    finding,
    score_by_epoch,
    score_by_length,
    training_loss,
    validation_loss,
)

__all__ = [
    "DARK", "FAMILIES", "LIGHT", "PALETTES", "Chart", "Curve", "Family", "Frame", "Learned",
    "Palette", "Part", "Point", "Readout", "attention_map", "cell_sentence", "curves_chart",
    "family_of", "figure_bytes", "finding", "gradient_finding", "readout", "score_by_epoch",
    "score_by_length", "state_gradients", "training_loss", "validation_loss",
]  # fmt: skip
