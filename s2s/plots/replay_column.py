"""One model of a replay: its map, what reached one token, and what is said of both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2s.plots.palette import Palette
from s2s.plots.replay_curves import curve
from s2s.plots.replay_frame import (
    SMALL,
    SYMBOLS,
    Told,
    labels,
    narrow,
    note,
    short,
    shown,
)
from s2s.plots.replay_map import lattice, map_numbers, map_picture
from s2s.results import Array
from s2s.results.replay import Moment, Replay
from s2s.text import label
from s2s.text.language import filled, tr
from s2s.text.numbers import number

Trace = dict[str, Any]
CURVES, GAP = 0.25, 0.075
"""Shares of the width: the curves, and the room between columns."""
MAP, BARS = (0.47, 0.93), (0.0, 0.33)
"""Shares of the height."""


def axis_line(palette: Palette) -> dict[str, Any]:
    """What all axes share."""
    # To look for labels that reach too far is a third of what drawing the figure costs.
    return {
        "ticklabeloverflow": "allow", "gridcolor": palette.line, "zeroline": False,
        "fixedrange": True, "tickfont": {"color": palette.muted, "size": SMALL},
        "showline": False,
    }  # fmt: skip


def written(replay: Replay, moment: Moment) -> str:
    """What was written, as one line."""
    joint = "" if narrow(moment.output[:-1]) and len(moment.output) > 3 else " "
    return label(joint.join(moment.output), 60).replace("␣", " ")


@dataclass(frozen=True, eq=False)
class Column:
    """A model's column of the figure.

    Attributes:
        one: the model, with its replay.
        place: 0-based.
        count: of columns.
        step: 0-based output token whose gradients are the bars.
        score: what the second curve shows.
        palette: the theme's colours.
        span: the powers of ten of all gradients.
    """

    one: Told
    place: int
    count: int
    step: int
    score: str
    palette: Palette
    span: tuple[float, float]

    @property
    def replay(self) -> Replay:
        """Its sentence."""
        assert self.one.replay is not None
        return self.one.replay

    @property
    def rows(self) -> int:
        """The longest output of any epoch."""
        return max(len(moment.output) for moment in self.replay.moments)

    @property
    def written(self) -> int:
        """Written states that the bars have room for, of any epoch."""
        return min(self.step + 1, self.rows)

    def layout(self) -> dict[str, Any]:
        """Axes that stay as they are from the first epoch to the last."""
        source, (top, bottom) = len(self.replay.tokens), self._axes()
        line = axis_line(self.palette)
        bare = line | {"showgrid": False, "tickmode": "array", "domain": self._domain(),
                       "tickvals": list(range(source)), "ticktext": labels(self.replay.tokens),
                       "tickangle": 0 if narrow(self.replay.tokens) else -40}  # fmt: skip
        span = self.span
        return {
            "barmode": "overlay",
            f"xaxis{top}": bare | {
                "anchor": f"y{top}", "side": "top", "range": [-0.5, source - 0.5],
            },
            f"yaxis{top}": line | {
                "domain": MAP, "anchor": f"x{top}", "range": [self.rows - 0.5, -0.5],
                "showgrid": False, "showticklabels": False, "ticks": "",
            },
            f"xaxis{bottom}": bare | {
                "anchor": f"y{bottom}", "range": [-0.5, source + self.written + 0.5],
            },
            f"yaxis{bottom}": line | {
                "domain": BARS, "anchor": f"x{bottom}", "type": "log", "range": list(span),
                "dtick": max(1, math.ceil((span[1] - span[0]) / 4)), "exponentformat": "power",
            },
        }  # fmt: skip

    def traces(self, epoch: int) -> list[Trace]:
        """What an epoch draws: a mark on each curve, the map, the bars, the tokens beside them."""
        moment, (top, bottom) = self.replay.at(epoch), self._axes()
        above, below = ({"xaxis": f"x{n}", "yaxis": f"y{n}"} for n in (top, bottom))
        return [
            self._mark("", "loss", epoch),
            self._mark("2", self.score, epoch),
            map_numbers(moment, self.span) | above,
            self._row_names(moment) | above,
            *(bars | below for bars in self._bars(moment)),
            self._written_names(moment) | below,
        ]  # fmt: skip

    def lattice(self) -> Trace:
        """The gaps between the map's cells."""
        top, _ = self._axes()
        at = {"xaxis": f"x{top}", "yaxis": f"y{top}"}
        return lattice(self.rows, len(self.replay.tokens), self.palette) | at

    def picture(self, epoch: int) -> dict[str, Any]:
        """The map's cells."""
        top, _ = self._axes()
        at = {"xref": f"x{top}", "yref": f"y{top}"}
        return map_picture(self.replay.at(epoch), self.rows, self.palette, self.span) | at

    def notes(self, epoch: int) -> list[dict[str, Any]]:
        """What an epoch says, always as many notes: an epoch's take the place of the last one's."""
        moment, (top, bottom) = self.replay.at(epoch), self._axes()
        row = self._step(moment)
        what = (
            tr("{model}, Where it looked:")
            if moment.attention is not None
            else tr("{model}, No attention: gradients:")
        )
        family = self.one.family
        mark = f'<span style="color:{family.colour(self.palette)}">{family.mark}</span>'
        return [
            self._note(filled(what, {"model": f"{mark} <b>{shown(label(self.one.name))}</b>"}), top,
                       1.13),
            self._note(shown(written(self.replay, moment)), top, 1.06, 14),
            self._note(
                tr("<b>What reached</b> {token} ({share} % sure), log",
                   token=shown(label(moment.output[row], 16)),
                   share=number(100 * float(moment.probabilities[row]), 1)), bottom, 0.40,
            ),
            *self._turned_names(moment),
        ]  # fmt: skip

    def _axes(self) -> tuple[str, str]:
        """Numbers of the axes of the map and of the bars."""
        return str(3 + 2 * self.place), str(4 + 2 * self.place)

    def _domain(self) -> list[float]:
        width = (1 - CURVES - GAP * self.count) / self.count
        left = CURVES + GAP + self.place * (width + GAP)
        return [left, min(1.0, left + width)]

    def _step(self, moment: Moment) -> int:
        return min(self.step, len(moment.output) - 1)

    def _mark(self, axis: str, measure: str, epoch: int) -> Trace:
        points = [p for p in zip(*curve(self.one, measure), strict=True) if p[0] <= epoch][-1:]
        return {
            "type": "scatter", "mode": "markers", "xaxis": f"x{axis}", "yaxis": f"y{axis}",
            "x": [x for x, _ in points], "y": [y for _, y in points], "hoverinfo": "skip",
            "marker": {"size": 10, "color": self.one.family.colour(self.palette),
                       "symbol": SYMBOLS[self.one.family.name],
                       "line": {"color": self.palette.background, "width": 1.5}},
        }  # fmt: skip

    def _bars(self, moment: Moment) -> list[Trace]:
        """Of what was read and of what was written: a colour each, always as many bars."""
        reached = np.maximum(moment.reached(self._step(moment)), 10.0 ** self.span[0])
        source = len(self.replay.tokens)
        parts: list[tuple[Array, int, int, str]] = [
            (reached[:source], 0, source, self.palette.gradient),
            (reached[source:], source + 1, self.written, self.palette.muted),
        ]
        return [
            {
                "type": "bar", "x": list(range(start, start + room)), "width": 0.8,
                "y": [*short(values), *[None] * (room - len(values))],
                "marker": {"color": colour}, "hovertemplate": "%{y:.3g}<extra></extra>",
            }
            for values, start, room, colour in parts
        ]  # fmt: skip

    def _row_names(self, moment: Moment) -> Trace:
        """The tokens beside the map: ticks would move with the whole figure only."""
        row = self._step(moment)
        names = [
            f"<b>▸ {name}</b>" if place == row else name
            for place, name in enumerate(labels(moment.output))
        ]
        return self._text([-0.5] * self.rows, list(range(self.rows)), names, "middle left")

    def _written_names(self, moment: Moment) -> Trace:
        """The tokens under the bars of what was written, where they stand upright."""
        names = labels(moment.output[: self._step(moment) + 1]) if self._upright() else []
        places = [len(self.replay.tokens) + 1 + n for n in range(self.written)]
        foot = [10.0 ** self.span[0]] * self.written
        return self._text(places, foot, names, "bottom center")

    def _turned_names(self, moment: Moment) -> list[dict[str, Any]]:
        """The same as notes where they are turned: a trace's text cannot be."""
        if self._upright():
            return []
        names = labels(moment.output[: self._step(moment) + 1])
        names += [""] * (self.written - len(names))
        _, bottom = self._axes()
        return [
            {
                "text": name or " ", "x": len(self.replay.tokens) + 1 + n, "y": 0,
                "xref": f"x{bottom}", "yref": f"y{bottom} domain", "showarrow": False,
                "xanchor": "right", "yanchor": "top", "textangle": -40,
                "font": {"size": SMALL, "color": self.palette.muted},
            }
            for n, name in enumerate(names)
        ]  # fmt: skip

    def _upright(self) -> bool:
        return narrow(self.replay.tokens) and all(
            narrow(moment.output[:-1]) for moment in self.replay.moments
        )

    def _text(self, x: Sequence[float], y: Sequence[float], names: list[str], side: str) -> Trace:
        return {
            "type": "scatter", "mode": "text", "x": list(x), "y": list(y), "hoverinfo": "skip",
            "text": [f"\u2009{name}\u2009" for name in names] + [""] * (len(x) - len(names)),
            "textposition": side, "cliponaxis": False,
            "textfont": {"color": self.palette.muted, "size": SMALL},
        }  # fmt: skip

    def _note(self, text: str, axis: str, y: float, size: int = 12) -> dict[str, Any]:
        """A line of text that hangs on an axis; `y` as a share of the whole figure's height."""
        low, high = MAP if y > MAP[0] else BARS
        refs = {"xref": f"x{axis} domain", "yref": f"y{axis} domain"}
        return note(text, 0, (y - low) / (high - low), self.palette, size) | refs
