"""How models learned, epoch by epoch, and how they do by sentence length."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from s2s.plots.base import Chart
from s2s.plots.curves import Curve, Frame, Point, curves_chart
from s2s.plots.families import Family
from s2s.plots.palette import LIGHT, Palette
from s2s.results import EpochReport, History
from s2s.text.numbers import number

SAME_UNIT = "non_pad_tokens"
"""The loss reduction whose unit is that of the validation loss: nats per target token."""
REDUCTIONS = {
    SAME_UNIT: "nats per token",
    "mean_over_steps": "nats, mean over steps",
    "all_positions": "nats, mean over all positions",
}
FEWEST_PAIRS = 10
"""A length with fewer pairs says too little to be drawn."""


@dataclass(frozen=True, eq=False)
class Learned:
    """What is drawn of one model.

    Attributes:
        name: its variant.
        family: of its build.
        history: its training.
        reduction: what its training loss is reported in.
        by_length: length to (score as a share or BLEU, pairs), on unseen pairs.
    """

    name: str
    family: Family
    history: History
    reduction: str = ""
    by_length: Mapping[int, tuple[float, int]] = field(default_factory=dict)


def training_loss(
    front: Learned, others: Sequence[Learned], palette: Palette = LIGHT
) -> Chart | None:
    """The loss while training; only models whose loss is averaged alike share the figure."""
    same = [other for other in others if other.reduction == front.reduction]
    unit = REDUCTIONS.get(front.reduction, "nats")
    curves = _curves(front, same, "train_loss")
    title = f"Loss while training ({_fed(front.history)}), {unit}{_seeds(curves)}"
    return _chart(curves, Frame(title), palette)


def validation_loss(
    front: Learned, others: Sequence[Learned], palette: Palette = LIGHT
) -> Chart | None:
    """The loss on held-out pairs; where the unit is the same, the front's training loss as well."""
    curves = _curves(front, others, "validation_loss")
    title = f"Loss on held-out pairs (teacher forcing), nats per token{_seeds(curves)}"
    if curves and front.reduction == SAME_UNIT:
        points = points_of(front.history, "train_loss")
        curves.append(Curve("in training", front.family, points, 1, True, True))
        title += "; thin: the same while training"
    return _chart(curves, Frame(title), palette)


def _fed(history: History) -> str:
    """What the decoder was fed while it learned: ``teacher forcing 1 to 0``."""
    ratios = [report.teacher_forcing_ratio for report in history.reports]
    if not ratios or set(ratios) == {1.0}:
        return "teacher forcing"
    ends = dict.fromkeys(f"{ratio:.2g}" for ratio in (ratios[0], ratios[-1]))
    return f"teacher forcing {' to '.join(ends)}"


def teacher_forcing(
    front: Learned, others: Sequence[Learned], palette: Palette = LIGHT
) -> Chart | None:
    """The share of steps that were fed the right token; None where it is 1 all along."""
    curves = _curves(front, others, "teacher_forcing_ratio")
    if all(point.y == 1 for curve in curves if curve.front for point in curve.points):
        return None
    frame = Frame("Share of steps fed the right token (teacher forcing ratio)", bounds=(0, 1))
    return _chart(curves, frame, palette)


def score_by_epoch(
    front: Learned, others: Sequence[Learned], score: str, palette: Palette = LIGHT
) -> Chart | None:
    """BLEU or exact match on held-out pairs after every epoch.

    Args:
        front: the model it is about.
        others: of the same task.
        score: "bleu" or "exact_match", as the task is judged.
        palette: the theme's colours.
    """
    curves = _curves(front, others, score)
    return _chart(curves, _score_frame(f"{_score(score)} on held-out pairs{_seeds(curves)}", score),
                  palette)  # fmt: skip


