"""What each restored state brings back, and what units of one of them do."""

from __future__ import annotations

import math

import numpy as np

from s2s.plots.base import Chart
from s2s.plots.curve_frame import Curve, Frame, Point
from s2s.plots.curves import curves_chart
from s2s.plots.families import Family
from s2s.plots.heat_map import heat_map
from s2s.plots.map_frame import Tokens
from s2s.plots.palette import LIGHT, Palette
from s2s.plots.readout_curves import INK
from s2s.results import Array
from s2s.results.patching import Patching, UnitPatching
from s2s.text import label
from s2s.text.language import tr
from s2s.text.numbers import number

MOST_SHARE = 1.0
LONGEST = 24


def patching_map(found: Patching, palette: Palette = LIGHT, width: int = 1000) -> Chart:
    """T x S of the share that each restored state brings back; colours end at -1 and 1.

    A token from which the other source takes nothing has a grey row.
    """
    names = [
        clean if clean == other else f"{clean} ({other})"
        for clean, other in zip(found.clean, found.corrupted, strict=True)
    ]
    return heat_map(
        found.recovered(),
        Tokens(tuple(names), found.output, attention=np.zeros((len(found.output), 1))),
        list(found.output),
        lambda share: min(max((share + MOST_SHARE) / (2 * MOST_SHARE), 0.0), 1.0),
        lambda share: tr("nothing to restore") if math.isnan(share) else number(share, 2),
        (palette.signed_scale, ((tr("1 all"), 1.0), (tr("0 none"), 0.5), ("−1", 0.0))),
        tr("share of the lost log odds that one restored state brings back: clean source (other "
           "source) across, output down"),
        palette, None, width=width,
    )  # fmt: skip


def unit_curves(
    found: UnitPatching, family: Family, palette: Palette = LIGHT, width: int = 560
) -> Chart:
    """The share that comes back with more and more units: the strongest first, and by chance."""
    shares = {name: 100 * found.share(odds) for name, odds in (
        ("together", found.together_odds), ("drawn", found.drawn_odds),
    )}  # fmt: skip
    curves = [
        Curve(
            tr("strongest first"), family, _points(found, shares["together"][:, None]), front=True
        ),
        Curve(tr("by chance"), INK, _points(found, shares["drawn"]), found.drawn_odds.shape[1]),
    ]
    frame = Frame(
        tr(
            "units of the state at {word} that are restored, and percent of the log odds of "
            "{token} that come back",
            word=f"«{label(found.at, LONGEST)}»", token=f"«{label(found.token, LONGEST)}»",
        ),
        x=tr("units restored"), digits=0, bounds=(0.0, 100.0), unit=" %",
    )  # fmt: skip
    return curves_chart(curves, frame, palette, width)


def _points(found: UnitPatching, values: Array) -> tuple[Point, ...]:
    """Mean, lowest and highest of each row of [K, R]."""
    return tuple(
        Point(count, float(row.mean()), float(row.min()), float(row.max()))
        for count, row in zip(found.counts, values, strict=True)
    )
