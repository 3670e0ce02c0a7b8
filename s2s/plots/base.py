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
SHOWN_FROM = 0.05
"""Weights below this get no number, and their token is not named."""
LONGEST_TILE = 160
"""Px. What is wider is cut with an ellipsis and shown whole on hover."""

CONFIG = {"displaylogo": False, "typesetMath": False}
"""For whoever shows a figure: a token such as ``$x$`` is text, not a formula."""

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


def title(text: str) -> dict[str, Any]:
    """A sentence at the top left; the text is plotly mark-up, of one or more lines."""
    more_lines = text.count("<br>")
    return {
        "text": text,
        "font": {"size": 15, "weight": 600},
        "x": 0,
        "xref": "container",
        "xanchor": "left",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        # plotly aligns the last line, so that earlier ones would stand above the figure.
        "pad": {"t": 6 + 20 * more_lines, "l": 2},
    }


def check_step(trace: Trace, step: int) -> None:
    """Refuse a step that the trace does not have; a negative one would silently wrap round."""
    if not 0 <= step < trace.steps:
        raise ValueError(f"step {step} of a trace with {trace.steps} steps")
