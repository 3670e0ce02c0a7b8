"""The x axis of gradient curves: encoder tokens, a border, decoder tokens; or steps back."""

from __future__ import annotations

import math
from typing import Any

from s2s.plots.base import LONGEST_LABEL
from s2s.plots.labels import fit, text_width
from s2s.plots.palette import Palette
from s2s.results import GradientFlow
from s2s.text import label
from s2s.text.language import tr

LABEL_SIZE = 13
SLANTED_PITCH = 15
CHARACTER = 20
"""Px: no character is wider."""


def axis_params(flow: GradientFlow, axis: str, beside: int) -> list[dict[str, Any]]:
    """The labels of the x axis, and how they stand, by the room that the figure really has.

    Args:
        flow: the gradients.
        axis: ``position`` or ``distance``.
        beside: px left and right of the lines.
    """
    columns = len(flow.source) + flow.steps + (axis != "distance")
    pitch = {"name": "pitch", "expr": f"(room - {beside}) / {columns}"}
    if axis == "distance":
        return [pitch]
    texts = [fit(label(t), LONGEST_LABEL, LABEL_SIZE) for t in flow.source]
    texts += ["", *(fit(label(t), LONGEST_LABEL, LABEL_SIZE) for t in flow.output)]
    widest = max(text_width(text, LABEL_SIZE, bold=True) for text in texts)
    return [
        {"name": "tokens", "value": texts},
        pitch,
        # Characters stand upright always; where they are too near, some are left out.
        {"name": "slanted", "expr": f"{widest:.0f} > {CHARACTER} && pitch < {widest + 4:.0f}"},
        {"name": "every", "expr": f"ceil((slanted ? {SLANTED_PITCH} : {widest + 2:.0f}) / pitch)"},
    ]


def token_axis(flow: GradientFlow, step: int, palette: Palette, axis: str) -> dict[str, Any]:
    """Tokens under their states, or numbers of steps; the tokens not yet written are pale."""
    source, steps = len(flow.source), flow.steps
    shared: dict[str, Any] = {
        "domain": False, "ticks": False, "grid": False, "labelPadding": 8, "titleColor":
        palette.muted, "titleFontSize": 12, "titleFontWeight": "normal",
    }  # fmt: skip
    exact = {"nice": False, "zero": False}
    if axis == "distance":
        return {
            "type": "quantitative",
            "scale": {"domain": [-0.5, source + steps - 0.5], **exact},
            "axis": {**shared, "title": tr("recurrent steps back from the token"), "tickMinStep": 1,
                     "format": "d", "labelColor": palette.muted, "labelFontSize": 12},
        }  # fmt: skip
    current = source + 1 + step
    kept = f"datum.value == {current} || (datum.value - {current}) % every == 0"
    return {
        "type": "quantitative",
        "scale": {"domain": [-0.5, source + steps + 0.5], **exact},
        "axis": {
            **shared, "title": None, "labelFontSize": LABEL_SIZE, "labelOverlap": False,
            "labelFlush": False, "labelLimit": LONGEST_LABEL,
            "values": list(range(source + 1 + steps)),
            "labelExpr": f"({kept}) ? tokens[datum.value] : ''",
            "labelAngle": {"expr": "slanted ? -45 : 0"},
            "labelAlign": {"expr": "slanted ? 'right' : 'center'"},
            "labelBaseline": {"expr": "slanted ? 'middle' : 'top'"},
            "labelColor": {"condition": {"test": f"datum.value > {current}",
                                         "value": palette.unwritten}, "value": palette.text},
            "labelFontWeight": {"condition": {"test": f"datum.value == {current}",
                                              "value": "bold"}, "value": "normal"},
        },
    }  # fmt: skip


def boundary(
    flow: GradientFlow, step: int, palette: Palette, axis: str, x: dict[str, Any]
) -> list[dict[str, Any]]:
    """The dotted line between encoder and decoder, and what stands on either side."""
    low, high = x["scale"]["domain"]
    if axis == "distance":
        at, left, right = step + 0.5, tr("decoder states"), tr("encoder states")
    else:
        at = float(len(flow.source))
        backwards = flow.places != tuple(range(len(flow.source)))
        left = (
            tr("encoder states, read last token first")
            if backwards
            else tr("encoder states, one per token read")
        )
        right = tr("decoder states")
    share = (at - low) / (high - low)
    # A text shows where its side is wide enough for it.
    texts = [
        {"text": text, "x": place, "needs": math.ceil((text_width(text, 12) + 10) / room)}
        for text, place, room in ((left, low, share), (right, at, 1 - share))
    ]
    return [
        {
            "data": {"values": [{"x": at}]},
            "mark": {"type": "rule", "color": palette.bar, "strokeDash": [2, 3], "aria": False},
            "encoding": {"x": {"field": "x", **x}},
        },
        {
            "data": {"values": texts},
            "mark": {
                "type": "text", "align": "left", "baseline": "bottom", "fontSize": 12, "dx": 6,
                "y": -2, "color": palette.muted, "aria": False,
                "opacity": {"expr": "width >= datum.needs ? 1 : 0"},
            },
            "encoding": {
                "x": {"field": "x", **x}, "text": {"field": "text", "type": "nominal"},
            },
        },
    ]  # fmt: skip
