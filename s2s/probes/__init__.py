"""Probes: (model, text, options) to a result. They leave the model as they found it."""

from s2s.probes.agreement import agreement
from s2s.probes.contrast import contrast
from s2s.probes.gradients import gradient_flow
from s2s.probes.hidden_states import hidden_states
from s2s.probes.influence import input_influence
from s2s.probes.neighbours import neighbours
from s2s.probes.patching import patching, started_elsewhere, unit_patching
from s2s.probes.readout import readout
from s2s.probes.saliency import saliency
from s2s.probes.smallest_edit import smallest_edit
from s2s.probes.state_corpus import state_corpus
from s2s.probes.two_paths import two_paths

__all__ = [
    "agreement",
    "contrast",
    "gradient_flow",
    "hidden_states",
    "input_influence",
    "neighbours",
    "patching",
    "readout",
    "saliency",
    "smallest_edit",
    "started_elsewhere",
    "state_corpus",
    "two_paths",
    "unit_patching",
]
