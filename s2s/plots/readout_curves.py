"""What can be read out, place by place; and what each restored state brings back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from s2s.plots.base import Chart
from s2s.plots.curve_frame import Curve, Frame, Point
from s2s.plots.curves import curves_chart
from s2s.plots.families import Family
from s2s.plots.heat_map import heat_map
from s2s.plots.map_frame import Tokens
from s2s.plots.palette import LIGHT, Palette
from s2s.results import Array
from s2s.results.patching import Patching
from s2s.results.readout import Readout
from s2s.text.numbers import number

MOST_SHARE = 1.0


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
    ink = Family("text", "", "circle", (), "")
    curves += [
        Curve(told, ink, _points(first, values), first.splits)
        for told, values in (("shuffled labels", first.control), ("commonest", first.majority))
    ]
    side = "read" if first.side == "encoder" else "written"
    frame = Frame(
        f"{first.attribute} told by a linear probe from the state at each token {side}, percent of "
        "held-out sentences",
        x="token", digits=0, bounds=(0.0, 100.0), unit=" %",
        band="the lowest and highest of the splits",
    )  # fmt: skip
    return curves_chart(curves, frame, palette, width)


def _points(found: Readout, values: Array) -> tuple[Point, ...]:
    return tuple(
        Point(place + 1, 100 * float(row.mean()), 100 * float(row.min()), 100 * float(row.max()))
        for place, row in zip(found.places, values, strict=True)
    )


def patching_map(
    found: Patching, palette: Palette = LIGHT, step: int | None = None, width: int = 1000
) -> Chart:
    """T x S of the share that each restored state brings back; below 0 and above 1 is cut off."""
    values = found.recovered()
    names = [
        clean if clean == other else f"{clean} ({other})"
        for clean, other in zip(found.clean, found.corrupted, strict=True)
    ]
    known = np.nan_to_num(values)
    return heat_map(
        known, Tokens(tuple(names), found.output, attention=np.zeros((len(found.output), 1))),
        list(found.output),
        lambda share: min(max((share + MOST_SHARE) / (2 * MOST_SHARE), 0.0), 1.0),
        lambda share: number(share, 2),
        (palette.signed_scale, (("1 all", 1.0), ("0 none", 0.5), ("−1", 0.0))),
        "share of the lost log odds that one restored state brings back: clean source (other "
        "source) across, output down",
        palette, None, width=width,
    )  # fmt: skip
