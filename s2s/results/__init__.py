"""Every frozen result: tokens and NumPy arrays, no tensor, no graph, no model.

Dimensions: S source tokens (specials included if the model reads them), T output tokens, H hidden
units, K candidates shown per step. Source axes are always in reading order.
"""

from s2s.results.agreement import Agreement
from s2s.results.base import Array, check_shape
from s2s.results.beam import BeamTree, SearchVerdict
from s2s.results.contrast import Contrast
from s2s.results.formulas import Stage, missing, stages
from s2s.results.gradients import GradientFlow
from s2s.results.hidden_states import HiddenStates, LayerStates
from s2s.results.history import EpochReport, History, Watched
from s2s.results.influence import InputInfluence
from s2s.results.saliency import Saliency
from s2s.results.scores import Evaluation, Gap, LengthScore, SeedScore, judged
from s2s.results.smallest_edit import SmallestEdit, SourceEdit, Way
from s2s.results.table import Table
from s2s.results.terms import Term, Terms
from s2s.results.trace import Cut, Reading, Source, Trace, Unknown
from s2s.results.walk import Powers, Walk

__all__ = [
    "Agreement", "Array", "BeamTree", "Contrast", "Cut", "EpochReport", "Evaluation", "Gap",
    "GradientFlow", "HiddenStates", "History", "InputInfluence", "LayerStates", "LengthScore",
    "Powers", "Reading", "Saliency", "SearchVerdict", "SeedScore", "SmallestEdit", "Source",
    "SourceEdit", "Stage", "Table", "Term", "Terms", "Trace", "Unknown", "Walk", "Watched",
    "Way", "check_shape", "judged", "missing", "stages",
]  # fmt: skip
