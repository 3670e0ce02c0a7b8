"""What every figure shares: fonts, transparent ground, no template, no zooming."""

from __future__ import annotations

from typing import Any

from s2s.plots.palette import Palette
from s2s.results import Trace

FONT_FAMILY = (
    '"Source Sans", "Noto Sans KR", "Noto Sans CJK KR", "Apple SD Gothic Neo", '
    '"Malgun Gothic", sans-serif'
)
TRANSPARENT = "rgba(0,0,0,0)"
LONGEST_TILE = 160
"""Px. What is wider is cut with an ellipsis and shown whole on hover."""

HIDDEN_AXIS = {"visible": False, "fixedrange": True}


def base_layout(palette: Palette, height: float, margin: dict[str, float]) -> dict[str, Any]:
    """The layout of a figure that stretches with its container and keeps its height.

    Args:
        palette: the theme's colours.
        height: px.
        margin: px, keys l, r, t, b.
    """
    return {
        # An empty template: plotly's own would add 7 kB and its own colours to every figure.
        "template": {},
        "height": round(height),
        "margin": {**margin, "pad": 0},
        "autosize": True,
        "paper_bgcolor": TRANSPARENT,
        "plot_bgcolor": TRANSPARENT,
        "font": {"family": FONT_FAMILY, "size": 14, "color": palette.text},
        "hoverlabel": {
            "bgcolor": palette.background,
            "bordercolor": palette.bar,
            "font": {"family": FONT_FAMILY, "size": 14, "color": palette.text},
        },
        "hovermode": "closest",
        "dragmode": False,
        "showlegend": False,
        "barmode": "overlay",
        "modebar": {
            "bgcolor": TRANSPARENT, "color": palette.muted, "activecolor": palette.text,
        },
    }  # fmt: skip


def title(text: str, second_line: str = "") -> dict[str, Any]:
    """A sentence at the top left; the texts are plotly mark-up."""
    return {
        "text": text,
        # Not a line break: plotly would push the first line out of the figure.
        "subtitle": {"text": second_line, "font": {"size": 14}},
        "font": {"size": 15, "weight": 600},
        "x": 0,
        "xref": "container",
        "xanchor": "left",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        "pad": {"t": 6, "l": 2},
    }


def check_step(trace: Trace, step: int) -> None:
    """Refuse a step that the trace does not have; a negative one would silently wrap round."""
    if not 0 <= step < trace.steps:
        raise ValueError(f"step {step} of a trace with {trace.steps} steps")
