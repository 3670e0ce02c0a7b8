"""Attention beside gold links: the map with its rings, and the error rate by shift."""

from __future__ import annotations

from typing import Any

from s2s.plots.attention_map import attention_map
from s2s.plots.base import Chart, base_spec
from s2s.plots.curve_frame import wrapped
from s2s.plots.labels import spoken
from s2s.plots.map_frame import box, grid_axes
from s2s.plots.palette import LIGHT, Palette, on_colour, scale_colour
from s2s.results.alignment import COMPARED, AlignedSentence, Alignment
from s2s.text.language import N_, tr
from s2s.text.numbers import number

SURE, POSSIBLE = N_("sure"), N_("possible")
RING: dict[str, dict[str, Any]] = {
    SURE: {"strokeWidth": 2.5}, POSSIBLE: {"strokeWidth": 1.5, "strokeDash": [3, 2]}
}  # fmt: skip
BAR, SIZE, SMALL = 34, 13, 12


def gold_map(
    found: AlignedSentence, palette: Palette = LIGHT, width: int = 1000, compact: bool = False
) -> Chart:
    """The attention map of a forced sentence with a ring in every cell that has a gold link.

    Sure links have a solid ring, possible ones a dashed ring, black or white by contrast with the
    cell. The ring layers are named ``gold-sure`` and ``gold-possible``; the map's own data rows
    get two more fields, ``gold``: ``sure``, ``possible`` or ``none``, and ``link``: that in words.

    Args:
        found: the sentence with its links.
        palette: the theme's colours.
        width: px, for a figure outside a page; a page stretches it.
        compact: for phones.
    """
    trace = found.trace
    chart = attention_map(trace, palette, width=width, compact=compact)
    links = {SURE: found.sure, POSSIBLE: found.only_possible}
    kinds = {cell: kind for kind, cells in links.items() for cell in cells}
    said = {kind: tr(kind) for kind in links} | {"": tr("none")}
    cells = dict(chart["layer"][0])
    cells["data"] = {
        "values": [
            row | {"gold": kind or "none", "link": said[kind]}
            for row in cells["data"]["values"]
            for kind in [kinds.get((row["row"], row["column"]), "")]
        ]
    }
    told = spoken(tr("{cell}, gold link: {kind}"), cell="datum.says", kind="datum.link")
    says = f"datum.gold == 'none' ? datum.says : {told}"
    cells["transform"] = [*cells["transform"], {"calculate": says, "as": "says"}]
    cells["encoding"] = cells["encoding"] | {
        "tooltip": [
            *cells["encoding"]["tooltip"],
            {"field": "link", "type": "nominal", "title": tr("gold link")},
        ]
    }
    rings = [_rings(found, palette, kind, links[kind]) for kind in links if links[kind]]
    shown = {SURE: tr("solid: sure"), POSSIBLE: tr("dashed: possible")}
    kept = ", ".join(shown[kind] for kind in links if links[kind])
    chart["layer"] = [cells, *rings, *chart["layer"][1:]]
    chart["title"] = chart["title"] | {
        "subtitle": tr("Outlined: gold links ({kinds})", kinds=kept)
        if kept
        else tr("No gold links"),
        "subtitleColor": palette.muted,
        "subtitleFontSize": SIZE,
        "subtitleFont": chart["config"]["font"],
        "subtitlePadding": 4,
    }
    return chart


def _rings(
    found: AlignedSentence, palette: Palette, kind: str, cells: list[tuple[int, int]]
) -> dict[str, Any]:
    trace = found.trace
    weights = trace.attention
    assert weights is not None  # an AlignedSentence without attention cannot be made
    values = []
    for t, s in cells:
        ink = on_colour(scale_colour(palette.attention_scale, float(weights[t, s])))
        values.append({"row": t, "column": s, "left": s - 0.5, "right": s + 0.5,
                       "top": t - 0.5, "bottom": t + 0.5, "ink": ink})  # fmt: skip
    return {
        "name": f"gold-{kind}",
        "data": {"values": values},
        "mark": {
            "type": "rect",
            "filled": False,
            "cornerRadius": 5,
            # Inside the cell, whose own edge belongs to the selection; thinner in narrow cells.
            "xOffset": {"expr": "min(4, pitch / 8)"},
            "x2Offset": {"expr": "-min(4, pitch / 8)"},
            "yOffset": 4,
            "y2Offset": -4,
            "aria": False,
            **RING[kind],
        },
        "encoding": {
            **box(grid_axes(trace)),
            "stroke": {"field": "ink", "type": "nominal", "scale": None, "legend": None},
        },
    }


