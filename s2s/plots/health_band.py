"""A check's value beside its healthy range, as a small picture for a table's cell."""

from __future__ import annotations

import base64
import math

from s2s.plots.palette import LIGHT, Palette
from s2s.results.diagnosis import Check

WIDTH, HEIGHT, MARGIN = 120, 20, 20  # a table's cell cuts its picture's ends off
ROOM = 0.62
"""Where the bound stands when the range has one."""


def health_band(check: Check, palette: Palette = LIGHT) -> str:
    """A data address of an SVG: a grey band where healthy values lie, a tick at the value.

    The scale is linear up to its bound and compressed beyond, so that a value far outside is still
    in the picture.

    Args:
        check: with one bound, below or above.
        palette: the theme's colours.
    """
    low, high = check.healthy
    edge = ROOM * WIDTH if low is None else (1 - ROOM) * WIDTH
    band = (0.0, edge) if low is None else (edge, float(WIDTH))
    parts = [
        f'<rect x="0" y="8" width="{WIDTH}" height="4" rx="2" fill="{palette.surface}"/>',
        f'<rect x="{band[0]:.1f}" y="7" width="{band[1] - band[0]:.1f}" height="6" rx="2" '
        f'fill="{palette.bar}"/>',
    ]
    if check.value is not None:
        bound = high if low is None else low
        x = place(check.value, bound or 0.0, edge)
        colour = palette.text
        parts.append(f'<rect x="{x - 1.25:.1f}" y="3" width="2.5" height="14" fill="{colour}"/>')
        if check.verdict == "outside":
            parts.append(
                f'<path d="M{x - 4:.1f} 1h8l-4 5z" fill="{colour}"/>'
            )  # never by colour alone
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH + 2 * MARGIN}" height="{HEIGHT}" '
        f'viewBox="{-MARGIN} 0 {WIDTH + 2 * MARGIN} {HEIGHT}">{"".join(parts)}</svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def place(value: float, bound: float, edge: float) -> float:
    """Px of a value: its share of the bound up to the edge, then ever slower to the end."""
    if bound <= 0:
        return 4.0 if value <= 0 else edge + 12
    share = max(value, 0.0) / bound
    if share <= 1:
        return max(3.0, share * edge)
    return edge + (WIDTH - 4 - edge) * (1 - math.exp(1 - min(share, 9.0)))
