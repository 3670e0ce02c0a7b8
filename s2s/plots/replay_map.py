"""The map of a replay, made of what Plotly can move without drawing the figure anew.

A heat map is drawn with the whole figure only, with its axes and its slider. A picture that lies on
axes is not, so the cells are one, a pixel each, which the page's style keeps sharp. The heat map
lies over it unseen and says the number where the pointer is: that much Plotly brings up to date.
"""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

import numpy as np

from s2s.plots.palette import Palette, scale_pixels
from s2s.plots.replay_frame import short
from s2s.results import Array
from s2s.results.replay import Moment
from s2s.text.language import tr

Trace = dict[str, Any]


def map_values(moment: Moment, span: tuple[float, float]) -> tuple[Array, tuple[float, float]]:
    """[T, S] what a map shows, and between which bounds.

    The attention of an epoch; without attention the gradients of every token, as powers of ten.
    """
    if moment.attention is not None:
        return moment.attention, (0.0, 1.0)
    with np.errstate(divide="ignore"):
        return np.maximum(np.log10(moment.encoder), span[0]), span


def map_numbers(moment: Moment, span: tuple[float, float]) -> Trace:
    """The unseen heat map that knows the numbers."""
    values, (low, high) = map_values(moment, span)
    what = (
        f"{tr('weight')} %{{z:.3f}}"
        if moment.attention is not None
        else f"{tr('gradient')} 10^%{{z:.2f}}"
    )
    return {
        "type": "heatmap", "z": short(values), "zmin": low, "zmax": high, "showscale": False,
        "opacity": 0, "hovertemplate": f"{what}<extra></extra>",
    }  # fmt: skip


def map_picture(moment: Moment, rows: int, palette: Palette, span: tuple[float, float]) -> Trace:
    """The cells as a picture; nothing is seen of rows that this epoch's output does not have.

    Args:
        moment: the epoch's.
        rows: of the map; as many as the longest output of any epoch has.
        palette: the theme's colours.
        span: the powers of ten of all gradients.
    """
    values, (low, high) = map_values(moment, span)
    attends = moment.attention is not None
    scale = palette.attention_scale if attends else palette.gradient_scale
    pixels = np.zeros((rows, values.shape[1], 4), np.uint8)
    pixels[: len(values), :, :3] = scale_pixels(scale, (values - low) / (high - low))
    pixels[: len(values), :, 3] = 255
    return {
        "source": f"data:image/png;base64,{base64.b64encode(png(pixels)).decode()}",
        "x": -0.5, "y": -0.5, "sizex": values.shape[1], "sizey": rows, "sizing": "stretch",
        "layer": "below",
    }  # fmt: skip


def png(pixels: np.ndarray[Any, Any]) -> bytes:
    """A picture file of [rows, columns, 4] red, green, blue and opacity, 0 to 255 each."""
    rows, columns, _ = pixels.shape
    lines = b"".join(b"\0" + line.tobytes() for line in pixels)

    def part(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = part(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 6, 0, 0, 0))
    body = part(b"IDAT", zlib.compress(lines, 9))
    return b"\x89PNG\r\n\x1a\n" + head + body + part(b"IEND", b"")


def lattice(rows: int, columns: int, palette: Palette) -> Trace:
    """The gaps between cells: lines in the colour of the page, which stay where they are."""
    x: list[float | None] = []
    y: list[float | None] = []
    for s in range(columns - 1):
        x += [s + 0.5, s + 0.5, None]
        y += [-0.5, rows - 0.5, None]
    for t in range(rows - 1):
        x += [-0.5, columns - 0.5, None]
        y += [t + 0.5, t + 0.5, None]
    return {
        "type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": x, "y": y,
        "line": {"color": palette.background, "width": 1},
    }  # fmt: skip
