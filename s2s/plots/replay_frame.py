"""What every replayed figure shares: what is told of a model, slider and Play button, labels."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2s.plots.base import FONT_FAMILY
from s2s.plots.families import Family
from s2s.plots.palette import Palette
from s2s.results import Array, EpochReport
from s2s.results.replay import Replay
from s2s.text import label
from s2s.text.language import tr

PLAYS, LEAST = 8000, 40
"""Milliseconds that a whole replay takes, and that an epoch takes at least; 700 at most."""
DASHES = {"attention": "solid", "peeky": "dash", "plain": "dot"}
SYMBOLS = {"attention": "circle", "peeky": "diamond", "plain": "square"}
SMALL = 11
MOST_STEPS = 50
"""Places of a slider: a browser draws each of them anew with every frame."""


@dataclass(frozen=True, eq=False)
class Told:
    """What is replayed of one model.

    Attributes:
        name: its variant, or what stands for it.
        family: of its build.
        reports: its epochs.
        replay: one watched sentence; None for a curve behind the others.
    """

    name: str
    family: Family
    reports: Sequence[EpochReport]
    replay: Replay | None = None


def shown(text: str) -> str:
    """Any text as Plotly shows it: literally."""
    return html.escape(text, quote=False)


def nearest(epochs: Sequence[int], at: int | None) -> int:
    """The epoch that comes nearest to the one that is asked for; the last if none is."""
    return epochs[-1] if at is None else min(epochs, key=lambda epoch: abs(epoch - at))


def transport(
    epochs: Sequence[int], at: int, palette: Palette, redraw: bool = True
) -> dict[str, Any]:
    """Slider and Play button of frames that are named by their epoch.

    Args:
        epochs: in rising order.
        at: the one that is shown first.
        palette: the theme's colours.
        redraw: whether each frame draws the whole figure anew, as a scene in 3-D must.
    """
    pause = min(700, max(LEAST, PLAYS // len(epochs)))
    stops = [*epochs[:: -(-len(epochs) // MOST_STEPS)]]
    stops += [epochs[-1]] if stops[-1] != epochs[-1] else []
    before, after = tr("after epoch {n}").split("{n}")
    jump = {"mode": "immediate", "frame": {"duration": 0, "redraw": redraw},
            "transition": {"duration": 0}}  # fmt: skip
    play = {"fromcurrent": True, "frame": {"duration": pause, "redraw": redraw},
            "transition": {"duration": 0}}  # fmt: skip
    button = {"bgcolor": palette.surface, "bordercolor": palette.line, "font": {
        "color": palette.text, "size": 13}}  # fmt: skip
    return {
        "updatemenus": [{
            "type": "buttons", "direction": "left", "showactive": False, "x": 0, "y": 0,
            "xanchor": "left", "yanchor": "top", "pad": {"t": 44}, **button,
            "buttons": [
                {"label": f"▷ {tr('Play')}", "method": "animate", "args": [None, play]},
                {"label": tr("Pause"), "method": "animate", "args": [[None], jump]},
            ],
        }],
        "sliders": [{
            "active": stops.index(nearest(stops, at)), "x": 0.24, "len": 0.76, "y": 0,
            "yanchor": "top",
            "pad": {"t": 40, "b": 4}, "currentvalue": {
                "prefix": before, "suffix": after, "xanchor": "left",
                "font": {"color": palette.text, "size": 13}},
            "bgcolor": palette.line, "bordercolor": palette.line, "activebgcolor": palette.text,
            "tickcolor": palette.muted, "font": {"color": palette.muted, "size": SMALL},
            "steps": [
                {"label": str(epoch), "method": "animate", "args": [[str(epoch)], jump]}
                for epoch in stops
            ],
        }],
    }  # fmt: skip


MARGIN = {"l": 44, "r": 12, "t": 64, "b": 96}
"""Px around the axes of a figure with a slider."""


def frame_layout(palette: Palette, height: int) -> dict[str, Any]:
    """What every figure of this kind starts from."""
    return {
        "height": height, "margin": dict(MARGIN), "showlegend": False,
        "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)", "dragmode": False,
        "font": {"family": FONT_FAMILY, "color": palette.text, "size": 12},
        "hoverlabel": {"font": {"family": FONT_FAMILY}},
    }  # fmt: skip


def narrow(tokens: Sequence[str]) -> bool:
    """Whether labels fit side by side without being turned."""
    return all(len(token) <= 2 for token in tokens)


def labels(tokens: Sequence[str]) -> list[str]:
    """Tokens as they stand beside an axis."""
    return [shown(label(token, 12)) for token in tokens]


def note(text: str, x: float, y: float, palette: Palette, size: int = 12) -> dict[str, Any]:
    """A line of text; its lower left corner as shares of the figure."""
    return {
        "text": text, "x": x, "y": y, "xref": "paper", "yref": "paper", "showarrow": False,
        "xanchor": "left", "yanchor": "bottom", "align": "left",
        "font": {"size": size, "color": palette.text},
    }  # fmt: skip


def short(values: Array) -> Any:
    """Numbers with the four digits that a picture can show: a replay holds thousands."""
    return np.vectorize(lambda value: float(f"{value:.4g}"), otypes=[float])(values).tolist()
