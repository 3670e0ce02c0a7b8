"""The dashboard's colours as one table, shared by every figure and by the step view.

Colour is data: blue is attention, amber gradients, rose what the visitor changed, ink is
probability, text and position.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from s2s.results import Array

BLACK, WHITE = "#000000", "#FFFFFF"


@dataclass(frozen=True)
class Palette:
    """The colours of one theme, all as ``#RRGGBB``.

    Attributes:
        text: ink. Also the chosen candidate, the current step, a probability.
        muted: text that explains.
        unwritten: text of output that is not written yet.
        surface: a tile, the track behind a bar.
        line: decoration only, too faint to carry meaning.
        bar: a candidate that was not chosen.
        attention: the attention model, and the accent of maps.
        plain: the model without attention.
        peeky: the model that sees its one vector at every step.
        gradient: text and single marks about gradients.
        edit: what the visitor changed.
        edit_surface: the ground behind an edit.
        background: the page. Figures are transparent; this is what shows through them.
        attention_scale: weights, always 0 to 1.
        gradient_scale: gradient sizes, log.
        signed_scale: differences and vectors, symmetric about 0.
    """

    text: str
    muted: str
    unwritten: str
    surface: str
    line: str
    bar: str
    attention: str
    plain: str
    peeky: str
    gradient: str
    edit: str
    edit_surface: str
    background: str
    attention_scale: tuple[str, ...]
    gradient_scale: tuple[str, ...]
    signed_scale: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Names to colours, scales as lists: what the JavaScript step view reads."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }


LIGHT = Palette(
    text="#111821",
    muted="#5A6472",
    unwritten="#6B7582",
    surface="#F5F7FA",
    line="#D5DBE3",
    bar="#7F8B9A",
    attention="#2563C9",
    plain="#2B313A",
    peeky="#0B8562",
    gradient="#A85A06",
    edit="#C81E5B",
    edit_surface="#FDF4F7",
    background="#FFFFFF",
    attention_scale=("#F1F5FB", "#CFDFF5", "#9DBFEC", "#5F96DD", "#2563C9", "#123A86"),
    gradient_scale=("#FBF5EA", "#F8DFB0", "#F0BC62", "#DB8C1E", "#A85A06", "#5F2E02"),
    signed_scale=(
        "#123A86", "#2563C9", "#9DBFEC", "#F5F6F8", "#F3B0C6", "#C81E5B", "#7C0D37",
    ),
)  # fmt: skip

DARK = Palette(
    text="#E6E9EE",
    muted="#A3ADBA",
    unwritten="#8C96A3",
    surface="#1B212B",
    line="#313B4A",
    bar="#6B7888",
    attention="#7FB0FF",
    plain="#E3E6EB",
    peeky="#3CCB9B",
    gradient="#F0AE45",
    edit="#FF7AA2",
    edit_surface="#211821",
    background="#12161D",
    attention_scale=("#1A212C", "#1F3559", "#2A5090", "#3F77CC", "#7FB0FF", "#D6E6FF"),
    gradient_scale=("#211D16", "#46310F", "#7A500D", "#B87A17", "#F0AE45", "#FFE6B8"),
    signed_scale=(
        "#D6E6FF", "#7FB0FF", "#2A5090", "#1C212A", "#7A2846", "#FF7AA2", "#FFD9E4",
    ),
)  # fmt: skip

PALETTES: dict[str, Palette] = {"light": LIGHT, "dark": DARK}


def _rgb(colour: str) -> tuple[int, int, int]:
    """``#RRGGBB`` as three numbers 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def scale_colour(scale: Sequence[str], value: float) -> str:
    """The colour of a value on a scale, mixed in sRGB as the browser does.

    Args:
        scale: two colours or more, evenly spaced.
        value: 0 to 1; what lies outside takes the nearest end.
    """
    place = min(max(float(value), 0.0), 1.0) * (len(scale) - 1)
    lower = min(int(place), len(scale) - 2)
    share = place - lower
    pairs = zip(_rgb(scale[lower]), _rgb(scale[lower + 1]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def scale_pixels(scale: Sequence[str], values: Array) -> Array:
    """The colours of many values, as `scale_colour` has them: [..., 3] red, green, blue.

    Args:
        scale: two colours or more, evenly spaced.
        values: [...] 0 to 1; what lies outside takes the nearest end.
    """
    place = np.clip(np.asarray(values, np.float64), 0.0, 1.0) * (len(scale) - 1)
    lower = np.minimum(place.astype(int), len(scale) - 2)
    ends = np.array([_rgb(colour) for colour in scale], np.float64)
    mixed = ends[lower] + (ends[lower + 1] - ends[lower]) * (place - lower)[..., None]
    return np.rint(mixed).astype(np.uint8)


def luminance(colour: str) -> float:
    """WCAG relative luminance, 0 (black) to 1 (white)."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (part / 255 for part in _rgb(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    """WCAG contrast ratio of two opaque colours, 1 to 21."""
    darker, lighter = sorted((luminance(a), luminance(b)))
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=4096)
def on_colour(colour: str) -> str:
    """Black or white, whichever reads better on a colour: never below 4.58."""
    return BLACK if contrast(BLACK, colour) >= contrast(WHITE, colour) else WHITE
