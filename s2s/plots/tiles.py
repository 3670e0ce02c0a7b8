"""Tokens as tiles side by side, wrapped into rows: only where they stand, nothing drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from s2s.plots.base import LONGEST_TILE
from s2s.plots.labels import fit, text_width

MANY = 12
"""A lane of more tokens, nearly all single characters, gets narrow tiles."""
EDGE = 14
"""Px left of a row, for ▸."""
TILE = 36
"""Px: a tile's height."""


@dataclass(frozen=True)
class Style:
    """Type size, sideways padding, least tile width and gap, all in px."""

    size: int
    padding: int
    least: int
    gap: int


WORDS = (Style(17, 11, 36, 14), Style(14, 8, 30, 12))
CHARACTERS = (Style(15, 5, 24, 4), Style(14, 4, 18, 4))


@dataclass(frozen=True)
class Lane:
    """Where the tiles of one lane stand, in px from the figure's top left corner.

    Attributes:
        style: type size and spacing.
        names: labels as shown, cut where too wide, not escaped.
        left: left edges.
        top: upper edges.
        width: widths.
        bottom: where the lane ends.
    """

    style: Style
    names: list[str]
    left: list[float]
    top: list[float]
    width: list[float]
    bottom: float

    @property
    def centre(self) -> list[float]:
        """Middles of the tiles."""
        return [left + width / 2 for left, width in zip(self.left, self.width, strict=True)]


def place_tiles(texts: Sequence[str], width: float, top: float, pitch: float, gap: int) -> Lane:
    """Set tiles side by side and wrap them into rows.

    Places depend on the texts only, never on the step, so nothing moves while stepping.

    Args:
        texts: labels, any number.
        width: px available.
        top: px, the upper edge of the first row.
        pitch: px from row to row.
        gap: least px between tiles.
    """
    singles = sum(len(text) == 1 for text in texts)
    of_characters = len(texts) > MANY and singles >= 0.8 * len(texts)
    large, small = CHARACTERS if of_characters else WORDS
    lane = _place(texts, width, top, pitch, gap, large)
    if lane.bottom > top + pitch * (1 if of_characters else 2):
        lane = _place(texts, width, top, pitch, gap, small)
    return lane


def _place(
    texts: Sequence[str], width: float, top: float, pitch: float, gap: int, style: Style
) -> Lane:
    gap = max(gap, style.gap)
    lefts, tops, widths, names = [], [], [], []
    x, y = float(EDGE), top
    for text in texts:
        name = fit(text, LONGEST_TILE - 2 * style.padding, style.size)
        # As wide as in bold, because the tile becomes bold without becoming wider.
        tile = max(text_width(name, style.size, bold=True) + 2 * style.padding, style.least)
        if x + tile > width - 2 and x > EDGE:
            x, y = float(EDGE), y + pitch
        names.append(name)
        lefts.append(x)
        tops.append(y)
        widths.append(tile)
        x += tile + gap
    return Lane(style, names, lefts, tops, widths, y + pitch)


def tile_path(x: float, y: float, width: float, radius: float = 6) -> str:
    """An SVG path around a tile; plotly's shapes know no arcs, so the corners are quadratic."""
    right, bottom = x + width, y + TILE
    near_left, near_right = x + radius, right - radius
    near_top, near_bottom = y + radius, bottom - radius
    return (
        f"M{near_left:.1f},{y:.1f} L{near_right:.1f},{y:.1f} "
        f"Q{right:.1f},{y:.1f} {right:.1f},{near_top:.1f} L{right:.1f},{near_bottom:.1f} "
        f"Q{right:.1f},{bottom:.1f} {near_right:.1f},{bottom:.1f} "
        f"L{near_left:.1f},{bottom:.1f} Q{x:.1f},{bottom:.1f} {x:.1f},{near_bottom:.1f} "
        f"L{x:.1f},{near_top:.1f} Q{x:.1f},{y:.1f} {near_left:.1f},{y:.1f} Z"
    )
