"""Loss and score of a replay: lines that stand still, a mark on each that moves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from s2s.plots.palette import Palette
from s2s.plots.replay_frame import DASHES, Told, shown
from s2s.results import EpochReport
from s2s.text.language import tr


def curve(one: Told, measure: str) -> tuple[list[int], list[float]]:
    """Epochs and values of a measure; the loss is that of held-out pairs where there are some."""
    factor = 100.0 if measure == "exact_match" else 1.0
    found = [(r.epoch, _value(r, measure)) for r in one.reports]
    known = [(x, y * factor) for x, y in found if y is not None and math.isfinite(y)]
    return [x for x, _ in known], [y for _, y in known]


def _value(report: EpochReport, measure: str) -> float | None:
    if measure == "loss":
        held_out = report.validation_loss
        return report.train_loss if held_out is None else held_out
    value: float | None = getattr(report, measure)
    return value


def curves(
    models: Sequence[Told], behind: Sequence[Told], score: str, palette: Palette
) -> list[dict[str, Any]]:
    """The lines, which do not move: others grey behind, the models in front."""
    traces = []
    for one in (*behind, *models):
        front = one.replay is not None
        colour = one.family.colour(palette) if front else palette.bar
        for axis, measure in (("", "loss"), ("2", score)):
            x, y = curve(one, measure)
            traces.append({
                "type": "scatter", "mode": "lines", "x": x, "y": y, "xaxis": f"x{axis}",
                "yaxis": f"y{axis}", "name": shown(one.name), "line": {
                    "color": colour, "width": 2 if front else 1, "dash": DASHES[one.family.name]},
                "opacity": 1 if front else 0.7,
                "hovertemplate": f"{shown(one.name)}, {tr('epoch')} %{{x}}: %{{y:.3f}}"
                                 "<extra></extra>",
            })  # fmt: skip
    return traces


def scored(models: Sequence[Told], score: str) -> bool:
    """Whether there is a second curve: not where nothing is held out."""
    return any(curve(one, score)[0] for one in models)
