"""A result becomes a figure: pure functions, no torch, no Streamlit, nothing shown or written.

A figure takes the colours of a light page unless it is given another palette.
"""

from s2s.findings.readout import Part, Readout, readout
from s2s.plots.agreement import method_strips, tau_chart
from s2s.plots.alignment import aer_by_shift, gold_map
from s2s.plots.answer_lanes import lanes_chart
from s2s.plots.attention_difference import attention_difference
from s2s.plots.attention_map import attention_map, cell_sentence
from s2s.plots.attention_margins import coverage_chart, entropy_chart, score_map
from s2s.plots.base import Chart
from s2s.plots.beam_tree import beam_tree
from s2s.plots.compared import comparison_by_length
from s2s.plots.contrast import contrast_strips
from s2s.plots.curves import Curve, Frame, Point, curves_chart
from s2s.plots.domino import domino_chart
from s2s.plots.export import figure_bytes
from s2s.plots.families import FAMILIES, Family, family_of
from s2s.plots.flow_curves import Line, flow_curves
from s2s.plots.gradient_map import gradient_map
from s2s.plots.hidden_states import state_curves, unit_map
from s2s.plots.influence import Influenced, influence_map, share_curve
from s2s.plots.notebook import as_altair, matrix_map
from s2s.plots.palette import DARK, LIGHT, PALETTES, Palette
from s2s.plots.patched import patching_map, unit_curves
from s2s.plots.readout_curves import ReadOut, memory_chart, readout_chart
from s2s.plots.state_gradients import gradient_finding, state_gradients
from s2s.plots.training_curves import (
    Learned,
    finding,
    score_by_epoch,
    score_by_length,
    teacher_forcing,
    training_loss,
    validation_loss,
)
from s2s.plots.two_paths import two_paths_chart
from s2s.plots.walk_strips import Bar, Strip, bars_chart, strips_chart

__all__ = [
    "DARK", "FAMILIES", "LIGHT", "PALETTES", "Bar", "Chart", "Curve", "Family", "Frame",
    "Influenced", "Learned", "Line", "Palette", "Part", "Point", "ReadOut", "Readout", "Strip",
    "aer_by_shift", "as_altair", "attention_difference", "attention_map", "bars_chart", "beam_tree",
    "cell_sentence", "comparison_by_length", "contrast_strips", "coverage_chart", "curves_chart",
    "domino_chart",
    "entropy_chart", "family_of", "figure_bytes", "finding", "flow_curves", "gold_map",
    "gradient_finding", "gradient_map", "influence_map", "lanes_chart", "matrix_map",
    "memory_chart", "method_strips", "patching_map", "readout", "readout_chart",
    "score_by_epoch", "score_by_length", "score_map", "share_curve", "state_curves",
    "state_gradients", "strips_chart", "tau_chart", "teacher_forcing", "training_loss",
    "two_paths_chart", "unit_curves", "unit_map", "validation_loss",
]  # fmt: skip
