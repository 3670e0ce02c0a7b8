"""Small pictures of results, as SVG: what a page will show, a hundred pixels wide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

import numpy as np

from s2s.findings.gradient_flow import Line
from s2s.plots.base import FONT_FAMILY
from s2s.plots.families import FAMILIES, Family
from s2s.plots.labels import fit, text_width
from s2s.plots.palette import LIGHT, Palette, on_colour, scale_colour
from s2s.results import Array, Trace
from s2s.text import label
from s2s.text.numbers import number


class NothingToDraw(ValueError):
    """A result lacks what its picture is about."""


WIDTH, HEIGHT = 112, 76
"""Px."""
TILE, FONT = 17, 10
"""Px: height of a token, size of its letters."""
NEAR = 3
"""Tokens of each lane around the one that is written."""
WINDOW = 14
"""Source tokens around the one that was attended most."""
STRIP = 16
"""Units of a vector that are drawn."""


def svg(parts: Sequence[str]) -> str:
    """The parts as one picture."""
    font = escape(FONT_FAMILY, {'"': "'"})
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" font-family="{font}" font-size="{FONT}" text-anchor="middle">'
        f"{''.join(parts)}</svg>"
    )


def step_picture(trace: Trace, step: int, palette: Palette = LIGHT) -> str:
    """Where a step looked: the tokens around the written one and the ones it looked at.

    Args:
        trace: an answer of a model with attention.
        step: 0-based.
        palette: the theme's colours.

    Raises:
        NothingToDraw: the model has no attention.
    """
    if trace.attention is None:
        raise NothingToDraw("there are no weights to draw")
    row = trace.attention[step]
    sources = _around(int(row.argmax()), len(trace.source))
    outputs = _around(step, trace.steps)
    above = _lane([trace.source[s] for s in sources], 4)
    below = _lane([trace.output[t] for t in outputs], HEIGHT - 4 - TILE)
    top, bottom = 4 + TILE, HEIGHT - 4 - TILE
    middle = (top + bottom) / 2
    links, tiles = [], []
    for t, (_, x1, w1) in zip(outputs, below, strict=True):
        for s, (_, x0, _) in zip(sources, above, strict=True):
            weight = float(trace.attention[t, s])
            if weight < 0.05:
                continue
            wide = max(1.0, weight * min(w1 - 4, 22))
            links.append(
                f'<path d="M{x0:.1f} {top}C{x0:.1f} {middle} {x1:.1f} {middle} {x1:.1f} {bottom}" '
                f'fill="none" stroke="{palette.attention}" stroke-width="{wide:.1f}" '
                f'opacity="{0.75 if t == step else 0.18}"/>'
            )
    for s, tile in zip(sources, above, strict=True):
        fill = scale_colour(palette.attention_scale, float(row[s]))
        tiles.append(_tile(tile, 4, fill, on_colour(fill)))
    for t, tile in zip(outputs, below, strict=True):
        edge = palette.text if t == step else palette.line
        dash = ' stroke-dasharray="2 2"' if t > step else ""
        look = f'stroke="{edge}" stroke-width="{2 if t == step else 1}"{dash}'
        colour = palette.text if t <= step else palette.unwritten
        tiles.append(_tile(tile, bottom, palette.background, colour, look))
    return svg([*links, *tiles])


def _around(place: int, count: int) -> range:
    first = max(0, min(place - NEAR // 2, count - NEAR))
    return range(first, min(first + NEAR, count))


def _lane(tokens: Sequence[str], y: float) -> list[tuple[str, float, float]]:
    """Text, middle and width of tiles side by side over the whole width."""
    texts = [fit(label(token), 44, FONT) for token in tokens]
    widths = [max(16.0, text_width(text, FONT, bold=True) + 8) for text in texts]
    gap = (WIDTH - 4 - sum(widths)) / max(len(widths) - 1, 1)
    found, x = [], 2.0
    for text, width in zip(texts, widths, strict=True):
        found.append((text, x + width / 2, width))
        x += width + min(gap, 16)
    return found


def _tile(
    tile: tuple[str, float, float], y: float, fill: str, colour: str, look: str = ""
) -> str:  # fmt: skip
    text, middle, width = tile
    return (
        f'<rect x="{middle - width / 2:.1f}" y="{y}" width="{width:.1f}" height="{TILE}" rx="3" '
        f'fill="{fill}" {look}/><text x="{middle:.1f}" y="{y + 12.5}" font-weight="600" '
        f'fill="{colour}">{escape(text)}</text>'
    )


def bottleneck_picture(trace: Trace, palette: Palette = LIGHT) -> str:
    """A whole sentence through one vector, whose first units are drawn as they are.

    Args:
        trace: an answer of a model without attention.
        palette: the theme's colours.
    """
    vector = np.asarray(trace.initial_state, dtype=float).ravel()[:STRIP]
    size = float(np.abs(vector).max()) or 1.0
    wide = 44 / len(vector)
    right = WIDTH - 6
    neck = (
        f"M6 19C30 34 34 32 34 38C34 44 30 42 6 57H{right}"
        f"C82 42 78 44 78 38C78 32 82 34 {right} 19Z"
    )
    parts = [f'<path d="{neck}" fill="{palette.text}" opacity="0.08"/>']
    parts += [
        f'<rect x="{34 + i * wide:.2f}" y="33" width="{wide + 0.1:.2f}" height="10" '
        f'fill="{scale_colour(palette.signed_scale, 0.5 + value / size / 2)}"/>'
        for i, value in enumerate(vector)
    ]
    parts.append(
        f'<rect x="34" y="33" width="44" height="10" fill="none" stroke="{palette.text}"/>'
    )
    for count, y in ((len(trace.source), 3), (trace.steps, 57)):
        many = min(count, 6)
        step = (WIDTH - 4) / many
        parts += [
            f'<rect x="{2 + i * step:.1f}" y="{y}" width="{step - 4:.1f}" height="15" rx="3" '
            f'fill="{palette.surface}" stroke="{palette.line}"/>'
            for i in range(many)
        ]
    return svg(parts)


def gradient_picture(lines: Sequence[Line], step: int, palette: Palette = LIGHT) -> str:
    """What reached back from one output token to every encoder state, on a log scale.

    Args:
        lines: one to three models with the same tokens.
        step: 0-based.
        palette: the theme's colours.
    """
    rows = {line.name: line.flow.encoder[step] for line in lines}
    found = np.concatenate(list(rows.values()))
    top = float(np.log10(found.max()))
    low = max(float(np.log10(found[found > 0].min())), top - 12)
    curves = [
        (
            FAMILIES[line.family],
            [(np.log10(max(v, 10**low)) - low) / max(top - low, 1e-9) for v in rows[line.name]],
        )
        for line in lines
    ]
    return _curves(curves, palette)


def learning_picture(scores: Mapping[Family, Sequence[float]], palette: Palette = LIGHT) -> str:
    """Scores of 0 to 100 by epoch, one line a family."""
    return _curves(
        [(family, [value / 100 for value in values]) for family, values in scores.items()], palette
    )


def _curves(curves: Sequence[tuple[Family, Sequence[float]]], palette: Palette) -> str:
    """Lines of values 0 to 1, each ending in its family's mark."""
    parts = [
        f'<path d="M2 {HEIGHT - 4}H{WIDTH - 2}" stroke="{palette.line}" stroke-width="1.5"/>'
    ]  # fmt: skip
    for family, values in curves:
        colour = family.colour(palette)
        step = (WIDTH - 14) / max(len(values) - 1, 1)
        points = [(4 + i * step, HEIGHT - 9 - v * (HEIGHT - 18)) for i, v in enumerate(values)]
        line = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        dash = " ".join(str(d) for d in family.dash)
        parts.append(
            f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="2" '
            f'stroke-linejoin="round" stroke-dasharray="{dash or "none"}"/>'
        )
        x, y = points[-1]
        parts.append(
            f'<text x="{x + 3:.1f}" y="{y + 3.5:.1f}" fill="{colour}">{family.mark}</text>'
        )
    return svg(parts)


