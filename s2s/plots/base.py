"""What every figure shares: what a figure is, its fonts, what is checked before drawing."""

from __future__ import annotations

from typing import Any

from s2s.plots.palette import Palette
from s2s.results import Trace

FONT_FAMILY = (
    '"Source Sans", "Noto Sans KR", "Noto Sans CJK KR", "Apple SD Gothic Neo", '
    '"Malgun Gothic", sans-serif'
)
SHOWN_FROM = 0.05
"""Weights below this get no number, and their token is not named."""
LONGEST_LABEL = 160
"""Px. What is wider is cut with an ellipsis and shown whole on hover."""


class Chart(dict[str, Any]):
    """A Vega-Lite specification, as plain data: what Altair would make, without its cost.

    For a 20 by 20 map Altair takes 170 ms to read a finished specification and 30 ms to validate
    it. Streamlit and vl-convert take the dictionary as it is. A notebook shows the picture.
    """

    def to_dict(self) -> dict[str, Any]:
        """The specification."""
        return dict(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        import altair

        return altair.Chart.from_dict(self)._repr_mimebundle_(include, exclude)


def base_spec(palette: Palette) -> dict[str, Any]:
    """The keys that every figure starts from; the only place with a ``config``.

    The figure is as wide as its container (`fit-x`) and as high as its parts need.

    Args:
        palette: the theme's colours.
    """
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": "transparent",
        "autosize": {"type": "fit-x", "contains": "padding", "resize": True},
        "padding": {"left": 2, "right": 2, "top": 4, "bottom": 4},
        # A file has no page behind it, so it takes the page's colour along.
        "usermeta": {"page": palette.background},
        "config": {
            "font": FONT_FAMILY,
            "view": {"stroke": None},
            # By name as well: Streamlit sets its own where a name is missing.
            "title": {"font": FONT_FAMILY, "color": palette.text, "fontSize": 15,
                      "fontWeight": 600, "anchor": "start", "frame": "bounds", "limit": 0},
            "text": {"font": FONT_FAMILY},
        },
    }  # fmt: skip


def check_step(trace: Trace, step: int) -> None:
    """Refuse a step that the trace does not have; a negative one would silently wrap round."""
    if not 0 <= step < trace.steps:
        raise ValueError(f"step {step} of a trace with {trace.steps} steps")
