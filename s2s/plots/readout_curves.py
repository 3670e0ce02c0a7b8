"""What can be read out of states, place by place, and by the length of what was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from s2s.plots.base import Chart
from s2s.plots.curve_frame import Curve, Frame, Point
from s2s.plots.curves import curves_chart
from s2s.plots.families import FAMILIES, Family
from s2s.plots.palette import LIGHT, Palette
from s2s.results import Array
from s2s.results.readout import Readout, Remembered
from s2s.text.language import N_, tr

INK = Family("text", "", "circle", (), "")
"""How a baseline looks: no model's."""


@dataclass(frozen=True, eq=False)
class ReadOut:
    """One model's probes, ready to be drawn."""

    name: str
    family: Family
    found: Readout


def readout_chart(models: Sequence[ReadOut], palette: Palette = LIGHT, width: int = 1000) -> Chart:
    """Accuracy by token of each model, and of the first one's control, with the splits' range."""
    first = models[0].found
    curves = [
        Curve(f"{one.family.mark} {one.name}", one.family, _points(one.found, one.found.accuracy),
              one.found.splits, front=n == 0)
        for n, one in enumerate(models)
    ]  # fmt: skip
    curves += [
        Curve(told, INK, _points(first, values), first.splits)
        for told, values in (
            (tr("shuffled labels"), first.control),
            (tr("commonest"), first.majority),
        )
    ]
    text = (
        N_("{attribute} told by a linear probe from the state at each token read, percent of "
           "held-out sentences")
        if first.side == "encoder"
        else N_("{attribute} told by a linear probe from the state at each token written, percent "
                "of held-out sentences")
    )  # fmt: skip
    frame = Frame(
        tr(text, attribute=tr(first.attribute)), x=tr("token"), digits=0, bounds=(0.0, 100.0),
        unit=" %", band=tr("the lowest and highest of the splits"),
    )  # fmt: skip
    return curves_chart(curves, frame, palette, width)


def _points(found: Readout, values: Array) -> tuple[Point, ...]:
    return _percent([place + 1 for place in found.places], values)


def memory_chart(found: Sequence[Remembered], palette: Palette = LIGHT, width: int = 700) -> Chart:
    """How well the first letter is told from the last state, by length, with the seeds' range.

    Args:
        found: a line each; named as a family of models is. The first one's control is drawn too.
        palette: the theme's colours.
        width: px.
    """
    curves = []
    for one in found:
        family, seeds = FAMILIES[one.variant], one.accuracy.shape[1]
        curves.append(Curve(
            f"{family.mark} {one.variant}", family, _percent(one.lengths, one.accuracy), seeds,
            front=True,
        ))  # fmt: skip
    first = found[0]
    curves.append(Curve(
        tr("shuffled labels"), INK, _percent(first.lengths, first.control), first.control.shape[1]
    ))  # fmt: skip
    frame = Frame(
        tr("first letter told by a linear probe from the state after the last letter, percent of "
           "held-out strings; the band holds all seeds"),
        x=tr("letters"), digits=0, bounds=(0.0, 100.0), unit=" %",
    )  # fmt: skip
    return curves_chart(curves, frame, palette, width)


def _percent(places: Sequence[int], values: Array) -> tuple[Point, ...]:
    """Mean, lowest and highest of each row of [P, R] shares."""
    return tuple(
        Point(place, 100 * float(row.mean()), 100 * float(row.min()), 100 * float(row.max()))
        for place, row in zip(places, values, strict=True)
    )