def two_rows_picture(
    tokens: Sequence[str], looked: Array, mattered: Array, palette: Palette = LIGHT
) -> str:  # fmt: skip
    """Where a step looked, above what its token depended on, around the largest weight.

    Args:
        tokens: [S] of the source.
        looked: [S] attention weights.
        mattered: [S] sizes of zero and more; drawn against their largest.
        palette: the theme's colours.
    """
    first = max(0, min(int(looked.argmax()) - WINDOW // 2, len(tokens) - WINDOW))
    shown = range(first, min(first + WINDOW, len(tokens)))
    wide = (WIDTH - 2) / len(shown)
    most = float(max(mattered[s] for s in shown)) or 1.0
    parts = []
    for i, s in enumerate(shown):
        x = 1 + i * wide
        thick = 700 if s == looked.argmax() else 400
        parts.append(
            f'<text x="{x + wide / 2:.1f}" y="14" fill="{palette.text}" font-weight="{thick}">'
            f"{escape(label(tokens[s]))}</text>"
        )
        for y, scale, value in (
            (21, palette.attention_scale, float(looked[s])),
            (48, palette.gradient_scale, float(mattered[s]) / most),
        ):
            parts.append(
                f'<rect x="{x:.1f}" y="{y}" width="{wide - 1:.1f}" height="22" rx="1" '
                f'fill="{scale_colour(scale, value)}"/>'
            )
    return svg(parts)


def files_picture(files: Mapping[str, int], palette: Palette = LIGHT) -> str:
    """A few files one above the other, each with how much it holds.

    Args:
        files: names to counts.
        palette: the theme's colours.
    """
    high = HEIGHT / len(files)
    parts = []
    for n, (name, count) in enumerate(files.items()):
        y = n * high
        told = f"{number(count / 1e6, 1)} M" if count >= 1e6 else number(count)
        parts.append(
            f'<rect x="1" y="{y + 2:.1f}" width="{WIDTH - 2}" height="{high - 4:.1f}" rx="3" '
            f'fill="{palette.surface}" stroke="{palette.line}"/>'
        )
        for x, anchor, text, colour in (
            (7, "start", name, palette.text), (WIDTH - 7, "end", told, palette.muted)
        ):  # fmt: skip
            parts.append(
                f'<text x="{x}" y="{y + high / 2 + 3.5:.1f}" text-anchor="{anchor}" '
                f'fill="{colour}">{escape(text)}</text>'
            )
    return svg(parts)