def aer_by_shift(found: Alignment, palette: Palette = LIGHT, width: int = 640) -> Chart:
    """Bars of the alignment error rate at shifts −1, 0 and +1, with the rate of guessing.

    Shorter is better. The data rows of the layer ``bars`` are ``row``, ``shift``, ``aer`` (the
    result's own number), ``number``, ``name`` and ``best``; a rate that is not defined has no bar.

    Args:
        found: the scores.
        palette: the theme's colours.
        width: px, for a figure outside a page; a page stretches it.
    """
    rows = []
    for row, score in enumerate(found.shifts):
        sign = number(score.shift) if score.shift <= 0 else f"+{score.shift}"
        shown = tr("not defined") if score.aer is None else number(score.aer, 2)
        rows.append({
            "row": row, "shift": score.shift, "aer": score.aer or 0.0, "zero": 0.0,
            "known": score.aer is not None, "number": shown, "best": score.shift == found.best,
            "name": f"{sign}  {tr(COMPARED[score.shift])}",
            "says": tr("row compared with {token}: {number}", token=tr(COMPARED[score.shift]),
                       number=shown),
        })  # fmt: skip
    x: dict[str, Any] = {
        "type": "quantitative", "scale": {"domain": [0, 1], "nice": False},
        "axis": {"values": [0, 0.5, 1], "format": "~g", "labelColor": palette.muted,
                 "labelFontSize": SMALL, "grid": True, "gridColor": palette.line, "domain": False,
                 "ticks": False, "title": tr("AER, 0 is best"), "labelPadding": 6,
                 "titleColor": palette.muted, "titleFontSize": SMALL,
                 "titleFontWeight": "normal"},
    }  # fmt: skip
    y: dict[str, Any] = {
        "field": "row", "type": "quantitative", "axis": None,
        "scale": {"domain": [len(rows) - 0.5, -0.5], "nice": False, "zero": False},
    }  # fmt: skip
    data = {"data": {"values": rows}}
    return Chart(
        base_spec(palette)
        | {
            "width": width,
            "height": BAR * len(rows),
            "title": {"text": {"expr": wrapped(tr("Alignment error rate by shift"))},
                      "offset": 12, "limit": 0},
            "layer": [
                data | {
                    "name": "bars",
                    "mark": {"type": "bar", "height": 18, "cornerRadiusEnd": 3,
                             "opacity": {"expr": "datum.known ? 1 : 0"}},
                    "encoding": {
                        "x": {"field": "zero", **x}, "x2": {"field": "aer"}, "y": y,
                        "color": {"condition": {"test": "datum.best",
                                                "value": palette.attention},
                                  "value": palette.bar},
                        "tooltip": [
                            {"field": "name", "type": "nominal", "title": tr("row compared with")},
                            {"field": "number", "type": "nominal", "title": "AER"},
                        ],
                        "description": {"field": "says", "type": "nominal"},
                    },
                },
                data | {
                    # Beside the plot: at a bar's end it would meet the line of guessing.
                    "mark": {"type": "text", "x": {"expr": "width + 10"}, "align": "left",
                             "baseline": "middle", "fontSize": SIZE, "color": palette.text,
                             "fontWeight": {"expr": "datum.best ? 'bold' : 'normal'"},
                             "aria": False},
                    "encoding": {"y": y, "text": {"field": "number", "type": "nominal"}},
                },
                data | {
                    "mark": {"type": "text", "x": -9, "align": "right", "baseline": "middle",
                             "fontSize": SIZE, "color": palette.text, "aria": False},
                    "encoding": {"y": y, "text": {"field": "name", "type": "nominal"}},
                },
                *_guessing(found.chance, palette, x),
            ],
        }
    )  # fmt: skip


def _guessing(chance: float, palette: Palette, x: dict[str, Any]) -> list[dict[str, Any]]:
    """A dashed line at the rate of an even draw, with its name above it."""
    data = {
        "data": {
            "values": [{"chance": chance, "text": tr("guessing {rate}", rate=number(chance, 2))}]
        }
    }
    place = {"x": {"field": "chance", **x}}
    return [
        data | {
            "name": "chance",
            "mark": {"type": "rule", "strokeDash": [4, 3], "strokeWidth": 1.5,
                     "color": palette.text, "aria": False},
            "encoding": place,
        },
        data | {
            "mark": {"type": "text", "y": -4, "baseline": "bottom", "fontSize": SMALL,
                     "align": "right" if chance > 0.5 else "left", "color": palette.muted,
                     "aria": False},
            "encoding": place | {"text": {"field": "text", "type": "nominal"}},
        },
    ]  # fmt: skip
