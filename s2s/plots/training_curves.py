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
from s2s.text.language import N_, tr
from s2s.text.numbers import NO_BREAK, number

SAME_UNIT = "non_pad_tokens"
"""The loss reduction whose unit is that of the validation loss: nats per target token."""
REDUCTIONS = {
    SAME_UNIT: N_("nats per token"),
    "mean_over_steps": N_("nats, mean over steps"),
    "all_positions": N_("nats, mean over all positions"),
}
COUNTED = {"token": N_("tokens"), "character": N_("characters"), "letter": N_("letters")}
"""The x axis, by what a source is counted in."""
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
    title = tr("Loss while training ({fed}), {unit}", fed=_fed(front.history), unit=tr(unit))
    return _chart(curves, Frame(_seeds(title, curves)), palette)


def validation_loss(
    front: Learned, others: Sequence[Learned], palette: Palette = LIGHT
) -> Chart | None:
    """The loss on held-out pairs; where the unit is the same, the front's training loss as well."""
    curves = _curves(front, others, "validation_loss")
    title = _seeds(tr("Loss on held-out pairs (teacher forcing), nats per token"), curves)
    if curves and front.reduction == SAME_UNIT:
        points = points_of(front.history, "train_loss")
        curves.append(Curve(tr("in training"), front.family, points, 1, True, True))
        title = tr("{title}; thin: the same while training", title=title)
    return _chart(curves, Frame(title), palette)


def _fed(history: History) -> str:
    """What the decoder was fed while it learned: ``teacher forcing 1 to 0``."""
    ratios = [report.teacher_forcing_ratio for report in history.reports]
    if not ratios or set(ratios) == {1.0}:
        return tr("teacher forcing")
    first, last = (f"{ratio:.2g}" for ratio in (ratios[0], ratios[-1]))
    if first == last:
        return tr("teacher forcing {ratio}", ratio=first)
    return tr("teacher forcing {first} to {last}", first=first, last=last)


def teacher_forcing(
    front: Learned, others: Sequence[Learned], palette: Palette = LIGHT
) -> Chart | None:
    """The share of steps that were fed the right token; None where it is 1 all along."""
    curves = _curves(front, others, "teacher_forcing_ratio")
    if all(point.y == 1 for curve in curves if curve.front for point in curve.points):
        return None
    frame = Frame(tr("Share of steps fed the right token (teacher forcing ratio)"), bounds=(0, 1))
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
    text = tr("BLEU on held-out pairs") if score == "bleu" else (
        tr("Exactly right, percent, on held-out pairs"))  # fmt: skip
    return _chart(curves, _score_frame(_seeds(text, curves), score), palette)


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
    text = tr("BLEU on unseen pairs, by length") if score == "bleu" else (
        tr("Exactly right, percent, on unseen pairs, by length"))  # fmt: skip
    return _chart(curves, _score_frame(text, score, tr(COUNTED[unit])), palette)


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
    text = N_("{first} after epoch {a}, {last} after epoch {b}.")
    if said[2] != said[1]:
        text = (
            N_("{first} after epoch {a}, {last} after epoch {b}; best after epoch {c}: {best}.")
            if rising
            else N_("{first} after epoch {a}, {last} after epoch {b}; lowest after epoch {c}: "
                    "{best}.")
        )  # fmt: skip
    return tr(text, first=said[0], last=said[1], best=said[2], a=f"{first.x:g}", b=f"{last.x:g}",
              c=f"{best.x:g}")  # fmt: skip


def ratio_finding(history: History) -> str:
    """What the model was fed while training, from the first and the last epoch's ratio."""
    if not history.reports:
        return ""
    first, last = history.reports[0], history.reports[-1]
    ratios = [f"{100 * one.teacher_forcing_ratio:.0f}{NO_BREAK}%" for one in (first, last)]
    return tr(
        "Fed the right token in {first} of the steps in epoch {a} and in {last} in epoch {b}, else "
        "its own (free-running).",
        first=ratios[0], a=first.epoch, last=ratios[1], b=last.epoch,
    )  # fmt: skip


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


def _seeds(title: str, curves: Sequence[Curve]) -> str:
    """A title that says of how many seeds a curve is the mean."""
    seeds = curves[-1].seeds if curves else 1
    if seeds < 2:
        return title
    return tr("{title}, mean of {n} seeds (band: smallest to largest)", title=title, n=seeds)


def _score_frame(title: str, score: str, x: str = "epoch") -> Frame:
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
