"""Answers of several models as lanes under each other, with how sure each was of each token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from s2s.plots.base import LONGEST_LABEL, Chart, base_spec
from s2s.plots.families import Family
from s2s.plots.labels import fit, text_width
from s2s.plots.palette import LIGHT, Palette
from s2s.results.comparison import Comparison
from s2s.text import label
from s2s.text.language import tr
from s2s.text.numbers import percent

LANE, BAR_AT, BAR, SIZE, NAME = 54, 34, 4, 16, 14
"""Px: a lane's height, where its bar stands and how high it is; font sizes."""
SURE = 0.9
"""From here on a token's probability is not written out."""
GAP = 34
"""Px that a missing token takes: a dashed stroke."""


def lanes_chart(
    found: Comparison,
    names: Sequence[str],
    families: Sequence[Family],
    palette: Palette = LIGHT,
    width: int = 800,
) -> Chart:
    """Draw one lane per model; places where a model differs from the first stand on a tile.

    The data rows of the first layer have ``lane``, ``column``, ``token`` (None for a gap),
    ``probability`` and ``differs``.

    Args:
        found: the answers with their alignment.
        names: one short name per model.
        families: one per model.
        palette: the theme's colours.
        width: px in which all columns are drawn if they fit; if not, the figure is wider.
    """
    lanes, differs, given = found.tokens(), found.differs(), found.forced()
    texts = [["" if t is None else fit(label(t), LONGEST_LABEL, SIZE) for t in lane]
             for lane in lanes]  # fmt: skip
    needed = max(text_width(text, SIZE, bold=True) for lane in texts for text in lane) + 14
    left = max(text_width(name, NAME, bold=True) for name in names) + 30
    columns = max(len(found.columns), 1)
    pitch = max(needed, 30.0, min((width - left) / columns, 96.0))
    rows: list[dict[str, Any]] = []
    for m, (lane, trace) in enumerate(zip(lanes, found.traces, strict=True)):
        for c, token in enumerate(lane):
            step = found.columns[c][m]
            sure = None if step is None else float(trace.probabilities[step])
            # A place differs for the first model as well, if any other has something else there.
            marked = bool(differs[:, c].any())
            said = tr("no token") if token is None else label(token)
            told = [said, *([] if sure is None else [percent(sure)])]
            told += [tr("given")] * bool(given[m, c]) + [tr("differs")] * marked
            rows.append({
                "lane": m, "column": c, "token": token, "text": texts[m][c], "probability": sure,
                "differs": marked, "given": bool(given[m, c]),
                "low": "" if sure is None or (sure >= SURE and not marked) else percent(sure),
                "says": tr("{model}, place {n}: {token}", model=names[m], n=c + 1,
                           token=", ".join(told)),
            })  # fmt: skip
    ink = [family.colour(palette) for family in families]
    x = {"type": "quantitative", "axis": None,
         "scale": {"domain": [0, columns], "nice": False, "zero": False}}  # fmt: skip
    return Chart(
        base_spec(palette)
        | {
            "autosize": {"type": "pad", "contains": "content"},
            "padding": {"left": 4, "right": 4, "top": 4, "bottom": 4},
            "width": round(pitch * columns),
            "height": LANE * len(lanes),
            "layer": [
                *_tokens(rows, ink, palette, x),
                _names(names, families, palette),
            ],
        }
    )  # fmt: skip


def _tokens(
    rows: list[dict[str, Any]], ink: list[str], palette: Palette, x: dict[str, Any]
) -> list[dict[str, Any]]:
    """Tiles behind what differs, tokens, and bars as long as the model was sure."""
    top = f"datum.lane * {LANE}"
    middle = {"calculate": "datum.column + 0.5", "as": "middle"}
    tile = {
        "data": {"values": rows},
        "transform": [{"calculate": "datum.column + 0.04", "as": "left"},
                      {"calculate": "datum.column + 0.96", "as": "right"}],
        "mark": {
            "type": "rect", "cornerRadius": 6, "color": palette.surface, "strokeWidth": 1.5,
            "stroke": {"expr": f"datum.given ? '{palette.edit}' : '{palette.line}'"},
            "strokeDash": {"expr": "datum.given ? [4, 3] : [1, 0]"},
            "opacity": {"expr": "datum.differs || datum.given ? 1 : 0"},
            "y": {"expr": f"{top} + 4"}, "y2": {"expr": f"{top} + {LANE - 2}"},
        },
        "encoding": {
            "x": {"field": "left", **x}, "x2": {"field": "right"},
            "tooltip": {"field": "says", "type": "nominal"},
            "description": {"field": "says", "type": "nominal"},
        },
    }  # fmt: skip
    text = {
        "data": {"values": rows},
        "transform": [middle],
        "mark": {
            "type": "text", "fontSize": SIZE, "baseline": "middle", "aria": False,
            "y": {"expr": f"{top} + 20"},
            "color": palette.text,
            "fontWeight": {"expr": "datum.differs ? 'bold' : 'normal'"},
        },
        "encoding": {"x": {"field": "middle", **x}, "text": {"field": "text", "type": "nominal"}},
    }  # fmt: skip
    sure = [row for row in rows if row["probability"] is not None]
    y: dict[str, Any] = {
        "y": {"expr": f"{top} + {BAR_AT}"},
        "y2": {"expr": f"{top} + {BAR_AT + BAR}"},
    }
    colour = "[" + ", ".join(f"'{c}'" for c in ink) + "][datum.lane]"
    bars: list[dict[str, Any]] = [
        {
            "data": {"values": sure},
            "transform": [
                {"calculate": "datum.column + 0.08", "as": "left"},
                {"calculate": f"datum.column + 0.08 + 0.84 * {length}", "as": "right"},
            ],
            "mark": {"type": "rect", "aria": False, **y, "color": look},
            "encoding": {"x": {"field": "left", **x}, "x2": {"field": "right"}},
        }
        for length, look in (("1", palette.line), ("datum.probability", {"expr": colour}))
    ]
    low = {
        "data": {"values": [row for row in sure if row["low"]]},
        "transform": [middle],
        "mark": {"type": "text", "fontSize": 12, "baseline": "top", "aria": False,
                 "color": palette.muted, "y": {"expr": f"{top} + {BAR_AT + BAR + 2}"}},
        "encoding": {"x": {"field": "middle", **x}, "text": {"field": "low", "type": "nominal"}},
    }  # fmt: skip
    gap = {
        "data": {"values": [row for row in rows if row["probability"] is None]},
        "transform": [middle],
        "mark": {"type": "tick", "orient": "horizontal", "aria": False, "thickness": 0,
                 "size": GAP, "stroke": palette.muted, "strokeWidth": 2, "strokeDash": [5, 3],
                 "y": {"expr": f"{top} + 20"}},
        "encoding": {"x": {"field": "middle", **x}},
    }  # fmt: skip
    return [tile, *bars, low, gap, text]


def _names(names: Sequence[str], families: Sequence[Family], palette: Palette) -> dict[str, Any]:
    """Each model's name in its colour, on the left."""
    rows = [
        {"lane": m, "text": f"{family.mark} {name}", "ink": family.colour(palette)}
        for m, (name, family) in enumerate(zip(names, families, strict=True))
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "text", "x": -10, "align": "right", "baseline": "middle",
                 "fontSize": NAME, "fontWeight": "bold", "aria": False,
                 "y": {"expr": f"datum.lane * {LANE} + 20"}, "color": {"expr": "datum.ink"}},
        "encoding": {"text": {"field": "text", "type": "nominal"}},
    }  # fmt: skip
