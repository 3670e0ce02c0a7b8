"""Token accuracy place by place, free-running and forced."""

from __future__ import annotations

from collections.abc import Sequence

from s2s.plots.base import Chart
from s2s.plots.curves import Curve, Frame, Point, curves_chart
from s2s.plots.families import Family
from s2s.plots.palette import LIGHT, Palette
from s2s.results.domino import Domino, Share
from s2s.text.language import tr

FEWEST = 10
"""A place that fewer references reach says too little to be drawn."""


def domino_chart(
    found: Sequence[Domino],
    names: Sequence[str],
    families: Sequence[Family],
    palette: Palette = LIGHT,
) -> Chart | None:
    """Draw the share of right tokens at each place of the output; None where it has one place.

    Full lines: the model reads its own tokens. Thin lines: it is fed the right ones. The bands are
    Wilson's 95 % intervals.

    Args:
        found: one of each model.
        names: one short name per model.
        families: one per model.
        palette: the theme's colours.
    """
    curves = []
    for one, name, family in zip(found, names, families, strict=True):
        for fed, said in (
            ("forced", tr("{model}, forced", model=name)),
            ("free", tr("{model}, by itself", model=name)),
        ):
            points = tuple(
                _point(place, share)
                for place, share in enumerate(one.by_place(fed), 1)
                if share.of >= FEWEST
            )
            curves.append(Curve(said, family, points, 1, True, fed == "forced"))
    if max(len(curve.points) for curve in curves) < 2:
        return None
    frame = Frame(
        tr(
            "Right tokens at each place, per cent of {n} outputs; thin: with the right tokens fed "
            "(teacher forcing)",
            n=f"{len(found[0].forced):,}",
        ),
        x=tr("place in the output"), digits=1, bounds=(0, 100), unit="\u00a0%",
        band=tr("95 % interval"),
    )  # fmt: skip
    return curves_chart(curves, frame, palette)


def _point(place: int, share: Share) -> Point:
    from scipy.stats import binomtest  # takes a second to load, and few pictures need it

    low, high = binomtest(share.right, share.of).proportion_ci(method="wilson")
    return Point(place, 100 * share.value, 100 * low, 100 * high)
