"""What every figure shares: what a figure is, and its fonts."""

from __future__ import annotations

from typing import Any

from s2s.plots.palette import Palette

FONT_FAMILY = (
    '"Source Sans", "Noto Sans KR", "Noto Sans CJK KR", "Apple SD Gothic Neo", '
    '"Malgun Gothic", sans-serif'
)
ROOM = [
    {"name": "given", "expr": "width", "react": False},
    {"name": "room", "expr": "((width && containerSize()[0]) || given) - 4"},
]
"""Px between the edges of a figure, as ``room``: in what it stands, else as it was set.

Whatever decides how high a figure is (lines of a title, slanted labels) asks this, not ``width``:
Vega lays a figure out first, then takes what stands beside the cells from ``width`` and does not
lay it out again, so that a line more would stand above the figure's edge.
"""
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

    def altair(self) -> Any:
        """The same as an Altair chart.

        Altair lifts what is selected in a layer to the top and forgets in which layer, unless it
        stands there already with that layer's name: such a chart could not be drawn.

        Raises:
            ImportError: Altair is not installed.
        """
        import altair

        lifted, layers = list(self.get("params", ())), []
        for n, layer in enumerate(self.get("layer", ())):
            name = layer.get("name", f"layer_{n}")
            params = layer.get("params", ())
            chosen = [{**param, "views": [name]} for param in params if "select" in param]
            if chosen:
                lifted += chosen
                rest = [param for param in params if "select" not in param]
                layer = {**layer, "name": name, "params": rest}
            layers.append(layer)
        return altair.Chart.from_dict(
            {**self, **({"layer": layers, "params": lifted} if layers else {})}
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return self.altair()._repr_mimebundle_(include, exclude)


def short(value: float) -> float:
    """A number to seven digits, more than a figure can show: the rest would only be sent."""
    return float(f"{value:.7g}")


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
            "params": ROOM,
            "font": FONT_FAMILY,
            "view": {"stroke": None},
            # By name as well: Streamlit sets its own where a name is missing.
            "title": {"font": FONT_FAMILY, "color": palette.text, "fontSize": 15,
                      "fontWeight": 600, "anchor": "start", "frame": "bounds", "limit": 0},
            "text": {"font": FONT_FAMILY},
        },
    }  # fmt: skip
