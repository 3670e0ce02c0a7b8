"""Scores of several models by source length, with their intervals as bands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from s2s.plots.base import Chart
from s2s.plots.curves import Curve, Frame, Point, curves_chart
from s2s.plots.families import Family
from s2s.plots.palette import LIGHT, Palette
from s2s.results.comparison import SetComparison
from s2s.text.language import N_, tr

IN_SOURCE = {
    "token": N_("tokens in the source"),
    "character": N_("characters in the source"),
    "letter": N_("letters in the source"),
}
"""The x axis, by what a source is counted in."""


class Judged(Protocol):
    """What a figure needs of a task: its score and its unit of length."""

    @property
    def score(self) -> str:
        """Which score: "bleu" or "exact_match"."""

    @property
    def unit(self) -> str:
        """What a source is counted in, "token"."""


def comparison_by_length(
    found: SetComparison,
    names: Sequence[str],
    families: Sequence[Family],
    task: Judged,
    palette: Palette = LIGHT,
) -> Chart | None:
    """Draw the task's score of every group of lengths at its middle; None for a single group.

    BLEU is drawn where every group has it, else chrF.

    Args:
        found: the comparison.
        names: one short name per model.
        families: one per model.
        task: what the models are judged by.
        palette: the theme's colours.
    """
    if len(found.by_length) < 2:
        return None
    score = task.score
    if score == "bleu" and any(s.bleu is None for group in found.by_length for s in group.scores):
        score = "chrf"
    factor = 100 if score == "exact_match" else 1
    text = {
        "bleu": N_("BLEU by length on {n} sentences, 95 % intervals"),
        "chrf": N_("chrF by length on {n} sentences, 95 % intervals"),
        "exact_match": N_("Exactly right, in per cent, by length on {n} sentences, 95 % intervals"),
    }[score]
    curves = []
    for m, (name, family) in enumerate(zip(names, families, strict=True)):
        points = []
        for group in found.by_length:
            estimate = getattr(group.scores[m], score)
            points.append(Point(
                (group.shortest + group.longest) / 2, factor * estimate.value,
                factor * estimate.low, factor * estimate.high,
            ))  # fmt: skip
        curves.append(Curve(name, family, tuple(points), front=True))
    frame = Frame(
        tr(text, n=f"{found.pairs:,}"), x=tr(IN_SOURCE[task.unit]), digits=1,
        bounds=(0, 100 if factor == 100 else None), unit="\u00a0%" if factor == 100 else "",
        band=tr("95 % interval"),
    )  # fmt: skip
    return curves_chart(curves, frame, palette)