def score_by_length(
    front: Learned, others: Sequence[Learned], score: str, unit: str, palette: Palette = LIGHT
) -> Chart | None:
    """BLEU or exact match on unseen pairs, by the length of the source.

    Args:
        front: the model it is about.
        others: of the same task.
        score: "bleu" or "exact_match", as the task is judged.
        unit: what a source is counted in, "token".
        palette: the theme's colours.
    """
    factor = _factor(score)
    curves = [
        Curve(model.name, model.family, tuple(
            Point(length, value * factor, value * factor, value * factor)
            for length, (value, pairs) in sorted(model.by_length.items())
            if pairs >= FEWEST_PAIRS and math.isfinite(value)
        ), front=model is front)
        for model in (*others, front)
    ]  # fmt: skip
    frame = _score_frame(f"{_score(score)} on unseen pairs, by length", score, f"{unit}s")
    return _chart(curves, frame, palette)


def points_of(history: History, measure: str) -> tuple[Point, ...]:
    """A measure epoch by epoch: mean over the seeds, smallest, largest; gaps are left out.

    Args:
        history: of one model.
        measure: a field of `EpochReport`.
    """
    runs = list(history.seeds.values()) or [history.reports]
    values: dict[int, list[float]] = {}
    for run in runs:
        for report in run:
            value = getattr(report, measure)
            if value is not None and math.isfinite(value):
                values.setdefault(report.epoch, []).append(value * _factor(measure))
    return tuple(Point(x, fmean(v), min(v), max(v)) for x, v in sorted(values.items()))


def finding(history: History, measure: str, digits: int = 2, unit: str = "") -> str:
    """What a curve says, in one sentence from its numbers; empty if it has no points."""
    points = points_of(history, measure)
    if len(points) < 2:
        return ""
    first, last = points[0], points[-1]
    rising = measure in ("bleu", "exact_match")
    best = (max if rising else min)(points, key=lambda p: p.y)
    said = [f"{number(p.y, digits)}{unit}" for p in (first, last, best)]
    text = f"{said[0]} after epoch {first.x:g}, {said[1]} after epoch {last.x:g}"
    if said[2] != said[1]:
        text += f"; {'best' if rising else 'lowest'} after epoch {best.x:g}: {said[2]}"
    return text + "."


def ratio_finding(history: History) -> str:
    """What the model was fed while training, from the first and the last epoch's ratio."""
    if not history.reports:
        return ""
    first, last = history.reports[0], history.reports[-1]
    return (
        f"Fed the right token in {100 * first.teacher_forcing_ratio:.0f} % of the steps in "
        f"epoch {first.epoch} and in {100 * last.teacher_forcing_ratio:.0f} % in epoch "
        f"{last.epoch}, else its own (free-running)."
    )


def _curves(front: Learned, others: Sequence[Learned], measure: str) -> list[Curve]:
    """The front's curve and those of the others; nothing if the front has none."""
    curves = [
        Curve(model.name, model.family, points_of(model.history, measure),
              max(len(model.history.seeds), 1), model is front)
        for model in (*others, front)
    ]  # fmt: skip
    return curves if curves[-1].points else []


def _chart(curves: Sequence[Curve], frame: Frame, palette: Palette) -> Chart | None:
    if not any(curve.front and curve.points for curve in curves):
        return None
    return curves_chart(curves, frame, palette)


def _seeds(curves: Sequence[Curve]) -> str:
    seeds = curves[-1].seeds if curves else 1
    return f", mean of {seeds} seeds (band: smallest to largest)" if seeds > 1 else ""


def _score(score: str) -> str:
    return "BLEU" if score == "bleu" else "Exactly right, percent,"


def _score_frame(title: str, score: str, x: str = "epoch") -> Frame:
    title = title.replace(",,", ",")
    bounds = (0, None) if score == "bleu" else (0, 100)
    return Frame(title, x, 1, bounds, unit="" if score == "bleu" else "\u00a0%")


def _factor(measure: str) -> float:
    return 100.0 if measure == "exact_match" else 1.0


def rows(history: History) -> list[dict[str, Any]]:
    """The curves as a table: one row per epoch, of every seed where there are several."""
    runs: list[tuple[int | None, Sequence[EpochReport]]] = [*history.seeds.items()]
    runs = runs or [(None, history.reports)]
    names = ("epoch", "train_loss", "validation_loss", "exact_match", "bleu", "learning_rate",
             "teacher_forcing_ratio", "updates", "seconds")  # fmt: skip
    return [
        ({} if seed is None else {"seed": seed}) | {name: getattr(report, name) for name in names}
        for seed, run in runs
        for report in run
    ]
